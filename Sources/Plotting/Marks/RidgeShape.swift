/// How tall ridges are drawn.
struct RidgeShape {
    /// The height on the `y` axis of one unit of a row's heights.
    let unit: Double
    /// The height on the `y` axis of the tallest row.
    let peak: Double

    init(rows: [Ridge], peak: Double?) {
        let tallest = rows.flatMap(\.heights).filter(\.isFinite).max() ?? 0
        let places = rows.map(\.at).sorted()
        let gaps = zip(places, places.dropFirst()).map { $1 - $0 }.sorted()
        let spacing = gaps.isEmpty ? 1 : gaps[gaps.count / 2]
        self.peak = peak ?? 2.6 * spacing
        unit = tallest > 0 ? self.peak / tallest : 0
    }

    /// The highest value of the `y` axis that a row reaches.
    func top(of row: Ridge) -> Double { row.at + (row.heights.filter(\.isFinite).max() ?? 0) * unit }
}
