import Figures
import Testing

@testable import Experiments
@testable import Running
@testable import Results

@Suite struct FigureReaderTests {
    /// The figures beside the results say what the experiment's file says, but for what says nothing.
    @Test func figuresFileStatesWhatDiffers() throws {
        let experiment = try ExperimentFixture.load(
            ExperimentFixture.body + """
                sweep: { optimizer.sgd.rate: [0.1, 1] }
                figures:
                  - accuracy-over-steps: { band: range }
                  - activation-quantiles: { tap: dense1/activation-input, arms: [base*], title: One unit }
                  - loss-over-steps: { name: test-loss, metric: test-loss, statistics: population }
                  - sweep: { x: optimizer.sgd.rate, arms: [baseline] }
                  - match-table:
                      baseline: baseline@rate=1
                      smoothing: 3
                      published: [{ arm: batch-norm@rate=1, steps: 31.0e6, accuracy: none }]

                """)
        expectText(
            String(decoding: experiment.figuresFile.bytes, as: UTF8.self),
            """
            figures:
              - accuracy-over-steps
              - activation-quantiles: { title: "One unit", arms: ["base*"], tap: dense1/activation-input }
              - loss-over-steps: { name: test-loss, metric: test-loss, statistics: population }
              - sweep: { arms: [baseline], x: optimizer.sgd.rate }
              - match-table:
                  baseline: "baseline@rate=1"
                  smoothing: 3
                  published:
                    - arm: "batch-norm@rate=1"
                      steps: 31000000
                      accuracy: none

            """)
        #expect(
            experiment.figures.compactMap(\.match) == [
                MatchRule(baseline: "baseline@rate=1", smoothing: 3, statistics: nil)
            ])
    }

    @Test func mistakesOfComparisons() throws {
        let fixture = try ExperimentFixture([
            "x": ExperimentFixture.head + ExperimentFixture.body + """
                figures:
                  - steps-to-match: { baseline: basline }
                  - match-table: { baseline: 'b*', published: [{ arm: batch-nrom, steps: 1 }, { steps: 2 }] }
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
                  - match-table: { baseline: 'b*', published: [{ arm: batch-nrom, steps: 1 }, { steps: 2 }] }
                                             ^~~~
            Experiments/x.yaml:18:55: error: no arm is called 'batch-nrom'; did you mean 'batch-norm'?
                  - match-table: { baseline: 'b*', published: [{ arm: batch-nrom, steps: 1 }, { steps: 2 }] }
                                                                      ^~~~~~~~~~
            Experiments/x.yaml:18:79: error: missing key 'arm' in 'figures.match-table.published': expected a text
                  - match-table: { baseline: 'b*', published: [{ arm: batch-nrom, steps: 1 }, { steps: 2 }] }
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

    @Test func mistakesOfQuantities() throws {
        let fixture = try ExperimentFixture([
            "x": ExperimentFixture.head + ExperimentFixture.body + """
                figures:
                  - quantity-over-steps: { quantities: [weight-norm, bias-norm], y-label: Norm }
                  - quantity-profile: { quantities: [loss-ratio], step: middle, at: 3 }
                  - quantity-profile: { name: b, quantities: [gradient-norm], x: place, places: panels, step: 500 }
                  - shift-map: { quantity: wasserstein mean-drift }
                  - scale-and-percentiles: { layer: dense1 }
                  - landscape: { y-scale: logarithmic }

                """
        ])
        expectText(
            try fixture.messages(),
            """
            Experiments/x.yaml:17:41: error: the arm 'baseline' does not measure 'weight-norm'; the quantities are \
            'mean-drift', 'deviation-drift', 'quantile-drift', 'wasserstein', 'kolmogorov-smirnov', \
            'wasserstein-to-end', 'kolmogorov-smirnov-to-end'
                  - quantity-over-steps: { quantities: [weight-norm, bias-norm], y-label: Norm }
                                                        ^~~~~~~~~~~
            Experiments/x.yaml:17:54: error: the arm 'baseline' does not measure 'bias-norm'; the quantities are \
            'mean-drift', 'deviation-drift', 'quantile-drift', 'wasserstein', 'kolmogorov-smirnov', \
            'wasserstein-to-end', 'kolmogorov-smirnov-to-end'
                  - quantity-over-steps: { quantities: [weight-norm, bias-norm], y-label: Norm }
                                                                     ^~~~~~~~~
            Experiments/x.yaml:17:75: error: 'y-label' is the title of one quantity's axis; 'quantities' names 2
                  - quantity-over-steps: { quantities: [weight-norm, bias-norm], y-label: Norm }
                                                                                          ^~~~
            Experiments/x.yaml:18:38: error: the arm 'baseline' does not measure 'loss-ratio'; the quantities are \
            'mean-drift', 'deviation-drift', 'quantile-drift', 'wasserstein', 'kolmogorov-smirnov', \
            'wasserstein-to-end', 'kolmogorov-smirnov-to-end'
                  - quantity-profile: { quantities: [loss-ratio], step: middle, at: 3 }
                                                     ^~~~~~~~~~
            Experiments/x.yaml:18:57: error: 'figures.quantity-profile.step': expected first, last or a whole \
            number from 0, found 'middle'
                  - quantity-profile: { quantities: [loss-ratio], step: middle, at: 3 }
                                                                        ^~~~~~
            Experiments/x.yaml:18:69: error: 'at' needs 'x: place': the quantity's own axis is the horizontal one
                  - quantity-profile: { quantities: [loss-ratio], step: middle, at: 3 }
                                                                                    ^
            Experiments/x.yaml:19:47: error: the arm 'baseline' does not measure 'gradient-norm'; the quantities \
            are 'mean-drift', 'deviation-drift', 'quantile-drift', 'wasserstein', 'kolmogorov-smirnov', \
            'wasserstein-to-end', 'kolmogorov-smirnov-to-end'
                  - quantity-profile: { name: b, quantities: [gradient-norm], x: place, places: panels, step: 500 }
                                                              ^~~~~~~~~~~~~
            Experiments/x.yaml:19:81: error: 'places: panels' needs 'x: at': the places are the horizontal axis
                  - quantity-profile: { name: b, quantities: [gradient-norm], x: place, places: panels, step: 500 }
                                                                                                ^~~~~~
            Experiments/x.yaml:20:28: error: 'quantity' is 'wasserstein mean-drift'; expected one word
                  - shift-map: { quantity: wasserstein mean-drift }
                                           ^~~~~~~~~~~~~~~~~~~~~~
            Experiments/x.yaml:21:37: error: the arm 'baseline' has no tap 'dense1/normalized'; the taps are \
            'dense1/output', 'dense1/preactivation', 'dense1/activation-input', 'dense1/activation', \
            'dense1/activate/output', 'dense2/output', 'dense2/preactivation', 'dense2/activation-input'
                  - scale-and-percentiles: { layer: dense1 }
                                                    ^~~~~~
            Experiments/x.yaml:21:37: error: the arm 'baseline' has no tap 'dense1/scaled'; the taps are \
            'dense1/output', 'dense1/preactivation', 'dense1/activation-input', 'dense1/activation', \
            'dense1/activate/output', 'dense2/output', 'dense2/preactivation', 'dense2/activation-input'
                  - scale-and-percentiles: { layer: dense1 }
                                                    ^~~~~~
            Experiments/x.yaml:22:27: error: 'figures.landscape.y-scale': expected one of the words 'linear', \
            'log', found 'logarithmic'
                  - landscape: { y-scale: logarithmic }
                                          ^~~~~~~~~~~
            12 errors
            """)
    }

    @Test func mistakesOfScatters() throws {
        let fixture = try ExperimentFixture([
            "x": ExperimentFixture.head + ExperimentFixture.body + """
                figures:
                  - quantity-scatter: { x: line-condition line-rate, y: line-steps, step: middle }

                """
        ])
        expectText(
            try fixture.messages(),
            """
            Experiments/x.yaml:17:28: error: 'x' is 'line-condition line-rate'; expected one word
                  - quantity-scatter: { x: line-condition line-rate, y: line-steps, step: middle }
                                           ^~~~~~~~~~~~~~~~~~~~~~~~
            Experiments/x.yaml:17:57: error: the arm 'baseline' does not measure 'line-steps'; the quantities are \
            'mean-drift', 'deviation-drift', 'quantile-drift', 'wasserstein', 'kolmogorov-smirnov', \
            'wasserstein-to-end', 'kolmogorov-smirnov-to-end'
                  - quantity-scatter: { x: line-condition line-rate, y: line-steps, step: middle }
                                                                        ^~~~~~~~~~
            Experiments/x.yaml:17:75: error: 'figures.quantity-scatter.step': expected first, last or a whole \
            number from 0, found 'middle'
                  - quantity-scatter: { x: line-condition line-rate, y: line-steps, step: middle }
                                                                                          ^~~~~~
            3 errors
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
