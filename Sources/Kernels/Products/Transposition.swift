/// Copies of weights in another order.
enum Transposition {
    /// The side of a block: its rows read and its rows written fit into the nearest cache together.
    private static let size = 32

    /// target[j, i] = source[i, j], on the team.
    static func transpose(_ source: Matrix, into target: Matrix, team: Team) {
        precondition(target.rows == source.columns && target.columns == source.rows, "not the transposed shape")
        team.forEach((source.rows + size - 1) / size) { block in
            transpose(source, into: target, rows: block * size..<min((block + 1) * size, source.rows))
        }
    }

    /// target[j, i] = source[i, j].
    static func transpose(_ source: Matrix, into target: Matrix) {
        precondition(target.rows == source.columns && target.columns == source.rows, "not the transposed shape")
        for first in stride(from: 0, to: source.rows, by: size) {
            transpose(source, into: target, rows: first..<min(first + size, source.rows))
        }
    }

    private static func transpose(_ source: Matrix, into target: Matrix, rows: Range<Int>) {
        for first in stride(from: 0, to: source.columns, by: size) {
            for column in first..<min(first + size, source.columns) {
                for row in rows {
                    target.base[column * target.stride + row] = source.base[row * source.stride + column]
                }
            }
        }
    }

    /// Rearranges convolution weights for the gradient of the data: target[(ky', kx', o), c] = source[(ky, kx, c), o]
    /// with the filter turned by 180°, ky' = kernelHeight − 1 − ky and kx' likewise.
    static func flip(_ source: Matrix, geometry: ConvolutionGeometry, into target: Matrix, team: Team) {
        let taps = geometry.kernelHeight * geometry.kernelWidth
        let channels = geometry.channels
        let outputs = geometry.outputChannels
        team.forEach(taps) { tap in
            let from = source.base + (taps - 1 - tap) * channels * source.stride
            let to = target.base + tap * outputs * target.stride
            for channel in 0..<channels {
                for output in 0..<outputs {
                    to[output * target.stride + channel] = from[channel * source.stride + output]
                }
            }
        }
    }
}
