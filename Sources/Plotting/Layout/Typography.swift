/// The sizes and distances of a figure in logical points, in one place.
enum Typography {
    static let titleSize = 17.0
    static let subtitleSize = 13.0
    static let panelTitleSize = 13.5
    static let axisTitleSize = 13.0
    static let tickSize = 12.0
    static let legendSize = 12.5
    static let noteSize = 12.0
    static let footnoteSize = 11.0

    static let margin = 22.0
    static let gutter = 20.0
    static let tickLength = 5.0
    static let minorTickLength = 2.5
    static let tickGap = 4.0
    static let axisTitleGap = 9.0
    static let axisWidth = 1.0
    static let smallestPlot = 60.0

    /// From the baseline of one line to that of the next.
    static func lineHeight(_ size: Double) -> Double { size * TextMetrics.lineHeight }

    /// The height of a block of lines, from the top of the capitals of the first to the baseline of the last.
    static func blockHeight(lines: Int, size: Double) -> Double {
        lines == 0 ? 0 : Double(lines - 1) * lineHeight(size) + TextMetrics.capHeight * size
    }
}
