import CProcessor

/// Inner products and sums of long vectors, such as all parameters of a network.
///
/// Products are summed in eight lanes of doubles, which are then added up in order: the bits depend on nothing but the
/// elements.
public enum VectorArithmetic {
    /// Σ aᵢbᵢ. Complexity: the number of elements.
    public static func dot(_ a: Vector, _ b: Vector) -> Double {
        sum(a, b) { $2.addingProduct($0, $1) }
    }

    /// Σ (aᵢ − bᵢ)². Complexity: the number of elements.
    public static func squaredDistance(_ a: Vector, _ b: Vector) -> Double {
        sum(a, b) { first, second, sum in
            let difference = first - second
            return sum.addingProduct(difference, difference)
        }
    }

    /// √Σ aᵢ². Complexity: the number of elements.
    public static func norm(_ a: Vector) -> Double { dot(a, a).squareRoot() }

    /// target ← base + factor · direction, in single precision with one fused operation an element.
    ///
    /// Complexity: the number of elements.
    public static func add(_ direction: Vector, times factor: Float, to base: Vector, into target: Vector) {
        precondition(
            direction.count == base.count && direction.count == target.count, "vectors of different lengths")
        let factor = Lane(repeating: factor)
        for index in stride(from: 0, to: target.count, by: Lane.width) {
            let value = base.base.lane(at: index).addingProduct(factor, direction.base.lane(at: index))
            target.base.store(value, at: index, first: target.count - index)
        }
    }

    /// The lanes of two vectors, put through `add` and added up.
    @inline(__always)
    private static func sum(
        _ a: Vector, _ b: Vector, _ add: (DoubleLane, DoubleLane, DoubleLane) -> DoubleLane
    ) -> Double {
        precondition(a.count == b.count, "vectors of different lengths")
        let width = DoubleLane.scalarCount
        let whole = a.count - a.count % width
        var sums = DoubleLane.zero
        for index in stride(from: 0, to: whole, by: width) {
            sums = add(a.base.doubleLane(at: index), b.base.doubleLane(at: index), sums)
        }
        if whole < a.count {
            var (first, second) = (DoubleLane.zero, DoubleLane.zero)
            for place in 0..<a.count - whole {
                first[place] = Double(a.base[whole + place])
                second[place] = Double(b.base[whole + place])
            }
            sums = add(first, second, sums)
        }
        var total = 0.0
        for place in 0..<width { total += sums[place] }
        return total
    }
}

/// Gradient descent with momentum and weight decay, as Caffe defines it.
public enum MomentumUpdate {
    /// history ← momentum · history + rate · (gradient + decay · value); value ← value − history.
    ///
    /// The rate is inside the history (Caffe, `sgd_solver.cpp`): lowering it does not slow what is already under way.
    /// A history below 2⁻¹⁰⁰ becomes a zero of its sign. Else that of a unit without gradients would shrink to a subnormal number
    /// and stay one, 4 · 2⁻¹⁴⁹ with a momentum of 0.9, which slows many processors down (Dooley & Kalé 2006).
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
            // Behind the vectors lie the next parameters, which are updated afterwards.
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
            // Other threads have read the values, and take long to give them up: they are prefetched 2 KB ahead.
            processor_prefetch_to_write(values.base + index + 512)
            let value = values.base.lane(at: index)
            let slope = gradients.base.lane(at: index).addingProduct(decay, value)
            let step = (slope * rate).addingProduct(momentum, history.base.lane(at: index)).withoutTraces
            history.base.store(step, at: index, first: count)
            values.base.store(value - step, at: index, first: count)
        }
    }
}

extension SIMD16 where Scalar == Float {
    /// The lane with zeros, of the same sign, in place of what is nearer to zero than 2⁻¹⁰⁰. NaN stays.
    @inline(__always)
    fileprivate var withoutTraces: Lane {
        let bits = unsafeBitCast(self, to: SIMD16<Int32>.self)
        let limit = SIMD16<Int32>(repeating: (127 - 100) << 23)
        let isTrace = bits & SIMD16<Int32>(repeating: Int32.max) .< limit
        let zeros = bits & SIMD16<Int32>(repeating: Int32.min)
        return unsafeBitCast(bits.replacing(with: zeros, where: isTrace), to: Lane.self)
    }
}
