import Datasets

/// Looks whether the images of every data set can be distorted as the arms say, so that it is found before any training.
struct AugmentationChecker {
    let diagnostics: DiagnosticCollector

    /// Reports what does not fit, once for each place where it is written.
    func check(_ arms: [Arm], datasets: [String]) {
        let shapes = datasets.compactMap { name in
            (try? DatasetCatalogue.source(name)).map { (name: name, shape: $0.shape) }
        }
        var reported: Set<SourcePosition> = []
        for configuration in arms.flatMap({ arm in Profile.names.compactMap { arm.configurations[$0] } }) {
            for (name, shape) in shapes {
                do {
                    try configuration.augmentation.check(shape)
                } catch {
                    let written = configuration.written["augmentation"]
                    guard let place = written?[path: ["geometric", "shift"]] ?? written,
                        reported.insert(place.position).inserted
                    else { continue }
                    diagnostics.error(
                        "'\(error.file)': found \(error.found), expected \(error.expected)", at: place,
                        notes: ["for \(name)"])
                }
            }
        }
    }
}
