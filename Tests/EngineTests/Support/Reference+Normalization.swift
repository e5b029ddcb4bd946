import Engine

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
