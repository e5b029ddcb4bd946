import Engine
import Results

/// The plan of a training step as a table: what is computed together, in which memory, and how gradients travel.
public enum PlanTable {
    /// The table, with a heading and a last line about the memory.
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

    /// Floats as megabytes with one digit.
    private static func megabytes(_ floats: Int) -> String {
        let tenths = (floats * 4 + 50_000) / 100_000
        return "\(tenths / 10).\(tenths % 10)"
    }
}
