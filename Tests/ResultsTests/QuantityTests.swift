import Testing

@testable import Results

@Suite struct QuantityTests {
    /// The table of a text.
    private func table(_ rows: String) throws -> QuantityTable {
        let text = "quantity,title,axis,meaning,kind\n\(rows)\n"
        return try QuantityTable(CSVTable(bytes: Array(text.utf8), name: "quantities.csv"))
    }

    /// The words for a title.
    private func words(_ title: String) -> Quantity { Quantity("q", title, meaning: "") }

    @Test func theWordsAreThoseOfTheFile() throws {
        let table = try table("loss,Loss after a step,Length,what it is,magnitude\ncosine,\"cos(G, G′)\",,,bounded")
        #expect(table["loss"] == Quantity("loss", "Loss after a step", axis: "Length", meaning: "what it is"))
        #expect(table["cosine"] == Quantity("cosine", "cos(G, G′)", .bounded, meaning: ""))
        #expect(table["cosine"].axisTitle == "At")
    }

    @Test func othersAreTheirOwnWords() throws {
        for table in [QuantityTable(), try table("loss,Loss,,,magnitude")] {
            #expect(
                table["mean-of-nothing"]
                    == Quantity("mean-of-nothing", "Mean of nothing", .linear, meaning: "mean of nothing"))
        }
    }

    @Test func anUnknownKindIsAnError() {
        #expect(
            throws: CSVError.unknownWord(
                file: "quantities.csv", line: 2, column: "kind", found: "large",
                expected: ["magnitude", "linear", "bounded"])
        ) { try table("loss,Loss,,,large") }
    }

    @Test func headingsLeaveOutWhatStandsInBrackets() {
        #expect(words("Loss after a step").heading == "Loss after a step")
        #expect(words("Drift of the units' means (deviations)").heading == "Drift of the units' means")
        #expect(words("cos(G, G′)").heading == "cos(G, G′)")
    }

    @Test func shortWordsFitBesideAColorBar() {
        #expect(words("Wasserstein distance to the observation before (deviations)").short == "Wasserstein distance")
        #expect(words("Gradient shift ‖G − G′‖").short == "Gradient shift")
        #expect(words("Lowest loss along the gradient").short == "Lowest loss along the gradient")
        #expect(words("cos(G, G′)").short == "cos(G, G′)")
        #expect(words("Effective learning rate η / ‖W‖²").short == "Effective learning rate")
    }
}
