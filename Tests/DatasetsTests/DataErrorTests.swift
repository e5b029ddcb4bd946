import Testing

@testable import Datasets

@Suite struct DataErrorTests {
    @Test func theMessageSaysWhereWhatAndWhatToDo() {
        let error = DataError(
            .wrongMagic, subject: "a/b.gz", found: "50 4b", expected: "00 00", suggestion: "Fetch it again.")
        #expect(error.description == "a/b.gz: wrong magic: found 50 4b, expected 00 00\nFetch it again.")
        #expect("\(DataError(.missing, subject: "x", found: "y", expected: "z"))" == "x: missing: found y, expected z")
        let groups: [(word: String, kinds: [DataError.Kind])] = [
            ("missing", [.missing, .noCopy, .noneAvailable, .missingFolder]),
            ("wrong magic", [.wrongMagic, .swappedFiles]), ("unsupported", [.setting]),
        ]
        for (word, kinds) in groups { #expect(DataError.Kind.allCases.filter { $0.words == word } == kinds) }
    }

    @Test func absenceIsToldFromBadness() {
        let absent = DataError.Kind.allCases.filter { kind in
            DataError(kind, subject: "", found: "", expected: "").isUnavailable
        }
        #expect(absent == [.missing, .noCopy, .noneAvailable, .missingFolder, .downloadFailed, .downloaderMissing])
    }
}
