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
    /// The exponent β.
    public let beta: Float
    /// The scale where there is no response.
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
        forEachWindowSum(of: input, .squares, into: scale, team: team) { _, _, sum in
            Lane(repeating: k).addingProduct(Lane(repeating: coefficient), sum)
        }
        RowLanes.forEach(output, team: team) { row, column in
            let x = input.base.lane(at: row * input.stride + column)
            return x * Elementary.power(scale.base.lane(at: row * scale.stride + column), -beta)
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
        RowLanes.forEach(shares, team: team) { row, column in
            let dy = outputGradient.base.lane(at: row * outputGradient.stride + column)
            let y = output.base.lane(at: row * output.stride + column)
            return dy * y / scale.base.lane(at: row * scale.stride + column)
        }
        forEachWindowSum(of: shares, .elements, into: inputGradient, team: team) { row, column, sum in
            let x = input.base.lane(at: row * input.stride + column)
            let dy = outputGradient.base.lane(at: row * outputGradient.stride + column)
            let direct = dy * Elementary.power(scale.base.lane(at: row * scale.stride + column), -beta)
            return direct.addingProduct(x * (-2 * coefficient * beta), sum)
        }
    }
}

// MARK: - Windows

extension LocalResponse {
    /// What is added up over a window.
    private enum Terms {
        case elements
        case squares

        @inline(__always)
        func of(_ lane: Lane) -> Lane {
            switch self {
            case .elements: lane
            case .squares: lane * lane
            }
        }
    }

    /// Stores result(row, column, Σ terms of source) for every lane, the sum running over the window in order.
    @inline(__always)
    private func forEachWindowSum(
        of source: Matrix, _ terms: Terms, into target: Matrix, team: Team,
        _ result: @Sendable (_ row: Int, _ column: Int, _ sum: Lane) -> Lane
    ) {
        switch window {
        case .acrossChannels:
            RowLanes.forEach(target, team: team) { row, column in
                result(row, column, channelSum(source, row: row, column: column, terms))
            }
        case .withinChannel(let height, let width):
            precondition(source.rows % (height * width) == 0, "\(source.rows) rows are no maps of \(height)×\(width)")
            RowLanes.forEach(target, team: team) { row, column in
                let sum = mapSum(source, row: row, column: column, height: height, width: width, terms)
                return result(row, column, sum)
            }
        }
    }

    /// The sums over neighbouring channels of one row, for sixteen channels.
    @inline(__always)
    private func channelSum(_ source: Matrix, row: Int, column: Int, _ terms: Terms) -> Lane {
        let reach = size / 2
        let start = row * source.stride + column
        var sum = Lane()
        if column >= reach && column + Lane.width + reach <= source.columns {
            for shift in -reach...reach {
                sum += terms.of(source.base.lane(at: start + shift))
            }
        } else if start >= reach {
            // The ends of the neighbouring rows come along and are struck out.
            for shift in -reach...reach {
                let channel = Lane.places &+ SIMD16(repeating: Int32(truncatingIfNeeded: column + shift))
                let end = SIMD16(repeating: Int32(truncatingIfNeeded: source.columns))
                sum += terms.of(source.base.lane(at: start + shift))
                    .replacing(with: Lane(), where: channel .< SIMD16<Int32>())
                    .replacing(with: Lane(), where: channel .>= end)
            }
        } else {
            // In front of the first row there may be no memory: one channel at a time, in the same order.
            for place in 0..<min(Lane.width, source.columns - column) {
                let middle = column + place
                for channel in max(0, middle - reach)...min(source.columns - 1, middle + reach) {
                    sum[place] += terms.of(Lane(repeating: source.base[row * source.stride + channel]))[0]
                }
            }
        }
        return sum
    }

    /// The sums over neighbouring pixels of one row of the matrix, for sixteen channels.
    @inline(__always)
    private func mapSum(
        _ source: Matrix, row: Int, column: Int, height: Int, width: Int, _ terms: Terms
    ) -> Lane {
        let reach = size / 2
        let (image, place) = row.quotientAndRemainder(dividingBy: height * width)
        let (y, x) = place.quotientAndRemainder(dividingBy: width)
        let maps = source.base + image * height * width * source.stride + column
        var sum = Lane()
        for neighbourY in max(0, y - reach)...min(height - 1, y + reach) {
            for neighbourX in max(0, x - reach)...min(width - 1, x + reach) {
                sum += terms.of(maps.lane(at: (neighbourY * width + neighbourX) * source.stride))
            }
        }
        return sum
    }
}
