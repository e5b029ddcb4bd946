import Foundation

/// How a synthetic arm trains.
struct SyntheticArm {
    enum Behaviour {
        /// Learns to `ceiling`, half of the way at step `halfway`, after a plateau of `plateau` steps.
        case learns(ceiling: Double, halfway: Double, plateau: Double)
        /// Learns nothing.
        case stuck
        /// Learns until its loss leaves the numbers at a step, with all seeds or only some.
        case diverges(at: Int, seeds: Set<Int>?)
    }

    var name: String
    var label: String
    var color: Int
    var behaviour: Behaviour
    var normalizes = false
    var settings: [String: String] = [:]

    func divergence(seed: Int) -> Int? {
        guard case .diverges(let step, let seeds) = behaviour, seeds?.contains(seed) ?? true else { return nil }
        return step + 3 * seed
    }

    /// The mean test accuracy at a step, without noise.
    func accuracy(at step: Int, of steps: Int) -> Double {
        switch behaviour {
        case .stuck:
            return 0.1135
        case .diverges:
            return 0.098 + 0.5 * (1 - exp(-Double(step) / Double(steps)))
        case .learns(let ceiling, let halfway, let plateau):
            let age = max(0, Double(step) - plateau)
            return ceiling - (ceiling - 0.1) / (1 + pow(age / halfway, 1.6))
        }
    }
}
