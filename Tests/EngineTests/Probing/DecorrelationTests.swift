import Datasets
import Kernels
import Testing

@testable import Engine

@Suite struct DecorrelationTests {
    private static func decorrelation(width: Int, rows: Int, threads: Int = 1) -> Decorrelation {
        Decorrelation(width: width, rows: rows, seed: 5, team: Team(threads: threads)) {
            let system = SymmetricEigensystem($0, size: $1)
            return (system.values, system.vectors)
        }
    }

    /// E[(a − E[a])(b − E[b])ᵀ] in Double.
    private static func covariance(_ a: Matrix, _ b: Matrix) -> [[Double]] {
        func deviations(_ matrix: Matrix) -> [[Double]] {
            (0..<matrix.columns).map { column in
                let values = (0..<matrix.rows).map { Double(matrix[$0, column]) }
                let mean = values.reduce(0, +) / Double(values.count)
                return values.map { $0 - mean }
            }
        }
        let (left, right) = (deviations(a), deviations(b))
        return left.map { x in right.map { y in zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } / Double(a.rows) } }
    }

    @Test(arguments: [(5, 40), (32, 64), (48, 300)])
    func decorrelatedActivationsHaveTheIdentityForCovariance(width: Int, rows: Int) {
        let decorrelation = Self.decorrelation(width: width, rows: rows)
        decorrelation.decorrelate()
        let covariance = Self.covariance(decorrelation.output, decorrelation.output)
        for i in 0..<width {
            for j in 0..<width { #expect(abs(covariance[i][j] - (i == j ? 1 : 0)) < 1e-3, "\(i), \(j)") }
        }
        // Of all maps that do this it is the symmetric one: E[y xᵀ] is Cov^½, whose square is Cov.
        let root = Self.covariance(decorrelation.output, decorrelation.input)
        let whole = Self.covariance(decorrelation.input, decorrelation.input)
        for i in 0..<width {
            for j in 0..<width {
                #expect(abs(root[i][j] - root[j][i]) < 1e-3)
                let square = (0..<width).reduce(0) { $0 + root[i][$1] * root[$1][j] }
                #expect(abs(square - whole[i][j]) < 2e-3 * Double(width).squareRoot())
            }
        }
    }

    @Test func normalizedActivationsHaveUnitVariancesAndKeepTheirCorrelations() {
        let decorrelation = Self.decorrelation(width: 20, rows: 400)
        decorrelation.normalize()
        let before = Self.covariance(decorrelation.input, decorrelation.input)
        let after = Self.covariance(decorrelation.output, decorrelation.output)
        for i in 0..<20 {
            #expect(abs(after[i][i] - 1) < 1e-4)
            #expect(abs(before[i][i] - 2) < 0.7)
            for j in 0..<i {
                #expect(abs(after[i][j] - before[i][j] / (before[i][i] * before[j][j]).squareRoot()) < 1e-4)
                #expect(abs(after[i][j] - 0.5) < 0.2)
            }
        }
    }

    @Test func theThreadsDoNotChangeABit() {
        let (one, three) = (
            Self.decorrelation(width: 64, rows: 600), Self.decorrelation(width: 64, rows: 600, threads: 3)
        )
        one.decorrelate()
        three.decorrelate()
        #expect(one.output.elements == three.output.elements)
    }

    @Test func theCostIsCountedByItsFormula() {
        // Covariance and product 3·2² each, the root from eigenvectors 2³, these 4.5 · 2³.
        #expect(Decorrelation.multiplications(width: 2, rows: 3) == 12 + 12 + 8 + 36)
        #expect(Decorrelation.multiplications(width: 32, rows: 64) == 311_296)
    }

    @Test(arguments: [(64, 20), (32, 2), (33, 17), (40, 40)])
    func tooFewSamplesMakeACovarianceSingular(width: Int, rows: Int) {
        let share = Decorrelation.rankDeficiency(width: width, rows: rows, seed: 1)
        #expect(abs(share - (1 - Double(rows - 1) / Double(width))) < 1e-12)
    }

    @Test func enoughSamplesMakeARegularOne() {
        #expect(Decorrelation.rankDeficiency(width: 32, rows: 100, seed: 1) == 0)
    }
}
