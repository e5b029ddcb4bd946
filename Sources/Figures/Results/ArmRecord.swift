/// An arm of the experiment as the results folder names it: a row of `arms.csv`.
public struct ArmRecord: Sendable, Equatable {
    /// Its name: `batch-norm`; a swept arm adds what it varies: `batch-norm@rate=0.1,deviation=0.03`.
    public var name: String
    /// What legends call it.
    public var label: String
    /// Its place in the declared order.
    public var order: Int
    /// Its colour: an index into the palette, the same in every figure.
    public var color: Int

    /// The arm that a swept arm varies: the name up to `@`.
    public var base: String { String(name.prefix { $0 != "@" }) }

    /// What legends call the arm that a swept arm varies: the label without the swept values in brackets at its end.
    public var baseLabel: String {
        guard name.contains("@"), label.hasSuffix(")"), let bracket = label.lastIndex(of: "(") else { return label }
        let text = label[..<bracket]
        return String(text.last == " " ? text.dropLast() : text)
    }

    /// Reads `arms.csv`, in declared order.
    static func read(_ table: CSVTable) throws(CSVError) -> [ArmRecord] {
        let names = try table.texts("arm")
        let labels = try table.texts("label")
        let orders = try table.integers("order")
        let colors = try table.integers("color")
        let records = names.indices.map { row in
            let label = labels[row].isEmpty ? names[row] : labels[row]
            return ArmRecord(name: names[row], label: label, order: orders[row], color: colors[row])
        }
        return records.sorted { ($0.order, $0.name) < ($1.order, $1.name) }
    }
}
