import Kernels

extension Vector {
    /// Element i becomes deviation · (normal number i of the stream).
    func fillNormal(deviation: Double, from stream: RandomStream) {
        let deviation = Float(deviation)
        for index in 0..<count { self[index] = deviation * stream.normal(at: UInt64(index)) }
    }

    /// Element i becomes bound · (2u − 1), u the uniform number i of the stream.
    func fillUniform(bound: Double, from stream: RandomStream) {
        let bound = Float(bound)
        for index in 0..<count { self[index] = bound * (2 * stream.uniform(at: UInt64(index)) - 1) }
    }
}
