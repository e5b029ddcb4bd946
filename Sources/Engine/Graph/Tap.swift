/// The address of a tensor in a network: what an observation reads.
///
/// - `<node>/output`: the output of any node.
/// - `X/preactivation`: the output Wu + b of a dense or convolutional node X.
/// - `X/normalized`, `X/scaled`: x̂ and γx̂ + β of the normalization whose nearest product is X.
/// - `X/activation-input`: what enters the nonlinearity that follows X, normalized or not: the same address in every arm
///   of an experiment (Ioffe & Szegedy 2015, Figure 1b and c). Where no nonlinearity comes before the next product, it is
///   what would enter one: the normalization's output if there is one, else X's own.
/// - `X/activation`: the output of that nonlinearity.
public struct Tap: Hashable, Sendable {
    /// Where the tensor is computed.
    enum Source: Hashable, Sendable {
        /// The output of node i.
        case output(node: Int)
        /// A matrix that node i books under this name.
        case booked(node: Int, name: String)
    }

    /// The address: `hidden3/activation-input`.
    public let address: String
    /// The shape of one sample.
    public let shape: Shape
    let source: Source

    /// The node that computes the tensor.
    var node: Int {
        switch source {
        case .output(let node), .booked(let node, _): node
        }
    }
}

/// A pattern of addresses, in which `*` stands for any run of characters, `/` included.
struct AddressPattern {
    private let parts: [Substring]

    init(_ pattern: String) { parts = pattern.split(separator: "*", omittingEmptySubsequences: false) }

    func matches(_ address: String) -> Bool {
        guard let first = parts.first, let last = parts.last else { return address.isEmpty }
        guard parts.count > 1 else { return address == first }
        guard address.hasPrefix(first), address.count >= first.count + last.count, address.hasSuffix(last) else {
            return false
        }
        var rest = address.dropFirst(first.count).dropLast(last.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let start = rest.indices.first(where: { rest[$0...].hasPrefix(part) }) else { return false }
            rest = rest[start...].dropFirst(part.count)
        }
        return true
    }
}
