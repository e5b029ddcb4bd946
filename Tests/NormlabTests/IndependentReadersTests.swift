import Foundation
import Testing

/// The readers of these tests refuse what they must.
@Suite struct IndependentReadersTests {
    @Test func aTableIsRead() throws {
        let table = try StrictCSV(Data("name,value\n\"a,\"\"b\"\"\n\",1e-05\n,nan\n".utf8))
        #expect(table.header == ["name", "value"])
        #expect(table.rows == [["a,\"b\"\n", "1e-05"], ["", "nan"]])
        #expect(try table.numbers("value").first == 1e-5)
    }

    @Test(arguments: [
        "", "a,b\n1\n", "a,b\n1,2,3\n", "a,b\n1,2", "a,a\n1,2\n", "a\n\"1\n", "a\n\"1\"2\n", "a\n1\"2\n", "a\r\n1\r\n",
        "a,b\n1,2\n\n",
    ])
    func aDamagedTableIsRefused(text: String) {
        #expect(throws: StrictCSV.Mistake.self) { try StrictCSV(Data(text.utf8)) }
    }

    @Test(arguments: ["0x10", "NaN", "infinity", "1,5", " 1", "1_000"])
    func aStrangeNumberIsRefused(text: String) throws {
        let table = try StrictCSV(Data("a\n\"\(text)\"\n".utf8))
        #expect(throws: StrictCSV.Mistake.self) { try table.numbers("a") }
    }

    @Test func aPictureIsReadAndADamagedOneRefused() throws {
        let laboratory = try TemporaryLaboratory()
        _ = try laboratory.program.run("reproduce", "tiny", "-p", "smoke", "--arms", "baseline")
        let data = try Data(contentsOf: laboratory.file("Results/smoke/tiny/final-accuracy.png"))
        #expect(try PNGFile(data).chunks.first == "IHDR")
        var damaged = data
        damaged[data.count / 2] ^= 1
        #expect(throws: PNGFile.Mistake.self) { try PNGFile(damaged) }
        #expect(throws: PNGFile.Mistake.self) { try PNGFile(data.dropLast()) }
        #expect(throws: PNGFile.Mistake.self) { try PNGFile(data.dropFirst()) }
    }
}
