import Foundation
import Testing

@testable import Plotting

@Suite struct GalleryTests {
    /// With `NORMLAB_GALLERY` naming a folder, the gallery is written there to be looked at.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["NORMLAB_GALLERY"] != nil))
    func gallery() throws {
        let folder = URL(fileURLWithPath: ProcessInfo.processInfo.environment["NORMLAB_GALLERY"] ?? "")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let letters = try PNG.encode(Rasterizer.bitmap(of: Gallery.letters))
        try Data(letters).write(to: folder.appendingPathComponent("letters.png"))
        for (name, figure) in Gallery.figures {
            try figure.writePNG(to: folder.appendingPathComponent("\(name).png"))
            try figure.writeSVG(to: folder.appendingPathComponent("\(name).svg"))
        }
    }
}
