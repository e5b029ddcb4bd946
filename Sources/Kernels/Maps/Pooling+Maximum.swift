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

// As for the maxima themselves, loops exist several times, for numbers of windows that are literals.

extension Pooling {
    /// A row of pixels of one image, for the gradient of maxima: every pixel gathers from the windows that it is in.
    struct MaxGradientRow {
        private let geometry: PoolingGeometry
        /// The rows of windows that the pixels are in.
        private let rows: Range<Int>
        private let windowWidth: Int
        private let gradient: UnsafeMutablePointer<Float>
        private let gradientStep: Int
        private let winners: UnsafeMutablePointer<Float>
        private let winnerStep: Int
        private let target: UnsafeMutablePointer<Float>
        private let targetStep: Int
        private let place: Int

        init(
            _ geometry: PoolingGeometry, _ outputGradient: Matrix, winners: Matrix, into inputGradient: Matrix,
            image: Int, y: Int
        ) {
            self.geometry = geometry
            rows = geometry.rows.windows(containing: y)
            windowWidth = geometry.outputWidth
            let firstWindow = (image * geometry.outputHeight + rows.lowerBound) * windowWidth
            gradient = outputGradient.base + firstWindow * outputGradient.stride
            gradientStep = outputGradient.stride
            self.winners = winners.base + firstWindow * winners.stride
            winnerStep = winners.stride
            place = y * geometry.width
            target = inputGradient.base + (image * geometry.height * geometry.width + place) * inputGradient.stride
            targetStep = inputGradient.stride
        }

        func gather() {
            if geometry.stride >= Swift.max(geometry.kernelHeight, geometry.kernelWidth) { return spread() }
            switch rows.count {
            case 1: gather1()
            case 2: gather2()
            case 3: gather3()
            default: gatherAny()
            }
        }

        /// Windows do not overlap: each pixel takes the gradient of the one window that it is in, if there is one.
        private func spread() {
            guard !rows.isEmpty else { return clear(0..<geometry.width) }
            let inner = geometry.columns.wholeWindows
            let next = spreadEdge(0..<inner.lowerBound, after: 0)
            let last: Int
            if geometry.kernelWidth == 2 && geometry.stride == 2 {
                spread2(inner)
                last = inner.isEmpty ? next : firstColumn(inner.upperBound)
            } else {
                last = spreadEdge(inner, after: next)
            }
            clear(spreadEdge(inner.upperBound..<windowWidth, after: last)..<geometry.width)
        }

        private func clear(_ columns: Range<Int>) {
            for x in columns {
                (target + x * targetStep).update(repeating: 0, count: geometry.channels)
            }
        }

        /// Of windows one after the other, without a gap.
        @inline(never)
        private func spread2(_ windows: Range<Int>) {
            for window in windows { spread(window, from: firstColumn(window), columns: 2) }
        }

        /// Of any windows, with what is between them and after `column`; returns the column after the last.
        @inline(never)
        private func spreadEdge(_ windows: Range<Int>, after column: Int) -> Int {
            var next = column
            for window in windows {
                let columns = geometry.columns.extent(window).inside
                clear(next..<columns.lowerBound)
                spread(window, from: columns.lowerBound, columns: columns.count)
                next = columns.upperBound
            }
            return next
        }

        @inline(__always)
        private func firstColumn(_ window: Int) -> Int { window &* geometry.stride &- geometry.pad }

        /// The gradients of so many pixels, from column `first` on, all in one window.
        @inline(__always)
        private func spread(_ window: Int, from first: Int, columns: Int) {
            let gradient = gradient + window &* gradientStep
            let winners = winners + window &* winnerStep
            let target = target + first &* targetStep
            let firstPlace = SIMD16<Int32>(repeating: Int32(truncatingIfNeeded: place &+ first))
            ChannelLanes.forEach(of: geometry.channels) { channel, count in
                let share = gradient.lane(at: channel)
                let winner = unsafeBitCast(winners.lane(at: channel), to: SIMD16<Int32>.self)
                var place = firstPlace
                for column in 0..<columns {
                    let won = Lane().replacing(with: share, where: winner .== place)
                    ChannelLanes.store(won, to: target + (column &* targetStep &+ channel), count)
                    place &+= SIMD16(repeating: 1)
                }
            }
        }

        @inline(never)
        private func gather1() {
            forEachPixel { x, first, columns in
                switch columns {
                case 1: gather(x, from: first, rows: 1, columns: 1)
                case 2: gather(x, from: first, rows: 1, columns: 2)
                default: gather(x, from: first, rows: 1, columns: columns)
                }
            }
        }

        @inline(never)
        private func gather2() {
            forEachPixel { x, first, columns in
                switch columns {
                case 1: gather(x, from: first, rows: 2, columns: 1)
                case 2: gather(x, from: first, rows: 2, columns: 2)
                case 3: gather(x, from: first, rows: 2, columns: 3)
                default: gather(x, from: first, rows: 2, columns: columns)
                }
            }
        }

        @inline(never)
        private func gather3() {
            forEachPixel { x, first, columns in
                switch columns {
                case 3: gather(x, from: first, rows: 3, columns: 3)
                default: gather(x, from: first, rows: 3, columns: columns)
                }
            }
        }

        @inline(never)
        private func gatherAny() {
            forEachPixel { x, first, columns in
                gather(x, from: first, rows: rows.count, columns: columns)
            }
        }

        @inline(__always)
        private func forEachPixel(_ body: (_ x: Int, _ first: Int, _ columns: Int) -> Void) {
            var cover = PoolingGeometry.Cover(geometry.columns)
            for x in 0..<geometry.width {
                cover.advance(to: x)
                body(x, cover.windows.lowerBound, cover.windows.count)
            }
        }

        /// The gradient of pixel x: the sum of those of rows × columns windows, from column `first` on, that it won.
        @inline(__always)
        private func gather(_ x: Int, from first: Int, rows: Int, columns: Int) {
            let place = SIMD16(repeating: Int32(truncatingIfNeeded: place &+ x))
            let gradient = gradient + first &* gradientStep
            let winners = winners + first &* winnerStep
            ChannelLanes.forEach(of: geometry.channels) { channel, count in
                var sum = Lane()
                for row in 0..<rows {
                    for column in 0..<columns {
                        let window = row &* windowWidth &+ column
                        let winner = winners.lane(at: window &* winnerStep &+ channel)
                        let isWinner = unsafeBitCast(winner, to: SIMD16<Int32>.self) .== place
                        let share = gradient.lane(at: window &* gradientStep &+ channel)
                        sum += Lane().replacing(with: share, where: isWinner)
                    }
                }
                ChannelLanes.store(sum, to: target + (x &* targetStep &+ channel), count)
            }
        }
    }
}
