import Testing

@testable import Engine

/// The check that accepts the catalogue's layers is only worth something if it rejects wrong ones.
@Suite("The gradient check")
struct SabotageTests {
    /// The same batches as the catalogue's batch normalization; ε = 0.3 shows where ε stands.
    private func objections(_ sabotage: SabotagedBatchNormalization.Sabotage) throws -> [[String]] {
        try [(1e-5, Shape.flat(3), 7), (0.3, Shape(height: 2, width: 2, channels: 4), 2)].map {
            epsilon, shape, images in
            let layer = SabotagedBatchNormalization(sabotage, epsilon: epsilon)
            let one = LayerCase(layer: layer, input: shape, images: images)
            let (check, result) = try #require(try one.check(seed: 1, as: Reference.of(layer.layer)))
            return check.objections(to: result)
        }
    }

    @Test("accepts the true backward pass of batch normalization")
    func acceptsTruth() throws { #expect(try objections(.none).allSatisfy(\.isEmpty)) }

    @Test(
        "rejects every known-wrong backward pass of batch normalization",
        arguments: SabotagedBatchNormalization.Sabotage.allCases.filter { $0 != .none })
    func rejects(sabotage: SabotagedBatchNormalization.Sabotage) throws {
        let found = try objections(sabotage)
        #expect(found.contains { !$0.isEmpty }, "\(sabotage) goes unnoticed")
        // Only where ε stands needs a large ε to be seen; everything else must be seen on every batch.
        if sabotage != .epsilonOutsideRoot { #expect(found.allSatisfy { !$0.isEmpty }) }
    }

    @Test("rejects NaN, zeros, wrong counts and a shifted result")
    func rejectsNonsense() {
        #expect(GradientCheck.objection("x", [1, 2], [1, 2]).isEmpty)
        #expect(!GradientCheck.objection("x", [.nan, 2], [1, 2]).isEmpty)
        #expect(!GradientCheck.objection("x", [0, 0], [1, 2]).isEmpty)
        #expect(!GradientCheck.objection("x", [1], [1, 2]).isEmpty)
        #expect(!GradientCheck.objection("x", [2, 1], [1, 2]).isEmpty)
        #expect(!GradientCheck.objection("x", [1.001, 2], [1, 2]).isEmpty)
    }
}
