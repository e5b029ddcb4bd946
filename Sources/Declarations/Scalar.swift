/// Reads scalars by the type that is expected, and explains YAML 1.1's traps instead of falling into them.
public enum Scalar {
    typealias Outcome<Value> = Result<Value, Refusal>

    /// What is wrong with a scalar: the end of a sentence that begins with what was found.
    struct Refusal: Error {
        let message: String
    }

    // MARK: Whole numbers

    /// A whole number in decimal digits: `60`, `-1`.
    static func integer(_ node: ConfigurationNode) -> Outcome<Int> {
        guard let text = node.plain, !node.isEmpty else { return refuse(node, expected: "a whole number") }
        if let trap = numberTrap(text) { return .failure(Refusal(message: trap)) }
        if let value = Int(text), isDecimal(text) { return .success(value) }
        if isDecimal(text) { return .failure(Refusal(message: "'\(text)' is too large for a whole number")) }
        if let value = finiteNumber(text), value == value.rounded(), abs(value) < 1e15 {
            return .failure(Refusal(message: "expected a whole number, found '\(text)'; write \(Int(value))"))
        }
        return refuse(node, expected: "a whole number")
    }

    // MARK: Numbers

    /// A finite number in decimal or scientific notation: `0.1`, `1e-4`, `60`.
    static func number(_ node: ConfigurationNode) -> Outcome<Double> {
        guard let text = node.plain, !node.isEmpty else { return refuse(node, expected: "a number") }
        if let trap = numberTrap(text) { return .failure(Refusal(message: trap)) }
        if let value = finiteNumber(text) { return .success(value) }
        let decimalPoint = text.replacing(",", with: ".")
        if text.contains(","), finiteNumber(decimalPoint) != nil {
            return .failure(Refusal(message: "expected a number, found '\(text)'; write \(decimalPoint)"))
        }
        return refuse(node, expected: "a number")
    }

    // MARK: Truth

    /// `true` or `false`, in exactly this spelling.
    static func boolean(_ node: ConfigurationNode) -> Outcome<Bool> {
        guard let text = node.plain else { return refuse(node, expected: "true or false") }
        if let value = Bool(text) { return .success(value) }
        let meant: Bool
        switch text.lowercased() {
        case "yes", "on", "y", "true", "1": meant = true
        case "no", "off", "n", "false", "0": meant = false
        default: return refuse(node, expected: "true or false")
        }
        return .failure(Refusal(message: "expected true or false, found '\(text)'; write \(meant)"))
    }

    /// Whether other YAML readers take the plain text for something else than text.
    static func isAmbiguous(_ text: String) -> Bool {
        ["yes", "no", "on", "off", "y", "n", "true", "false", "null", "~", ""].contains(text.lowercased())
            || finiteNumber(text) != nil || numberTrap(text) != nil
    }

    // MARK: Traps

    /// The forms of numbers that mean different things to different YAML readers.
    private static func numberTrap(_ text: String) -> String? {
        let digits = text.hasPrefix("-") || text.hasPrefix("+") ? String(text.dropFirst()) : text
        let lower = digits.lowercased()
        if [".inf", ".nan", "inf", "nan", "infinity"].contains(lower) { return "'\(text)' is not finite" }
        guard let first = digits.first, first.isASCII, first.isNumber || first == "." else { return nil }
        if digits.contains("_"), let value = finiteNumber(text.replacing("_", with: "")) {
            return "'\(text)' has underscores, which not every YAML reader takes; write \(format(value))"
        }
        if lower.hasPrefix("0x"), let value = Int(lower.dropFirst(2), radix: 16) {
            return "'\(text)' is a hexadecimal number; write \(value)"
        }
        if lower.hasPrefix("0o"), let value = Int(lower.dropFirst(2), radix: 8) {
            return "'\(text)' is an octal number; write \(value)"
        }
        if digits.count > 1, first == "0", digits.allSatisfy({ $0.isASCII && $0.isNumber }) {
            let decimal = digits.drop { $0 == "0" }
            let octal = Int(digits, radix: 8).map { ", which YAML 1.1 reads as the octal \($0)" } ?? ""
            return "'\(text)' has a leading zero\(octal); write \(decimal.isEmpty ? "0" : decimal)"
        }
        if digits.contains(":"), digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ":") }) {
            return "'\(text)' is a base-60 number to YAML 1.1; write it in decimal digits"
        }
        return nil
    }

    private static func refuse<Value>(_ node: ConfigurationNode, expected: String) -> Outcome<Value> {
        if case .scalar(let text, isQuoted: true) = node.content, isUsable(text, as: expected) {
            return .failure(Refusal(message: "expected \(expected), found \(node.found); remove the quotes"))
        }
        return .failure(Refusal(message: "expected \(expected), found \(node.found)"))
    }

    private static func isUsable(_ text: String, as expected: String) -> Bool {
        expected == "true or false" ? ["true", "false"].contains(text) : finiteNumber(text) != nil
    }

    private static func isDecimal(_ text: String) -> Bool {
        let digits = text.first == "-" || text.first == "+" ? text.dropFirst() : text[...]
        return !digits.isEmpty && digits.allSatisfy { $0.isASCII && $0.isNumber }
    }

    /// The number that a text in decimal notation stands for, as in a phrase that is a number or a word.
    public static func decimal(_ text: String) -> Double? { numberTrap(text) == nil ? finiteNumber(text) : nil }

    /// Swift's own reading also takes `nan`, `inf` and hexadecimal; here only decimal notation counts.
    private static func finiteNumber(_ text: String) -> Double? {
        guard text.allSatisfy({ $0.isASCII && ($0.isNumber || "+-.eE".contains($0)) }),
            text.contains(where: \.isNumber),
            let value = Double(text), value.isFinite
        else { return nil }
        return value
    }

    /// The shortest text that reads back as the same number, without a needless `.0`.
    public static func format(_ value: Double) -> String {
        if value == value.rounded(), abs(value) < 1e15 { return String(Int(value)) }
        return "\(value)"
    }
}
