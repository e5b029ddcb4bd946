extension Dataset {
    /// What was fitted to one data set in this process.
    final class Fits: Sendable {
        struct SpectrumKey: Hashable {
            var normalization: InputNormalization
            var limit: Int
        }

        let inputs = Memo<InputNormalization, FittedInput>()
        let spectra = Memo<SpectrumKey, InputSpectrum>()
    }

    /// A normalization fitted to the training set; once in a process, as whitening takes seconds and every arm and seed asks.
    ///
    /// - Throws: as ``InputNormalization/fit(to:)``.
    public func fit(_ normalization: InputNormalization) throws(DataError) -> FittedInput {
        try fits.inputs.value(for: normalization) { () throws(DataError) in try normalization.fit(to: train) }
    }

    /// The spectrum of the training set after a map that was fitted to it: ``FittedInput/spectrum(of:limit:)``, once in a
    /// process.
    public func spectrum(after input: FittedInput, limit: Int = 2000) -> InputSpectrum {
        fits.spectra.value(for: .init(normalization: input.normalization, limit: limit)) {
            input.spectrum(of: train, limit: limit)
        }
    }
}
