import Kernels

/// What Ioffe & Szegedy 2015 do not do, beside what they do: a batch of activations decorrelated, Cov[x]^(−½) · (x − E[x])
/// (§2), and every feature normalized by itself, (x − E[x]) / √Var[x] (§3). Both are forward passes on a training batch.
///
/// "The full whitening of each layer's inputs is costly and not everywhere differentiable" (§3): the first takes a covariance, its
/// inverse square root, and a product with it. All its products are the kernels that dense layers are trained by; the
/// symmetric inverse square root is V·diag(λ + ε)^(−½)·Vᵀ, from a solver in Double.
///
/// The activations are normal numbers of which all features of a sample share a part, so that each two have the
/// correlation ½.
public final class Decorrelation {
    /// Finds the eigenvalues and the unit eigenvectors, one after the other, of a symmetric matrix of `size` × `size` numbers.
    public typealias Eigensolver = (_ matrix: [Double], _ size: Int) -> (values: [Double], vectors: [Double])

    public let width: Int
    /// The samples of the batch.
    public let rows: Int
    /// The activations, [rows × width].
    let input: Matrix
    /// The result of the last pass, [rows × width].
    let output: Matrix

    /// ε, added to variances and eigenvalues: that of ``BatchNormalization``.
    static let epsilon = BatchNormalization().epsilon

    private let team: Team
    private let eigensystem: Eigensolver
    private let storage: Storage
    private let centred: Matrix
    private let covariance: Matrix
    /// Row k is eigenvector k, divided by the fourth root of its eigenvalue.
    private let roots: Matrix
    private let map: Matrix
    private let mean: Vector
    private let variance: Vector
    private let inverseDeviation: Vector
    private let ones: Vector
    private let zeros: Vector
    private let scratch: Vector

    /// A batch of activations.
    ///
    /// - Precondition: there are at least two samples.
    public init(width: Int, rows: Int, seed: UInt64, team: Team, eigensystem: @escaping Eigensolver) {
        precondition(width > 0 && rows > 1, "no covariance of \(rows) samples of \(width) features")
        self.width = width
        self.rows = rows
        self.team = team
        self.eigensystem = eigensystem
        let scratchCount = max(
            BlockMoments.scratch(rows: rows, columns: width),
            MatrixProduct.weightGradientScratch(rows: rows, inputs: width, outputs: width),
            MatrixProduct.weightGradientScratch(rows: width, inputs: width, outputs: width))
        let lane = (width + 15) / 16 * 16
        storage = Storage(count: 3 * rows * lane + 3 * width * lane + 5 * lane + scratchCount)
        var offset = 0
        func matrix(_ storage: Storage, rows: Int) -> Matrix {
            defer { offset += rows * lane }
            return storage.matrix(offset: offset, rows: rows, columns: width)
        }
        func vector(_ storage: Storage, count: Int) -> Vector {
            defer { offset += (count + 15) / 16 * 16 }
            return storage.vector(offset: offset, count: count)
        }
        input = matrix(storage, rows: rows)
        output = matrix(storage, rows: rows)
        centred = matrix(storage, rows: rows)
        covariance = matrix(storage, rows: width)
        roots = matrix(storage, rows: width)
        map = matrix(storage, rows: width)
        mean = vector(storage, count: width)
        variance = vector(storage, count: width)
        inverseDeviation = vector(storage, count: width)
        ones = vector(storage, count: width)
        zeros = vector(storage, count: width)
        scratch = storage.vector(offset: offset, count: scratchCount)
        ones.fill(1)
        input.copy(from: Self.activations(width: width, rows: rows, seed: seed, isCorrelated: true))
    }

    /// Normal numbers, row after row, alone or with one more that the features of a sample share.
    private static func activations(width: Int, rows: Int, seed: UInt64, isCorrelated: Bool) -> [Float] {
        let own = RandomStream(seed: seed, "decorrelation/\(width)")
        let shared = RandomStream(seed: seed, "decorrelation/shared/\(width)")
        return (0..<rows).flatMap { row in
            let part = isCorrelated ? shared.normal(at: UInt64(row)) : 0
            return (0..<width).map { part + own.normal(at: UInt64(row * width + $0)) }
        }
    }

    // MARK: The two passes

    /// Makes the output Cov^(−½) · (x − E[x]). Complexity: ``multiplications(width:rows:)``.
    public func decorrelate() {
        Normalization.moments(input, mean: mean, variance: variance, scratch: scratch, team: team)
        Normalization(mean: mean, inverseDeviation: ones, scale: nil, shift: nil)
            .forward(input, into: centred, team: team)
        MatrixProduct.weightGradient(centred, centred, into: covariance, scratch: scratch, team: team)
        let (values, vectors) = eigensystem(covariance.elements.map { Double($0) / Double(rows) }, width)
        // The product of the scaled eigenvectors with themselves has the inverse square roots for its eigenvalues.
        var scaled = [Float](repeating: 0, count: width * width)
        for place in 0..<width {
            let factor = 1 / (max(values[place], 0) + Self.epsilon).squareRoot().squareRoot()
            for index in (place * width)..<((place + 1) * width) { scaled[index] = Float(vectors[index] * factor) }
        }
        roots.copy(from: scaled)
        MatrixProduct.weightGradient(roots, roots, into: map, scratch: scratch, team: team)
        MatrixProduct.forward(centred, map, bias: nil, into: output, team: team)
    }

    /// Makes the output (x − E[x]) / √(Var[x] + ε) with γ = 1 and β = 0: batch normalization by its own kernels.
    /// Complexity: rows · width.
    public func normalize() {
        Normalization.moments(input, mean: mean, variance: variance, scratch: scratch, team: team)
        Normalization.inverseDeviation(ofVariance: variance, epsilon: Self.epsilon, into: inverseDeviation)
        Normalization(mean: mean, inverseDeviation: inverseDeviation, scale: ones, shift: zeros)
            .forward(input, into: output, team: team)
    }

    // MARK: What it takes

    /// Multiplications of a decorrelation of m samples of n features, 2·m·n² + 5½·n³: m·n² each for the covariance and for
    /// the product with its inverse root, n³ for that root from eigenvectors, and 4½·n³ for these (9·n³ operations, half of
    /// them multiplications: Golub & Van Loan, Matrix Computations, §8.3.5). A normalization takes 3·m·n.
    public static func multiplications(width: Int, rows: Int) -> Double {
        let (n, m) = (Double(width), Double(rows))
        return 2 * m * n * n + 5.5 * n * n * n
    }

    /// The share of the eigenvalues of a batch's covariance below a millionth of the largest, of independent normal
    /// activations: 1 − (m − 1)/n where the m samples are no more than the n features, for which no inverse square root
    /// exists.
    ///
    /// From singular values in Double. Complexity: ten times the longer of both times the square of the shorter.
    public static func rankDeficiency(width: Int, rows: Int, seed: UInt64) -> Double {
        let values = activations(width: width, rows: rows, seed: seed, isCorrelated: false).map(Double.init)
        var means = [Double](repeating: 0, count: width)
        for (index, value) in values.enumerated() { means[index % width] += value / Double(rows) }
        let deviations = values.enumerated().map { $1 - means[$0 % width] }
        let singular = SingularValues.of(deviations, rows: rows, columns: width)
        let least = (singular.first ?? 0) * 1e-3
        return 1 - Double(singular.count { $0 > least }) / Double(width)
    }
}
