/// What two programs must agree in before their speeds can be compared: the numbers that a network learns and the
/// multiply-adds of its forward pass.
public struct NetworkSize: Equatable, Sendable {
    /// Trainable numbers.
    public var parameters: Int
    /// Multiply-adds of the forward pass of one image.
    public var multiplyAdds: Int

    /// A size.
    public init(parameters: Int, multiplyAdds: Int) {
        self.parameters = parameters
        self.multiplyAdds = multiplyAdds
    }

    /// Accepts another program's network only if it is as large.
    ///
    /// - Throws: ``DifferentNetworks`` with both sizes.
    public func requireSame(as other: NetworkSize, network: String, subject: String) throws(DifferentNetworks) {
        guard self == other else {
            throw DifferentNetworks(network: network, subject: subject, ours: self, theirs: other)
        }
    }
}

/// Two programs that were to be compared do not run the same network.
public struct DifferentNetworks: Error, Equatable, CustomStringConvertible {
    /// The network's name and normalization.
    public let network: String
    /// The other program.
    public let subject: String
    /// Our network.
    public let ours: NetworkSize
    /// Theirs.
    public let theirs: NetworkSize

    /// What was found and what was expected.
    public var description: String {
        "\(subject) runs another \(network): \(theirs.parameters) parameters and \(theirs.multiplyAdds) multiply-adds "
            + "an image, expected \(ours.parameters) and \(ours.multiplyAdds); speeds of different networks are not compared"
    }
}
