// Every loop over windows or pixels exists several times, for numbers of rows and columns that are literals: then the
// compiler unrolls the loops inside, and what remains of a lane's work are loads, comparisons and a store. Each is a
// function of its own that is not inlined, because in large functions the compiler stops inlining.

extension Pooling {
    /// A row of windows of one image, for maxima.
    struct MaxRow {
        private let geometry: PoolingGeometry
        /// The rows of pixels in the windows, the first of them in the input, and its place in the map.
        private let rows: Range<Int>
        private let input: UnsafeMutablePointer<Float>
        private let place: Int
        private let pixelStep: Int
        private let output: UnsafeMutablePointer<Float>
        private let outputStep: Int
        private let winners: UnsafeMutablePointer<Float>
        private let winnerStep: Int

        init(
            _ geometry: PoolingGeometry, _ input: Matrix, into output: Matrix, winners: Matrix, image: Int, y: Int
        ) {
            self.geometry = geometry
            rows = geometry.rows.extent(y).inside
            place = rows.lowerBound * geometry.width
            self.input = input.base + (image * geometry.height * geometry.width + place) * input.stride
            pixelStep = input.stride
            let firstWindow = (image * geometry.outputHeight + y) * geometry.outputWidth
            self.output = output.base + firstWindow * output.stride
            outputStep = output.stride
            self.winners = winners.base + firstWindow * winners.stride
            winnerStep = winners.stride
        }

        /// Writes the maxima and where they are.
        func reduce() {
            let inner = geometry.columns.wholeWindows
            reduceAny(0..<inner.lowerBound)
            switch (rows.count, geometry.kernelWidth) {
            case (2, 2): reduce2x2(inner)
            case (3, 3): reduce3x3(inner)
            case (2, 3): reduce2x3(inner)
            default: reduceAny(inner)
            }
            reduceAny(inner.upperBound..<geometry.outputWidth)
        }

        @inline(never)
        private func reduceAny(_ windows: Range<Int>) {
            for x in windows {
                let columns = geometry.columns.extent(x).inside
                reduce(x, from: columns.lowerBound, rows: rows.count, columns: columns.count)
            }
        }

        @inline(never)
        private func reduce2x2(_ windows: Range<Int>) {
            for x in windows { reduce(x, from: x &* geometry.stride &- geometry.pad, rows: 2, columns: 2) }
        }

        @inline(never)
        private func reduce2x3(_ windows: Range<Int>) {
            for x in windows { reduce(x, from: x &* geometry.stride &- geometry.pad, rows: 2, columns: 3) }
        }

        @inline(never)
        private func reduce3x3(_ windows: Range<Int>) {
            for x in windows { reduce(x, from: x &* geometry.stride &- geometry.pad, rows: 3, columns: 3) }
        }

        /// The maximum of window x, of rows × columns pixels from the column `first` on.
        @inline(__always)
        private func reduce(_ x: Int, from first: Int, rows: Int, columns: Int) {
            let corner = input + first &* pixelStep
            let rowStep = geometry.width &* pixelStep
            ChannelLanes.forEach(of: geometry.channels) { channel, count in
                let source = corner + channel
                var best = source.lane(at: 0)
                var rowPlace = SIMD16<Int32>(repeating: Int32(truncatingIfNeeded: place &+ first))
                var winner = rowPlace
                for row in 0..<rows {
                    var here = rowPlace
                    for column in 0..<columns {
                        let candidate = source.lane(at: row &* rowStep &+ column &* pixelStep)
                        let wins = (candidate .> best) .| (candidate .!= candidate)
                        best.replace(with: candidate, where: wins)
                        winner.replace(with: here, where: wins)
                        here &+= SIMD16(repeating: 1)
                    }
                    rowPlace &+= SIMD16(repeating: Int32(truncatingIfNeeded: geometry.width))
                }
                ChannelLanes.store(best, to: output + (x &* outputStep &+ channel), count)
                ChannelLanes.store(
                    unsafeBitCast(winner, to: Lane.self), to: winners + (x &* winnerStep &+ channel), count)
            }
        }
    }
}
