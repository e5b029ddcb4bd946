extension DatasetSource {
    /// Drawn digits in grey, so that every experiment runs on a machine without data and without a network.
    static let glyphs = DatasetSource(
        name: "glyphs", title: "Glyphs",
        summary: "Synthetic: drawn digits, distorted, noisy and partly covered, 28×28 grey, 12,000 and 2,000 images.",
        citation: "drawn by NormLab", license: "NormLab's own",
        shape: GlyphStyle.grey.shape, classes: GlyphSet.classes, trainCount: GlyphSet.trainCount,
        testCount: GlyphSet.testCount, format: .glyphs(.grey))

    /// Drawn digits in colour, of CIFAR-10's shape.
    static let glyphsColor = DatasetSource(
        name: "glyphs-color", title: "Glyphs in colour",
        summary: "Synthetic: drawn digits on coloured grounds, 32×32 colour, 12,000 and 2,000 images.",
        citation: "drawn by NormLab", license: "NormLab's own",
        shape: GlyphStyle.color.shape, classes: GlyphSet.classes, trainCount: GlyphSet.trainCount,
        testCount: GlyphSet.testCount, format: .glyphs(.color))
}
