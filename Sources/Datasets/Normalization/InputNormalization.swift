import Vocabulary

/// What is done to pixels before a network sees them: a small value whose fields a configuration states.
///
/// The kinds are those of the field's introductions, each with its claim worth testing. The numbers of a map come from the
/// training set alone: the test set goes through the map that the training set made. A new kind is a type and one line in
/// ``InputNormalizations``.
public protocol InputNormalization: Configurable, Equatable {
    /// Whether the map is affine in the pixels, so that it goes on beyond the bytes as it does between them.
    static var isAffine: Bool { get }
    func shape(of image: ImageShape) -> ImageShape
    /// The map that a training set of at least one image makes. Throws `setting` for fields out of range.
    func map(fittedTo train: ImageSet) throws(DataError) -> FittedMap
}

/// The input normalizations, in the order of the reference.
public enum InputNormalizations {
    public static let all: [any InputNormalization.Type] = [
        UnitInput.self,
        IdentityInput.self,
        ScaleInput.self,
        LeNetInput.self,
        BinaryInput.self,
        MinMaxInput.self,
        ZScoreInput.self,
        MeanSubtractionInput.self,
        DecimalScalingInput.self,
        PCAWhiteningInput.self,
        ZCAWhiteningInput.self,
    ]
}

extension InputNormalization {
    /// All but the binary input are.
    public static var isAffine: Bool { true }

    /// That of the image: only projections have another.
    public func shape(of image: ImageShape) -> ImageShape { image }

    /// The kind and every field as text: the same for equal normalizations alone, so that what is fitted can be kept by it.
    public var identity: String {
        "\(Self.kind)(\(fieldValues.map { "\($0.name): \($0.value)" }.joined(separator: ", ")))"
    }

    /// Fits the map to a training set.
    ///
    /// O(bytes of the set); whitening also solves an eigenproblem, O(features³): see ``Whitening``.
    ///
    /// - Throws: `setting` for a training set without images, for fields out of range, and for whitening of images with more
    ///   features than ``Whitening/largestFeatureCount``.
    public func fit(to train: ImageSet) throws(DataError) -> FittedInput {
        guard train.count > 0 else {
            throw DataError(.setting, subject: train.name, found: "no images", expected: "a training set")
        }
        let fitted = try map(fittedTo: train)
        return FittedInput(
            normalization: self, inputShape: train.shape, outputShape: shape(of: train.shape), fitted: fitted)
    }

    func require(_ isMet: Bool, _ found: String, _ expected: String) throws(DataError) {
        guard isMet else { throw DataError(.setting, subject: Self.kind, found: found, expected: expected) }
    }
}

// MARK: Kept for a data set

extension Dataset {
    /// What was fitted to one data set in this process, by the identity of the normalization.
    final class Fits: Sendable {
        let inputs = Memo<String, FittedInput>()
        let spectra = Memo<String, InputSpectrum>()
    }

    /// ``InputNormalization/fit(to:)`` once in a process, as whitening takes seconds and every arm and seed asks.
    public func fit(_ normalization: any InputNormalization) throws(DataError) -> FittedInput {
        try fits.inputs.value(for: normalization.identity) { () throws(DataError) in try normalization.fit(to: train) }
    }

    /// ``FittedInput/spectrum(of:limit:)`` of the training set, once in a process.
    public func spectrum(after input: FittedInput, limit: Int = 2000) -> InputSpectrum {
        fits.spectra.value(for: "\(limit) of \(input.normalization.identity)") {
            input.spectrum(of: train, limit: limit)
        }
    }
}
