import Testing

@testable import Harness

@Suite struct FigureReaderTests {
    @Test func optionsAreThoseThatWereStated() throws {
        let experiment = try ExperimentFixture.load(
            ExperimentFixture.body + """
                figures:
                  - accuracy-over-steps
                  - activation-quantiles: { tap: dense1/activation-input, arms: [base*], title: One unit }
                  - loss-over-steps: { name: test-loss, metric: test-loss, statistics: population }

                """)
        #expect(
            experiment.figures == [
                FigureDeclaration(name: "accuracy-over-steps", kind: "accuracy-over-steps", options: []),
                FigureDeclaration(
                    name: "activation-quantiles", kind: "activation-quantiles",
                    options: [
                        .init(name: "title", value: "One unit"), .init(name: "arms", value: "baseline"),
                        .init(name: "tap", value: "dense1/activation-input"),
                    ]),
                FigureDeclaration(
                    name: "test-loss", kind: "loss-over-steps",
                    options: [
                        .init(name: "metric", value: "test-loss"), .init(name: "statistics", value: "population"),
                    ]),
            ])
    }

    @Test func aSweptArmsNameStandsForItsPoints() throws {
        let experiment = try ExperimentFixture.load(
            ExperimentFixture.body
                + "sweep: { optimizer.sgd.rate: [0.1, 1] }\nfigures: [{ sweep: { x: optimizer.sgd.rate, arms: [baseline] } }]\n"
        )
        #expect(
            experiment.figures[0].options == [
                .init(name: "arms", value: "baseline@rate=0.1 baseline@rate=1"),
                .init(name: "x", value: "optimizer.sgd.rate"),
            ])
    }

    @Test func recordsBecomeJSONAndTheRuleIsKept() throws {
        let experiment = try ExperimentFixture.load(
            ExperimentFixture.body + """
                figures:
                  - match-table:
                      baseline: baseline
                      smoothing: 3
                      paper: [{ arm: baseline, steps: 31.0e6, accuracy: 0.722 }, { arm: batch-norm, accuracy: none }]
                  - change-worth:
                      baseline: baseline
                      groups:
                        - reference: baseline
                          changes: [{ arm: batch-norm, label: 'a "new" one' }]

                """)
        let table = experiment.figures[0]
        #expect(table.match == MatchRule(baseline: "baseline", smoothing: 3, statistics: nil))
        #expect(
            table.options == [
                .init(name: "baseline", value: "baseline"), .init(name: "smoothing", value: "3"),
                .init(
                    name: "paper",
                    value: #"[{"arm":"baseline","steps":31000000.0,"accuracy":0.722},{"arm":"batch-norm"}]"#),
            ])
        #expect(
            experiment.figures[1].options.last?.value
                == #"[{"reference":"baseline","changes":[{"arm":"batch-norm","label":"a \"new\" one"}]}]"#)
        #expect(experiment.figures[1].match == MatchRule(baseline: "baseline", smoothing: 1, statistics: nil))
    }

    @Test func mistakesOfComparisons() throws {
        let fixture = try ExperimentFixture([
            "x": ExperimentFixture.head + ExperimentFixture.body + """
                figures:
                  - steps-to-match: { baseline: basline }
                  - match-table: { baseline: 'b*', paper: [{ arm: batch-nrom, steps: 1 }, { steps: 2 }] }
                  - change-worth: { baseline: baseline, groups: [] }
                  - ensemble: { ensemble: six }

                """
        ])
        expectText(
            try fixture.messages(),
            """
            Experiments/x.yaml:17:33: error: no arm is called 'basline'; did you mean 'baseline'?
                  - steps-to-match: { baseline: basline }
                                                ^~~~~~~
            Experiments/x.yaml:18:30: error: 'baseline' is one arm; 'b*' stands for baseline, batch-norm
                  - match-table: { baseline: 'b*', paper: [{ arm: batch-nrom, steps: 1 }, { steps: 2 }] }
                                             ^~~~
            Experiments/x.yaml:18:51: error: no arm is called 'batch-nrom'; did you mean 'batch-norm'?
                  - match-table: { baseline: 'b*', paper: [{ arm: batch-nrom, steps: 1 }, { steps: 2 }] }
                                                                  ^~~~~~~~~~
            Experiments/x.yaml:18:75: error: missing key 'arm' in 'figures.match-table.paper': expected a text
                  - match-table: { baseline: 'b*', paper: [{ arm: batch-nrom, steps: 1 }, { steps: 2 }] }
                                                                                          ^
            Experiments/x.yaml:19:49: error: 'figures.change-worth.groups': expected at least one value, found 0
                  - change-worth: { baseline: baseline, groups: [] }
                                                                ^
            Experiments/x.yaml:20:27: error: there is no ensemble 'six'; there are no ensembles
                  - ensemble: { ensemble: six }
                                          ^~~
            6 errors
            """)
    }

    @Test func mistakes() throws {
        let fixture = try ExperimentFixture([
            "x": ExperimentFixture.head + ExperimentFixture.body + """
                figures:
                  - acuracy-over-steps
                  - activation-quantiles: { tap: dense1/activation-imput, arms: [baseline] }
                  - activation-quantiles: { name: b, tap: dense1/output }
                  - activation-quantiles: { name: c }
                  - activation-quantiles: { name: D, tap: dense1/scaled }
                  - final-accuracy: { arms: [basline] }
                  - final-accuracy
                  - sweep: { x: optimizer.sgd.rate }

                """
        ])
        expectText(
            try fixture.messages(),
            """
            Experiments/x.yaml:17:5: error: 'figures': unknown kind 'acuracy-over-steps'; did you mean 'accuracy-over-steps'?
                  - acuracy-over-steps
                    ^~~~~~~~~~~~~~~~~~
            Experiments/x.yaml:18:34: error: the arm 'baseline' has no tap 'dense1/activation-imput'; did you mean \
            'dense1/activation-input'?
                  - activation-quantiles: { tap: dense1/activation-imput, arms: [baseline] }
                                                 ^~~~~~~~~~~~~~~~~~~~~~~
            Experiments/x.yaml:19:43: error: the arm 'baseline' does not observe 'dense1/output'; add it to 'observe.taps'
                  - activation-quantiles: { name: b, tap: dense1/output }
                                                          ^~~~~~~~~~~~~
            Experiments/x.yaml:20:27: error: missing key 'tap' in 'figures.activation-quantiles': expected a text
                  - activation-quantiles: { name: c }
                                          ^
            Experiments/x.yaml:21:35: error: 'D' cannot name a figure; use lower case letters, digits and '-'
                  - activation-quantiles: { name: D, tap: dense1/scaled }
                                                  ^
            Experiments/x.yaml:21:43: error: the arm 'baseline' has no tap 'dense1/scaled'; the taps are \
            'dense1/output', 'dense1/preactivation', 'dense1/activation-input', 'dense1/activation', 'dense1/activate/output', \
            'dense2/output', 'dense2/preactivation', 'dense2/activation-input'
                  - activation-quantiles: { name: D, tap: dense1/scaled }
                                                          ^~~~~~~~~~~~~
            Experiments/x.yaml:22:30: error: no arm is called 'basline'; did you mean 'baseline'?
                  - final-accuracy: { arms: [basline] }
                                             ^~~~~~~
            Experiments/x.yaml:23:5: error: two figures are called 'final-accuracy'; give one of them a 'name'
                  - final-accuracy
                    ^~~~~~~~~~~~~~
            Experiments/x.yaml:24:17: error: 'optimizer.sgd.rate' is not swept; there are no swept keys
                  - sweep: { x: optimizer.sgd.rate }
                                ^~~~~~~~~~~~~~~~~~
            9 errors
            """)
    }
}
