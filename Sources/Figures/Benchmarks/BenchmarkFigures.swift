import Foundation
import Plotting

/// The figures of a benchmark, drawn from its CSV files alone.
public enum BenchmarkFigures {
    /// Draws what the files in a folder suffice for: `roofline` and `scaling`, each as PNG and SVG.
    ///
    /// - Returns: the files written; none where a figure's sections have no results.
    @discardableResult
    public static func render(folder: URL) throws(FigureError) -> [URL] {
        var files: [URL] = []
        if let peaks = try BenchmarkRows(section: "peaks", in: folder),
            let kernels = try BenchmarkRows(section: "kernels", in: folder)
        {
            files += try write(try Roofline(peaks: peaks, kernels: kernels).figure(), "roofline", in: folder)
        }
        if let scaling = try BenchmarkRows(section: "scaling", in: folder) {
            files += try write(try ScalingCurves(scaling).figure(), "scaling", in: folder)
        }
        return files
    }

    private static func write(_ figure: Figure, _ name: String, in folder: URL) throws(FigureError) -> [URL] {
        let png = folder.appending(path: "\(name).png")
        let svg = folder.appending(path: "\(name).svg")
        do {
            try figure.writePNG(to: png)
            try figure.writeSVG(to: svg)
        } catch {
            throw .writing(file: png.lastPathComponent, reason: "\(error)")
        }
        return [png, svg]
    }
}
