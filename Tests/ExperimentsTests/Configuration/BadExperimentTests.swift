import Testing

@testable import Experiments
@testable import Running

/// Every kind of mistake in an experiment file, with the whole text that a user sees.
@Suite struct BadExperimentTests {
    /// A mistake: what stands behind the head, and what is said about it.
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let body: String
        let messages: String

        init(_ name: String, _ body: String, _ messages: String) {
            testDescription = name
            self.body = body
            self.messages = messages
        }
    }

    @Test(arguments: keys + values + kinds + references)
    func isReported(_ mistake: Case) throws {
        let fixture = try ExperimentFixture(["x": ExperimentFixture.head + mistake.body])
        expectText(try fixture.messages(), mistake.messages)
    }

    static let keys = [
        Case(
            "unknown keys",
            ExperimentFixture.body.replacing("rate: 0.1", with: "rate: 0.1, momentm: 0.9") + "figurs: []\nfoo: 1\n",
            """
            Experiments/x.yaml:12:34: error: unknown key 'momentm' in 'base.optimizer.sgd'; did you mean 'momentum'?
                  optimizer: { sgd: { rate: 0.1, momentm: 0.9 } }
                                                 ^~~~~~~
            Experiments/x.yaml:16:1: error: unknown key 'figurs'; did you mean 'figures'?
                figurs: []
                ^~~~~~
            Experiments/x.yaml:17:1: error: unknown key 'foo'; the keys are 'title', 'source', 'question', 'extends', \
            'keeps-arms', 'dataset', 'profiles', 'base', 'arms', 'sweep', 'ensembles', 'figures', …
                foo: 1
                ^~~
            3 errors
            """),
        Case(
            "duplicates",
            ExperimentFixture.body.replacing("batch: 10", with: "batch: 10\n  batch: 20") + "title: Again\n",
            """
            Experiments/x.yaml:12:3: error: duplicate key 'batch'
                  batch: 20
                  ^~~~~
                note: the first is at Experiments/x.yaml:11:3
            Experiments/x.yaml:17:1: error: duplicate key 'title'
                title: Again
                ^~~~~
                note: the first is at Experiments/x.yaml:1:1
            2 errors
            """),
        Case(
            "missing keys",
            "base:\n  batch: 10\n  optimizer: { sgd: {} }\narms: { baseline: }\n",
            """
            Experiments/x.yaml:10:3: error: missing key 'model' in 'base': expected the name of a model, a list of layers, or none
                  batch: 10
                  ^
            Experiments/x.yaml:11:21: error: missing key 'rate' in 'base.optimizer.sgd': expected a number from 0 to 1000
                  optimizer: { sgd: {} }
                                    ^
            2 errors
            """),
        Case(
            "no arms",
            ExperimentFixture.body.replacing(
                "  baseline: {}\n  batch-norm: { normalization: batch-norm }\n", with: "  {}\n"),
            """
            Experiments/x.yaml:14:3: error: an experiment needs at least one arm: 'baseline: {}' is the base itself
                  {}
                  ^
            1 error
            """),
        Case(
            "names of arms", ExperimentFixture.body + "  Bad Name: {}\n  a/b: {}\n  none: {}\n",
            """
            Experiments/x.yaml:16:3: error: 'Bad Name' cannot name an arm; use lower case letters, digits and '-'
                  Bad Name: {}
                  ^~~~~~~~
            Experiments/x.yaml:17:3: error: 'a/b' cannot name an arm; use lower case letters, digits and '-'
                  a/b: {}
                  ^~~
            Experiments/x.yaml:18:3: error: 'none' cannot name an arm; it stands for what is absent
                  none: {}
                  ^~~~
            3 errors
            """),
    ]

    static let values = [
        Case(
            "YAML 1.1's traps",
            """
            base:
              model: tiny
              normalization: off
              batch: 010
              optimizer: { sgd: { rate: .inf, momentum: "0.9", decay: 1_000 } }
              evaluate: { every: 1e3, examples: 0x10, population-batches: 1:30 }
              local-response: ~
            arms: { baseline: {} }
            """,
            """
            Experiments/x.yaml:11:18: error: 'base.normalization': unknown kind 'off'; did you mean 'none'?
                  normalization: off
                                 ^~~
            Experiments/x.yaml:12:10: error: 'base.batch': '010' has a leading zero, which YAML 1.1 reads as the octal 8; write 10
                  batch: 010
                         ^~~
            Experiments/x.yaml:13:29: error: 'base.optimizer.sgd.rate': '.inf' is not finite
                  optimizer: { sgd: { rate: .inf, momentum: "0.9", decay: 1_000 } }
                                            ^~~~
            Experiments/x.yaml:13:45: error: 'base.optimizer.sgd.momentum': expected a number, found the quoted text "0.9"; \
            remove the quotes
                  optimizer: { sgd: { rate: .inf, momentum: "0.9", decay: 1_000 } }
                                                            ^~~~~
            Experiments/x.yaml:13:59: error: 'base.optimizer.sgd.decay': '1_000' has underscores, which not every YAML reader \
            takes; write 1000
                  optimizer: { sgd: { rate: .inf, momentum: "0.9", decay: 1_000 } }
                                                                          ^~~~~
            Experiments/x.yaml:14:22: error: 'base.evaluate.every': expected a whole number, found '1e3'; write 1000
                  evaluate: { every: 1e3, examples: 0x10, population-batches: 1:30 }
                                     ^~~
            Experiments/x.yaml:14:37: error: 'base.evaluate.examples': '0x10' is a hexadecimal number; write 16
                  evaluate: { every: 1e3, examples: 0x10, population-batches: 1:30 }
                                                    ^~~~
            Experiments/x.yaml:14:63: error: 'base.evaluate.population-batches': '1:30' is a base-60 number to YAML 1.1; write \
            it in decimal digits
                  evaluate: { every: 1e3, examples: 0x10, population-batches: 1:30 }
                                                                              ^~~~
            Experiments/x.yaml:15:19: error: 'base.local-response': expected 'lrn', or none, found nothing; write none
                  local-response: ~
                                  ^
            9 errors
            """),
        Case(
            "truth",
            ExperimentFixture.body.replacing(
                "normalization: batch-norm", with: "normalization: { batch-norm: { scale: yes, shift: \"false\" } }"),
            """
            Experiments/x.yaml:15:55: error: 'arms.batch-norm.normalization.batch-norm.scale': expected true or \
            false, found 'yes'; write true
                  batch-norm: { normalization: { batch-norm: { scale: yes, shift: "false" } } }
                                                                      ^~~
            Experiments/x.yaml:15:67: error: 'arms.batch-norm.normalization.batch-norm.shift': expected true or false, found the \
            quoted text "false"; remove the quotes
                  batch-norm: { normalization: { batch-norm: { scale: yes, shift: "false" } } }
                                                                                  ^~~~~~~
            2 errors
            """),
        Case(
            "ranges",
            ExperimentFixture.body.replacing("batch: 10", with: "batch: 0").replacing("rate: 0.1", with: "rate: -1"),
            """
            Experiments/x.yaml:11:10: error: 'base.batch': expected a whole number from 1 to 1000000, found 0
                  batch: 0
                         ^
            Experiments/x.yaml:12:29: error: 'base.optimizer.sgd.rate': expected a number from 0 to 1000, found -1
                  optimizer: { sgd: { rate: -1 } }
                                            ^~
            2 errors
            """),
        Case(
            "wrong types", "base: []\narms: [a]\nfigures: accuracy-over-steps\nclaims: {}\n",
            """
            Experiments/x.yaml:9:7: error: 'base': expected a mapping, found a list
                base: []
                      ^
            Experiments/x.yaml:10:7: error: 'arms': expected a mapping from arm names, found a list
                arms: [a]
                      ^
            Experiments/x.yaml:11:10: error: 'figures': expected a list, found 'accuracy-over-steps'; write \
            [accuracy-over-steps]
                figures: accuracy-over-steps
                         ^~~~~~~~~~~~~~~~~~~
            Experiments/x.yaml:12:9: error: 'claims': expected a list, found a mapping
                claims: {}
                        ^
            4 errors
            """),
    ]

    static let kinds = [
        Case(
            "unknown kinds",
            """
            base:
              model: tiny
              batch: 10
              activation: sigmod
              initializer: { gausian: { deviation: 1 } }
              input: fourier
              rate-policy: { step: {}, inv: {} }
              optimizer: { sgd: 0.1 }
            arms: { baseline: {} }
            """,
            """
            Experiments/x.yaml:12:15: error: 'base.activation': unknown kind 'sigmod'; did you mean 'sigmoid'?
                  activation: sigmod
                              ^~~~~~
            Experiments/x.yaml:13:18: error: 'base.initializer': unknown kind 'gausian'; did you mean 'gaussian'?
                  initializer: { gausian: { deviation: 1 } }
                                 ^~~~~~~
            Experiments/x.yaml:14:10: error: 'base.input': unknown kind 'fourier'; expected one of 'unit', 'identity', 'scale', \
            'lenet-5', 'binary', 'min-max', 'z-score', 'mean-subtraction', 'decimal-scaling', 'pca-whitening', 'zca-whitening'
                  input: fourier
                         ^~~~~~~
            Experiments/x.yaml:15:28: error: 'base.rate-policy': expected one kind, found 2: 'step', 'inv'
                  rate-policy: { step: {}, inv: {} }
                                           ^~~
            Experiments/x.yaml:16:21: error: 'base.optimizer.sgd': expected a mapping, found '0.1'; write { rate: 0.1 }
                  optimizer: { sgd: 0.1 }
                                    ^~~
            5 errors
            """),
        Case(
            "a kind in the wrong slot",
            ExperimentFixture.body.replacing("normalization: batch-norm", with: "dropout: relu"),
            """
            Experiments/x.yaml:15:26: error: 'arms.batch-norm.dropout': unknown kind 'relu'; expected 'dropout', or none
                  batch-norm: { dropout: relu }
                                         ^~~~
            1 error
            """),
    ]

    private static func claim(of quantity: String) -> String {
        "claims:\n  - { id: c, statement: s, source: p, arm: baseline, value: 1, expect: below, "
            + "measure: { quantity: { name: \(quantity) } } }\n"
    }

    static let references = [
        Case(
            "an unknown model", ExperimentFixture.body.replacing("tiny", with: "tinny"),
            """
            Experiments/x.yaml:10:10: error: there is no model 'tinny'; did you mean 'tiny'?
                  model: tinny
                         ^~~~~
            1 error
            """),
        Case(
            "an unknown procedure, without what would follow from it for claims",
            ExperimentFixture.body.replacing("batch: 10", with: "batch: 10\n  procedures: [weight-nrms]")
                + claim(of: "weight-norm"),
            """
            Experiments/x.yaml:12:16: error: 'base.procedures': unknown kind 'weight-nrms'; did you mean 'weight-norms'?
                  procedures: [weight-nrms]
                               ^~~~~~~~~~~
            1 error
            """),
        Case(
            "a quantity that no procedure measures",
            ExperimentFixture.body.replacing("batch: 10", with: "batch: 10\n  procedures: [weight-norms]")
                + claim(of: "line-steps"),
            """
            Experiments/x.yaml:18:108: error: the arm 'baseline' does not measure 'line-steps'; the quantities are \
            'weight-norm', 'effective-rate', 'bias-norm', 'scale-rms', 'shift-norm', 'mean-drift', 'deviation-drift', \
            'quantile-drift', 'wasserstein', 'kolmogorov-smirnov', 'wasserstein-to-end', 'kolmogorov-smirnov-to-end'
                  - { id: c, statement: s, source: p, arm: baseline, value: 1, expect: below, measure: { quantity: { name: \
            line-steps } } }
                                                                                                                           ^~~~~~~~~~
            1 error
            """),
        Case(
            "observations",
            ExperimentFixture.body.replacing(
                "batch: 10", with: "batch: 10\n  observe: { taps: [dense9/output, \"*\"] }"),
            """
            Experiments/x.yaml:12:21: error: no arm has a tap 'dense9/output'; did you mean 'dense1/output'?
                  observe: { taps: [dense9/output, "*"] }
                                    ^~~~~~~~~~~~~
            1 error
            """),
        Case(
            "a sweep",
            ExperimentFixture.body + """
                sweep:
                  optimizer.sgd.rat: [0.1]
                  optimizer.sgd.rate: [0.1, fast, 0.1, [2]]
                  normalization.batch-norm.epsilon: [0.1]
                  batch: 3

                """,
            """
            Experiments/x.yaml:17:3: error: 'optimizer.sgd.rat' cannot be swept: unknown key 'rat' in 'optimizer.sgd'; did you \
            mean 'rate'?
                  optimizer.sgd.rat: [0.1]
                  ^~~~~~~~~~~~~~~~~
            Experiments/x.yaml:18:29: error: 'optimizer.sgd.rate': expected a number, found 'fast'
                  optimizer.sgd.rate: [0.1, fast, 0.1, [2]]
                                            ^~~~
            Experiments/x.yaml:18:35: error: 'optimizer.sgd.rate': the value 0.1 is listed twice
                  optimizer.sgd.rate: [0.1, fast, 0.1, [2]]
                                                  ^~~
            Experiments/x.yaml:18:40: error: 'optimizer.sgd.rate': a value in a list is a number or a word, found a list
                  optimizer.sgd.rate: [0.1, fast, 0.1, [2]]
                                                       ^
            Experiments/x.yaml:19:3: error: 'normalization.batch-norm.epsilon' cannot be swept: 'normalization' is 'none' here, \
            not 'batch-norm'
                  normalization.batch-norm.epsilon: [0.1]
                  ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
                note: in the arm 'baseline'
            Experiments/x.yaml:20:10: error: 'sweep.batch': expected a list of values, or a mapping from names to \
            values, found '3'
                  batch: 3
                         ^
            6 errors
            """),
    ]

    @Test func theHead() throws {
        let head = ExperimentFixture.head.replacing("[mnist]", with: "[mnist, fashon-mnist]")
            .replacing("seeds: [1] }", with: "seeds: 1 }").replacing("seeds: [1, 2] }", with: "seeds: [1, 1, -1] }")
            .replacing("steps: 3", with: "steps: -1, stpes: 1")
        let fixture = try ExperimentFixture(["x": head + ExperimentFixture.body])
        expectText(
            try fixture.messages(),
            """
            Experiments/x.yaml:4:18: error: 'dataset': expected one of the words 'mnist', 'fashion-mnist', 'cifar-10', \
            'glyphs', 'glyphs-color', 'gaussian', found 'fashon-mnist'; did you mean 'fashion-mnist'?
                dataset: [mnist, fashon-mnist]
                                 ^~~~~~~~~~~~
            Experiments/x.yaml:6:29: error: 'profiles.smoke.seeds': expected a list, found '1'; write [1]
                  smoke: { steps: 1, seeds: 1 }
                                            ^
            Experiments/x.yaml:7:33: error: the seed 1 is listed twice
                  quick: { steps: 2, seeds: [1, 1, -1] }
                                                ^
            Experiments/x.yaml:7:36: error: 'profiles.quick.seeds': expected a whole number of at least 0, found -1
                  quick: { steps: 2, seeds: [1, 1, -1] }
                                                   ^~
            Experiments/x.yaml:8:19: error: 'profiles.paper.steps': expected a whole number of at least 0, found -1
                  paper: { steps: -1, stpes: 1, seeds: [1, 2, 3] }
                                  ^~
            Experiments/x.yaml:8:23: error: unknown key 'stpes' in 'profiles.paper'; did you mean 'steps'?
                  paper: { steps: -1, stpes: 1, seeds: [1, 2, 3] }
                                      ^~~~~
            6 errors
            """)
    }

    @Test func markersAreNotRead() throws {
        let body = "base: &base\n  model: tiny\narms:\n  a: { batch: !!int 5 }\n  ? [x]\n  : y\n"
        let fixture = try ExperimentFixture(["x": ExperimentFixture.head + body])
        expectText(
            try fixture.messages(),
            """
            Experiments/x.yaml:9:7: error: anchors are not read; state the value where it is used, or use an arm
                base: &base
                      ^
            Experiments/x.yaml:12:15: error: tags are not read; the type follows from the key
                  a: { batch: !!int 5 }
                              ^
            Experiments/x.yaml:13:5: error: a key must be a word, found a list
                  ? [x]
                    ^
            3 errors
            """)
    }

    @Test func anUnknownExperimentIsSuggested() throws {
        let fixture = try ExperimentFixture(["lenet": ExperimentFixture.head + ExperimentFixture.body])
        #expect(
            try fixture.messages("lennet")
                == "Experiments: error: there is no experiment 'lennet'; did you mean 'lenet'?\n1 error")
    }
}
