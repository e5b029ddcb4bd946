import Engine
import Foundation
import Vocabulary

/// How the numbers at which a procedure measures follow each other.
enum Spacing: String, ConfigurationWord {
    /// Their differences are equal.
    case linear
    /// Their ratios are equal.
    case logarithmic

    /// Numbers from one to another, both among them; of a single one the first. Both are positive.
    func numbers(from first: Double, to last: Double, count: Int) -> [Double] {
        if count == 1 { return [first] }
        return (0..<count).map { index in
            let share = Double(index) / Double(count - 1)
            switch self {
            case .linear: return first + share * (last - first)
            case .logarithmic: return first * pow(last / first, share)
            }
        }
    }

    /// What is wrong with a range that goes down.
    static func mistakes(from first: Double, to last: Double) -> [String] {
        first <= last ? [] : ["'from' is \(first) and 'to' is \(last): expected a range that goes up"]
    }
}
