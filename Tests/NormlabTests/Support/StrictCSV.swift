import Foundation

/// A table as RFC 4180 defines it, read by a parser that shares nothing with the program's and forgives nothing.
struct StrictCSV {
    let header: [String]
    let rows: [[String]]

    struct Mistake: Error, CustomStringConvertible { let description: String }

    init(_ data: Data) throws {
        guard let text = String(validating: data, as: UTF8.self) else { throw Mistake(description: "not UTF-8") }
        var records = try Self.records(of: Array(text.unicodeScalars))
        guard !records.isEmpty else { throw Mistake(description: "no header") }
        header = records.removeFirst()
        rows = records
        guard Set(header).count == header.count, !header.contains("") else {
            throw Mistake(description: "a header with equal or empty names: \(header)")
        }
        for (index, row) in rows.enumerated() where row.count != header.count {
            throw Mistake(description: "row \(index + 1) has \(row.count) fields under \(header.count) columns")
        }
    }

    /// The fields of a column.
    func column(_ name: String) throws -> [String] {
        guard let index = header.firstIndex(of: name) else { throw Mistake(description: "no column \(name)") }
        return rows.map { $0[index] }
    }

    /// The numbers of a column; nil for empty fields.
    func numbers(_ name: String) throws -> [Double?] {
        try column(name).map { field in
            if field.isEmpty { return nil }
            let words = ["nan": Double.nan, "inf": .infinity, "-inf": -.infinity]
            guard let value = words[field] ?? Self.plainNumber(field) else {
                throw Mistake(description: "'\(field)' in column \(name) is no number")
            }
            return value
        }
    }

    /// Decimal digits, at most one point and an exponent: `Double.init` also takes hexadecimal and words.
    private static func plainNumber(_ field: String) -> Double? {
        field.allSatisfy { "0123456789+-.eE".contains($0) } ? Double(field) : nil
    }

    private static func records(of scalars: [Unicode.Scalar]) throws -> [[String]] {
        guard scalars.last == "\n" else { throw Mistake(description: "the last row has no end") }
        var records: [[String]] = []
        var fields: [String] = []
        var index = 0
        while index < scalars.count {
            let field = try field(scalars, &index)
            fields.append(field)
            let end = scalars[index]
            index += 1
            if end == "\n" {
                records.append(fields)
                fields = []
            }
        }
        return records
    }

    /// One field, up to the comma or line end behind it.
    private static func field(_ scalars: [Unicode.Scalar], _ index: inout Int) throws -> String {
        var text = String.UnicodeScalarView()
        if scalars[index] == "\"" {
            index += 1
            while true {
                guard index + 1 < scalars.count else { throw Mistake(description: "an open quote") }
                if scalars[index] == "\"" {
                    guard scalars[index + 1] == "\"" else { break }
                    index += 1
                }
                text.append(scalars[index])
                index += 1
            }
            index += 1
            guard scalars[index] == "," || scalars[index] == "\n" else {
                throw Mistake(description: "text behind a quoted field")
            }
            return String(text)
        }
        while scalars[index] != ",", scalars[index] != "\n" {
            guard scalars[index] != "\"", scalars[index] != "\r" else {
                throw Mistake(description: "a bare quote or carriage return")
            }
            text.append(scalars[index])
            index += 1
        }
        return String(text)
    }
}
