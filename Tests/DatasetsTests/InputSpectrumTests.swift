import Testing

@testable import Datasets

/// Spectra of inputs whose moments are known.
@Suite struct InputSpectrumTests {
    private static func isNear(_ value: Double, _ expected: Double, _ tolerance: Double) -> Bool {
        abs(value - expected) <= tolerance
    }

    /// Four images of two features: means 30 and 60; variances 400 and 100; no correlation.
    private static let cross = ImageSet(
        name: "cross", shape: ImageShape(height: 1, width: 2, channels: 1), images: [10, 50, 10, 70, 50, 50, 50, 70],
        labels: [0, 0, 0, 0], classes: ["a"])

    @Test func eigenvaluesOfAKnownCloud() throws {
        let spectrum = try fit(.identity, to: Self.cross).spectrum(of: Self.cross)
        #expect(spectrum.images == 4)
        #expect(Self.isNear(spectrum.covariance[0], 400, 1e-9))
        #expect(Self.isNear(spectrum.covariance[1], 100, 1e-9))
        #expect(Self.isNear(InputSpectrum.condition(spectrum.covariance), 4, 1e-12))
        #expect(spectrum.ratios(ranks: [1, 2, 3]).map(\.rank) == [1, 2])
        #expect(Self.isNear(spectrum.ratios(ranks: [2])[0].ratio, 4, 1e-12))
        // (400 + 100)² / (400² + 100²)
        #expect(Self.isNear(InputSpectrum.participation(spectrum.covariance), 25.0 / 17, 1e-12))
        // E[x xᵀ] has the trace of the covariance, the squared means and the constant's 1, and the determinant of the
        // covariance.
        #expect(Self.isNear(spectrum.moments.reduce(0, +), 5001, 1e-6))
        #expect(Self.isNear(spectrum.moments.reduce(1, *), 40_000, 1e-3))
    }

    @Test func zScoresMakeTheCloudRound() throws {
        let spectrum = try fit(.zScore(.feature), to: Self.cross).spectrum(of: Self.cross)
        #expect(Self.isNear(InputSpectrum.condition(spectrum.covariance), 1, 1e-6))
        #expect(Self.isNear(InputSpectrum.condition(spectrum.moments), 1, 1e-6))
        #expect(Self.isNear(InputSpectrum.participation(spectrum.moments), 3, 1e-6))
    }

    @Test func subtractingTheMeanHelpsTheHessianAndNotTheCovariance() throws {
        let raw = try fit(.unit, to: Self.cross).spectrum(of: Self.cross)
        let centred = try fit(.meanSubtraction(.feature), to: Self.cross).spectrum(of: Self.cross)
        let ratio = InputSpectrum.condition(raw.covariance) / InputSpectrum.condition(centred.covariance)
        #expect(Self.isNear(ratio, 1, 1e-5))
        #expect(InputSpectrum.condition(centred.moments) < InputSpectrum.condition(raw.moments))
    }

    /// Whitening with an epsilon that is small against every variance leaves variances of λ/(λ + ε).
    @Test func whiteningFlattensTheSpectrum() throws {
        let train = FittedInputTests.grey
        let before = try fit(.unit, to: train).spectrum(of: train).covariance
        let epsilon = before[3]
        let fitted = try fit(.pcaWhitening(epsilon: epsilon, components: 8), to: train)
        let after = fitted.spectrum(of: train).covariance
        for (rank, value) in after.enumerated() {
            #expect(Self.isNear(value, before[rank] / (before[rank] + epsilon), 1e-4), "\(rank)")
        }
    }

    @Test func directionsThatNeverVaryDoNotCount() {
        #expect(InputSpectrum.condition([8, 2, 0, 0]) == 4)
        #expect(InputSpectrum.condition([8, 2, 7e-6]) == 4)
        #expect(InputSpectrum.condition([8, 2, 9e-6] as [Double]) == 8.0 / 9e-6)
        #expect(InputSpectrum.condition([]).isNaN)
        #expect(InputSpectrum.condition([0, 0]).isNaN)
        #expect(InputSpectrum.participation([1, 1, 1, 0]) == 3)
    }
}
