import Kernels
import Testing

@Suite("Pooling")
struct PoolingTests {
    /// Height, kernel, stride, pad, then the sizes by the floor and by Caffe's ceil rule (`pooling_layer.cpp`).
    @Test(
        "output sizes",
        arguments: [
            (24, 2, 2, 0, 12, 12), (32, 3, 2, 0, 15, 16), (16, 3, 2, 0, 7, 8), (8, 3, 2, 0, 3, 4), (7, 7, 1, 0, 1, 1),
            (5, 2, 2, 0, 2, 3), (112, 3, 2, 0, 55, 56), (28, 3, 1, 1, 28, 28), (4, 2, 2, 1, 3, 3), (5, 2, 2, 1, 3, 3),
            (6, 3, 2, 1, 3, 4), (7, 3, 2, 1, 4, 4), (3, 1, 2, 0, 2, 2), (4, 1, 2, 0, 2, 2), (5, 1, 3, 0, 2, 2),
        ])
    func sizes(size: Int, kernel: Int, stride: Int, pad: Int, floor: Int, ceil: Int) {
        for (rounding, expected) in [(PoolingGeometry.Rounding.floor, floor), (.ceil, ceil)] {
            let geometry = PoolingGeometry(
                images: 1, height: size, width: size, channels: 1, kernel: kernel, stride: stride, pad: pad,
                rounding: rounding)
            #expect(geometry.outputHeight == expected && geometry.outputWidth == expected, "\(rounding)")
        }
    }

    static let geometries: [PoolingGeometry] = {
        var all: [PoolingGeometry] = []
        let windows = [
            (2, 2, 0), (2, 2, 1), (3, 2, 0), (3, 2, 1), (3, 1, 1), (2, 1, 0), (2, 3, 1), (1, 2, 0), (3, 3, 0),
            (3, 4, 1),
            (5, 1, 0), (4, 3, 2), (4, 1, 3), (6, 1, 2),
        ]
        for channels in [1, 3, 16, 20, 33] {
            for (kernel, stride, pad) in windows {
                for rounding in PoolingGeometry.Rounding.allCases {
                    all.append(
                        PoolingGeometry(
                            images: 2, height: 7, width: 6, channels: channels, kernel: kernel, stride: stride,
                            pad: pad, rounding: rounding))
                }
            }
            all.append(PoolingGeometry(wholeMapsOf: 2, height: 7, width: 6, channels: channels))
        }
        return all
    }()

    @Test("the maximum and its gradient", arguments: geometries)
    func maximum(_ geometry: PoolingGeometry) {
        let input = TestMatrix(rows: geometry.inputPositions, columns: geometry.channels, gap: 1, seed: 1)
        // Few values, so that equals are common.
        for row in 0..<input.rows {
            for column in 0..<input.columns {
                input.view[row, column] = (input.view[row, column] * 4).rounded()
            }
        }
        let gradient = TestMatrix(rows: geometry.outputPositions, columns: geometry.channels, gap: 2, seed: 2)
        let output = TestMatrix(rows: geometry.outputPositions, columns: geometry.channels, gap: 3)
        let winners = TestMatrix(rows: geometry.outputPositions, columns: geometry.channels, gap: 1)
        let inputGradient = TestMatrix(rows: geometry.inputPositions, columns: geometry.channels, gap: 2)
        Pooling.max(geometry, input.view, into: output.view, winners: winners.view, team: teams[1])
        Pooling.maxGradient(
            geometry, gradient.view, winners: winners.view, into: inputGradient.view, team: teams[1])

        let (x, dy) = (input.doubles, gradient.doubles)
        var expected = output.doubles
        var expectedGradient = inputGradient.doubles.map { $0.map { _ in 0.0 } }
        PoolingReference(geometry).forEachWindow { window, positions, _ in
            for channel in 0..<geometry.channels {
                // Caffe: the first position with the greatest value.
                var best = positions[0]
                for position in positions where x[position][channel] > x[best][channel] { best = position }
                expected[window][channel] = x[best][channel]
                expectedGradient[best][channel] += dy[window][channel]
            }
        }
        expectClose(output, expected, tolerance: 0)
        expectClose(inputGradient, expectedGradient, tolerance: 1e-6)
        #expect(winners.gapIsUntouched)
    }

    @Test("the average and its gradient", arguments: geometries)
    func average(_ geometry: PoolingGeometry) {
        let input = TestMatrix(rows: geometry.inputPositions, columns: geometry.channels, gap: 1, seed: 3)
        let gradient = TestMatrix(rows: geometry.outputPositions, columns: geometry.channels, gap: 2, seed: 4)
        let output = TestMatrix(rows: geometry.outputPositions, columns: geometry.channels, gap: 3)
        let inputGradient = TestMatrix(rows: geometry.inputPositions, columns: geometry.channels, gap: 2)
        Pooling.average(geometry, input.view, into: output.view, team: teams[1])
        Pooling.averageGradient(geometry, gradient.view, into: inputGradient.view, team: teams[1])

        let (x, dy) = (input.doubles, gradient.doubles)
        var expected = output.doubles
        var expectedGradient = inputGradient.doubles.map { $0.map { _ in 0.0 } }
        PoolingReference(geometry).forEachWindow { window, positions, size in
            for channel in 0..<geometry.channels {
                expected[window][channel] = positions.reduce(0) { $0 + x[$1][channel] } / Double(size)
                for position in positions {
                    expectedGradient[position][channel] += dy[window][channel] / Double(size)
                }
            }
        }
        expectClose(output, expected, tolerance: 1e-6)
        expectClose(inputGradient, expectedGradient, tolerance: 1e-6)
    }

    /// Caffe's divisor at a padded corner: a 3×3 window of which 4 pixels are inside counts 9, padding included; a window
    /// that sticks out of the padding by a row counts 6.
    @Test("the divisor counts the padding but nothing beyond it")
    func divisor() {
        let padded = PoolingGeometry(images: 1, height: 3, width: 3, channels: 1, kernel: 3, stride: 1, pad: 1)
        let ones = TestMatrix(rows: 9, columns: 1)
        ones.view.fill(1)
        let output = TestMatrix(rows: 9, columns: 1)
        Pooling.average(padded, ones.view, into: output.view, team: teams[0])
        expectClose(output.view.elements, [4, 6, 4, 6, 9, 6, 4, 6, 4].map { $0 / 9.0 }, tolerance: 1e-7)

        let beyond = PoolingGeometry(
            images: 1, height: 4, width: 3, channels: 1, kernel: 3, stride: 2, rounding: .ceil)
        let tall = TestMatrix(rows: 12, columns: 1)
        tall.view.fill(1)
        let two = TestMatrix(rows: 2, columns: 1)
        Pooling.average(beyond, tall.view, into: two.view, team: teams[0])
        #expect(two.view.elements == [1, 1])
    }

    /// Windows that hang over the right and lower edges are smaller: what each pixel gets back adds up to one a window.
    @Test("the gradient of an average gives all of it back", arguments: [(7, 3, 2, 1), (8, 3, 2, 0), (8, 3, 3, 0)])
    func wholeGradient(size: Int, kernel: Int, stride: Int, pad: Int) {
        let geometry = PoolingGeometry(
            images: 1, height: size, width: size, channels: 2, kernel: kernel, stride: stride, pad: pad, rounding: .ceil
        )
        let ones = TestMatrix(rows: geometry.outputPositions, columns: 2)
        ones.view.fill(1)
        let gradient = TestMatrix(rows: geometry.inputPositions, columns: 2)
        Pooling.averageGradient(geometry, ones.view, into: gradient.view, team: teams[0])
        var expected = 0.0
        PoolingReference(geometry).forEachWindow { _, positions, size in
            expected += 2 * Double(positions.count) / Double(size)
        }
        #expect(abs(gradient.view.elements.reduce(0) { $0 + Double($1) } - expected) < 1e-5)
    }

    @Test("the maximum of a window with a NaN is NaN")
    func notANumber() {
        let geometry = PoolingGeometry(images: 1, height: 2, width: 4, channels: 1, kernel: 2, stride: 2)
        for position in [0, 1, 4, 5] {
            let input = TestMatrix(rows: 8, columns: 1, seed: 5)
            input.view[position, 0] = .nan
            let output = TestMatrix(rows: 2, columns: 1)
            let winners = TestMatrix(rows: 2, columns: 1)
            Pooling.max(geometry, input.view, into: output.view, winners: winners.view, team: teams[0])
            #expect(output.view[0, 0].isNaN && !output.view[1, 0].isNaN)
        }
    }

    @Test("the bits do not depend on the number of threads")
    func threads() {
        let geometry = PoolingGeometry(
            images: 30, height: 24, width: 23, channels: 20, kernel: 3, stride: 2, pad: 1, rounding: .ceil)
        let input = TestMatrix(rows: geometry.inputPositions, columns: 20, seed: 6)
        expectSameBits { team in
            let output = TestMatrix(rows: geometry.outputPositions, columns: 20)
            let winners = TestMatrix(rows: geometry.outputPositions, columns: 20)
            let gradient = TestMatrix(rows: geometry.inputPositions, columns: 20)
            let average = TestMatrix(rows: geometry.outputPositions, columns: 20)
            let averageGradient = TestMatrix(rows: geometry.inputPositions, columns: 20)
            Pooling.max(geometry, input.view, into: output.view, winners: winners.view, team: team)
            Pooling.maxGradient(geometry, output.view, winners: winners.view, into: gradient.view, team: team)
            Pooling.average(geometry, input.view, into: average.view, team: team)
            Pooling.averageGradient(geometry, average.view, into: averageGradient.view, team: team)
            return output.bits + winners.bits + gradient.bits + average.bits + averageGradient.bits
        }
    }
}

/// Pooling windows written down as in Caffe's `pooling_layer.cpp`.
struct PoolingReference {
    private let geometry: PoolingGeometry

    init(_ geometry: PoolingGeometry) {
        self.geometry = geometry
    }

    /// Visits every window: its output row, the input rows inside the map, and Caffe's divisor.
    func forEachWindow(_ body: (_ window: Int, _ positions: [Int], _ size: Int) -> Void) {
        let g = geometry
        for image in 0..<g.images {
            for y in 0..<g.outputHeight {
                for x in 0..<g.outputWidth {
                    var startY = y * g.stride - g.pad
                    var startX = x * g.stride - g.pad
                    var endY = min(startY + g.kernelHeight, g.height + g.pad)
                    var endX = min(startX + g.kernelWidth, g.width + g.pad)
                    let size = (endY - startY) * (endX - startX)
                    (startY, startX) = (max(startY, 0), max(startX, 0))
                    (endY, endX) = (min(endY, g.height), min(endX, g.width))
                    var positions: [Int] = []
                    for inputY in startY..<endY {
                        for inputX in startX..<endX {
                            positions.append((image * g.height + inputY) * g.width + inputX)
                        }
                    }
                    body((image * g.outputHeight + y) * g.outputWidth + x, positions, size)
                }
            }
        }
    }
}
