/// How one series looks everywhere in a figure and in all figures of an experiment.
///
/// The colours are those of Okabe and Ito, which stay apart for every common kind of colour blindness
/// (M. Okabe, K. Ito, "Color Universal Design", 2008), those that stand out most on white paper first; their yellow, which
/// does not, is darkened. Dash and marker differ as well, so that a figure survives being printed in grey.
public enum Palette {
    /// The colours, by index.
    public static let colors = [
        Color(0x0072B2), Color(0xD55E00), Color(0x009E73), Color(0xCC79A7),
        Color(0xE69F00), Color(0x56B4E9), Color(0x2B2B2B), Color(0x8C6D1F),
    ]

    static let dashes: [[Double]] = [
        [], [7, 3.5], [1.2, 3.2], [8, 3.2, 1.2, 3.2], [4, 3], [11, 4], [8, 3, 1.2, 3, 1.2, 3], [2.5, 2.5],
    ]

    static let markers: [Marker] = [.circle, .diamond, .square, .triangle, .triangleDown, .cross, .plus, .pentagon]

    /// The colour of a series; beyond the last it begins again.
    public static func color(_ index: Int) -> Color { colors[wrapped(index, colors.count)] }
    /// The dash of a series, as lengths drawn and skipped in turn; empty is a solid line.
    public static func dash(_ index: Int) -> [Double] {
        // The second time round, a colour comes with the dash after its own.
        dashes[wrapped(index + index / colors.count, dashes.count)]
    }
    /// The marker of a series.
    public static func marker(_ index: Int) -> Marker { markers[wrapped(index + index / colors.count, markers.count)] }

    private static func wrapped(_ index: Int, _ count: Int) -> Int { ((index % count) + count) % count }
}

/// The shape of a data point.
public enum Marker: Sendable, CaseIterable {
    case circle, diamond, square, triangle, triangleDown, cross, plus, pentagon
}
