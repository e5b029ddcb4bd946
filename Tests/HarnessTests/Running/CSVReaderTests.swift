import Foundation
import Testing

@testable import Harness

struct CSVReaderTests {
    private func reader(_ text: String) throws -> CSVReader {
        try CSVReader(bytes: Array(text.utf8), path: "a.csv")
    }

    @Test func givesTheWantedColumnsInTheWantedOrder() throws {
        let rows = try reader("a,b,c\n1,2,3\n4,,6\n").rows(["c", "b"])
        #expect(rows.map(\.fields) == [["3", "2"], ["6", ""]])
        #expect(try rows[0].number(0) == 3)
        #expect(try rows[1].number(1) == nil)
    }

    @Test func takesQuotesLineEndsAndAMissingLastLineEnd() throws {
        let rows = try reader("a,b\r\n\"x,\"\"y\"\"\n z\",2\r\n\"\",nan").rows(["a", "b"])
        #expect(rows.map(\.fields) == [["x,\"y\"\n z", "2"], ["", "nan"]])
        #expect(try rows[1].number(1)?.isNaN == true)
    }

    @Test func readsWhatTheWriterWrites() throws {
        let texts = ["", "a", "\"", ",", "\n", "\r\n", "a\"b,c\nd", "γ"]
        let bytes = CSVField.bytes(rows: [["text"]] + texts.map { [.text($0)] })
        let rows = try CSVReader(bytes: bytes, path: "a.csv").rows(["text"])
        #expect(rows.map { $0[0] } == texts)
    }

    @Test func errorsNameTheFileTheLineAndWhatIsWrong() throws {
        #expect(throws: CSVError(path: "a.csv", line: 1, reason: "the file is empty; expected a header")) {
            try reader("")
        }
        #expect(throws: CSVError(path: "a.csv", line: 3, reason: "1 fields; the header has 2")) {
            try reader("a,b\n1,2\n3\n").rows(["a"])
        }
        #expect(throws: CSVError(path: "a.csv", line: 1, reason: "no column 'x'; the columns are a, b")) {
            try reader("a,b\n").rows(["x"])
        }
        #expect(throws: CSVError(path: "a.csv", line: 2, reason: "'two' is not a number")) {
            try reader("a,b\n1,two\n").forEachRow(["b"]) { _ = try $0.number(0) }
        }
        #expect(throws: CSVError(path: "a.csv", line: 2, reason: "a quote that is never closed")) {
            try reader("a\n\"x\n").rows(["a"])
        }
    }
}
