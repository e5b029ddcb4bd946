/// Names the layers of one list that have none of their own: the kind and a number (`conv1`, `pool2`); inside a branch the
/// kind alone where it is the only one of its kind (`mixed1/3x3/conv`). Slots take the name of the layer before them:
/// `conv1/normalize`.
struct LayerNames {
    private let prefix: String
    private let totals: [String: Int]
    private var counts: [String: Int] = [:]
    private var previous: String?

    /// The names of a list whose layers have these kinds. `prefix` is the path of the branch, with a final slash.
    init(prefix: String, kinds: [String]) {
        self.prefix = prefix
        totals = Dictionary(kinds.map { (Self.stem(of: $0), 1) }, uniquingKeysWith: +)
    }

    /// The name of the next layer.
    mutating func name(of kind: String, given: String?) -> String {
        let stem = Self.stem(of: kind)
        counts[stem, default: 0] += 1
        let isAlone = !prefix.isEmpty && totals[stem] == 1
        let name = prefix + (given ?? (isAlone ? stem : "\(stem)\(counts[stem, default: 1])"))
        previous = name
        return name
    }

    /// The name of a slot after the layers named so far.
    func name(of slot: Slot) -> String {
        "\(previous ?? "\(prefix)input")/\(slot.rawValue)"
    }

    private static func stem(of kind: String) -> String {
        switch kind {
        case "convolution": "conv"
        case "max-pool", "average-pool", "global-average-pool": "pool"
        case "concatenation": "concat"
        case "branches": "block"
        default: kind
        }
    }
}
