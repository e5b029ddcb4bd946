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
