import Engine

/// The layers of a network as a table: name, kind, output shape, trainable values, multiply-adds of one sample.
public enum LayerTable {
    /// The table, with a heading, the network's input and a last line of totals.
    public static func text(of network: Network) -> String {
        var rows = [["layer", "kind", "output", "parameters", "multiply-adds"]]
        rows.append(["input", "", network.input.description, "", ""])
        for node in network.nodes {
            let parameters = network.parameters[node.parameters].reduce(0) { $0 + $1.count }
            rows.append([
                node.name, type(of: node.layer).kind, node.shape.description, grouped(parameters),
                grouped(node.multiplyAdds),
            ])
        }
        rows.append(["total", "", "", grouped(network.parameterCount), grouped(network.multiplyAdds)])
        return TextTable(rows: rows, rightAligned: [3, 4]).text
    }

    /// `431,080`; nothing for 0, which most layers have.
    private static func grouped(_ count: Int) -> String {
        if count == 0 { return "" }
        var groups: [String] = []
        var rest = count
        while rest >= 1000 {
            let group = String(rest % 1000)
            groups.append(String(repeating: "0", count: 3 - group.count) + group)
            rest /= 1000
        }
        return ([String(rest)] + groups.reversed()).joined(separator: ",")
    }
}
