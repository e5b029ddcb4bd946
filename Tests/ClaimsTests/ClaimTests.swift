import Declarations
import Results
import Testing
import Vocabulary

@testable import Claims

/// Claims as they are written. The tests of experiments read whole files.
@Suite struct ClaimTests {
    private static let arms = ["baseline", "batch-norm"]

    private func read(_ claims: String, arms: [String] = arms) throws -> [Claim] {
        try Claim.read(
            claims, of: .example(arms.map { ($0, [:]) }, ensembles: [.init(name: "both", arms: Self.arms)]))
    }

    private func claim(_ rest: String, arms: [String] = arms) throws -> Claim {
        let start = "- id: one\n  statement: It is so.\n  source: \"“It is so” (§1)\"\n"
        let lines = rest.split(separator: "\n").map { "  \($0)\n" }.joined()
        return try #require(try read(start + lines, arms: arms).first)
    }

    /// Expects mistakes in claims: their line and column in the list, and what is said.
    private func expect(
        _ claims: String, _ expected: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let errors = #expect(throws: ConfigurationErrors.self, sourceLocation: sourceLocation) { try read(claims) }
        let found = (errors?.diagnostics ?? []).map { mistake in
            "\(mistake.position.line - 1):\(mistake.position.column - 2): \(mistake.message)"
        }
        #expect(found == expected, "they are:\n\(found.joined(separator: "\n"))\n", sourceLocation: sourceLocation)
    }

    @Test func stepsToTheBestOfAnArm() throws {
        let claim = try claim(
            """
            measure: { steps-to: { target: best-of(baseline) } }
            arm: batch-norm
            compared-with: baseline
            expect: below
            factor: 2
            """)
        #expect(claim.id == "one")
        #expect(claim.source == "“It is so” (§1)")
        #expect(claim.measure.isEqual(to: StepsToMeasure(metric: .testAccuracy, target: .bestOf(arm: "baseline"))))
        #expect(claim.measure.description == "steps to the best test-accuracy of baseline")
        #expect(claim.arm == "batch-norm" && claim.comparedWith == "baseline")
        #expect(claim.expect == .below)
        #expect(claim.minimumEffect == .factor(2))
        #expect(claim.statistics == nil)
    }

    @Test func aPublishedValue() throws {
        let claim = try claim(
            """
            measure: { final: test-accuracy }
            arm: baseline
            value: 0.9897
            expect: above
            at-most-worse: 0.002
            statistics: moving-average
            """)
        #expect(claim.measure.isEqual(to: FinalMeasure(metric: .testAccuracy)))
        #expect(claim.comparedWith == nil && claim.value == 0.9897)
        #expect(claim.minimumEffect == .margin(-0.002))
        #expect(claim.statistics == .movingAverage)
    }

    @Test(arguments: [
        (
            "{ steps-to: { metric: test-loss, target: 0.1 } }",
            StepsToMeasure(metric: .testLoss, target: .value(0.1)) as any Measure, "steps to test-loss 0.1"
        ),
        ("{ best: { metric: train-loss } }", BestMeasure(metric: .trainLoss), "best train-loss"),
        ("{ at: { step: 20, metric: test-loss } }", AtMeasure(step: 20, metric: .testLoss), "test-loss after 20 steps"),
        (
            "{ drift: hidden/activation-input }", DriftMeasure(tap: "hidden/activation-input"),
            "drift of hidden/activation-input"
        ),
        (
            "{ spread: hidden/preactivation }", SpreadMeasure(tap: "hidden/preactivation"),
            "spread of hidden/preactivation"
        ),
        ("{ quantity: { name: gradient-shift } }", QuantityMeasure(name: "gradient-shift"), "mean gradient-shift"),
        ("diverges", DivergesMeasure(), "share of seeds that diverge"),
    ])
    func measures(_ text: String, _ expected: any Measure, _ words: String) throws {
        let claim = try claim("measure: \(text)\narm: batch-norm\ncompared-with: baseline\nexpect: below")
        #expect(claim.measure.isEqual(to: expected))
        #expect(claim.measure.description == words)
        #expect(claim.minimumEffect == .margin(0))
    }

    @Test func everyMeasureOfTheCatalogueHasAnExampleAbove() {
        #expect(
            MeasureCatalogue.all.map { $0.kind }.sorted() == [
                "at", "best", "diverges", "drift", "final", "quantity", "spread", "steps-to",
            ])
    }

    @Test(arguments: ["half", "best-of()", "best-of(a", "nan", "0x10", ""])
    func otherTargetsAreNone(text: String) { #expect(Target(phrase: text) == nil) }

    @Test(arguments: ["0.95", "1000", "best-of(baseline)"])
    func targetsAreWrittenAsTheyAreRead(text: String) { #expect(Target(phrase: text)?.phrase == text) }

    @Test func patternsAndGroupsStandForArms() throws {
        let arms = ["baseline@batch=5", "baseline@batch=6", "batch-norm@batch=5", "batch-norm@batch=6"]
        let claim = try claim(
            "measure: { final: test-accuracy }\narm: batch-norm\ncompared-with: 'baseline@*'\nchosen-by: test-loss\nexpect: above",
            arms: arms)
        let experiment = DeclaredExperiment.example(arms.map { ($0, [:]) })
        #expect(ArmChoice(claim.arm, in: experiment) == .arms(Array(arms[2...])))
        #expect(ArmChoice(try #require(claim.comparedWith), in: experiment) == .arms(Array(arms[..<2])))
        #expect(claim.chosenBy == .testLoss)
    }

    @Test func ensemblesHaveThreeNumbers() {
        let experiment = DeclaredExperiment.example(
            Self.arms.map { ($0, [:]) }, ensembles: [.init(name: "both", arms: Self.arms)])
        #expect(ArmChoice("both", in: experiment) == .ensemble(.together("both")))
        #expect(ArmChoice("mean-of(both)", in: experiment) == .ensemble(.meanOfMembers("both")))
        #expect(ArmChoice("best-of(both)", in: experiment) == .ensemble(.bestOfMembers("both")))
        #expect(ArmChoice("best-of(bot)", in: experiment) == .arms([]))
    }

    @Test func ensemblesAndSmoothingThatMeanNothingAreRefused() throws {
        try expect(
            """
            - { id: a, statement: s, source: p, measure: { best: test-accuracy }, arm: both, value: 1, expect: above }
            - { id: b, statement: s, source: p, measure: diverges, arm: baseline, value: 0.5, factor: 2, expect: above }
            - { id: c, statement: s, source: p, measure: { final: train-loss }, smoothing: 2, arm: baseline, value: 1, expect: below }
            - { id: d, statement: s, source: p, measure: { final: test-accuracy }, arm: both, compared-with: best-of(bot), expect: above }
            - { id: e, statement: s, source: p, measure: { final: test-accuracy }, smoothing: 2, arm: both, value: 1, expect: above }
            """,
            [
                "1:46: of the ensemble 'both' there is one number: measure { final: test-accuracy }, without 'statistics' and 'smoothing'",
                "2:91: a share of 0 has no ratio; give a difference, 'by'",
                "3:80: 'smoothing' averages evaluations of the test set; this measure has none",
                "4:98: no arm is called 'best-of(bot)'; the arms are 'baseline', 'batch-norm'",
                "5:46: of the ensemble 'both' there is one number: measure { final: test-accuracy }, without 'statistics' and 'smoothing'",
            ])
    }

    @Test func anAccuracyInPercentIsRefused() throws {
        try expect(
            """
            - { id: a, statement: s, source: p, measure: { final: test-accuracy }, arm: baseline, value: 97.5, expect: above }
            - { id: b, statement: s, source: p, measure: { steps-to: { target: 90 } }, arm: baseline, value: 5, expect: below }
            - { id: c, statement: s, source: p, measure: { final: test-loss }, arm: baseline, value: 2, expect: below }
            - { id: d, statement: s, source: p, measure: { steps-to: { metric: test-loss, target: 2 } }, arm: baseline, value: 5, expect: below }
            - { id: e, statement: s, source: p, measure: { best: train-accuracy }, arm: baseline, value: 50, expect: below }
            """,
            [
                "1:94: an accuracy is a share from 0 to 1, found '97.5'; write 0.975",
                "2:68: an accuracy is a share from 0 to 1, found '90'; write 0.9",
                "5:94: an accuracy is a share from 0 to 1, found '50'; write 0.5",
            ])
    }

    @Test func whatAMeasureNamesMustBeThereInEveryArmThatIsMeasured() throws {
        func claim(_ measure: String) -> String {
            "- { id: a, statement: s, source: p, measure: \(measure), arm: baseline, compared-with: batch-norm, expect: below }"
        }
        try expect(
            claim("{ drift: hidden/activation-inpt }"),
            [
                "1:55: the arm 'baseline' has no tap 'hidden/activation-inpt'; did you mean 'hidden/activation-input'?"
            ])
        try expect(
            claim("{ spread: hidden/output }"),
            [
                "1:56: the arm 'baseline' does not observe 'hidden/output'; add it to 'observe.taps'"
            ])
        try expect(
            claim("{ quantity: { name: wasserstein } }"),
            [
                "1:66: the arm 'baseline' does not measure 'wasserstein'; the quantities are 'gradient-shift'"
            ])
        try expect(
            claim("{ steps-to: { target: 'best-of(b*)' } }"),
            [
                "1:68: 'b*' stands for 2 arms; a target is the best of one"
            ])
    }
}
