/// What happened to images between training and use: real numbers take the place of bytes, and may leave 0…255.
public enum NewData: Hashable, Sendable {
    /// x + value at every pixel: another brightness.
    case shift(Double)
    /// x · factor at every pixel: another exposure, or another unit.
    case rescaling(Double)
    /// One value of every image, at a random place that is always the same one, becomes `value`: a broken pixel.
    case outlier(Double)
}

/// New data on their way through a map that was fitted to other data.
public struct NewDataFeed: Sendable {
    private let input: FittedInput
    /// The map from bytes that does both: the change, then the normalization.
    private let changed: FittedInput
    private let change: NewData

    /// Throws `setting` for the binary input, which has no values beyond its two.
    public init(_ input: FittedInput, _ change: NewData) throws(DataError) {
        let kind = type(of: input.normalization)
        guard kind.isAffine else {
            throw DataError(
                .setting, subject: kind.kind, found: "new data",
                expected: "an affine input normalization")
        }
        self.input = input
        self.change = change
        changed =
            switch change {
            case .shift(let value): input.composed(factor: 1, shift: value)
            case .rescaling(let factor): input.composed(factor: factor, shift: 0)
            case .outlier: input
            }
    }

    /// Turns changed images into values, as ``FittedInput/fill(_:of:into:)-(_,_,MutableSpan<Float>)`` does with images.
    public func fill(_ indices: [Int], of set: ImageSet, into values: inout MutableSpan<Float>) {
        changed.fill(indices, of: set, into: &values)
        guard case .outlier(let value) = change else { return }
        var offset = 0
        for index in indices {
            let feature = place(ofOutlierIn: index)
            let byte = set.images[index * input.inputShape.count + feature]
            input.add(value - Double(byte), to: feature, into: &values, offset)
            offset += input.outputShape.count
        }
    }

    /// The share of a set's values outside the training set's range after the change, 0…1; nil where there is no range.
    public func shareOutside(_ set: ImageSet) -> Double? {
        if input.extremes.isEmpty { return nil }
        var count = input.count(set) { isOutside(changed($1), $0) }
        if case .outlier(let value) = change {
            for image in 0..<set.count {
                let broken = place(ofOutlierIn: image)
                let range = input.extremes[broken % input.extremes.count]
                if isOutside(Double(set.images[image * input.inputShape.count + broken]), range) { count -= 1 }
                if isOutside(value, range) { count += 1 }
            }
        }
        return Double(count) / Double(max(set.images.count, 1))
    }

    private func isOutside(_ value: Double, _ range: ClosedRange<UInt8>) -> Bool {
        value < Double(range.lowerBound) || value > Double(range.upperBound)
    }

    /// What becomes of a byte that is not broken.
    private func changed(_ byte: Int) -> Double {
        switch change {
        case .shift(let value): Double(byte) + value
        case .rescaling(let factor): Double(byte) * factor
        case .outlier: Double(byte)
        }
    }

    private func place(ofOutlierIn image: Int) -> Int {
        SeededStream(seed: 0, "outlier").index(below: input.inputShape.count, at: UInt64(image))
    }
}

extension FittedInput {
    /// The map of factor · x + shift, for bytes x. All kinds but the binary one are affine in x, and go on as they are.
    fileprivate func composed(factor: Double, shift: Double) -> FittedInput {
        func table(_ values: ArraySlice<Float>) -> [Float] {
            let line = Self.line(values)
            return (0...255).map { Float(line.first + line.slope * (factor * Double($0) + shift)) }
        }
        let numbers: FittedMap.Numbers =
            switch self.map {
            case .table(let values): .table(table(values[...]))
            case .channelTables(let values):
                .channelTables(
                    stride(from: 0, to: values.count, by: 256).flatMap { table(values[$0..<($0 + 256)]) })
            case .affine(let center, let scale):
                // (factor · x + shift − center) · scale.
                .affine(
                    center: center.map { Float((Double($0) - shift) / factor) },
                    scale: scale.map { Float(Double($0) * factor) })
            case .projection(let weights, let constant):
                .projection(
                    weights: weights.map { Float(Double($0) * factor) },
                    shift: constant.indices.map { output in
                        let sum = stride(from: output, to: weights.count, by: constant.count).reduce(0.0) {
                            $0 + Double(weights[$1])
                        }
                        return Float(Double(constant[output]) + shift * sum)
                    })
            }
        return FittedInput(
            normalization: normalization, inputShape: inputShape, outputShape: outputShape,
            fitted: FittedMap(numbers, facts: facts, extremes: extremes))
    }

    /// Adds what a difference of one feature's raw value makes of the values of an image.
    fileprivate func add(
        _ difference: Double, to feature: Int, into values: inout MutableSpan<Float>, _ offset: Int
    ) {
        func add(_ slope: Double, _ place: Int) {
            values[offset + place] = Float(Double(values[offset + place]) + difference * slope)
        }
        switch map {
        case .table(let table): add(Self.line(table[...]).slope, feature)
        case .channelTables(let tables):
            let channel = feature % inputShape.channels
            add(Self.line(tables[(channel * 256)..<(channel * 256 + 256)]).slope, feature)
        case .affine(_, let scale): add(Double(scale[feature]), feature)
        case .projection(let weights, let shift):
            for output in shift.indices { add(Double(weights[feature * shift.count + output]), output) }
        }
    }

    /// The line through the ends of a table.
    private static func line(_ table: ArraySlice<Float>) -> (first: Double, slope: Double) {
        let (first, last) = (Double(table[table.startIndex]), Double(table[table.endIndex - 1]))
        return (first, (last - first) / 255)
    }
}
