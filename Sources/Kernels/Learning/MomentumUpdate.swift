import CProcessor

/// Gradient descent with momentum and weight decay, as Caffe defines it.
public enum MomentumUpdate {
    /// history ← momentum · history + rate · (gradient + decay · value); value ← value − history.
    ///
    /// The rate is inside the history (Caffe, `sgd_solver.cpp`): lowering it does not slow what is already under way.
    /// Elementwise, with fused multiply-adds. Complexity: the number of elements.
    ///
    /// - Parameters:
    ///   - rate: The learning rate, with the parameter's own multiplier already in it.
    ///   - momentum: The share of the last update that is kept.
    ///   - decay: The coefficient of the L2 penalty, with the parameter's own multiplier already in it.
    public static func apply(
        values: Vector, gradients: Vector, history: Vector, rate: Float, momentum: Float, decay: Float, team: Team
    ) {
        precondition(values.count == gradients.count && values.count == history.count, "vectors of different lengths")
        let update = Update(
            values: values, gradients: gradients, history: history, rate: Lane(repeating: rate),
            momentum: Lane(repeating: momentum), decay: Lane(repeating: decay))
        team.forEachPart(of: values.count, size: 4096) { part in
            let whole = part.upperBound - part.count % Lane.width
            for index in stride(from: part.lowerBound, to: whole, by: Lane.width) {
                update.apply(index, count: Lane.width)
            }
            if whole < part.upperBound { update.apply(whole, count: part.upperBound - whole) }
        }
    }

    /// The update of one lane.
    private struct Update: @unchecked Sendable {
        let values: Vector
        let gradients: Vector
        let history: Vector
        let rate: Lane
        let momentum: Lane
        let decay: Lane

        @inline(__always)
        func apply(_ index: Int, count: Int) {
            // Other threads have read the values, and take long to give them up: they are asked for 2 KB ahead.
            processor_prefetch_to_write(values.base + index + 512)
            let value = values.base.lane(at: index)
            let slope = gradients.base.lane(at: index).addingProduct(decay, value)
            let step = (slope * rate).addingProduct(momentum, history.base.lane(at: index))
            history.base.store(step, at: index, first: count)
            values.base.store(value - step, at: index, first: count)
        }
    }
}
