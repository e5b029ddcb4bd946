import Declarations
import Engine
import Results

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

    /// Nothing for 0, which most layers have.
    private static func grouped(_ count: Int) -> String { count == 0 ? "" : Phrase.grouped(count) }
}

extension ModelDeclaration {
    /// The layers as they are declared, a line each: name, kind, and the fields that differ from their defaults. Slots are
    /// open; branches stand below their block.
    public var outline: String {
        TextTable(rows: LayerDeclaration.rows(of: layers, indent: ""), widest: 40).text
    }
}

extension LayerDeclaration {
    fileprivate static func rows(of layers: [LayerDeclaration], indent: String) -> [[String]] {
        layers.flatMap { layer -> [[String]] in
            let name = indent + layer.shortName
            let inputs = layer.inputs.isEmpty ? "" : " of \(layer.inputs.joined(separator: ", "))"
            switch layer.content {
            case .slot(let slot): return [["\(indent)· \(slot.rawValue)"]]
            case .layer(let value): return [[name, type(of: value).kind + inputs, stated(value)]]
            case .branches(let branches):
                return [[name, "branches\(inputs)"]]
                    + branches.flatMap { branch in
                        [["\(indent)  \(branch.name):"]] + rows(of: branch.layers, indent: indent + "    ")
                    }
            }
        }
    }

    private static func stated<Value: Layer>(_ layer: Value) -> String {
        let standard = Value()
        return Value.fields.compactMap { field in
            let value = field.get(layer)
            if !field.isRequired, value == field.get(standard) { return nil }
            return "\(field.name): \(YAMLWriter.inline(ConfigurationNode(value, as: field.type)))"
        }.joined(separator: ", ")
    }
}

/// The plan of a training step as a table: what is computed together, in which memory, and how gradients travel.
public enum PlanTable {
    public static func text(of plan: ExecutionPlan) -> String {
        var rows = [["layer", "kind", "computed", "output at", "floats", "last read by", "input's gradient"]]
        for entry in plan.entries {
            rows.append([
                entry.name, entry.kind, entry.fusion, entry.output.map { "\($0.lowerBound)" } ?? "nowhere",
                entry.output.map { entry.isPart ? "a part" : "\($0.count)" } ?? "",
                entry.output == nil ? "" : entry.lastReader.name + (entry.lastReader.isBackward ? " backward" : ""),
                entry.gradient,
            ])
        }
        let (slab, booked) = (plan.memory.count, plan.memory.bookedCount)
        return TextTable(rows: rows, rightAligned: [3, 4]).text
            + "A step of \(plan.batch) images works in one slab of \(megabytes(slab)) MB; without sharing memory its "
            + "\(plan.memory.regions.count { !$0.range.isEmpty }) buffers would take \(megabytes(booked)) MB."
    }

    private static func megabytes(_ floats: Int) -> String { Phrase.fixed(Double(floats) * 4e-6, decimals: 1) }
}
