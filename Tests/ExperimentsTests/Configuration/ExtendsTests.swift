import Testing

@testable import Experiments
@testable import Running

@Suite struct ExtendsTests {
    private static let base = ExperimentFixture.head + ExperimentFixture.body

    @Test func mappingsMergeAndListsReplace() throws {
        let fixture = try ExperimentFixture([
            "below": Self.base + "figures: [final-accuracy]\n",
            "x": """
            extends: below
            title: Above
            base: { batch: 20 }
            profiles: { quick: { seeds: [7] } }
            arms: { baseline: none, wide: { batch: 40 } }
            figures: [accuracy-over-steps]
            """,
        ])
        let experiment = try fixture.library.load("x")
        #expect(experiment.title == "Above")
        #expect(experiment.question == "Does it load?")
        #expect(experiment.arms.map(\.name) == ["batch-norm", "wide"])
        #expect(experiment.figures.map(\.name) == ["accuracy-over-steps"])
        let quick = try experiment.profile("quick")
        #expect(quick == Profile(name: "quick", steps: 2, seeds: [7]))
        #expect(experiment.arms.map { $0.configuration(in: quick).batch } == [20, 40])
    }

    @Test func circlesAreReportedWithTheirChain() throws {
        let fixture = try ExperimentFixture([
            "a": "extends: b\n" + Self.base, "b": "extends: c\n", "c": "extends: a\n",
            "own": "extends: own\n" + Self.base,
        ])
        expectText(
            try fixture.messages("a"),
            """
            Experiments/c.yaml:1:10: error: 'extends' goes in a circle: a → b → c → a
                extends: a
                         ^
            1 error
            """)
        #expect(try fixture.messages("own").contains("'extends' goes in a circle: own → own"))
        let suite = try ExperimentFixture(["first/x": "extends: first/x\n" + Self.base])
        #expect(try suite.messages("x").contains("'extends' goes in a circle: x → x"))
    }

    @Test func unknownBaseIsSuggested() throws {
        let fixture = try ExperimentFixture(["good": Self.base, "x": "extends: goood\n" + Self.base])
        expectText(
            try fixture.messages(),
            """
            Experiments/x.yaml:1:10: error: there is no experiment 'goood' to extend; did you mean 'good'?
                extends: goood
                         ^~~~~
            1 error
            """)
    }

    @Test func mistakesOfBothFilesAreReportedAtOnce() throws {
        let fixture = try ExperimentFixture([
            "below": Self.base.replacing("batch: 10", with: "batch: x"), "x": "extends: below\ntitel: X\n",
        ])
        let messages = try fixture.messages()
        #expect(
            messages.contains("Experiments/below.yaml:11:10: error: 'base.batch': expected a whole number, found 'x'"))
        #expect(messages.contains("Experiments/x.yaml:2:1: error: unknown key 'titel'; did you mean 'title'?"))
        #expect(messages.hasSuffix("2 errors"))
    }
}
