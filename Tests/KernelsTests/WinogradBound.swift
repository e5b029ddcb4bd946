import Kernels

/// A, B and G from the points by their definition, in Double: Lagrange's polynomials and powers of the points.
struct WinogradMatrices {
    /// Aᵀ [outputs × 6], Bᵀ [6 × 6] and G [6 × taps].
    let outputs: [[Double]]
    let inputs: [[Double]]
    let filters: [[Double]]

    init(outputs count: Int, taps: Int) {
        let points = [0, 0.625, -0.625, 1.5, -1.5]
        func power(_ point: Double, _ exponent: Int) -> Double {
            (0..<exponent).reduce(1) { power, _ in power * point }
        }
        outputs = (0..<count).map { row in points.map { power($0, row) } + [row == count - 1 ? 1 : 0] }
        let norms = points.map { point in points.filter { $0 != point }.reduce(1) { $0 * (point - $1) } }
        filters =
            zip(points, norms).map { point, norm in (0..<taps).map { power(point, $0) / norm } }
            + [(0..<taps).map { $0 == taps - 1 ? 1 : 0 }]
        // Rows hold the coefficients of the product of x − q over all points but the row's, that of ∞ over all of them.
        func polynomial(_ roots: [Double]) -> [Double] {
            roots.reduce([1.0]) { coefficients, root in
                (0...coefficients.count).map { index in
                    (index > 0 ? coefficients[index - 1] : 0)
                        - (index < coefficients.count ? root * coefficients[index] : 0)
                }
            }
        }
        inputs = points.map { point in polynomial(points.filter { $0 != point }) + [0] } + [polynomial(points)]
    }

    func input(_ d: [Double]) -> [Double] { inputs.map { dot($0, d) } }
    func filter(_ g: [Double]) -> [Double] { filters.map { dot($0, g) } }
    func output(_ m: [Double]) -> [Double] { outputs.map { dot($0, m) } }

    private func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
}

/// For each element of a result the sum of the absolute values of all that is added up for it, transforms included: times the
/// number of roundings on the longest path and 2⁻²⁴ it bounds the error.
struct WinogradBound {
    let geometry: ConvolutionGeometry
    private let step: Int
    private let taps: Int
    private let a: [[Double]]
    private let b: [[Double]]
    private let g: [[Double]]

    init(_ geometry: ConvolutionGeometry) {
        self.geometry = geometry
        (step, taps) = (7 - geometry.kernelHeight, geometry.kernelHeight)
        let matrices = WinogradMatrices(outputs: step, taps: taps)
        func absolute(_ matrix: [[Double]]) -> [[Double]] { matrix.map { $0.map(abs) } }
        (a, b, g) = (absolute(matrices.outputs), absolute(matrices.inputs), absolute(matrices.filters))
    }

    private func transposed(_ m: [[Double]]) -> [[Double]] { m[0].indices.map { column in m.map { $0[column] } } }

    /// m · x · mᵀ
    private func sandwich(_ m: [[Double]], _ x: [[Double]]) -> [[Double]] {
        let left = m.map { row in x[0].indices.map { column in row.indices.reduce(0) { $0 + row[$1] * x[$1][column] } }
        }
        return left.map { row in m.map { other in row.indices.reduce(0) { $0 + row[$1] * other[$1] } } }
    }

    private struct Maps {
        let values: [Double]
        let height: Int
        let width: Int
        let channels: Int

        func patch(_ image: Int, _ y: Int, _ x: Int, _ channel: Int, extent: Int) -> [[Double]] {
            (y..<y + extent).map { y in
                (x..<x + extent).map { x in
                    guard y >= 0, y < height, x >= 0, x < width else { return 0 }
                    return abs(values[((image * height + y) * width + x) * channels + channel])
                }
            }
        }
    }

    /// Of a convolution of maps with filters[depth][output] of taps × taps.
    private func convolution(
        _ maps: Maps, _ filters: [[[[Double]]]], pad: Int, height: Int, width: Int, outputs: Int
    ) -> [Double] {
        var result = [Double](repeating: 0, count: geometry.images * height * width * outputs)
        let transformed = filters.map { $0.map { sandwich(g, $0) } }
        for image in 0..<geometry.images {
            for y in stride(from: 0, to: height, by: step) {
                for x in stride(from: 0, to: width, by: step) {
                    let inputs = (0..<maps.channels).map {
                        sandwich(b, maps.patch(image, y - pad, x - pad, $0, extent: 6))
                    }
                    for output in 0..<outputs {
                        var sums = [[Double]](repeating: [Double](repeating: 0, count: 6), count: 6)
                        for channel in 0..<maps.channels {
                            for i in 0..<6 {
                                for j in 0..<6 {
                                    sums[i][j] += inputs[channel][i][j] * transformed[channel][output][i][j]
                                }
                            }
                        }
                        let values = sandwich(a, sums)
                        for i in 0..<min(step, height - y) {
                            for j in 0..<min(step, width - x) {
                                result[((image * height + y + i) * width + x + j) * outputs + output] = values[i][j]
                            }
                        }
                    }
                }
            }
        }
        return result
    }

    private func filter(_ w: [Double], _ channel: Int, _ output: Int, isTurned: Bool) -> [[Double]] {
        (0..<taps).map { y in
            (0..<taps).map { x in
                let (ky, kx) = isTurned ? (taps - 1 - y, taps - 1 - x) : (y, x)
                return abs(
                    w[((ky * taps + kx) * geometry.channels + channel) * geometry.outputChannels + output])
            }
        }
    }

    func forward(_ x: [Double], _ w: [Double]) -> [Double] {
        convolution(
            Maps(values: x, height: geometry.height, width: geometry.width, channels: geometry.channels),
            (0..<geometry.channels).map { channel in
                (0..<geometry.outputChannels).map { filter(w, channel, $0, isTurned: false) }
            }, pad: geometry.padHeight, height: geometry.outputHeight, width: geometry.outputWidth,
            outputs: geometry.outputChannels)
    }

    /// The greater of the two ways.
    func dataGradient(_ dy: [Double], _ w: [Double]) -> [Double] {
        let maps = Maps(
            values: dy, height: geometry.outputHeight, width: geometry.outputWidth, channels: geometry.outputChannels)
        let turned = convolution(
            maps,
            (0..<geometry.outputChannels).map { output in
                (0..<geometry.channels).map { filter(w, $0, output, isTurned: true) }
            }, pad: taps - 1 - geometry.padHeight, height: geometry.height, width: geometry.width,
            outputs: geometry.channels)
        return zip(turned, transposedGradient(maps, w)).map(max)
    }

    private func transposedGradient(_ maps: Maps, _ w: [Double]) -> [Double] {
        var result = [Double](repeating: 0, count: geometry.inputPositions * geometry.channels)
        let (spread, back) = (transposed(a), transposed(b))
        for image in 0..<geometry.images {
            for y in stride(from: 0, to: geometry.outputHeight, by: step) {
                for x in stride(from: 0, to: geometry.outputWidth, by: step) {
                    let gradients = (0..<maps.channels).map {
                        sandwich(spread, maps.patch(image, y, x, $0, extent: step))
                    }
                    for channel in 0..<geometry.channels {
                        var sums = [[Double]](repeating: [Double](repeating: 0, count: 6), count: 6)
                        for output in 0..<maps.channels {
                            let u = sandwich(g, filter(w, channel, output, isTurned: false))
                            for i in 0..<6 { for j in 0..<6 { sums[i][j] += gradients[output][i][j] * u[i][j] } }
                        }
                        let values = sandwich(back, sums)
                        for i in 0..<6 {
                            for j in 0..<6 {
                                let (row, column) = (y + i - geometry.padHeight, x + j - geometry.padWidth)
                                guard row >= 0, row < geometry.height, column >= 0, column < geometry.width else {
                                    continue
                                }
                                let position = (image * geometry.height + row) * geometry.width + column
                                result[position * geometry.channels + channel] += values[i][j]
                            }
                        }
                    }
                }
            }
        }
        return result
    }

    func weightGradient(_ x: [Double], _ dy: [Double]) -> [Double] {
        let inputs = Maps(values: x, height: geometry.height, width: geometry.width, channels: geometry.channels)
        let outputs = Maps(
            values: dy, height: geometry.outputHeight, width: geometry.outputWidth, channels: geometry.outputChannels)
        let spread = transposed(a)
        let zeros = [[Double]](repeating: [Double](repeating: 0, count: 6), count: 6)
        var sums = [[[Double]]](repeating: zeros, count: geometry.channels * geometry.outputChannels)
        for image in 0..<geometry.images {
            for y in stride(from: 0, to: geometry.outputHeight, by: step) {
                for x in stride(from: 0, to: geometry.outputWidth, by: step) {
                    let transformed = (0..<geometry.channels).map {
                        sandwich(b, inputs.patch(image, y - geometry.padHeight, x - geometry.padWidth, $0, extent: 6))
                    }
                    for output in 0..<geometry.outputChannels {
                        let gradient = sandwich(spread, outputs.patch(image, y, x, output, extent: step))
                        for channel in 0..<geometry.channels {
                            let index = channel * geometry.outputChannels + output
                            for i in 0..<6 {
                                for j in 0..<6 { sums[index][i][j] += transformed[channel][i][j] * gradient[i][j] }
                            }
                        }
                    }
                }
            }
        }
        let back = transposed(g)
        var result = [Double](repeating: 0, count: geometry.filterSize * geometry.outputChannels)
        for channel in 0..<geometry.channels {
            for output in 0..<geometry.outputChannels {
                let values = sandwich(back, sums[channel * geometry.outputChannels + output])
                for y in 0..<taps {
                    for x in 0..<taps {
                        let row = (y * taps + x) * geometry.channels + channel
                        result[row * geometry.outputChannels + output] = values[y][x]
                    }
                }
            }
        }
        return result
    }
}
