/// How deep the nodes of a network lie: the axis on which quantities of layers are followed.
struct NetworkDepth {
    /// For each node, the products (dense, convolution) on the longest path from the input to it, its own included.
    let nodes: [Int]

    /// The depths of a network's nodes.
    init(_ network: Network) {
        var depths: [Int] = []
        for node in network.nodes {
            let before = node.inputs.map { $0 == 0 ? 0 : depths[$0 - 1] }.max() ?? 0
            depths.append(before + (type(of: node.layer).role == .linear ? 1 : 0))
        }
        nodes = depths
    }

    /// By how much the natural logarithm of a quantity grows from one depth to the next: the slope of the least-squares line
    /// through (depth, log value).
    ///
    /// NaN where a value is not positive and finite, or where there are fewer than two different depths.
    static func growth(of values: [Double], at depths: [Int]) -> Double {
        precondition(values.count == depths.count, "a depth for every value")
        guard values.allSatisfy({ $0 > 0 && $0.isFinite }), !values.isEmpty else { return .nan }
        let logarithms = values.map(RealPower.logarithm)
        let meanDepth = Double(depths.reduce(0, +)) / Double(depths.count)
        let meanLogarithm = logarithms.reduce(0, +) / Double(depths.count)
        var (product, square) = (0.0, 0.0)
        for (depth, logarithm) in zip(depths, logarithms) {
            let distance = Double(depth) - meanDepth
            product += distance * (logarithm - meanLogarithm)
            square += distance * distance
        }
        return square > 0 ? product / square : .nan
    }
}
