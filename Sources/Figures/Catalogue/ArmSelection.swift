import Plotting
import Results
import Vocabulary

/// The arms that a figure shows, and what must be said about the choice.
struct ArmSelection: Sendable {
    let arms: [ArmRecord]
    /// A sentence for the footnote; nil where all arms are shown or the experiment names them.
    let note: String?
}

extension ExperimentResults {
    /// More arms than this are told apart neither by colour nor by a legend.
    private static let mostArms = 8

    /// The arms that the option `arms` names, or all; of a large sweep the best setting of each base arm.
    func arms(_ options: FigureOptions) throws(FigureError) -> ArmSelection {
        if let text = options.text("arms") {
            return ArmSelection(arms: Self.toldApart(try named(text)), note: nil)
        }
        guard arms.count > Self.mostArms, orderedBases.count < arms.count else {
            return ArmSelection(arms: arms, note: nil)
        }
        var best: [ArmRecord] = []
        for (color, base) in orderedBases.enumerated() {
            let candidates = arms.filter { $0.base == base && !results(of: $0).isEmpty }
            let ranked = candidates.map { (arm: $0, accuracy: meanBestAccuracy(of: $0)) }
            // The first of equals, so that the choice does not depend on how a maximum is searched.
            var choice = ranked.first
            for candidate in ranked where candidate.accuracy > (choice?.accuracy ?? 0) { choice = candidate }
            // A colour for each base arm: those of all settings repeat.
            if var arm = choice?.arm {
                arm.color = color
                best.append(arm)
            }
        }
        let note = "Of \(arms.count) arms, the setting with the best test accuracy of each base arm is shown."
        return ArmSelection(arms: best, note: note)
    }

    /// The arms with colours that differ, where the palette has enough: of arms with the same one the first keeps it, and the
    /// others take what no arm has.
    static func toldApart(_ arms: [ArmRecord]) -> [ArmRecord] {
        let count = Palette.colors.count
        guard arms.count <= count else { return arms }
        var free = Array(0..<count)
        let keeps = arms.map { arm in
            guard let index = free.firstIndex(of: arm.color % count) else { return false }
            free.remove(at: index)
            return true
        }
        return zip(arms, keeps).map { arm, keeps in
            var arm = arm
            if !keeps { arm.color = free.removeFirst() }
            return arm
        }
    }

    /// The names before `@`, in declared order.
    var orderedBases: [String] {
        arms.reduce(into: []) { bases, arm in if !bases.contains(arm.base) { bases.append(arm.base) } }
    }

    /// The mean over seeds of the best test accuracy; a run that diverged counts as none (0).
    func meanBestAccuracy(of arm: ArmRecord) -> Double {
        let runs = results(of: arm)
        let sum = runs.reduce(0) { $0 + ($1.status == .diverged ? 0 : $1.bestTestAccuracy ?? 0) }
        return runs.isEmpty ? 0 : sum / Double(runs.count)
    }

    private func named(_ text: String) throws(FigureError) -> [ArmRecord] {
        var selected: [ArmRecord] = []
        for word in text.split(separator: " ") {
            let pattern = Glob(String(word))
            let matches = arms.filter { pattern.matches($0.name) }
            if matches.isEmpty {
                let names = arms.map(\.name).joined(separator: ", ")
                throw .badOption("arms", value: String(word), expected: "arms among \(names)")
            }
            selected += matches.filter { match in !selected.contains { $0.name == match.name } }
        }
        return selected
    }
}
