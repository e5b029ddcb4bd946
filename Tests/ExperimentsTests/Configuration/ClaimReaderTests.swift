import Results
import Testing

@testable import Claims
@testable import Experiments
@testable import Running

@Suite struct ClaimReaderTests {
    private static let start = """
        claims:
          - id: one
            statement: It is so.
            source: "“It is so” (§1)"

        """

    private func claim(_ rest: String) throws -> Claim {
        let lines = rest.split(separator: "\n").map { "    \($0)\n" }.joined()
        let experiment = try ExperimentFixture.load(ExperimentFixture.body + Self.start + lines)
        return try #require(experiment.claims.first)
    }

    @Test func aDisputeIsShownAndNoPartOfARun() throws {
        let rest = "measure: { final: test-accuracy }\narm: batch-norm\ncompared-with: baseline\nexpect: below\n"
        #expect(try claim(rest).disputedBy == nil)
        let claim = try claim(rest + "disputed-by: Somebody 2018, §2")
        #expect(claim.disputedBy == "Somebody 2018, §2")
        #expect(claim.sources == "“It is so” (§1)\ndisputed by Somebody 2018, §2")
        func hashes(_ text: String) throws -> [String] {
            let lines = text.split(separator: "\n").map { "    \($0)\n" }.joined()
            return try ExperimentFixture.load(ExperimentFixture.body + Self.start + lines).runs(profile: "quick").map {
                $0.hash(dataset: "mnist", checksum: "c", numericsVersion: 1)
            }
        }
        #expect(try hashes(rest) == hashes(rest + "disputed-by: Somebody 2018, §2"))
    }

    @Test func anEnsembleIsAnArmOfClaims() throws {
        let predicting = ExperimentFixture.body.replacing(
            "  batch: 10\n", with: "  batch: 10\n  evaluate: { predictions: true }\n")
        let experiment = try ExperimentFixture.load(
            predicting + """
                ensembles: { both: ['b*'] }
                claims:
                  - { id: a, statement: s, source: p, measure: { final: test-accuracy }, arm: both, compared-with: mean-of(both), expect: above }

                """)
        #expect(experiment.ensembles == [DeclaredExperiment.Ensemble(name: "both", arms: ["baseline", "batch-norm"])])
        let claim = try #require(experiment.claims.first)
        let declared = try experiment.declared(profile: "quick")
        #expect(ArmChoice(claim.arm, in: declared) == .ensemble(.together("both")))
    }

    @Test func ensemblesThatCannotBe() throws {
        let fixture = try ExperimentFixture([
            "x": ExperimentFixture.head + ExperimentFixture.body + """
                ensembles:
                  baseline: [baseline, batch-nrom]
                  one: [baseline]

                """
        ])
        let messages = try fixture.messages()
        for words in [
            "17:3: error: 'baseline' is an arm; an ensemble needs a name of its own",
            "17:14: error: the arm 'baseline' does not write its predictions; set 'evaluate.predictions' to true",
            "17:24: error: no arm is called 'batch-nrom'; did you mean 'batch-norm'?",
            "18:8: error: an ensemble needs at least two arms",
        ] {
            #expect(messages.contains(words), "\(messages)")
        }
    }

    @Test func mistakes() throws {
        let fixture = try ExperimentFixture([
            "x": ExperimentFixture.head + ExperimentFixture.body + """
                claims:
                  - id: one
                    statement: s
                    source: p
                    measure: { steps-to: { metric: test-acuracy, target: best-of(basline) } }
                    arm: batchnorm
                    compared-with: baseline
                    expect: bellow
                    factor: 0.5
                  - id: one
                    statement: s
                    measure: { steps-to: { target: half } }
                    arm: "b*"
                    expect: below
                  - id: Two
                    statement: s
                    source: p
                    measure: { drift: dense9/activation-input }
                    arm: baseline
                    compared-with: baseline
                    value: 0.9
                    factor: 2
                    by: 1
                    expect: below

                """
        ])
        expectText(
            try fixture.messages(),
            """
            Experiments/x.yaml:20:36: error: 'claims.measure.steps-to.metric': expected one of the words 'test-accuracy', \
            'test-loss', 'train-loss', 'train-accuracy', found 'test-acuracy'; did you mean 'test-accuracy'?
                    measure: { steps-to: { metric: test-acuracy, target: best-of(basline) } }
                                                   ^~~~~~~~~~~~
            Experiments/x.yaml:20:58: error: no arm is called 'basline'; did you mean 'baseline'?
                    measure: { steps-to: { metric: test-acuracy, target: best-of(basline) } }
                                                                         ^~~~~~~~~~~~~~~~
            Experiments/x.yaml:21:10: error: no arm is called 'batchnorm'; did you mean 'batch-norm'?
                    arm: batchnorm
                         ^~~~~~~~~
            Experiments/x.yaml:23:13: error: 'claims.expect': expected one of the words 'below', 'above', found 'bellow'; did you \
            mean 'below'?
                    expect: bellow
                            ^~~~~~
            Experiments/x.yaml:24:13: error: 'claims.factor': expected a number of at least 1, found 0.5
                    factor: 0.5
                            ^~~
            Experiments/x.yaml:25:5: error: a claim compares its arm with another, 'compared-with', or with a 'value'
                  - id: one
                    ^
            Experiments/x.yaml:25:5: error: missing key 'source' in 'claims': expected a text
                  - id: one
                    ^
            Experiments/x.yaml:25:9: error: two claims are called 'one'
                  - id: one
                        ^~~
            Experiments/x.yaml:27:36: error: 'claims.measure.steps-to.target': expected a number or best-of(ARM), found 'half'
                    measure: { steps-to: { target: half } }
                                                   ^~~~
            Experiments/x.yaml:28:10: error: 'b*' stands for 2 arms; 'chosen-by: test-accuracy' says how one is chosen
                    arm: "b*"
                         ^~~~
            Experiments/x.yaml:30:9: error: 'Two' cannot name a claim; use lower case letters, digits and '-'
                  - id: Two
                        ^~~
            Experiments/x.yaml:33:23: error: the arm 'baseline' has no tap 'dense9/activation-input'; did you mean \
            'dense1/activation-input'?
                    measure: { drift: dense9/activation-input }
                                      ^~~~~~~~~~~~~~~~~~~~~~~
            Experiments/x.yaml:36:12: error: a claim compares with an arm or with a value, not with both
                    value: 0.9
                           ^~~
            Experiments/x.yaml:38:9: error: the least effect is a 'factor', a difference ('by'), or an 'at-most-worse', not \
            several
                    by: 1
                        ^
            14 errors
            """)
    }
}
