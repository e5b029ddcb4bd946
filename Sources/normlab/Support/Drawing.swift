import Figures
import Foundation

/// Draws the figures of an experiment's folder and says what was drawn.
enum Drawing {
    /// Draws every figure that the folder asks for.
    ///
    /// - Returns: whether all of them could be drawn; what could not is printed.
    @discardableResult
    static func draw(experiment folder: URL) -> Bool {
        do {
            let files = try FigureRenderer.renderAll(experimentFolder: folder)
            tell(files.map(\.lastPathComponent), in: folder)
            return true
        } catch {
            Terminal.complain("error: \(error)")
            if case .some(_, let drawn) = error { tell(drawn, in: folder) }
            return false
        }
    }

    private static func tell(_ files: [String], in folder: URL) {
        let pictures = files.filter { $0.hasSuffix(".png") }
        if !pictures.isEmpty { Terminal.say("Figures in \(folder.path): \(pictures.joined(separator: ", "))") }
    }
}
