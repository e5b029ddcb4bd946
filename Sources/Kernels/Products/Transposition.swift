/// Copies of weights in another order.
enum Transposition {
    /// target[j, i] = source[i, j].
    static func transpose(_ source: Matrix, into target: Matrix, team: Team) {
        precondition(target.rows == source.columns && target.columns == source.rows, "not the transposed shape")
        // Blocks keep both the rows read and the rows written in the nearest cache.
        let size = 32
        let blocks = (source.rows + size - 1) / size
        team.forEach(blocks) { block in
            let rows = block * size..<min((block + 1) * size, source.rows)
            for first in stride(from: 0, to: source.columns, by: size) {
                for column in first..<min(first + size, source.columns) {
                    for row in rows {
                        target.base[column * target.stride + row] = source.base[row * source.stride + column]
                    }
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
