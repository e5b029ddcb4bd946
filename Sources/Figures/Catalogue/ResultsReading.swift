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

    /// The arms that names and patterns stand for, or all where there are none; of a large sweep the best setting of each base
    /// arm.
    func arms(_ patterns: [String]) throws(FigureError) -> ArmSelection {
        if !patterns.isEmpty { return ArmSelection(arms: Self.toldApart(try named(patterns)), note: nil) }
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

    var orderedBases: [String] {
        arms.map(\.base).distinct
    }

    /// The mean over seeds of the best test accuracy; a run that diverged counts as none (0).
    func meanBestAccuracy(of arm: ArmRecord) -> Double {
        let runs = results(of: arm)
        let sum = runs.reduce(0) { $0 + ($1.status == .diverged ? 0 : $1.bestTestAccuracy ?? 0) }
        return runs.isEmpty ? 0 : sum / Double(runs.count)
    }

    private func named(_ patterns: [String]) throws(FigureError) -> [ArmRecord] {
        var selected: [ArmRecord] = []
        for pattern in patterns {
            let matches = arms.filter { ArmName.fits(pattern, arm: $0.name, group: $0.base) }
            if matches.isEmpty {
                let names = arms.map(\.name).joined(separator: ", ")
                throw .badValue("arms", value: pattern, expected: "arms among \(names)")
            }
            selected += matches.filter { match in !selected.contains { $0.name == match.name } }
        }
        return selected
    }
}

// MARK: Reading results

/// Reads results for a figure: what is wrong with a file is a figure's error.
func reading<Value>(_ body: () throws(CSVError) -> Value) throws(FigureError) -> Value {
    do {
        return try body()
    } catch {
        throw .data(error)
    }
}

extension ExperimentResults {
    /// The curves of a metric for arms that have results; arms without a finished or diverged run are left out.
    func curves(
        _ metric: Metric, arms: [ArmRecord], source: StatisticsSource?, smoothing: Int = 1
    ) throws(FigureError) -> [ArmCurves] {
        try ofSome(arms) { arm throws(CSVError) in
            try curves(metric, arm: arm, source: source, smoothing: smoothing)
        }
    }

    /// What was measured of the arms' runs, finished or diverged. Arms without such runs are left out.
    func measured(_ arms: [ArmRecord]) throws(FigureError) -> [MeasuredArm] {
        try ofSome(arms) { arm throws(CSVError) in try measured(arm) }
    }

    /// What each complete run of arms observed, and the labels of the arms with runs none of which observed it; where no arm
    /// has any, the refusal for all observed taps.
    func observed<Part>(
        _ arms: [ArmRecord], refusal: ([String]) -> FigureError, of observe: (RunRecord) throws(CSVError) -> Part?
    ) throws(FigureError) -> (observed: [ObservedArm<Part>], missing: [String]) {
        var (observed, missing): ([ObservedArm<Part>], [String]) = ([], [])
        for arm in arms {
            var parts: [Part] = []
            for run in results(of: arm) {
                if let part = try reading({ () throws(CSVError) in try observe(run) }) { parts.append(part) }
            }
            if !parts.isEmpty {
                observed.append(ObservedArm(arm: arm, runs: parts))
            } else if !results(of: arm).isEmpty {
                missing.append(arm.label)
            }
        }
        guard !observed.isEmpty else {
            var taps: [String] = []
            for run in arms.flatMap(results) {
                taps += try reading { () throws(CSVError) in try observedTaps(of: run) }
            }
            throw refusal(taps.distinct)
        }
        return (observed, missing)
    }

    /// What arms have, of those that have any; an error where none has.
    private func ofSome<Part>(
        _ arms: [ArmRecord], _ part: (ArmRecord) throws(CSVError) -> Part?
    ) throws(FigureError) -> [Part] {
        var parts: [Part] = []
        for arm in arms {
            if let part = try reading({ () throws(CSVError) in try part(arm) }) { parts.append(part) }
        }
        guard !parts.isEmpty else {
            let names = Phrase.list(arms.map(\.name))
            throw .nothingToDraw(reason: "no run of \(names) has finished: run the experiment first")
        }
        return parts
    }

    /// When the runs of arms match a baseline; an error where `matches.csv` has none of them.
    func requiredMatches(_ rule: MatchRule, arms: [ArmRecord]) throws(FigureError) -> [ArmMatch] {
        let found = try reading { () throws(CSVError) in try matches(rule, arms: arms) }
        guard !found.isEmpty else {
            throw .nothingToDraw(
                reason: "matches.csv compares none of these arms with '\(rule.baseline)': run the experiment first")
        }
        return found
    }

    func baseline(_ rule: MatchRule) throws(FigureError) -> ArmRecord {
        guard let arm = arms.first(where: { $0.name == rule.baseline }) else {
            throw .badValue(
                "baseline", value: rule.baseline, expected: "an arm among \(arms.map(\.name).joined(separator: ", "))")
        }
        return arm
    }
}

/// An arm with what was observed in each of its runs, by seed.
struct ObservedArm<Part> {
    let arm: ArmRecord
    let runs: [Part]
}

extension [MeasuredArm] {
    /// The places of a quantity that match a pattern; an error that names what there is where no arm has any.
    func requiredPlaces(
        of quantity: String, matching pattern: String, by key: String
    ) throws(FigureError) -> [String] {
        let places = places(of: quantity, matching: Glob(pattern))
        guard places.isEmpty else { return places }
        guard quantities.contains(quantity) else {
            throw .badValue(
                key, value: quantity,
                expected: quantities.isEmpty
                    ? "a quantity that was measured; none was"
                    : "one of the measured quantities: \(quantities.joined(separator: ", "))")
        }
        let known = self.places(of: quantity, matching: Glob("*")).map { $0.isEmpty ? "(the whole network)" : $0 }
        throw .badValue(
            "place", value: pattern, expected: "a pattern that matches some of \(known.joined(separator: ", "))")
    }
}

extension MatchRule {
    /// The rule in a sentence for the footnote.
    func sentence(baseline label: String) -> String {
        let smoothed = smoothing == 1 ? "accuracy" : "mean accuracy over \(smoothing) evaluations"
        return
            "An arm matches \(label) at the first evaluation at which its \(smoothed) is at least the best of \(label) with the same seed."
    }
}
