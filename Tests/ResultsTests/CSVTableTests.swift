import Foundation
import TestSupport
import Testing

@testable import Results

@Suite struct CSVTableTests {
    private func table(_ text: String) throws -> CSVTable { try CSVTable(bytes: Array(text.utf8), name: "a.csv") }

    @Test func readsQuotedFields() throws {
        let table = try table("a,\"b,c\",d\r\n\"x \"\"y\"\" z\",\"two\nlines\",\r\n,plain,\"\"\n")
        #expect(table.columns == ["a", "b,c", "d"])
        #expect(table.rowCount == 2)
        #expect(try table.texts("a") == ["x \"y\" z", ""])
        #expect(try table.texts("b,c") == ["two\nlines", "plain"])
        #expect(try table.texts("d") == ["", ""])
        #expect(table.isTerminated)
    }

    @Test func skipsAByteOrderMark() throws {
        let table = try CSVTable(bytes: [0xEF, 0xBB, 0xBF] + Array("a\n1\n".utf8), name: "a.csv")
        #expect(try table.integers("a") == [1])
    }

    @Test func acceptsAHeaderAlone() throws {
        let table = try table("a,b\n")
        #expect(table.rowCount == 0)
        #expect(try table.numbers("b").isEmpty)
    }

    @Test(arguments: [
        ("0", 0.0), ("-0.5", -0.5), ("+3", 3), ("1e-7", 1e-7), ("1.5E3", 1500), ("0.1", 0.1), ("7.", 7), (".5", 0.5),
        ("inf", .infinity), ("-inf", -.infinity), ("3.4028235e+38", 3.4028235e38), ("1.1754944e-38", 1.1754944e-38),
        ("0.30000000000000004", 0.30000000000000004), ("123456789012345678901234", 123456789012345678901234.0),
        ("5e-324", .leastNonzeroMagnitude), ("9007199254740993", 9007199254740992), ("1e400", .infinity),
    ])
    func readsNumbers(text: String, value: Double) throws {
        #expect(try table("n\n\(text)\n").numbers("n") == [value])
    }

    @Test func numbersAreThoseOfTheStandardLibrary() throws {
        var random = SeededGenerator(7)
        var values: [Double] = []
        for _ in 0..<2000 {
            values.append(Double(Float(bitPattern: UInt32(truncatingIfNeeded: random.next()) & 0xBFFF_FFFF)))
            values.append(random.normal())
        }
        values = values.filter(\.isFinite)
        let text = "n\n" + values.map { "\($0)" }.joined(separator: "\n") + "\n"
        #expect(try table(text).numbers("n").map { $0 ?? .nan } == values)
    }

    @Test func readsNanAndMissing() throws {
        let numbers = try table("a,n\n1,nan\n2,\n").numbers("n")
        #expect(numbers[0]?.isNaN == true)
        #expect(numbers[1] == nil)
    }

    @Test(arguments: ["x", "1.2.3", "0x10", "1e", "--1", "NaN", "infinity", " 1", "1 ", "1_000", "-", ".", "e5"])
    func refusesWhatIsNoNumber(text: String) throws {
        let table = try table("a,n\n1,2\n1,\(text)\n")
        #expect(throws: CSVError.notANumber(file: "a.csv", line: 3, column: "n", found: text)) {
            try table.numbers("n")
        }
    }

    @Test func saysTheLineAfterAFieldOfTwoLines() throws {
        let table = try table("a,n\n\"x\ny\",1\nz,bad\n")
        #expect(throws: CSVError.notANumber(file: "a.csv", line: 4, column: "n", found: "bad")) {
            try table.numbers("n")
        }
    }

    @Test func wholeNumbersMustBeWhole() throws {
        let table = try table("n,m\n1,\n2.5,\n")
        #expect(throws: CSVError.notANumber(file: "a.csv", line: 3, column: "n", found: "2.5")) {
            try table.integers("n")
        }
        #expect(throws: CSVError.notANumber(file: "a.csv", line: 2, column: "m", found: "")) { try table.integers("m") }
    }

    @Test func refusesMalformedFiles() {
        let cases: [(String, CSVError)] = [
            ("", .empty(file: "a.csv")),
            ("a,b,a\n", .repeatedColumn(file: "a.csv", column: "a")),
            ("a,b\n1,2\n1\n", .fieldCount(file: "a.csv", line: 3, found: 1, expected: 2)),
            ("a,b\n1,2,3\n", .fieldCount(file: "a.csv", line: 2, found: 3, expected: 2)),
            ("a,b\n1,2\n\n3,4\n", .fieldCount(file: "a.csv", line: 3, found: 1, expected: 2)),
            ("a,b\n1,2\n3", .cutOff(file: "a.csv", line: 3)),
            ("a\n\"x\n", .unterminatedQuote(file: "a.csv", line: 2)),
            ("a\n\"x\"y\n", .strayQuote(file: "a.csv", line: 2)),
            ("a\nx\"y\"\n", .strayQuote(file: "a.csv", line: 2)),
        ]
        for (text, error) in cases { #expect(throws: error) { try table(text) } }
    }

    @Test func knowsALastLineWithoutAnEnd() throws {
        let table = try table("a,b\n1,2\n3,4")
        #expect(!table.isTerminated)
        #expect(try table.integers("b") == [2, 4])
    }

    @Test func missingColumnsAndFilesAreNamed() throws {
        let table = try table("a,b\n")
        #expect(throws: CSVError.missingColumn(file: "a.csv", column: "c", found: ["a", "b"])) { try table.texts("c") }
        let nowhere = URL(filePath: "/nonexistent/x.csv")
        #expect(throws: CSVError.unreadable(file: "x.csv", reason: "there is no such file")) {
            try CSVTable(contentsOf: nowhere)
        }
    }

    @Test func findsRowsByText() throws {
        let table = try table("t,n\nx,1\nx,2\n\"y\",3\nx,4\nxx,5\n")
        #expect(try table.rows(where: "t", is: "x") == [0, 1, 3])
        #expect(try table.rows(where: "t", is: "z").isEmpty)
        #expect(try table.numbers("n", rows: [3, 0]) == [4, 1])
        let (labels, codes) = try table.categories("t")
        #expect(labels == ["x", "y", "xx"])
        #expect(codes == [0, 0, 1, 0, 2])
    }

    @Test func writtenTextIsReadBack() throws {
        var text = CSVText(columns: ["word", "n"])
        text.append("plain", .number(0.1))
        text.append(.text("a, \"b\"\nc"), .number(.nan))
        text.append("", 12)
        text.append("x", .empty)
        text.append("y", .number(-.infinity))
        #expect(text.text == "word,n\nplain,0.1\n\"a, \"\"b\"\"\nc\",nan\n,12\nx,\ny,-inf\n")
        let table = try CSVTable(bytes: Array(text.text.utf8), name: "a.csv")
        #expect(try table.texts("word") == ["plain", "a, \"b\"\nc", "", "x", "y"])
        #expect(table.rowCount == text.rowCount)
    }

    @Test func aTableThatMustBeWholeHasALastLineEnd() throws {
        let folder = try TemporaryFolder()
        let url = folder.file("a.csv")
        try AtomicFile.write("a,b\n1,2\n3,4\n", to: url)
        #expect(try CSVTable(whole: url).integers("b") == [2, 4])
        try AtomicFile.write("a,b\n1,2\n3,4", to: url)
        #expect(throws: CSVError.cutOff(file: "x/a.csv", line: 3)) { try CSVTable(whole: url, name: "x/a.csv") }
    }

    // MARK: Rows

    @Test func givesTheWantedColumnsInTheWantedOrder() throws {
        let rows = try table("a,b,c\n1,2,3\n4,,6\n").rows(["c", "b"])
        #expect(rows.map(\.fields) == [["3", "2"], ["6", ""]])
        #expect(try rows[0].number(0) == 3 && rows[0].integer(1) == 2)
        #expect(try rows[1].number(1) == nil)
    }

    @Test func rowsTakeQuotesLineEndsAndAMissingLastLineEnd() throws {
        let rows = try table("a,b\r\n\"x,\"\"y\"\"\n z\",2\r\n\"\",nan").rows(["a", "b"])
        #expect(rows.map(\.fields) == [["x,\"y\"\n z", "2"], ["", "nan"]])
        #expect(try rows[1].number(1)?.isNaN == true)
    }

    @Test func rowsReadWhatTheWriterWrites() throws {
        let texts = ["", "a", "\"", ",", "\n", "\r\n", "a\"b,c\nd", "γ"]
        let bytes = CSVField.bytes(rows: [["text"]] + texts.map { [.text($0)] })
        #expect(try CSVTable(bytes: bytes, name: "a.csv").rows(["text"]).map { $0[0] } == texts)
    }

    @Test func errorsOfRowsNameTheFileTheLineAndWhatIsWrong() throws {
        #expect(throws: CSVError.missingColumn(file: "a.csv", column: "x", found: ["a", "b"])) {
            try table("a,b\n").rows(["x"])
        }
        let row = try table("a,b\n1,two\n").rows(["a", "b"])[0]
        #expect(throws: CSVError.notANumber(file: "a.csv", line: 2, column: "b", found: "two")) { try row.number(1) }
        #expect(throws: CSVError.notANumber(file: "a.csv", line: 2, column: "b", found: "two")) { try row.integer(1) }
        #expect(row.error("too late").description == "a.csv:2: too late")
    }
}
