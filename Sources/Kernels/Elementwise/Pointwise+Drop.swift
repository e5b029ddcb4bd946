extension Pointwise {
    /// Dropout (Srivastava et al. 2014) in its inverted form: what is kept is scaled up, so that inference does nothing.
    ///
    /// output[i, j] = input[i, j] / (1 − ratio) where the element is kept, else 0. Element (i, j) is dropped if
    /// `stream.uniform(at: i · columns + j)` is below the ratio: the mask is a function of the stream and the shape alone.
    /// The gradient is the same map with the same stream, so no mask is stored.
    ///
    /// - Parameter ratio: The probability of an element to be dropped, 0 ≤ ratio < 1.
    public static func drop(
        _ input: Matrix, ratio: Float, stream: RandomStream, into output: Matrix, team: Team
    ) {
        precondition(ratio >= 0 && ratio < 1, "a dropout ratio of \(ratio)")
        input.requireSameShape(output)
        let scale = 1 / (1 - ratio)
        RowLanes.forEach(output, team: team) { row, column in
            let uniform = stream.uniformLane(at: UInt64(row * output.columns + column))
            let x = input.base.lane(at: row * input.stride + column) * scale
            return x.replacing(with: Lane(), where: uniform .< Lane(repeating: ratio))
        }
    }
}
