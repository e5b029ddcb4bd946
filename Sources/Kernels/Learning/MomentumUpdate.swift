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
        let chunk = 16_384
        team.forEach((values.count + chunk - 1) / chunk) { item in
            let last = min((item + 1) * chunk, values.count)
            for index in stride(from: item * chunk, to: last, by: Lane.width) {
                let value = values.base.lane(at: index)
                let slope = gradients.base.lane(at: index).addingProduct(Lane(repeating: decay), value)
                let step = (slope * rate).addingProduct(Lane(repeating: momentum), history.base.lane(at: index))
                history.base.store(step, at: index, first: last - index)
                values.base.store(value - step, at: index, first: last - index)
            }
        }
    }
}
