/// A quantity over an axis of its own, or over the places of a network, at one step: the profiles of one arm's runs and their
/// summary over seeds.
struct ArmProfiles: Sendable {
    /// The profile of one run.
    struct Profile: Sendable, Equatable {
        let run: RunRecord
        /// The step at which it was measured.
        let step: Int
        /// Ascending.
        let x: [Double]
        /// A value an x; NaN where it is none.
        let y: [Double]
    }

    /// Mean and spread at one x.
    struct Point: Sendable, Equatable {
        let x: Double
        let statistics: SeedStatistics
    }

    let arm: ArmRecord
    /// A profile a run, by seed.
    let profiles: [Profile]
    /// The mean and spread at every x that all runs of the mean have: of those that finished or, where all diverged, of all.
    let summary: [Point]

    init(arm: ArmRecord, profiles: [Profile]) {
        self.arm = arm
        self.profiles = profiles
        let finished = profiles.filter { $0.run.status == .finished }
        let members = finished.isEmpty ? profiles : finished
        var valuesOfX: [Double: [Double]] = [:]
        for member in members {
            for (x, y) in zip(member.x, member.y) where y.isFinite { valuesOfX[x, default: []].append(y) }
        }
        summary = valuesOfX.filter { $0.value.count == members.count }
            .map { Point(x: $0.key, statistics: SeedStatistics($0.value)) }
            .sorted { $0.x < $1.x }
    }
}

/// The step at which a profile is taken.
enum ProfileStep: Equatable, Sendable {
    case first
    /// The last with a finite value: a run that diverged was measured until then.
    case last
    /// The measured step that is nearest; of two the earlier.
    case nearest(Int)

    /// The step that its text spells; nil where it spells none.
    init?(_ text: String) {
        switch text {
        case "first": self = .first
        case "last": self = .last
        default:
            guard let step = Int(text), step >= 0 else { return nil }
            self = .nearest(step)
        }
    }

    /// The step among rows; nil where there are none.
    func step(of rows: [MeasuredQuantities.Row]) -> Int? {
        switch self {
        case .first: rows.map(\.step).min()
        case .last: rows.filter(\.value.isFinite).map(\.step).max() ?? rows.map(\.step).max()
        case .nearest(let wanted):
            rows.map(\.step).min { (abs($0 - wanted), $0) < (abs($1 - wanted), $1) }
        }
    }
}

extension MeasuredArm {
    /// The profiles over the quantity's own axis, each point the mean over places; nil where no run has any.
    func profiles(_ quantity: String, places: [String], at step: ProfileStep) -> ArmProfiles? {
        profiles(quantity, places: places, step: step) { rows in
            let counted = Dictionary(grouping: rows.filter { $0.at != nil }) { $0.at ?? .nan }
            // Where every place has one point, as layers have one depth, all points count; otherwise one that only some places
            // have would make the mean jump.
            let isSingle = Set(rows.map(\.place)).count == rows.count
            if isSingle { return counted }
            let whole = counted.values.map(\.count).max() ?? 0
            return counted.filter { $0.value.count == whole }
        }
    }

    /// The profiles over places, each at its index in the list; nil where no run has any.
    func profiles(_ quantity: String, over places: [String], at step: ProfileStep, where at: Double?) -> ArmProfiles? {
        let index = Dictionary(uniqueKeysWithValues: places.enumerated().map { ($1, Double($0)) })
        return profiles(quantity, places: places, step: step) { rows in
            let chosen = rows.filter { at == nil || $0.at == at }
            return Dictionary(grouping: chosen) { index[$0.place] ?? .nan }
        }
    }

    private func profiles(
        _ quantity: String, places: [String], step: ProfileStep,
        grouping: ([MeasuredQuantities.Row]) -> [Double: [MeasuredQuantities.Row]]
    ) -> ArmProfiles? {
        let wanted = Set(places)
        let profiles = runs.compactMap { run, measured -> ArmProfiles.Profile? in
            let rows = measured.rows(of: quantity).filter { wanted.contains($0.place) }
            guard let step = step.step(of: rows) else { return nil }
            let points = grouping(rows.filter { $0.step == step })
                .map { (x: $0.key, y: $0.value.reduce(0) { $0 + $1.value } / Double($0.value.count)) }
                .sorted { $0.x < $1.x }
            if points.isEmpty { return nil }
            return ArmProfiles.Profile(run: run, step: step, x: points.map(\.x), y: points.map(\.y))
        }
        return profiles.isEmpty ? nil : ArmProfiles(arm: arm, profiles: profiles)
    }
}
