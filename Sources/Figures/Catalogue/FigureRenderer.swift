import Declarations
import Foundation
import Plotting
import Results

/// Draws the figures that an experiment declares, from its results folder into that folder.
///
/// Each figure becomes `<figure>.png`, `<figure>.svg` and the plotted numbers `<figure>.csv`, a table `<figure>.md` too. The
/// same results give the same bytes. Each file is written beside and renamed: a reader never sees half a figure.
public enum FigureRenderer {
    /// Draws all figures of an experiment folder, in declared order.
    ///
    /// A figure that fails does not stop the others: they are drawn, then ``FigureError/some(failures:drawn:)`` is thrown.
    /// Files of an earlier drawing of a figure that fails are left as they are.
    /// - Returns: the PNG, SVG and CSV files, three a figure, and a Markdown file of each that is a table.
    @discardableResult
    public static func renderAll(experimentFolder: URL) throws(FigureError) -> [URL] {
        let results = try reading { () throws(CSVError) in try ExperimentResults(folder: experimentFolder) }
        var files: [URL] = []
        var failures: [FigureFailure] = []
        for figure in try FigureList.read(experimentFolder.appending(path: FigureList.file)) {
            do {
                files += try render(figure, of: results)
            } catch {
                failures.append(FigureFailure(figure: figure.name, error: error))
            }
        }
        guard failures.isEmpty else { throw .some(failures: failures, drawn: files.map(\.lastPathComponent)) }
        return files
    }

    /// Draws one figure of an experiment's results into the experiment's folder.
    /// - Returns: its PNG, SVG and CSV files, and the Markdown file of a table.
    private static func render(_ figure: any FigureKind, of results: ExperimentResults) throws(FigureError) -> [URL] {
        let drawing = try figure.draw(results)
        let provenance = drawing.picture.footnote.map { ["Source": $0] } ?? [:]
        let png: [UInt8]
        do {
            png = try drawing.picture.png(provenance: provenance)
        } catch {
            throw .writing(file: "\(figure.name).png", reason: "\(error)")
        }
        var contents: [(suffix: String, data: Data)] = [
            ("png", Data(png)),
            ("svg", Data(drawing.picture.svg(provenance: provenance).utf8)),
            ("csv", Data(drawing.numbers.text.utf8)),
        ]
        if let markdown = drawing.markdown { contents.append(("md", Data(markdown.utf8))) }
        var files: [URL] = []
        for (suffix, data) in contents {
            let file = results.folder.appending(path: "\(figure.name).\(suffix)")
            do {
                try data.write(to: file, options: .atomic)
            } catch {
                throw .writing(file: file.lastPathComponent, reason: error.localizedDescription)
            }
            files.append(file)
        }
        return files
    }

    /// The experiment's own tables, which a figure's numbers must not replace.
    static let reservedNames = [
        "experiment", "arms", "runs", "settings", "quantities", "summary", "claims", "matches", "ensembles",
    ]
}

// MARK: Errors

/// Why a figure could not be drawn, said so that the reader knows what to do.
public enum FigureError: Error, Equatable, CustomStringConvertible {
    case data(CSVError)
    case declaration(ConfigurationErrors)
    case badValue(String, value: String, expected: String)
    case nothingToDraw(reason: String)
    case writing(file: String, reason: String)
    case some(failures: [FigureFailure], drawn: [String])

    public var description: String {
        switch self {
        case .data(let error): "\(error)"
        case .declaration(let errors):
            errors.description
        case .badValue(let key, let value, let expected): "\(key) is '\(value)'; expected \(expected)"
        case .nothingToDraw(let reason):
            reason
        case .writing(let file, let reason): "\(file): cannot be written: \(reason)"
        case .some(let failures, _):
            failures.map(\.description).joined(separator: "\n")
        }
    }
}

public struct FigureFailure: Sendable, Equatable, CustomStringConvertible {
    /// The figure's name: the stem of its files.
    public var figure: String
    public var error: FigureError

    /// `figure: why`.
    public var description: String { "\(figure): \(error)" }
}
