import Datasets
import Declarations

/// Looks whether every data set can be used as the arms say, so that it is found before any training: whether it fills a
/// batch, and whether its images can be distorted so.
struct DataChecker {
    let diagnostics: DiagnosticCollector

    /// Reports what does not fit, once for each place where it is written.
    func check(_ arms: [Arm], datasets: [String]) {
        let sources = datasets.compactMap { try? DatasetCatalogue.source($0) }
        var reported: Set<SourcePosition> = []
        for configuration in arms.flatMap({ arm in Profile.names.compactMap { arm.configurations[$0] } }) {
            for source in sources {
                for (place, message) in mistakes(in: configuration, on: source)
                where reported.insert(place.position).inserted {
                    diagnostics.error(message, at: place, notes: ["for \(source.name)"])
                }
            }
        }
    }

    private func mistakes(
        in configuration: RunConfiguration, on source: DatasetSource
    ) -> [(place: ConfigurationNode, message: String)] {
        var mistakes: [(ConfigurationNode, String)] = []
        if configuration.batch > source.trainCount, let place = configuration.written["batch"] {
            let expected = "at most \(source.trainCount), the training images"
            mistakes.append((place, "'batch': found \(configuration.batch), expected \(expected)"))
        }
        do {
            try configuration.augmentation.check(source.shape)
        } catch {
            let written = configuration.written["augmentation"]
            if let place = written?[path: ["geometric", "shift"]] ?? written {
                mistakes.append((place, "'\(error.subject)': found \(error.found), expected \(error.expected)"))
            }
        }
        return mistakes
    }
}
