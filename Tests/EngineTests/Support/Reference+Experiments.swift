import Engine
import Kernels

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
