import Kernels

/// Convolutions written down as in a textbook: seven loops.
struct ConvolutionReference {
    private let geometry: ConvolutionGeometry

    init(_ geometry: ConvolutionGeometry) {
        self.geometry = geometry
    }

    /// Visits every pair of an output position and a filter element that lies inside the image:
    /// (output row, input row, filter tap).
    private func forEachTap(_ body: (_ output: Int, _ input: Int, _ tap: Int) -> Void) {
        let g = geometry
        for image in 0..<g.images {
            for outputY in 0..<g.outputHeight {
                for outputX in 0..<g.outputWidth {
                    for tapY in 0..<g.kernelHeight {
                        for tapX in 0..<g.kernelWidth {
                            let y = outputY * g.strideHeight + tapY - g.padHeight
                            let x = outputX * g.strideWidth + tapX - g.padWidth
                            guard y >= 0, y < g.height, x >= 0, x < g.width else { continue }
                            body(
                                (image * g.outputHeight + outputY) * g.outputWidth + outputX,
                                (image * g.height + y) * g.width + x, tapY * g.kernelWidth + tapX)
                        }
                    }
                }
            }
        }
    }

    /// The output, with each product added by `accumulate`.
    func forward<Number: FloatingPoint>(
        _ input: [Number], _ weight: [Number], start: [Number],
        accumulate: (inout Number, Number, Number) -> Void
    ) -> [Number] {
        let (channels, outputs) = (geometry.channels, geometry.outputChannels)
        var result = (0..<geometry.outputPositions).flatMap { _ in start }
        result.withUnsafeMutableBufferPointer { result in
            forEachTap { output, position, tap in
                for channel in 0..<channels {
                    let x = input[position * channels + channel]
                    for o in 0..<outputs {
                        accumulate(&result[output * outputs + o], x, weight[(tap * channels + channel) * outputs + o])
                    }
                }
            }
        }
        return result
    }

    /// The gradient with respect to the input.
    func dataGradient(_ gradient: [Double], _ weight: [Double]) -> [Double] {
        let (channels, outputs) = (geometry.channels, geometry.outputChannels)
        var result = [Double](repeating: 0, count: geometry.inputPositions * channels)
        result.withUnsafeMutableBufferPointer { result in
            forEachTap { output, position, tap in
                for channel in 0..<channels {
                    var sum = 0.0
                    for o in 0..<outputs {
                        sum += gradient[output * outputs + o] * weight[(tap * channels + channel) * outputs + o]
                    }
                    result[position * channels + channel] += sum
                }
            }
        }
        return result
    }

    /// The gradient with respect to the weights.
    func weightGradient(_ input: [Double], _ gradient: [Double]) -> [Double] {
        let (channels, outputs) = (geometry.channels, geometry.outputChannels)
        var result = [Double](repeating: 0, count: geometry.filterSize * outputs)
        result.withUnsafeMutableBufferPointer { result in
            forEachTap { output, position, tap in
                for channel in 0..<channels {
                    let x = input[position * channels + channel]
                    for o in 0..<outputs {
                        result[(tap * channels + channel) * outputs + o] += x * gradient[output * outputs + o]
                    }
                }
            }
        }
        return result
    }
}
