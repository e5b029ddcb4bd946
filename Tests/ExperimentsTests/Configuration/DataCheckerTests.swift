import Testing

@testable import Experiments
@testable import Running

@Suite struct DataCheckerTests {
    private func messages(_ augmentation: String, datasets: String = "[cifar-10, mnist]") throws -> String {
        let head = ExperimentFixture.head.replacing("[mnist]", with: datasets)
        let body = ExperimentFixture.body.replacing("batch: 10\n", with: "batch: 10\n  augmentation: \(augmentation)\n")
        return try ExperimentFixture(["x": head + body]).messages()
    }

    /// Once for all arms and profiles, and for the data set whose images are too small.
    @Test func anImpossibleShiftIsReportedWhereItIsWritten() throws {
        expectText(
            try messages("{ geometric: { strength: 1, shift: 30 } }"),
            """
            Experiments/x.yaml:12:52: error: 'augmentation.geometric.shift': found a shift of up to 30 pixels, expected less \
            than 28, for images of 28×28×1
                  augmentation: { geometric: { strength: 1, shift: 30 } }
                                                                   ^~
                note: for mnist
            1 error
            """)
    }

    @Test func aShiftThatIsOffOrSmallIsNoMistake() throws {
        #expect(try messages("{ geometric: { strength: 0, shift: 30 } }") == "")
        #expect(try messages("{ geometric: { strength: 0.5, shift: 27 } }") == "")
        #expect(try messages("{ geometric: { strength: 1, shift: 30 } }", datasets: "[cifar-10]") == "")
    }

    @Test func aBatchThatADataSetCannotFillIsReportedWhereItIsWritten() throws {
        let body = ExperimentFixture.body.replacing("batch: 10\n", with: "batch: 55000\n")
        let head = ExperimentFixture.head.replacing("[mnist]", with: "[mnist, cifar-10]")
        expectText(
            try ExperimentFixture(["x": head + body]).messages(),
            """
            Experiments/x.yaml:11:10: error: 'batch': found 55000, expected at most 50000, the training images
                  batch: 55000
                         ^~~~~
                note: for cifar-10
            1 error
            """)
    }

    @Test func aStrengthIsFromZeroToOne() throws {
        #expect(
            try messages("{ photometric: { strength: 1.5 } }").contains(
                "'base.augmentation.photometric.strength': expected a number from 0 to 1, found 1.5"))
        #expect(try messages("{ geometric: { flipp: true } }").contains("did you mean 'flip'?"))
    }
}
