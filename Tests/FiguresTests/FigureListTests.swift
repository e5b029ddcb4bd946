import Declarations
import Foundation
import Results
import Testing
import Vocabulary

@testable import Figures

func expectText(_ text: String, _ expected: String, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(text == expected, "it is:\n\(text)\n", sourceLocation: sourceLocation)
}

/// The figures of an experiment's file; `FiguresFileTests` has those of the file beside its results.
@Suite struct FigureListTests {
    private static let taps = [
        "dense1/output", "dense1/preactivation", "dense1/activation-input", "dense1/activation",
        "dense1/activate/output", "dense2/output", "dense2/preactivation", "dense2/activation-input",
    ]

    private static func arm(_ name: String, group: String? = nil, quantities: [String]? = nil) -> References.Arm {
        References.Arm(
            name: name, group: group ?? name, taps: taps, observed: [["*/activation-input"]], quantities: [quantities],
            writesPredictions: true)
    }

    static let arms = [arm("baseline"), arm("batch-norm")]

    /// The figures of a file whose list begins in line 17, and what is said about them.
    func read(
        _ list: String, arms: [References.Arm] = arms, sweptKeys: [String] = [], ensembles: [String] = []
    ) throws -> (figures: [any FigureKind], messages: String) {
        let diagnostics = DiagnosticCollector()
        let resolver = Resolver(diagnostics)
        let text = String(repeating: "#\n", count: 15) + "figures:\n" + list + "\n"
        let reader = YAMLReader(text, file: "Experiments/x.yaml", layer: .base, diagnostics: diagnostics)
        let root = try #require(reader.root())
        let file = try #require(resolver.resolve(root, .record(FigureList.Document.self), path: ""))
        resolver.checkCompleteness(of: file, .record(FigureList.Document.self), path: "")
        var references = References(arms: arms, sweptKeys: sweptKeys, diagnostics: diagnostics)
        references.ensembles = ensembles
        let figures = FigureList.figures(file["figures"], references)
        do {
            try diagnostics.throwIfAny()
            return (figures, "")
        } catch {
            return (figures, error.description)
        }
    }

    @Test func fieldsAreThoseThatWereStated() throws {
        let (figures, messages) = try read(
            """
              - accuracy-over-steps
              - activation-quantiles: { tap: dense1/activation-input, arms: [base*], title: One unit }
              - loss-over-steps: { name: test-loss, metric: test-loss, statistics: population, window: 50, y-scale: log }
              - quantity-profile: { quantities: [loss-ratio], step: 500, x-scale: log, level: 1.0, level-label: no change }
              - shift-map
              - accuracy-over-steps: { name: train, metric: train-accuracy, zoom: none }
            """)
        #expect(messages == "")
        #expect(
            figures.map(\.name) == [
                "accuracy-over-steps", "activation-quantiles", "test-loss", "quantity-profile", "shift-map", "train",
            ])
        let unit = try #require(figures[1] as? ActivationQuantiles)
        #expect(
            unit.tap == "dense1/activation-input" && unit.common.title == "One unit" && unit.common.arms == ["base*"])
        let loss = try #require(figures[2] as? LossOverSteps)
        #expect(loss.metric == .test && loss.statistics == .population && loss.window == 50 && loss.lossScale == .log)
        let profile = try #require(figures[3] as? QuantityProfile)
        #expect(profile.shown.quantities == ["loss-ratio"] && profile.step == .nearest(500))
        #expect(profile.horizontalScale == .log && profile.shown.level == 1 && profile.shown.levelLabel == "no change")
        let map = try #require(figures[4] as? ShiftMap)
        #expect(map.quantity == "wasserstein" && map.place == "*/activation-input")
        let accuracy = try #require(figures[5] as? AccuracyOverSteps)
        #expect(accuracy.metric == .train && accuracy.zoom == .none)
    }

    @Test func aSweptArmsNameStandsForItsPoints() throws {
        let points = ["baseline@rate=0.1", "baseline@rate=1"].map { Self.arm($0, group: "baseline") }
        let (_, messages) = try read(
            "  - sweep: { x: optimizer.sgd.rate, arms: [baseline] }", arms: points, sweptKeys: ["optimizer.sgd.rate"])
        #expect(messages == "")
    }

    @Test func rulesOfMatchesAreKept() throws {
        let (figures, messages) = try read(
            """
              - match-table:
                  baseline: baseline
                  smoothing: 3
                  published: [{ arm: baseline, steps: 31.0e6, accuracy: 0.722 }, { arm: batch-norm, accuracy: none }]
              - change-worth:
                  baseline: baseline
                  groups:
                    - reference: baseline
                      changes: [{ arm: batch-norm, label: 'a "new" one' }]
              - final-accuracy
            """)
        #expect(messages == "")
        let baseline = MatchRule(baseline: "baseline", smoothing: 3, statistics: nil)
        #expect(figures.map(\.match) == [baseline, MatchRule(baseline: "baseline"), nil])
        let table = try #require(figures[0] as? MatchTable)
        #expect(table.published.map(\.steps) == [31e6, nil] && table.published.map(\.accuracy) == [0.722, nil])
        let worth = try #require(figures[1] as? ChangeWorth)
        #expect(worth.groups[0].label == nil && worth.groups[0].changes[0].label == "a \"new\" one")
    }

    @Test func mistakesOfComparisons() throws {
        let (_, messages) = try read(
            """
              - steps-to-match: { baseline: basline }
              - match-table: { baseline: 'b*', published: [{ arm: batch-nrom, steps: 1 }, { steps: 2 }] }
              - change-worth: { baseline: baseline, groups: [] }
              - change-worth: { name: b, baseline: baseline, groups: [{ reference: bn, changes: [{ arm: 'b*' }] }] }
              - ensemble: { ensemble: six }
            """)
        expectText(
            messages,
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
            Experiments/x.yaml:20:72: error: no arm is called 'bn'; the arms are 'baseline', 'batch-norm'
                  - change-worth: { name: b, baseline: baseline, groups: [{ reference: bn, changes: [{ arm: 'b*' }] }] }
                                                                                       ^~
            Experiments/x.yaml:20:93: error: 'arm' is one arm; 'b*' stands for baseline, batch-norm
                  - change-worth: { name: b, baseline: baseline, groups: [{ reference: bn, changes: [{ arm: 'b*' }] }] }
                                                                                                            ^~~~
            Experiments/x.yaml:21:27: error: there is no ensemble 'six'; there are no ensembles
                  - ensemble: { ensemble: six }
                                          ^~~
            8 errors
            """)
        #expect(try read("  - ensemble: { ensemble: six }", ensembles: ["six"]).messages == "")
    }

    @Test func mistakesOfQuantities() throws {
        let (_, messages) = try read(
            """
              - quantity-over-steps: { quantities: [weight-norm, bias-norm], y-label: Norm }
              - quantity-profile: { quantities: [loss-ratio], step: middle, at: 3 }
              - quantity-profile: { name: b, quantities: [gradient-norm], x: place, places: panels, step: 500 }
              - shift-map: { quantity: wasserstein mean-drift }
              - scale-and-percentiles: { layer: dense1 }
              - landscape: { y-scale: logarithmic }
              - quantity-over-steps: { name: c, quantities: [] }
              - quantity-over-steps: { name: d, quantity: weight-norm }
            """)
        expectText(
            messages,
            """
            Experiments/x.yaml:17:75: error: 'y-label' is the title of one quantity's axis; 'quantities' names 2
                  - quantity-over-steps: { quantities: [weight-norm, bias-norm], y-label: Norm }
                                                                                          ^~~~
            Experiments/x.yaml:18:57: error: 'figures.quantity-profile.step': expected first, last or a whole number from 0, \
            found 'middle'
                  - quantity-profile: { quantities: [loss-ratio], step: middle, at: 3 }
                                                                        ^~~~~~
            Experiments/x.yaml:18:69: error: 'at' needs 'x: place': the quantity's own axis is the horizontal one
                  - quantity-profile: { quantities: [loss-ratio], step: middle, at: 3 }
                                                                                    ^
            Experiments/x.yaml:19:81: error: 'places: panels' needs 'x: at': the places are the horizontal axis
                  - quantity-profile: { name: b, quantities: [gradient-norm], x: place, places: panels, step: 500 }
                                                                                                ^~~~~~
            Experiments/x.yaml:20:28: error: 'quantity' is 'wasserstein mean-drift'; expected one word
                  - shift-map: { quantity: wasserstein mean-drift }
                                           ^~~~~~~~~~~~~~~~~~~~~~
            Experiments/x.yaml:21:37: error: the arm 'baseline' has no tap 'dense1/normalized'; the taps are \
            'dense1/output', 'dense1/preactivation', 'dense1/activation-input', 'dense1/activation', 'dense1/activate/output', \
            'dense2/output', 'dense2/preactivation', 'dense2/activation-input'
                  - scale-and-percentiles: { layer: dense1 }
                                                    ^~~~~~
            Experiments/x.yaml:21:37: error: the arm 'baseline' has no tap 'dense1/scaled'; the taps are \
            'dense1/output', 'dense1/preactivation', 'dense1/activation-input', 'dense1/activation', 'dense1/activate/output', \
            'dense2/output', 'dense2/preactivation', 'dense2/activation-input'
                  - scale-and-percentiles: { layer: dense1 }
                                                    ^~~~~~
            Experiments/x.yaml:22:27: error: 'figures.landscape.y-scale': expected one of the words 'linear', 'log', \
            found 'logarithmic'
                  - landscape: { y-scale: logarithmic }
                                          ^~~~~~~~~~~
            Experiments/x.yaml:23:49: error: 'figures.quantity-over-steps.quantities': expected at least one value, found 0
                  - quantity-over-steps: { name: c, quantities: [] }
                                                                ^
            Experiments/x.yaml:24:37: error: unknown key 'quantity' in 'figures.quantity-over-steps'; did you mean 'quantities'?
                  - quantity-over-steps: { name: d, quantity: weight-norm }
                                                    ^~~~~~~~
            10 errors
            """)
    }

    @Test func quantitiesMustBeMeasuredBySomeArm() throws {
        let arms = [Self.arm("baseline", quantities: []), Self.arm("batch-norm", quantities: ["loss-ratio"])]
        let (_, messages) = try read(
            """
              - quantity-profile: { quantities: [loss-ratio] }
              - quantity-profile: { name: b, quantities: [loss-ratio, loss-ration], arms: [batch-norm] }
              - quantity-over-steps: { quantities: [loss-ratio], arms: [baseline] }
              - quantity-scatter: { x: loss-ratio, y: loss-ratio, compare: smoothness }
              - shift-map
            """, arms: arms)
        expectText(
            messages,
            """
            Experiments/x.yaml:18:59: error: the arm 'batch-norm' does not measure 'loss-ration'; did you mean 'loss-ratio'?
                  - quantity-profile: { name: b, quantities: [loss-ratio, loss-ration], arms: [batch-norm] }
                                                                          ^~~~~~~~~~~
            Experiments/x.yaml:19:41: error: the arm 'baseline' does not measure 'loss-ratio'; there are no quantities
                  - quantity-over-steps: { quantities: [loss-ratio], arms: [baseline] }
                                                        ^~~~~~~~~~
            Experiments/x.yaml:20:64: error: the arm 'baseline' does not measure 'smoothness'; there are no quantities
                  - quantity-scatter: { x: loss-ratio, y: loss-ratio, compare: smoothness }
                                                                               ^~~~~~~~~~
            3 errors
            """)
    }

    @Test func mistakesOfScatters() throws {
        let (_, messages) = try read(
            "  - quantity-scatter: { x: line-condition line-rate, y: line-steps, step: middle }")
        expectText(
            messages,
            """
            Experiments/x.yaml:17:28: error: 'x' is 'line-condition line-rate'; expected one word
                  - quantity-scatter: { x: line-condition line-rate, y: line-steps, step: middle }
                                           ^~~~~~~~~~~~~~~~~~~~~~~~
            Experiments/x.yaml:17:75: error: 'figures.quantity-scatter.step': expected first, last or a whole number from 0, \
            found 'middle'
                  - quantity-scatter: { x: line-condition line-rate, y: line-steps, step: middle }
                                                                                          ^~~~~~
            2 errors
            """)
    }

    @Test func mistakes() throws {
        let (_, messages) = try read(
            """
              - acuracy-over-steps
              - activation-quantiles: { tap: dense1/activation-imput, arms: [baseline] }
              - activation-quantiles: { name: b, tap: dense1/output }
              - activation-quantiles: { name: c }
              - activation-quantiles: { name: D, tap: dense1/scaled }
              - final-accuracy: { arms: [basline] }
              - final-accuracy
              - sweep: { x: optimizer.sgd.rate }
              - final-accuracy: { name: runs }
              - activation-distributions: { tap: "dense3/*" }
            """)
        expectText(
            messages,
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
            Experiments/x.yaml:25:29: error: 'runs' cannot name a figure; the experiment's own tables are called experiment, \
            arms, runs, settings, quantities, summary, claims, matches and ensembles
                  - final-accuracy: { name: runs }
                                            ^~~~
            Experiments/x.yaml:26:38: error: the arm 'baseline' has no tap 'dense3/*'; the taps are \
            'dense1/output', 'dense1/preactivation', 'dense1/activation-input', 'dense1/activation', 'dense1/activate/output', \
            'dense2/output', 'dense2/preactivation', 'dense2/activation-input'
                  - activation-distributions: { tap: "dense3/*" }
                                                     ^~~~~~~~~~
            11 errors
            """)
    }
}
