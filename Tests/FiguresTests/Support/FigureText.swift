import Declarations

@testable import Figures

/// Figures as an experiment's file asks for them: a kind with the YAML texts of its keys.
typealias AskedFigure = (name: String, kind: String, options: [String: String])

enum FigureText {
    /// The text of `figures.yaml`.
    static func yaml(_ figures: [AskedFigure]) -> String {
        if figures.isEmpty { return "figures: []\n" }
        let lines = figures.map { figure in
            var keys = figure.options.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
            if figure.name != figure.kind { keys.insert("name: \(figure.name)", at: 0) }
            return keys.isEmpty ? "  - \(figure.kind)\n" : "  - \(figure.kind): { \(keys.joined(separator: ", ")) }\n"
        }
        return "figures:\n" + lines.joined()
    }

    /// The figure that a kind and the texts of its keys ask for.
    static func figure(_ kind: String, _ options: [String: String] = [:]) throws -> any FigureKind {
        try FigureList.read(yaml([("f", kind, options)]), file: "figures.yaml")[0]
    }
}
