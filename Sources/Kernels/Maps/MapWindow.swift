/// Windows over neighbouring pixels of maps, for local response normalization.
struct MapWindow: Sendable {
    let size: Int
    let height: Int
    let width: Int

    /// Stops where a matrix is no series of maps.
    func check(_ matrix: Matrix) {
        precondition(matrix.rows % (height * width) == 0, "\(matrix.rows) rows are no maps of \(height)×\(width)")
    }

    /// Writes scales and outputs of some rows of maps.
    @inline(never)
    func forward(
        _ response: LocalResponse, _ input: Matrix, into output: Matrix, scale: Matrix, power: some ScalePower,
        rows: Range<Int>
    ) {
        forEachSum(of: input, rows: rows) { sum, lane in
            sum.addProduct(lane, lane)
        } result: { row, channel, count, sum in
            response.finish(
                input.base.lane(at: row &* input.stride &+ channel), sum: sum, power: power,
                to: output.base + (row &* output.stride &+ channel),
                scale: scale.base + (row &* scale.stride &+ channel), count)
        }
    }

    /// Writes the gradient by the input of some rows of maps; all shares are there.
    @inline(never)
    func gradient(_ pass: LocalResponseGradient, power: some ScalePower, rows: Range<Int>) {
        forEachSum(of: pass.shares, rows: rows) { sum, lane in
            sum += lane
        } result: { row, channel, count, sum in
            pass.finish(row, channel, count, sum: sum, power: power)
        }
    }

    /// Calls result(row, channel, count, Σ over the window of source) for every lane of some rows of maps.
    ///
    /// Sums run over the window in reading order, from zero.
    @inline(__always)
    private func forEachSum(
        of source: Matrix, rows: Range<Int>, add: (_ sum: inout Lane, _ lane: Lane) -> Void,
        result: (_ row: Int, _ channel: Int, _ count: Int, _ sum: Lane) -> Void
    ) {
        let reach = size / 2
        for mapRow in rows.lowerBound / width..<rows.upperBound / width {
            let y = mapRow % height
            let above = min(reach, y)
            let windowHeight = above + 1 + min(reach, height - 1 - y)
            for x in 0..<width {
                let left = min(reach, x)
                let windowWidth = left + 1 + min(reach, width - 1 - x)
                let row = mapRow * width + x
                let corner = source.base + (row - above * width - left) * source.stride
                ChannelLanes.forEach(of: source.columns) { channel, count in
                    var sum = Lane()
                    var line = corner + channel
                    for _ in 0..<windowHeight {
                        for column in 0..<windowWidth {
                            add(&sum, line.lane(at: column &* source.stride))
                        }
                        line += width &* source.stride
                    }
                    result(row, channel, count, sum)
                }
            }
        }
    }
}
