import Testing

@testable import Datasets

@Suite struct DataErrorTests {
    @Test func theMessageSaysWhereWhatAndWhatToDo() {
        let error = DataError(
            .wrongMagic, file: "a/b.gz", found: "50 4b", expected: "00 00", suggestion: "Fetch it again.")
        #expect(error.description == "a/b.gz: wrong magic: found 50 4b, expected 00 00\nFetch it again.")
        #expect("\(DataError(.missing, file: "x", found: "y", expected: "z"))" == "x: missing: found y, expected z")
    }

    @Test func absenceIsToldFromBadness() {
        let absent = DataError.Kind.allCases.filter { kind in
            DataError(kind, file: "", found: "", expected: "").isUnavailable
        }
        #expect(absent == [.missing, .downloadFailed, .downloaderMissing])
    }
}
