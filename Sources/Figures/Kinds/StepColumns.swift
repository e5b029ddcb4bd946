/// The columns of a heat map over steps: neighbouring observations together where there are more than a panel can show.
struct StepColumns: Equatable, Sendable {
    /// The observations of each column, as indices of the given steps.
    let members: [[Int]]
    /// The first step of each column.
    let steps: [Int]
    /// The columns' edges on the axis of steps.
    let edges: [Double]

    /// More columns than this cannot be told apart in a panel's width.
    private static let mostColumns = 80

    /// Columns of observations at ascending steps, of a run of so many steps.
    init(_ observed: [Int], scale: ScaleChoice, of whole: Int?) {
        // A logarithmic axis has no place for step 0.
        let shown = observed.indices.filter { scale == .linear || observed[$0] > 0 }
        let group = max(1, (shown.count + Self.mostColumns - 1) / Self.mostColumns)
        members = stride(from: 0, to: shown.count, by: group).map {
            Array(shown[$0..<min($0 + group, shown.count)])
        }
        steps = members.map { observed[$0[0]] }
        edges = Self.edges(steps, scale: scale, of: whole)
    }

    /// Edges half-way between the steps (of their logarithms on a logarithmic axis); the outer ones do not leave the axis.
    private static func edges(_ steps: [Int], scale: ScaleChoice, of whole: Int?) -> [Double] {
        let places = steps.map(Double.init)
        guard let first = places.first, let last = places.last else { return [] }
        let whole = Double(whole ?? steps.last ?? 1)
        // One observation alone gets a column that can be seen.
        if places.count == 1 { return [first, scale == .log ? first * 1.2 : first + max(whole / 20, 0.5)] }
        func middle(_ a: Double, _ b: Double) -> Double { scale == .log ? (a * b).squareRoot() : (a + b) / 2 }
        let inner = zip(places, places.dropFirst()).map(middle)
        let before = inner[inner.count - 1]
        let end = scale == .log ? last * last / before : 2 * last - before
        return [first] + inner + [max(last, min(end, whole))]
    }
}
