/// Local response normalization (Krizhevsky et al. 2012, §3.3): y = x · scale^−β with scale = k + coefficient · Σ x².
///
/// The coefficient of the sum is a parameter because its conventions differ: Caffe divides its α by the window's size
/// (α/n across channels, α/n² within one), the AlexNet paper does not, and uses k = 2 where Caffe's default is 1.
/// Input and output are [positions × channels] and must not be the same matrix.
/// Complexity of each: the number of elements times the size of the window.
public struct LocalResponse: Hashable, Sendable {
    /// Which elements are in the window around an element.
    public enum Window: Hashable, Sendable {
        /// The same pixel in neighbouring channels.
        case acrossChannels
        /// Neighbouring pixels in the same channel of maps of this height and width; Caffe's form has k = 1.
        case withinChannel(height: Int, width: Int)
    }

    /// Which elements are in the window.
    public let window: Window
    /// The extent of the window, odd: in channels, or in pixels each way.
    public let size: Int
    /// What the sum of squares is multiplied with.
    public let coefficient: Float
    public let beta: Float
    /// The scale without any response.
    public let k: Float

    /// A normalization over windows of `size`, cut off at the edges.
    public init(_ window: Window, size: Int, coefficient: Float, beta: Float, k: Float = 1) {
        precondition(size > 0 && size % 2 == 1, "a window of \(size) has no middle")
        self.window = window
        self.size = size
        self.coefficient = coefficient
        self.beta = beta
        self.k = k
    }

    /// output = input · scale^−β.
    ///
    /// - Parameter scale: Of the input's shape; is given k + coefficient · Σ input², which the gradient needs.
    public func forward(_ input: Matrix, into output: Matrix, scale: Matrix, team: Team) {
        input.requireSameShape(output)
        input.requireSameShape(scale)
        if beta == 0.75 {
            forward(input, into: output, scale: scale, power: ThreeQuarters(), team: team)
        } else {
            forward(input, into: output, scale: scale, power: AnyPower(exponent: -beta), team: team)
        }
    }

    /// The scratch floats that `gradient` needs for a matrix of this shape.
    public static func gradientScratch(rows: Int, columns: Int) -> Int {
        rows * columns + Storage.slack
    }

    /// inputGradient = dy · scale^−β − 2 · coefficient · β · x · Σ dy·y/scale over the windows that x is in. Overwrites.
    public func gradient(
        _ input: Matrix, output: Matrix, scale: Matrix, outputGradient: Matrix, into inputGradient: Matrix,
        scratch: Vector, team: Team
    ) {
        input.requireSameShape(inputGradient)
        output.requireSameShape(inputGradient)
        scale.requireSameShape(inputGradient)
        outputGradient.requireSameShape(inputGradient)
        // What each output passes on to every input in its window, but for the input itself and a factor.
        let shares = scratch.range(0..<input.count).matrix(rows: input.rows, columns: input.columns)
        let pass = LocalResponseGradient(
            input: input, output: output, scale: scale, outputGradient: outputGradient, shares: shares,
            inputGradient: inputGradient, factor: -2 * coefficient * beta)
        if beta == 0.75 {
            gradient(pass, power: ThreeQuarters(), team: team)
        } else {
            gradient(pass, power: AnyPower(exponent: -beta), team: team)
        }
    }

    // MARK: Items

    /// The floats that one item handles, about: some ten microseconds of work.
    private static let floatsPerItem = 16_384

    private func forward(
        _ input: Matrix, into output: Matrix, scale: Matrix, power: some ScalePower, team: Team
    ) {
        switch window {
        case .acrossChannels:
            let rows = ChannelWindow(size: size, columns: input.columns)
            LocalResponse.forEachBlock(of: input, multiple: 1, team: team) { block in
                rows.forward(self, input, into: output, scale: scale, power: power, rows: block)
            }
        case .withinChannel(let height, let width):
            let maps = MapWindow(size: size, height: height, width: width)
            maps.check(input)
            LocalResponse.forEachBlock(of: input, multiple: width, team: team) { block in
                maps.forward(self, input, into: output, scale: scale, power: power, rows: block)
            }
        }
    }

    private func gradient(_ pass: LocalResponseGradient, power: some ScalePower, team: Team) {
        switch window {
        case .acrossChannels:
            let rows = ChannelWindow(size: size, columns: pass.input.columns)
            LocalResponse.forEachBlock(of: pass.input, multiple: 1, team: team) { block in
                rows.gradient(pass, power: power, rows: block)
            }
        case .withinChannel(let height, let width):
            let maps = MapWindow(size: size, height: height, width: width)
            maps.check(pass.input)
            LocalResponse.forEachBlock(of: pass.input, multiple: width, team: team) { block in
                pass.share(rows: block, into: pass.shares.base + block.lowerBound * pass.shares.stride)
            }
            LocalResponse.forEachBlock(of: pass.input, multiple: width, team: team) { block in
                maps.gradient(pass, power: power, rows: block)
            }
        }
    }

    /// Visits blocks of rows, a multiple of `multiple` each.
    private static func forEachBlock(
        of matrix: Matrix, multiple: Int, team: Team, _ body: @Sendable (_ rows: Range<Int>) -> Void
    ) {
        let units = matrix.rows / multiple
        let items = min(units, (matrix.count + floatsPerItem - 1) / floatsPerItem)
        // A lane costs some thirty operations.
        team.forEach(items, operations: matrix.count / Lane.width * 30) { item in
            body(units * item / items * multiple..<units * (item + 1) / items * multiple)
        }
    }
}

extension LocalResponse {
    /// Stores the scale and x · scale^−β, for the sum of the squares of the window.
    @inline(__always)
    func finish(
        _ x: Lane, sum: Lane, power: some ScalePower, to output: UnsafeMutablePointer<Float>,
        scale: UnsafeMutablePointer<Float>, _ count: Int
    ) {
        let s = Lane(repeating: k).addingProduct(Lane(repeating: coefficient), sum)
        ChannelLanes.store(s, to: scale, count)
        ChannelLanes.store(x * power.of(s), to: output, count)
    }
}

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

/// scale^−β, so that the loops are compiled for each kind.
protocol ScalePower: Sendable {
    func of(_ scale: Lane) -> Lane
}

/// For β = ¾, the usual exponent.
struct ThreeQuarters: ScalePower {
    @inline(__always)
    func of(_ scale: Lane) -> Lane { Elementary.inverseThreeQuarters(scale) }
}

/// For any β.
struct AnyPower: ScalePower {
    let exponent: Float

    @inline(__always)
    func of(_ scale: Lane) -> Lane { Elementary.power(scale, exponent) }
}
