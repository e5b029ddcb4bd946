/// The matrices of a backward pass.
struct LocalResponseGradient: Sendable {
    let input: Matrix
    let output: Matrix
    let scale: Matrix
    let outputGradient: Matrix
    let shares: Matrix
    let inputGradient: Matrix
    let factor: Float

    /// Writes dy · y / scale of some rows.
    @inline(never)
    func share(rows: Range<Int>, into start: UnsafeMutablePointer<Float>) {
        var target = start
        for row in rows {
            let dy = outputGradient.base + row &* outputGradient.stride
            let y = output.base + row &* output.stride
            let s = scale.base + row &* scale.stride
            ChannelLanes.forEach(of: shares.columns) { channel, count in
                let share = dy.lane(at: channel) * y.lane(at: channel) / s.lane(at: channel)
                ChannelLanes.store(share, to: target + channel, count)
            }
            target += shares.stride
        }
    }

    /// Stores dy · scale^−β + factor · x · sum, for the sum of the shares of the windows around.
    @inline(__always)
    func finish(_ row: Int, _ channel: Int, _ count: Int, sum: Lane, power: some ScalePower) {
        let x = input.base.lane(at: row &* input.stride &+ channel)
        let dy = outputGradient.base.lane(at: row &* outputGradient.stride &+ channel)
        let direct = dy * power.of(scale.base.lane(at: row &* scale.stride &+ channel))
        ChannelLanes.store(
            direct.addingProduct(x * factor, sum), to: inputGradient.base + (row &* inputGradient.stride &+ channel),
            count)
    }
}
