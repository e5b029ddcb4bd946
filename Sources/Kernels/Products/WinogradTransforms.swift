import CProcessor

/// The transforms of Winograd's algorithm for filters of r taps and tiles of m outputs with m + r − 1 = 6 (Winograd 1980;
/// Lavin & Gray 2016), one dimension at a time:
///
///     y = Aᵀ [(G g) ⊙ (Bᵀ d)]          y[j] = Σₖ d[j + k] · g[k],   j = 0 … m − 1
///
/// They evaluate the polynomials with the coefficients g and y at the points 0, ±a, ±b and ∞, and interpolate there. All
/// forms with six points have the same Bᵀ; G has a column for each tap and Aᵀ a row for each output.
///
/// Points are a = 5/8 and b = 3/2: as cheap as the usual 1 and 2, with half their error, since powers grow less
/// (`docs/numerics.md`). All entries of Bᵀ and Aᵀ are binary fractions and exact; those of G are rounded once.
///
/// The adjoint of a convolution uses the transposes: the gradient of the filter is Gᵀ [(Bᵀ d) ⊙ (A dy)], that of the data
/// B [(G g) ⊙ (A dy)]. Two dimensions are one after the other, first along each row.
enum WinogradPoints {
    static var a: Double { 0.625 }
    static var b: Double { 1.5 }
    /// The number of points, and of inputs of a tile each way.
    static var count: Int { 6 }
    /// The elements of a transformed tile.
    static var elements: Int { count * count }

    // Entries of Bᵀ, exact.
    static var sum: Float { Float(a * a + b * b) }
    static var product: Float { Float(a * a * b * b) }
}

/// Six values of one dimension: a row or a column of a tile. What fewer outputs or taps leave over is not read.
struct Six<Element> {
    private let e0, e1, e2, e3, e4, e5: Element

    @inline(__always)
    init(_ element: (Int) -> Element) {
        (e0, e1, e2, e3, e4, e5) = (element(0), element(1), element(2), element(3), element(4), element(5))
    }

    /// An element; the index is to be known where this is compiled.
    @inline(__always)
    subscript(index: Int) -> Element {
        switch index {
        case 0: e0
        case 1: e1
        case 2: e2
        case 3: e3
        case 4: e4
        default: e5
        }
    }
}

/// Calls `body` for 0 ..< count ≤ 6, each with a number that is known where this is compiled.
@inline(__always)
func unrolled(_ count: Int, _ body: (Int) -> Void) {
    if count > 0 { body(0) }
    if count > 1 { body(1) }
    if count > 2 { body(2) }
    if count > 3 { body(3) }
    if count > 4 { body(4) }
    if count > 5 { body(5) }
}

/// Neighbouring channels that are transformed at once: a whole lane, or half of one.
protocol TransformLane: SIMD where Scalar == Float {
    static func load(_ source: UnsafeMutablePointer<Float>) -> Self
    /// Loads the first `count` floats and no others, or all if there are fewer.
    static func load(_ source: UnsafeMutablePointer<Float>, first count: Int) -> Self
    func store(_ target: UnsafeMutablePointer<Float>)
    /// Stores the first `count` floats, or all if there are fewer.
    func store(_ target: UnsafeMutablePointer<Float>, first count: Int)
    /// The sum in Double of `count` lanes, `step` floats from one to the next.
    static func sum(_ source: UnsafeMutablePointer<Float>, _ count: Int, step: Int) -> Self
    /// self + factor · other, fused.
    func adding(_ factor: Float, times other: Self) -> Self
}

extension SIMD16: TransformLane where Scalar == Float {
    @inline(__always)
    static func load(_ source: UnsafeMutablePointer<Float>) -> Self { source.lane(at: 0) }

    @inline(__always)
    static func load(_ source: UnsafeMutablePointer<Float>, first count: Int) -> Self {
        source.lane(at: 0, first: count)
    }

    @inline(__always)
    func store(_ target: UnsafeMutablePointer<Float>) { target.store(self, at: 0) }

    @inline(__always)
    func store(_ target: UnsafeMutablePointer<Float>, first count: Int) { target.store(self, at: 0, first: count) }

    @inline(__always)
    func adding(_ factor: Float, times other: Self) -> Self { addingProduct(Self(repeating: factor), other) }
}

extension SIMD16 where Scalar == Float {
    @inline(__always)
    static func sum(_ source: UnsafeMutablePointer<Float>, _ count: Int, step: Int) -> Self {
        Self(
            lowHalf: SIMD8<Float>.sum(source, count, step: step),
            highHalf: SIMD8<Float>.sum(source + DoubleLane.scalarCount, count, step: step))
    }
}

extension SIMD8: TransformLane where Scalar == Float {
    @inline(__always)
    static func load(_ source: UnsafeMutablePointer<Float>) -> Self {
        UnsafeRawPointer(source).loadUnaligned(as: Self.self)
    }

    @inline(__always)
    static func load(_ source: UnsafeMutablePointer<Float>, first count: Int) -> Self {
        count >= 8 ? load(source) : source.lane(at: 0, first: count).lowHalf
    }

    @inline(__always)
    func store(_ target: UnsafeMutablePointer<Float>) {
        UnsafeMutableRawPointer(target).storeBytes(of: self, as: Self.self)
    }

    @inline(__always)
    func store(_ target: UnsafeMutablePointer<Float>, first count: Int) {
        if count >= 8 { store(target) } else { target.store(Lane(lowHalf: self, highHalf: self), at: 0, first: count) }
    }

    @inline(__always)
    static func sum(_ source: UnsafeMutablePointer<Float>, _ count: Int, step: Int) -> Self {
        var sum = DoubleLane()
        for index in 0..<count { sum += source.doubleLane(at: index &* step) }
        return sum.narrowed
    }

    @inline(__always)
    func adding(_ factor: Float, times other: Self) -> Self { addingProduct(Self(repeating: factor), other) }
}

// MARK: - Two dimensions

/// Two of the six elements: those of the points 0 and ∞, a and −a, or b and −b. A tile is transformed pair by pair, since 36
/// elements are more than there are registers.
private typealias Pair<V> = (first: V, second: V)

/// The elements of a pair.
@inline(__always)
private func elements(of pair: Int) -> Pair<Int> { pair == 0 ? (0, 5) : (2 * pair - 1, 2 * pair) }

/// A transform of a tile into 36 elements.
protocol WinogradTransform {
    /// Loads what it needs, and calls store(row, column, value) for all elements.
    static func apply<V: TransformLane>(
        _ load: (_ row: Int, _ column: Int) -> V, _ store: (_ row: Int, _ column: Int, _ value: V) -> Void)
}

/// Bᵀ d B, of 6 × 6 inputs.
enum Inputs: WinogradTransform {
    @inline(__always)
    static func apply<V: TransformLane>(_ d: (Int, Int) -> V, _ store: (Int, Int, V) -> Void) {
        inPairs({ row, pair in Input.pair(pair) { d(row, $0) } }, { Input.pair($0, $1) }, store)
    }
}

/// A y Aᵀ, of m × m gradients of outputs.
enum OutputGradients<Form: WinogradForm>: WinogradTransform {
    @inline(__always)
    static func apply<V: TransformLane>(_ y: (Int, Int) -> V, _ store: (Int, Int, V) -> Void) {
        Evaluation.evaluate(count: Form.outputs, isScaled: false, y, store)
    }
}

/// G g Gᵀ, of a filter of r × r taps.
enum Filters<Form: WinogradForm>: WinogradTransform {
    @inline(__always)
    static func apply<V: TransformLane>(_ g: (Int, Int) -> V, _ store: (Int, Int, V) -> Void) {
        Evaluation.evaluate(count: Form.taps, isScaled: true, g, store)
    }
}

extension WinogradForm {
    /// Aᵀ M A: calls store(row, column, value) for each output.
    @inline(__always)
    static func output<V: TransformLane>(
        _ m: (_ row: Int, _ column: Int) -> V, _ store: (_ row: Int, _ column: Int, _ value: V) -> Void
    ) {
        byParity(count: outputs, isScaled: false, m, store)
    }

    /// Gᵀ u G: calls store(row, column, value) for each tap.
    @inline(__always)
    static func filterAdjoint<V: TransformLane>(
        _ u: (_ row: Int, _ column: Int) -> V, _ store: (_ row: Int, _ column: Int, _ value: V) -> Void
    ) {
        byParity(count: taps, isScaled: true, u, store)
    }
}

/// B m Bᵀ: calls store(row, column, value) for all 36 elements.
@inline(__always)
func winogradInputAdjoint<V: TransformLane>(
    _ m: (_ row: Int, _ column: Int) -> V, _ store: (_ row: Int, _ column: Int, _ value: V) -> Void
) {
    // 0 and 5, 1 and 3, 2 and 4 read the same.
    unrolled(3) { pair in
        let (first, second) = pair == 0 ? (0, 5) : (pair, pair + 2)
        let rows = Six<Pair<V>> { row in
            (Input.adjoint(first) { m(row, $0) }, Input.adjoint(second) { m(row, $0) })
        }
        unrolled(6) { row in store(row, first, Input.adjoint(row) { rows[$0].first }) }
        unrolled(6) { row in store(row, second, Input.adjoint(row) { rows[$0].second }) }
    }
}

/// Transforms each row pair by pair, then the columns of these.
@inline(__always)
private func inPairs<V: TransformLane>(
    _ rowPair: (_ row: Int, _ pair: Int) -> Pair<V>, _ columnPair: (_ pair: Int, _ element: (Int) -> V) -> Pair<V>,
    _ store: (_ row: Int, _ column: Int, _ value: V) -> Void
) {
    unrolled(3) { pair in
        let rows = Six<Pair<V>> { rowPair($0, pair) }
        unrolled(3) { other in
            let values = columnPair(other) { rows[$0].first }
            store(elements(of: other).first, elements(of: pair).first, values.first)
            store(elements(of: other).second, elements(of: pair).first, values.second)
        }
        unrolled(3) { other in
            let values = columnPair(other) { rows[$0].second }
            store(elements(of: other).first, elements(of: pair).second, values.first)
            store(elements(of: other).second, elements(of: pair).second, values.second)
        }
    }
}

/// The transposes of evaluations, for even columns and then for odd ones: up to three of five.
@inline(__always)
private func byParity<V: TransformLane>(
    count: Int, isScaled: Bool, _ m: (_ row: Int, _ column: Int) -> V,
    _ store: (_ row: Int, _ column: Int, _ value: V) -> Void
) {
    @inline(__always) func sum(_ exponent: Int, _ element: (Int) -> V) -> V {
        exponent < count ? Evaluation.adjoint(exponent, count: count, isScaled: isScaled, element) : V()
    }
    unrolled(2) { parity in
        let rows = Six<(V, V, V)> { row in
            (sum(parity) { m(row, $0) }, sum(parity + 2) { m(row, $0) }, sum(parity + 4) { m(row, $0) })
        }
        unrolled(count) { row in store(row, parity, sum(row) { rows[$0].0 }) }
        if parity + 2 < count { unrolled(count) { row in store(row, parity + 2, sum(row) { rows[$0].1 }) } }
        if parity + 4 < count { unrolled(count) { row in store(row, parity + 4, sum(row) { rows[$0].2 }) } }
    }
}

// MARK: - One dimension

/// Bᵀ and B.
private enum Input {
    /// Two rows of Bᵀ d.
    @inline(__always)
    static func pair<V: TransformLane>(_ pair: Int, _ d: (Int) -> V) -> Pair<V> {
        let (a, b) = (Float(WinogradPoints.a), Float(WinogradPoints.b))
        if pair == 0 {
            return (
                d(4).adding(-WinogradPoints.sum, times: d(2)).adding(WinogradPoints.product, times: d(0)),
                d(5).adding(-WinogradPoints.sum, times: d(3)).adding(WinogradPoints.product, times: d(1))
            )
        }
        let (point, other) = pair == 1 ? (a, b) : (b, a)
        let even = d(4).adding(-other * other, times: d(2))
        let odd = d(3).adding(-other * other, times: d(1))
        return (even.adding(point, times: odd), even.adding(-point, times: odd))
    }

    /// Element `index` of B m.
    @inline(__always)
    static func adjoint<V: TransformLane>(_ index: Int, _ m: (Int) -> V) -> V {
        let (a, b) = (Float(WinogradPoints.a), Float(WinogradPoints.b))
        let (sum, product) = (WinogradPoints.sum, WinogradPoints.product)
        switch index {
        case 0: return m(0) * product
        case 1:
            return (m(5) * product).adding(-a * b * b, times: m(1) - m(2)).adding(-b * a * a, times: m(3) - m(4))
        case 2: return (m(0) * -sum).adding(-b * b, times: m(1) + m(2)).adding(-a * a, times: m(3) + m(4))
        case 3: return (m(5) * -sum).adding(a, times: m(1) - m(2)).adding(b, times: m(3) - m(4))
        case 4: return m(0) + ((m(1) + m(2)) + (m(3) + m(4)))
        default: return m(5)
        }
    }
}

/// A and G, which are the values of a polynomial at the six points, and their transposes.
///
/// Even and odd powers are added up apart: the values at p and −p are their sum and difference.
private enum Evaluation {
    /// N⁻¹ · p^exponent of a pair's point, rounded once; N, which is a part of G, is the product of the point's distances to the
    /// others but ∞.
    @inline(__always)
    private static func power(_ pair: Int, _ exponent: Int, _ isScaled: Bool) -> Float {
        let (a, b) = (WinogradPoints.a * WinogradPoints.a, WinogradPoints.b * WinogradPoints.b)
        let norm = !isScaled ? 1 : pair == 0 ? a * b : pair == 1 ? 2 * a * (a - b) : 2 * b * (b - a)
        let (point, square) = pair == 1 ? (WinogradPoints.a, a) : (WinogradPoints.b, b)
        let power = (exponent & 1 == 0 ? 1 : point) * (exponent > 1 ? square : 1) * (exponent > 3 ? square : 1)
        return Float(pair == 0 ? 1 / norm : power / norm)
    }

    /// The values of the polynomial with count × count coefficients at the 36 pairs of points.
    @inline(__always)
    static func evaluate<V: TransformLane>(
        count: Int, isScaled: Bool, _ c: (Int, Int) -> V, _ store: (Int, Int, V) -> Void
    ) {
        inPairs(
            { row, pair in
                row < count ? Self.pair(pair, count: count, isScaled: isScaled) { c(row, $0) } : (V(), V())
            }, { Self.pair($0, count: count, isScaled: isScaled, $1) }, store)
    }

    /// The values at two points of the polynomial with `count` coefficients.
    @inline(__always)
    static func pair<V: TransformLane>(_ pair: Int, count: Int, isScaled: Bool, _ c: (Int) -> V) -> Pair<V> {
        if pair == 0 { return (isScaled ? c(0) * power(0, 0, true) : c(0), c(count - 1)) }
        var even = isScaled ? c(0) * power(pair, 0, true) : c(0)
        if count > 2 { even = even.adding(power(pair, 2, isScaled), times: c(2)) }
        if count > 4 { even = even.adding(power(pair, 4, isScaled), times: c(4)) }
        let first = power(pair, 1, isScaled)
        if count < 4 { return (even.adding(first, times: c(1)), even.adding(-first, times: c(1))) }
        let odd = (c(1) * first).adding(power(pair, 3, isScaled), times: c(3))
        return (even + odd, even - odd)
    }

    /// The transpose: Σ over the points of u · p^exponent, where ∞ has the highest power only.
    @inline(__always)
    static func adjoint<V: TransformLane>(_ exponent: Int, count: Int, isScaled: Bool, _ u: (Int) -> V) -> V {
        let isEven = exponent & 1 == 0
        let a = isEven ? u(1) + u(2) : u(1) - u(2)
        let b = isEven ? u(3) + u(4) : u(3) - u(4)
        if exponent == 0, !isScaled { return u(0) + (a + b) }
        let (aPower, bPower) = (power(1, exponent, isScaled), power(2, exponent, isScaled))
        if exponent == 0 { return (u(0) * power(0, 0, true)).adding(aPower, times: a).adding(bPower, times: b) }
        if exponent == count - 1 { return u(5).adding(aPower, times: a).adding(bPower, times: b) }
        return (a * aPower).adding(bPower, times: b)
    }
}

/// How many outputs and taps share the six points.
protocol WinogradForm: SendableMetatype {
    /// m: the outputs of a tile each way.
    static var outputs: Int { get }
    /// r: the taps of the filter each way.
    static var taps: Int { get }
}

/// F(4×4, 3×3): 36 multiplications for 16 outputs of nine taps, a quarter of the direct algorithm's.
enum FourOutputsThreeTaps: WinogradForm {
    static var outputs: Int { 4 }
    static var taps: Int { 3 }
}

/// F(2×2, 5×5): 36 multiplications for four outputs of 25 taps, 0.36 of the direct algorithm's.
enum TwoOutputsFiveTaps: WinogradForm {
    static var outputs: Int { 2 }
    static var taps: Int { 5 }
}
