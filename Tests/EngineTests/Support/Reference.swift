import Engine
import Kernels

/// What a layer computes, written down once more in double precision by its definition, sharing no code with the engine.
struct Reference {
    /// The output, given the inputs, the parameters in the engine's order and layout, and a dropout mask.
    let forward: (_ inputs: [Maps], _ parameters: [[Double]]) -> Maps
    /// The function whose derivative the backward pass is by definition, given the inputs at which it is taken: the forward
    /// function itself for every layer but those that take something for constant which is none.
    var differentiated: ((_ inputs: [Maps]) -> (_ inputs: [Maps], _ parameters: [[Double]]) -> Maps)?

    /// A reference that only knows its equation, so that the true derivative is demanded of the layer.
    var exact: Reference { Reference(forward: forward) }

    /// The reference of a layer of any kind in the catalogue; nil for one that has none yet, which fails the tests.
    ///
    /// - Parameter mask: for dropout: whether element i of the output is kept.
    static func of(_ layer: any Layer, keeps mask: @escaping (Int) -> Bool = { _ in true }) -> Reference? {
        switch layer {
        case let layer as Dense: dense(layer)
        case let layer as Engine.Convolution: convolution(layer)
        case let layer as MaxPooling: pooling(layer.options, isMaximum: true)
        case let layer as AveragePooling: pooling(layer.options, isMaximum: false)
        case is GlobalAveragePooling: globalAverage
        case is Rectifier: elementwise { max($0, 0) }
        case is Sigmoid: elementwise { 1 / (1 + DoubleMath.exp(-$0)) }
        case is HyperbolicTangent: elementwise { 1 - 2 / (DoubleMath.exp(2 * $0) + 1) }
        case let layer as Dropout:
            Reference { inputs, _ in
                var output = inputs[0]
                for index in output.values.indices {
                    output.values[index] = mask(index) ? output.values[index] / (1 - layer.ratio) : 0
                }
                return output
            }
        case let layer as BatchNormalization: batchNormalization(layer)
        case let layer as OutsideNormalization: outsideNormalization(layer)
        case let layer as CovariateNoise: covariateNoise(layer)
        case let layer as GhostBatchNormalization: ghostBatchNormalization(layer)
        case let layer as BatchRenormalization: batchRenormalization(layer)
        case let layer as LpBatchNormalization: lpBatchNormalization(layer)
        case let layer as LayerNormalization: imageNormalization(layer.epsilon, layer.scaleAndShift) { _ in 1 }
        case let layer as GroupNormalization:
            imageNormalization(layer.epsilon, layer.scaleAndShift) { channels in
                (1...min(layer.groups, channels)).last { channels % $0 == 0 } ?? 1
            }
        case let layer as InstanceNormalization: imageNormalization(layer.epsilon, layer.scaleAndShift) { $0 }
        case let layer as RootMeanSquareNormalization: rootMeanSquareNormalization(layer)
        case let layer as LocalResponseNormalization: localResponse(layer)
        case is Concatenation: concatenation
        default: nil
        }
    }

    // MARK: Products

    private static func dense(_ layer: Dense) -> Reference {
        Reference { inputs, parameters in
            var output = Maps(images: inputs[0].images, shape: .flat(layer.units))
            let count = inputs[0].shape.count
            for image in 0..<inputs[0].images {
                for unit in 0..<layer.units {
                    var sum = parameters.count > 1 ? parameters[1][unit] : 0
                    for i in 0..<count {
                        sum += inputs[0].values[image * count + i] * parameters[0][i * layer.units + unit]
                    }
                    output[image, 0, 0, unit] = sum
                }
            }
            return output
        }
    }

    private static func convolution(_ layer: Engine.Convolution) -> Reference {
        Reference { inputs, parameters in
            let (input, kernel) = (inputs[0], layer.kernel)
            let shape = Shape(
                height: (input.shape.height + 2 * layer.pad - kernel) / layer.stride + 1,
                width: (input.shape.width + 2 * layer.pad - kernel) / layer.stride + 1, channels: layer.channels)
            var output = Maps(images: input.images, shape: shape)
            output.forEachPosition { image, y, x in
                for channel in 0..<layer.channels {
                    var sum = parameters.count > 1 ? parameters[1][channel] : 0
                    for i in 0..<kernel {
                        for j in 0..<kernel {
                            let (row, column) = (y * layer.stride + i - layer.pad, x * layer.stride + j - layer.pad)
                            guard row >= 0, column >= 0, row < input.shape.height, column < input.shape.width else {
                                continue
                            }
                            for c in 0..<input.shape.channels {
                                let weight = ((i * kernel + j) * input.shape.channels + c) * layer.channels + channel
                                sum += input[image, row, column, c] * parameters[0][weight]
                            }
                        }
                    }
                    output[image, y, x, channel] = sum
                }
            }
            return output
        }
    }

    // MARK: Maps

    private static func pooling(_ options: PoolingOptions, isMaximum: Bool) -> Reference {
        /// Caffe's `pooling_layer.cpp`, extent by extent.
        func extent(_ size: Int) -> Int {
            let room = Double(size + 2 * options.pad - options.kernel) / Double(options.stride)
            var count = Int(options.rounding == .ceil ? room.rounded(.up) : room.rounded(.down)) + 1
            if options.rounding == .ceil, (count - 1) * options.stride >= size + options.pad { count -= 1 }
            return count
        }
        return Reference { inputs, _ in
            let input = inputs[0]
            let shape = Shape(
                height: extent(input.shape.height), width: extent(input.shape.width), channels: input.shape.channels)
            var output = Maps(images: input.images, shape: shape)
            output.forEachPosition { image, y, x in
                let (top, left) = (y * options.stride - options.pad, x * options.stride - options.pad)
                let bottom = min(top + options.kernel, input.shape.height + options.pad)
                let right = min(left + options.kernel, input.shape.width + options.pad)
                let rows = max(top, 0)..<min(bottom, input.shape.height)
                let columns = max(left, 0)..<min(right, input.shape.width)
                for channel in 0..<shape.channels {
                    var (sum, best) = (0.0, -Double.infinity)
                    for row in rows {
                        for column in columns {
                            sum += input[image, row, column, channel]
                            best = max(best, input[image, row, column, channel])
                        }
                    }
                    output[image, y, x, channel] =
                        isMaximum ? best : sum / Double((bottom - top) * (right - left))
                }
            }
            return output
        }
    }

    /// The mean over positions, of each channel.
    private static var globalAverage: Reference {
        Reference { inputs, _ in
            let input = inputs[0]
            var output = Maps(images: input.images, shape: .flat(input.shape.channels))
            input.forEachPosition { image, y, x in
                for channel in 0..<input.shape.channels {
                    output[image, 0, 0, channel] +=
                        input[image, y, x, channel] / Double(input.shape.height * input.shape.width)
                }
            }
            return output
        }
    }

    private static func elementwise(_ function: @escaping (Double) -> Double) -> Reference {
        Reference { inputs, _ in
            Maps(images: inputs[0].images, shape: inputs[0].shape, values: inputs[0].values.map(function))
        }
    }

    private static var concatenation: Reference {
        Reference { inputs, _ in
            let shape = Shape(
                height: inputs[0].shape.height, width: inputs[0].shape.width,
                channels: inputs.map(\.shape.channels).reduce(0, +))
            var output = Maps(images: inputs[0].images, shape: shape)
            output.forEachPosition { image, y, x in
                var channel = 0
                for input in inputs {
                    for c in 0..<input.shape.channels {
                        output[image, y, x, channel] = input[image, y, x, c]
                        channel += 1
                    }
                }
            }
            return output
        }
    }

    // MARK: Normalizations

    /// Caffe's `lrn_layer.cpp` and Krizhevsky et al. 2012, §3.3.
    private static func localResponse(_ layer: LocalResponseNormalization) -> Reference {
        Reference { inputs, _ in
            let input = inputs[0]
            let reach = layer.size / 2
            var output = input
            input.forEachPosition { image, y, x in
                for channel in 0..<input.shape.channels {
                    var sum = 0.0
                    if layer.mode == .withinChannel {
                        for row in max(y - reach, 0)...min(y + reach, input.shape.height - 1) {
                            for column in max(x - reach, 0)...min(x + reach, input.shape.width - 1) {
                                sum += input[image, row, column, channel] * input[image, row, column, channel]
                            }
                        }
                        sum /= Double(layer.size * layer.size)
                    } else {
                        for c in max(channel - reach, 0)...min(channel + reach, input.shape.channels - 1) {
                            sum += input[image, y, x, c] * input[image, y, x, c]
                        }
                        if layer.mode == .acrossChannels { sum /= Double(layer.size) }
                    }
                    let k = layer.k ?? (layer.mode == .alexNet ? 2 : 1)
                    output[image, y, x, channel] =
                        input[image, y, x, channel]
                        * DoubleMath.power(k + layer.alpha * sum, -layer.beta)
                }
            }
            return output
        }
    }
}

/// The normalizations, by the equations of their papers.
extension Reference {
    /// Algorithm 1 of Ioffe & Szegedy 2015.
    static func batchNormalization(_ layer: BatchNormalization) -> Reference {
        byColumn(layer.scaleAndShift) { values, _ in
            let (mean, variance) = moments(values)
            return values.map { ($0 - mean) / (variance + layer.epsilon).squareRoot() }
        }
    }

    /// Algorithm 1 of Ioffe 2017, in which r and d are constants; by default those of the first step, 1 and 0.
    static func batchRenormalization(
        _ layer: BatchRenormalization, correction: [(r: Double, d: Double)]? = nil
    ) -> Reference {
        byColumn(layer.scaleAndShift) { values, channel in
            let (mean, variance) = moments(values)
            let (r, d) = correction?[channel] ?? (1, 0)
            return values.map { ($0 - mean) / (variance + layer.epsilon).squareRoot() * r + d }
        }
    }

    /// Santurkar et al. 2018, §3.3.
    static func lpBatchNormalization(_ layer: LpBatchNormalization) -> Reference {
        byColumn(layer.scaleAndShift) { values, _ in
            let mean = moments(values).mean
            let subjects = layer.subject == .values ? values : values.map { $0 - mean }
            let norm =
                switch layer.p {
                case .one: subjects.map(abs).reduce(0, +) / Double(values.count)
                case .two: (subjects.map { $0 * $0 }.reduce(0, +) / Double(values.count)).squareRoot()
                case .infinity: subjects.map(abs).max() ?? 0
                }
            return values.map { ($0 - mean) / (norm * norm + layer.epsilon).squareRoot() }
        }
    }

    /// Hoffer et al. 2017, Algorithm 1: the statistics of a ghost batch's values of a channel.
    static func ghostBatchNormalization(_ layer: GhostBatchNormalization) -> Reference {
        bySets(layer.epsilon, layer.scaleAndShift) { image, channel, maps in
            // Of a last batch of one image there would be no variance: it belongs to the one before.
            let rest = maps.images % layer.ghost
            let last = max(0, maps.images / layer.ghost - (rest > 1 ? 0 : 1))
            return min(image / layer.ghost, last) * maps.shape.channels + channel
        }
    }

    /// Wu & He 2018, equation 7 and what it contains: the statistics of an image's values in one of `groups` groups.
    static func imageNormalization(
        _ epsilon: Double, _ parameters: ScaleAndShift, groups: @escaping (_ channels: Int) -> Int
    ) -> Reference {
        bySets(epsilon, parameters) { image, channel, maps in
            let count = groups(maps.shape.channels)
            return image * count + channel / (maps.shape.channels / count)
        }
    }

    /// Zhang & Sennrich 2019, equation 4, with ε: the mean square of an image's values.
    static func rootMeanSquareNormalization(_ layer: RootMeanSquareNormalization) -> Reference {
        Reference { inputs, parameters in
            var output = inputs[0]
            let (count, channels) = (output.shape.count, output.shape.channels)
            for image in stride(from: 0, to: output.values.count, by: count) {
                let square = inputs[0].values[image..<image + count].reduce(0) { $0 + $1 * $1 } / Double(count)
                for place in image..<image + count {
                    let normalized = inputs[0].values[place] / (square + layer.epsilon).squareRoot()
                    output.values[place] = affine(normalized, layer.scaleAndShift, parameters, place % channels)
                }
            }
            return output
        }
    }

    // MARK: What they have in common

    private static func moments(_ values: [Double]) -> (mean: Double, variance: Double) {
        let mean = values.reduce(0, +) / Double(values.count)
        return (mean, values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(values.count))
    }

    /// γx̂ + β, with x̂ from all values of a channel.
    private static func byColumn(
        _ options: ScaleAndShift, _ normalize: @escaping (_ values: [Double], _ channel: Int) -> [Double]
    ) -> Reference {
        Reference { inputs, parameters in
            let channels = inputs[0].shape.channels
            var output = inputs[0]
            for channel in 0..<channels {
                let places = stride(from: channel, to: output.values.count, by: channels)
                let normalized = normalize(places.map { inputs[0].values[$0] }, channel)
                for (place, value) in zip(places, normalized) {
                    output.values[place] = affine(value, options, parameters, channel)
                }
            }
            return output
        }
    }

    /// γx̂ + β, with x̂ by the mean and the variance of all values that share a set.
    private static func bySets(
        _ epsilon: Double, _ options: ScaleAndShift,
        _ set: @escaping (_ image: Int, _ channel: Int, _ maps: Maps) -> Int
    ) -> Reference {
        Reference { inputs, parameters in
            var output = inputs[0]
            let (count, channels) = (output.shape.count, output.shape.channels)
            let sets = Dictionary(grouping: output.values.indices) { set($0 / count, $0 % channels, inputs[0]) }
            for places in sets.values {
                let (mean, variance) = moments(places.map { inputs[0].values[$0] })
                for place in places {
                    let normalized = (inputs[0].values[place] - mean) / (variance + epsilon).squareRoot()
                    output.values[place] = affine(normalized, options, parameters, place % channels)
                }
            }
            return output
        }
    }

    private static func affine(
        _ normalized: Double, _ options: ScaleAndShift, _ parameters: [[Double]], _ channel: Int
    ) -> Double {
        let gamma = options.scale ? parameters[0][channel] : 1
        let beta = options.shift ? parameters[options.scale ? 1 : 0][channel] : 0
        return gamma * normalized + beta
    }
}

extension Reference {
    /// Mean and biased variance of each channel over images and positions.
    static func moments(_ maps: Maps) -> (mean: [Double], variance: [Double]) {
        let channels = maps.shape.channels
        let count = Double(maps.values.count / channels)
        var mean = [Double](repeating: 0, count: channels)
        var variance = mean
        for (index, value) in maps.values.enumerated() { mean[index % channels] += value / count }
        for (index, value) in maps.values.enumerated() {
            let deviation = value - mean[index % channels]
            variance[index % channels] += deviation * deviation / count
        }
        return (mean, variance)
    }

    /// x̂ by the statistics of the input; in the derivative these are constants.
    static func outsideNormalization(_ layer: OutsideNormalization) -> Reference {
        func normalize(_ maps: Maps, by statistics: (mean: [Double], variance: [Double])) -> Maps {
            var output = maps
            for index in maps.values.indices {
                let channel = index % maps.shape.channels
                output.values[index] -= statistics.mean[channel]
                if layer.scale {
                    output.values[index] /= (statistics.variance[channel] + layer.epsilon).squareRoot()
                }
            }
            return output
        }
        return Reference(
            forward: { inputs, _ in normalize(inputs[0], by: moments(inputs[0])) },
            differentiated: { inputs in
                let statistics = moments(inputs[0])
                return { changed, _ in normalize(changed[0], by: statistics) }
            })
    }

    /// s·x + m with the numbers of ``LayerBench/phase``, one of each for a channel of an image.
    static func covariateNoise(_ layer: CovariateNoise) -> Reference {
        func stream(_ what: String) -> RandomStream {
            RandomStream(seed: 11, "covariate-noise/layer/\(what)/step-3")
        }
        let (means, deviations, shifts, scales) = (
            stream("mean"), stream("deviation"), stream("shift"), stream("scale")
        )
        return Reference { inputs, _ in
            var output = inputs[0]
            let shape = output.shape
            for index in output.values.indices {
                let (image, channel) = (index / shape.count, index % shape.channels)
                let place = UInt64(image * shape.channels + channel)
                let mean = layer.shift * (2 * Double(means.uniform(at: UInt64(channel))) - 1)
                let deviation = 1 + (layer.scale - 1) * Double(deviations.uniform(at: UInt64(channel)))
                let shift = mean + layer.shiftSpread * (2 * Double(shifts.uniform(at: place)) - 1)
                let scale = deviation + layer.scaleSpread * Double(scales.normal(at: place))
                output.values[index] = scale * output.values[index] + shift
            }
            return output
        }
    }
}
