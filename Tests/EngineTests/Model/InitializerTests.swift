import Kernels
import Testing

@testable import Engine

@Suite("Initializers")
struct InitializerTests {
    private static let count = 20_000
    private let fan = Fan(input: 50, output: 150)

    private func values(_ initializer: any Initializer, stream: String = "init/x/weight", seed: UInt64 = 1) -> [Double]
    {
        let storage = Storage(count: Self.count)
        let vector = storage.vector(count: Self.count)
        initializer.fill(vector, fan: fan, from: RandomStream(seed: seed, stream))
        return withExtendedLifetime(storage) { vector.elements.map(Double.init) }
    }

    private func moments(_ values: [Double]) -> (mean: Double, deviation: Double, fourth: Double) {
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        let variance = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / count
        let fourth = values.map { DoubleMath.power($0 - mean, 4) }.reduce(0, +) / count
        return (mean, variance.squareRoot(), fourth / (variance * variance))
    }

    /// The mean of n values strays by deviation/√n, their deviation by about deviation/√(2n): four such errors are allowed.
    private func check(_ initializer: any Initializer, deviation: Double, kurtosis: Double) {
        let found = moments(values(initializer))
        let error = deviation / Double(Self.count).squareRoot()
        #expect(abs(found.mean) < 4 * error)
        #expect(abs(found.deviation - deviation) < 4 * error)
        #expect(abs(found.fourth - kurtosis) < 0.15)
    }

    @Test("gaussian and he are normal")
    func normal() {
        check(Gaussian(deviation: 0.3), deviation: 0.3, kurtosis: 3)
        check(He(), deviation: (2.0 / 50).squareRoot(), kurtosis: 3)
        check(He(gain: 1.5), deviation: 1.5 * (2.0 / 50).squareRoot(), kurtosis: 3)
    }

    @Test("xavier is Caffe's, by the fan in alone; glorot takes both fans; both are uniform")
    func uniform() {
        for (initializer, bound) in [
            (Xavier() as any Initializer, (3.0 / 50).squareRoot()), (Glorot(), (6.0 / 200).squareRoot()),
        ] {
            check(initializer, deviation: bound / 3.0.squareRoot(), kurtosis: 1.8)
            let values = values(initializer)
            #expect(values.allSatisfy { abs($0) <= bound * 1.000001 })
            #expect((values.max() ?? 0) > 0.999 * bound && (values.min() ?? 0) < -0.999 * bound)
        }
    }

    @Test("constant is constant, and every kind is listed once")
    func constant() {
        #expect(Set(values(Constant(value: 0.25))) == [0.25])
        #expect(InitializerCatalogue.all.map { $0.kind } == ["gaussian", "xavier", "glorot", "he", "constant"])
    }

    @Test("depend on the seed and the stream's name")
    func streams() {
        let one = values(Gaussian(deviation: 1))
        #expect(values(Gaussian(deviation: 1)) == one)
        #expect(values(Gaussian(deviation: 1), seed: 2) != one)
        #expect(values(Gaussian(deviation: 1), stream: "init/y/weight") != one)
        #expect(values(Gaussian(deviation: 2)).map { $0 / 2 } == one)
    }

    @Test("see the fan of a convolution: kernel area times channels")
    func convolutionFan() throws {
        let network = try Fixtures.leNet()
        let fans = network.parameters.filter { $0.kind == .weight }.map(\.declaration.fan)
        #expect(
            fans == [
                Fan(input: 25, output: 500), Fan(input: 500, output: 1_250), Fan(input: 800, output: 500),
                Fan(input: 500, output: 10),
            ])
    }
}
