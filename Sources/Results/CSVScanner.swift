import Vocabulary

/// Finds the fields of a CSV text (RFC 4180): one pass over the bytes, two offsets a field, no copies.
struct CSVScanner {
    /// Where a field's content stands in the bytes, without its quotation marks.
    struct Field {
        var start: UInt32
        /// The end; the top bit says that the content holds doubled quotation marks.
        private var endAndMark: UInt32

        init(start: Int, end: Int, hasDoubledQuotes: Bool) {
            self.start = UInt32(truncatingIfNeeded: start)
            endAndMark = UInt32(truncatingIfNeeded: end) | (hasDoubledQuotes ? Self.mark : 0)
        }

        var range: Range<Int> { Int(start)..<Int(endAndMark & ~Self.mark) }
        var hasDoubledQuotes: Bool { endAndMark & Self.mark != 0 }
        private static let mark: UInt32 = 1 << 31
    }

    let bytes: [UInt8]
    let file: String
    private(set) var fields: [Field] = []
    private(set) var columnCount = 0
    private(set) var isTerminated = true
    private var index = 0

    init(_ bytes: [UInt8], file: String) throws(CSVError) {
        guard bytes.count <= Int(UInt32.max / 2) else { throw .tooLarge(file: file, byteCount: bytes.count) }
        self.bytes = bytes
        self.file = file
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }  // a byte order mark says nothing in UTF-8
        guard index < bytes.count else { throw .empty(file: file) }
        while index < bytes.count { try scanRow() }
    }

    private mutating func scanRow() throws(CSVError) {
        let rowStart = index
        let firstField = fields.count
        repeat {
            if index < bytes.count, bytes[index] == Self.quote { try scanQuoted() } else { try scanPlain() }
        } while takeSeparator()
        let found = fields.count - firstField
        if firstField == 0 {
            columnCount = found
            fields.reserveCapacity(bytes.count / 8)
        } else if found != columnCount {
            let line = line(at: rowStart)
            // A short last line without an end is one that was being written, not one that was written wrongly.
            if !isTerminated, found < columnCount { throw .cutOff(file: file, line: line) }
            throw .fieldCount(file: file, line: line, found: found, expected: columnCount)
        }
    }

    private mutating func scanPlain() throws(CSVError) {
        let start = index
        while index < bytes.count {
            let byte = bytes[index]
            if byte == Self.comma || byte == Self.lineFeed || byte == Self.carriageReturn { break }
            if byte == Self.quote { throw .strayQuote(file: file, line: line(at: index)) }
            index += 1
        }
        fields.append(Field(start: start, end: index, hasDoubledQuotes: false))
    }

    private mutating func scanQuoted() throws(CSVError) {
        let start = index + 1
        var hasDoubledQuotes = false
        index = start
        while true {
            guard index < bytes.count else { throw .unterminatedQuote(file: file, line: line(at: start)) }
            if bytes[index] == Self.quote {
                guard index + 1 < bytes.count, bytes[index + 1] == Self.quote else { break }
                hasDoubledQuotes = true
                index += 1
            }
            index += 1
        }
        fields.append(Field(start: start, end: index, hasDoubledQuotes: hasDoubledQuotes))
        index += 1
        if index < bytes.count {
            let next = bytes[index]
            guard next == Self.comma || next == Self.lineFeed || next == Self.carriageReturn else {
                throw .strayQuote(file: file, line: line(at: index))
            }
        }
    }

    /// Steps over a comma (true: another field follows) or over the line's end.
    private mutating func takeSeparator() -> Bool {
        guard index < bytes.count else {
            isTerminated = false
            return false
        }
        let byte = bytes[index]
        index += 1
        if byte == Self.comma { return true }
        if byte == Self.carriageReturn, index < bytes.count, bytes[index] == Self.lineFeed { index += 1 }
        return false
    }

    /// The line, from 1, that a byte stands on.
    func line(at offset: Int) -> Int {
        1 + bytes[..<min(offset, bytes.count)].count { $0 == Self.lineFeed }
    }

    private static let comma = UInt8(ascii: ",")
    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")
}

/// Numbers as they stand in a CSV file: decimal, `.` as the point, an optional exponent, and the words `nan`, `inf`, `-inf`.
enum CSVNumber {
    /// The number that the bytes spell, correctly rounded, or nil where they spell none.
    ///
    /// A significand below 2⁵³ and a power of ten up to 22 are both exact in a Double, so that one multiplication or
    /// division rounds correctly (Clinger 1990); what lies outside goes to the standard library.
    static func parse(_ bytes: ArraySlice<UInt8>) -> Double? {
        var index = bytes.startIndex
        let end = bytes.endIndex
        guard index < end else { return nil }
        let isNegative = bytes[index] == minus
        if isNegative || bytes[index] == plus { index += 1 }

        var significand: UInt64 = 0
        var digits = 0
        var exponent = 0
        while index < end, isDigit(bytes[index]) {
            significand = significand &* 10 &+ UInt64(bytes[index] &- zero)
            digits += 1
            index += 1
        }
        if index < end, bytes[index] == point {
            index += 1
            while index < end, isDigit(bytes[index]) {
                significand = significand &* 10 &+ UInt64(bytes[index] &- zero)
                digits += 1
                exponent -= 1
                index += 1
            }
        }
        guard digits > 0 else { return word(bytes) }
        if index < end, bytes[index] | 0x20 == letterE {
            index += 1
            guard let power = integer(bytes[index..<end]) else { return nil }
            exponent += power
            index = end
        }
        guard index == end else { return nil }

        guard digits <= 19, significand <= 1 << 53, abs(exponent) <= 22 else {
            return Double(String(decoding: bytes, as: UTF8.self))
        }
        let scale = powersOfTen[abs(exponent)]
        let magnitude = exponent < 0 ? Double(significand) / scale : Double(significand) * scale
        return isNegative ? -magnitude : magnitude
    }

    /// A whole number with an optional sign, at most six digits: the exponent of a number.
    private static func integer(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard let first = bytes.first else { return nil }
        let digits = first == minus || first == plus ? bytes.dropFirst() : bytes
        guard !digits.isEmpty, digits.count <= 6, digits.allSatisfy(isDigit) else { return nil }
        let magnitude = digits.reduce(0) { $0 * 10 + Int($1 &- zero) }
        return first == minus ? -magnitude : magnitude
    }

    private static func word(_ bytes: ArraySlice<UInt8>) -> Double? {
        switch String(decoding: bytes, as: UTF8.self) {
        case "nan": .nan
        case "inf": .infinity
        case "-inf": -.infinity
        default: nil
        }
    }

    @inline(__always)
    private static func isDigit(_ byte: UInt8) -> Bool { byte &- zero < 10 }

    private static let zero = UInt8(ascii: "0")
    private static let minus = UInt8(ascii: "-")
    private static let plus = UInt8(ascii: "+")
    private static let point = UInt8(ascii: ".")
    private static let letterE = UInt8(ascii: "e")
    private static let powersOfTen: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]
}
