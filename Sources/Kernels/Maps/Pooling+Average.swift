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

// As for maxima, loops exist several times, for numbers of windows that are literals.

extension Pooling {
    /// A row of pixels of one image, for the gradient of averages: every pixel gathers from the windows that it is in.
    struct AverageGradientRow {
        private let geometry: PoolingGeometry
        private let shares: Shares
        /// The rows of windows that the pixels are in.
        private let rows: Range<Int>
        private let windowWidth: Int
        private let gradient: UnsafeMutablePointer<Float>
        private let gradientStep: Int
        private let target: UnsafeMutablePointer<Float>
        private let targetStep: Int

        init(_ geometry: PoolingGeometry, _ outputGradient: Matrix, into inputGradient: Matrix, image: Int, y: Int) {
            self.geometry = geometry
            shares = Shares(geometry)
            rows = geometry.rows.windows(containing: y)
            windowWidth = geometry.outputWidth
            let firstWindow = (image * geometry.outputHeight + rows.lowerBound) * windowWidth
            gradient = outputGradient.base + firstWindow * outputGradient.stride
            gradientStep = outputGradient.stride
            target = inputGradient.base + (image * geometry.height + y) * geometry.width * inputGradient.stride
            targetStep = inputGradient.stride
        }

        func gather() {
            switch rows.count {
            case 1: gather1()
            case 2: gather2()
            case 3: gather3()
            default: gatherAny()
            }
        }

        @inline(never)
        private func gather1() {
            forEachPixel { x, columns in
                switch columns.count {
                case 1: gather(x, columns, rows: 1, columns: 1)
                case 2: gather(x, columns, rows: 1, columns: 2)
                default: gather(x, columns, rows: 1, columns: columns.count)
                }
            }
        }

        @inline(never)
        private func gather2() {
            forEachPixel { x, columns in
                switch columns.count {
                case 1: gather(x, columns, rows: 2, columns: 1)
                case 2: gather(x, columns, rows: 2, columns: 2)
                case 3: gather(x, columns, rows: 2, columns: 3)
                default: gather(x, columns, rows: 2, columns: columns.count)
                }
            }
        }

        @inline(never)
        private func gather3() {
            forEachPixel { x, columns in
                switch columns.count {
                case 3: gather(x, columns, rows: 3, columns: 3)
                default: gather(x, columns, rows: 3, columns: columns.count)
                }
            }
        }

        @inline(never)
        private func gatherAny() {
            forEachPixel { x, columns in gather(x, columns, rows: rows.count, columns: columns.count) }
        }

        @inline(__always)
        private func forEachPixel(_ body: (_ x: Int, _ columns: Range<Int>) -> Void) {
            var cover = PoolingGeometry.Cover(geometry.columns)
            for x in 0..<geometry.width {
                cover.advance(to: x)
                body(x, cover.windows)
            }
        }

        /// The gradient of pixel x: the sum of rows × columns windows, each times its share.
        @inline(__always)
        private func gather(_ x: Int, _ windows: Range<Int>, rows: Int, columns: Int) {
            if shares.areWhole(self.rows, windows) {
                gather(x, from: windows.lowerBound, rows: rows, columns: columns) { _, _ in shares.whole }
            } else {
                gatherParts(x, windows)
            }
        }

        /// Where some windows are smaller than others.
        @inline(never)
        private func gatherParts(_ x: Int, _ columns: Range<Int>) {
            gather(x, from: columns.lowerBound, rows: rows.count, columns: columns.count) { row, column in
                shares.of(y: rows.lowerBound &+ row, x: columns.lowerBound &+ column)
            }
        }

        @inline(__always)
        private func gather(
            _ x: Int, from first: Int, rows: Int, columns: Int, share: (_ row: Int, _ column: Int) -> Float
        ) {
            let corner = gradient + first &* gradientStep
            ChannelLanes.forEach(of: geometry.channels) { channel, count in
                let source = corner + channel
                var sum = Lane()
                for row in 0..<rows {
                    for column in 0..<columns {
                        let window = (row &* windowWidth &+ column) &* gradientStep
                        sum.addProduct(source.lane(at: window), Lane(repeating: share(row, column)))
                    }
                }
                ChannelLanes.store(sum, to: target + (x &* targetStep &+ channel), count)
            }
        }
    }

    /// 1 / size for every window. Only the last of a row or a column can stick out of the padded map and be smaller.
    private struct Shares {
        let whole: Float
        private let right: Float
        private let bottom: Float
        private let corner: Float
        private let lastY: Int
        private let lastX: Int

        init(_ geometry: PoolingGeometry) {
            lastY = geometry.outputHeight - 1
            lastX = geometry.outputWidth - 1
            let height = geometry.rows.extent(lastY).padded
            let width = geometry.columns.extent(lastX).padded
            whole = 1 / Float(geometry.kernelHeight * geometry.kernelWidth)
            right = 1 / Float(geometry.kernelHeight * width)
            bottom = 1 / Float(height * geometry.kernelWidth)
            corner = 1 / Float(height * width)
        }

        /// Whether all these windows have the whole size.
        @inline(__always)
        func areWhole(_ rows: Range<Int>, _ columns: Range<Int>) -> Bool {
            corner == whole || (rows.upperBound <= lastY && columns.upperBound <= lastX)
        }

        @inline(__always)
        func of(y: Int, x: Int) -> Float {
            y == lastY ? (x == lastX ? corner : bottom) : (x == lastX ? right : whole)
        }
    }
}
