// As for maxima, loops exist several times, for numbers of rows and columns that are literals.

extension Pooling {
    /// A row of windows of one image, for averages.
    struct AverageRow {
        private let geometry: PoolingGeometry
        /// The rows of pixels in the windows, and the first of them in the input.
        private let rows: PoolingGeometry.Extent
        private let input: UnsafeMutablePointer<Float>
        private let pixelStep: Int
        private let output: UnsafeMutablePointer<Float>
        private let outputStep: Int

        init(_ geometry: PoolingGeometry, _ input: Matrix, into output: Matrix, image: Int, y: Int) {
            self.geometry = geometry
            rows = geometry.rows.extent(y)
            let firstRow = image * geometry.height + rows.inside.lowerBound
            self.input = input.base + firstRow * geometry.width * input.stride
            pixelStep = input.stride
            self.output = output.base + (image * geometry.outputHeight + y) * geometry.outputWidth * output.stride
            outputStep = output.stride
        }

        /// Writes the averages.
        func reduce() {
            let inner = geometry.columns.wholeWindows
            let share = 1 / Float(rows.padded * geometry.kernelWidth)
            reduceAny(0..<inner.lowerBound)
            switch (rows.inside.count, geometry.kernelWidth) {
            case (2, 2): reduce2x2(inner, share: share)
            case (2, 3): reduce2x3(inner, share: share)
            case (3, 3): reduce3x3(inner, share: share)
            default: reduceAny(inner)
            }
            reduceAny(inner.upperBound..<geometry.outputWidth)
        }

        @inline(never)
        private func reduceAny(_ windows: Range<Int>) {
            for x in windows {
                let columns = geometry.columns.extent(x)
                let share = 1 / Float(rows.padded * columns.padded)
                let inside = columns.inside
                reduce(x, from: inside.lowerBound, rows: rows.inside.count, columns: inside.count, share: share)
            }
        }

        @inline(never)
        private func reduce2x2(_ windows: Range<Int>, share: Float) {
            for x in windows { reduce(x, from: firstColumn(x), rows: 2, columns: 2, share: share) }
        }

        @inline(never)
        private func reduce2x3(_ windows: Range<Int>, share: Float) {
            for x in windows { reduce(x, from: firstColumn(x), rows: 2, columns: 3, share: share) }
        }

        @inline(never)
        private func reduce3x3(_ windows: Range<Int>, share: Float) {
            for x in windows { reduce(x, from: firstColumn(x), rows: 3, columns: 3, share: share) }
        }

        @inline(__always)
        private func firstColumn(_ x: Int) -> Int { x &* geometry.stride &- geometry.pad }

        /// The average of window x: of rows × columns pixels from the column `first` on, each worth `share`.
        @inline(__always)
        private func reduce(_ x: Int, from first: Int, rows: Int, columns: Int, share: Float) {
            let corner = input + first &* pixelStep
            let rowStep = geometry.width &* pixelStep
            ChannelLanes.forEach(of: geometry.channels) { channel, count in
                let source = corner + channel
                var sum = Lane()
                for row in 0..<rows {
                    for column in 0..<columns {
                        sum += source.lane(at: row &* rowStep &+ column &* pixelStep)
                    }
                }
                ChannelLanes.store(sum * share, to: output + (x &* outputStep &+ channel), count)
            }
        }
    }
}
