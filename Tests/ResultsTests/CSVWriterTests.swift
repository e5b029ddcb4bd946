import Foundation
import TestSupport
import Testing

@testable import Results

struct CSVWriterTests {
    @Test func spellsNumbersShortestAndWordsForWhatIsNotFinite() throws {
        let row: [CSVField] = [
            .integer(-3), .number(0.1), .single(0.1), .number(1e-5), .number(.nan), .number(-.nan),
            .number(.infinity), .single(-.infinity), .number(5), .single(-100), .number(-0.0), .number(999_999_999),
            .number(1e9), .empty,
            .optional(Double?.none),
        ]
        let text = String(decoding: CSVField.bytes(rows: [row]), as: UTF8.self)
        #expect(text == "-3,0.1,0.1,1e-05,nan,nan,inf,-inf,5,-100,0,999999999,1000000000.0,,\n")
    }

    @Test(arguments: [
        ("plain", "plain"), ("a,b", "\"a,b\""), ("say \"x\"", "\"say \"\"x\"\"\""), ("two\nlines", "\"two\nlines\""),
        ("γx̂ + β", "γx̂ + β"), ("", ""), ("\r", "\"\r\""),
    ])
    func quotesOnlyWhatNeedsIt(text: String, spelled: String) {
        #expect(String(decoding: CSVField.bytes(rows: [[.text(text)]]), as: UTF8.self) == spelled + "\n")
    }

    @Test func numbersReadBackToTheSameBits() throws {
        var bits: UInt64 = 1
        for _ in 0..<2000 {
            bits = bits &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let value = Double(bitPattern: bits)
            let single = Float(bitPattern: UInt32(bits >> 32))
            let text = String(decoding: CSVField.bytes(rows: [[.number(value), .single(single)]]), as: UTF8.self)
            let fields = text.dropLast().split(separator: ",")
            if !value.isNaN { #expect(Double(fields[0]) == value) }
            if !single.isNaN { #expect(Float(fields[1]) == single) }
        }
    }

    @Test func continuesAfterTheRecordedLengthWithTheSameBytes() throws {
        let folder = try TemporaryFolder()
        func rows(_ range: Range<Int>) -> [[CSVField]] { range.map { [.integer($0), .number(1 / Double($0 + 3))] } }
        let whole = try CSVWriter(creating: folder.file("whole.csv"), header: ["step", "loss"])
        for row in rows(0..<200) { try whole.append(row) }
        try whole.synchronize()

        let url = folder.file("parts.csv")
        var length = 0
        do {
            let first = try CSVWriter(creating: url, header: ["step", "loss"])
            for row in rows(0..<70) { try first.append(row) }
            try first.synchronize()
            length = first.byteCount
            for row in rows(70..<90) { try first.append(row) }
            try first.flush()
        }
        // A process that is killed may have written half a row.
        let handle = try FileHandle(forWritingTo: url)
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("90,0.01".utf8))
        try handle.close()

        let second = try CSVWriter(continuing: url, header: ["step", "loss"], length: length)
        for row in rows(70..<200) { try second.append(row) }
        try second.synchronize()
        #expect(try folder.text("parts.csv") == folder.text("whole.csv"))
        #expect(second.byteCount == whole.byteCount)
    }

    @Test func refusesAFileThatIsShorterOrHasAnotherHeader() throws {
        let folder = try TemporaryFolder()
        try AtomicFile.write("step,loss\n1,2\n", to: folder.file("a.csv"))
        #expect(throws: FileError.self) {
            try CSVWriter(continuing: folder.file("a.csv"), header: ["step", "loss"], length: 15)
        }
        #expect(throws: FileError.self) {
            try CSVWriter(continuing: folder.file("a.csv"), header: ["step", "cost"], length: 14)
        }
    }
}
