import Testing

@testable import Experiments
@testable import Running

@Suite struct NetworkCheckerTests {
    private static let deep = """
        title: Deep
        source: None
        layers:
          - convolution: { channels: 4, kernel: 5, stride: 8 }
          - respond
          - name: conv9
            convolution: { channels: 4, kernel: 5 }
          - dense: { units: 10 }

        """

    @Test func anImpossibleShapeIsReportedAtItsLayer() throws {
        let body = ExperimentFixture.body.replacing("tiny", with: "deep")
        let fixture = try ExperimentFixture(["x": ExperimentFixture.head + body], models: ["deep": Self.deep])
        let messages = try fixture.messages()
        // The words after the place are the engine's.
        #expect(
            messages.hasPrefix(
                "Experiments/Models/deep.yaml:7:41: error: layer 'conv9': found a kernel of 5×5 on a map of 3×3×4"))
        #expect(
            messages.hasSuffix(
                """

                        convolution: { channels: 4, kernel: 5 }
                                                            ^
                    note: in the arm 'baseline', for mnist's 28×28×1
                    note: in the arm 'batch-norm', for mnist's 28×28×1
                1 error
                """))
    }

    @Test func anArmsOwnMistakeIsReportedInTheArm() throws {
        let deep = Self.deep.replacing("kernel: 5 }", with: "kernel: 3 }")
        let body =
            ExperimentFixture.body.replacing("tiny", with: "deep") + "  lrn: { local-response: { lrn: { size: 4 } } }\n"
        let fixture = try ExperimentFixture(["x": ExperimentFixture.head + body], models: ["deep": deep])
        expectText(
            try fixture.messages(),
            """
            Experiments/x.yaml:16:41: error: layer 'conv1/respond': found size 4, expected an odd size, so that a window has \
            a middle; use 5
                  lrn: { local-response: { lrn: { size: 4 } } }
                                                        ^
                note: in the arm 'lrn', for mnist's 28×28×1
            1 error
            """)
    }

    @Test func aNormalizationOfOneValueIsReportedWhereItIsChosen() throws {
        let body =
            ExperimentFixture.body.replacing("batch: 10", with: "batch: 1") + "  in: { normalization: instance-norm }\n"
        let fixture = try ExperimentFixture(["x": ExperimentFixture.head + body])
        expectText(
            try fixture.messages(),
            """
            Experiments/x.yaml:15:32: error: layer 'dense1/normalize': found a training batch of 1 with a single value a channel, \
            expected a batch of at least 2, or a map: one value has no variance; layer-norm does not need a batch
                  batch-norm: { normalization: batch-norm }
                                               ^~~~~~~~~~
                note: in the arm 'batch-norm', for mnist's 28×28×1
            Experiments/x.yaml:16:24: error: layer 'dense1/normalize': found an input of 20, of which it takes each value by \
            itself, expected at least two values to a mean: of a single one nothing is left; use layer-norm
                  in: { normalization: instance-norm }
                                       ^~~~~~~~~~~~~
                note: in the arm 'in', for mnist's 28×28×1
            2 errors
            """)
    }

    @Test func epsilonIsAboveZero() throws {
        let body = ExperimentFixture.body.replacing(
            "normalization: batch-norm", with: "normalization: { batch-norm: { epsilon: 0 } }")
        let messages = try ExperimentFixture(["x": ExperimentFixture.head + body]).messages()
        #expect(messages.hasPrefix("Experiments/x.yaml:15:57: error: "))
        #expect(messages.contains("batch-norm.epsilon': expected a number from 1e-12 to 1, found 0\n"))
    }

    @Test func theScoresMustBeAsManyAsTheClasses() throws {
        let body = ExperimentFixture.body.replacing("model: tiny", with: "model:\n    - dense: { units: 11 }")
        let fixture = try ExperimentFixture(["x": ExperimentFixture.head + body])
        expectText(
            try fixture.messages(),
            """
            Experiments/x.yaml:11:7: error: layer 'dense1': found 11 scores, expected one for each of the 10 classes
                    - dense: { units: 11 }
                      ^
                note: in the arm 'baseline', for mnist's 28×28×1
                note: in the arm 'batch-norm', for mnist's 28×28×1
            1 error
            """)
    }

    @Test func everyDataSetIsTried() throws {
        let head = ExperimentFixture.head.replacing("[mnist]", with: "[cifar-10, mnist]")
        let body = ExperimentFixture.body.replacing(
            "model: tiny", with: "model:\n    - convolution: { channels: 10, kernel: 32 }")
        let messages = try ExperimentFixture(["x": head + body]).messages()
        #expect(messages.contains("note: in the arm 'baseline', for mnist's 28×28×1"))
        #expect(!messages.contains("cifar-10"))
    }

    @Test func unknownInputsAreReportedAtTheirKey() throws {
        let body = ExperimentFixture.body.replacing(
            "model: tiny", with: "model:\n    - dense: { units: 10 }\n    - inputs: [dens1]\n      dense: { units: 10 }"
        )
        let messages = try ExperimentFixture(["x": ExperimentFixture.head + body]).messages()
        #expect(messages.contains("Experiments/x.yaml:12:15: error: layer 'dense2': found the input 'dens1'"))
        #expect(messages.contains("did you mean 'dense1'?"))
    }
}
