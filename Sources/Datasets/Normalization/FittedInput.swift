/// A map from bytes to values, with what the training set gave it.
public struct FittedMap: Sendable {
    /// How a byte becomes a value.
    enum Numbers: Sendable {
        /// One table of 256 values for every feature.
        case table([Float])
        /// A table for each channel, one after the other.
        case channelTables([Float])
        /// (x − center) · scale with numbers for each feature.
        case affine(center: [Float], scale: [Float])
        /// shift + Σ x · weights[feature, output]: features × outputs, row by row.
        case projection(weights: [Float], shift: [Float])
    }

    let numbers: Numbers
    /// The numbers of the training set that went into the map.
    let facts: [(name: String, value: Double)]
    /// The least and greatest byte of the training set: of all values, of every channel, or of every feature, as the map was
    /// fitted; empty where the map takes nothing from the training set.
    let extremes: [ClosedRange<UInt8>]

    init(
        _ numbers: Numbers, facts: [(name: String, value: Double)] = [], extremes: [ClosedRange<UInt8>] = []
    ) {
        self.numbers = numbers
        self.facts = facts
        self.extremes = extremes
    }

    /// One table for every feature.
    init(
        facts: [(name: String, value: Double)] = [], extremes: [ClosedRange<UInt8>] = [],
        _ value: (Double) -> Double
    ) {
        self.init(.table((0...255).map { Float(value(Double($0))) }), facts: facts, extremes: extremes)
    }
}

/// An input normalization with the numbers of its training set: turns bytes into a network's input.
public struct FittedInput: Sendable {
    public let normalization: any InputNormalization
    public let inputShape: ImageShape
    /// The shape of what it gives: that of the images, or 1 × 1 × components where the map mixes pixels.
    public let outputShape: ImageShape
    let fitted: FittedMap

    /// The numbers of the training set that went into the map, for the log of a run, such as `mean 33.318`.
    public var facts: [(name: String, value: Double)] { fitted.facts }
    var extremes: [ClosedRange<UInt8>] { fitted.extremes }
    var map: FittedMap.Numbers { fitted.numbers }

    /// Turns images into values, image after image in the given order, channels last: the first
    /// `indices.count · outputShape.count` of `values`, which must have room.
    ///
    /// Nothing is allocated: the indices are a part of an array because the elements of just any sequence cost an allocation
    /// each. O(images · features), and O(images · features · outputs) for whitening, where features that are 0 cost nothing.
    public func fill(_ indices: ArraySlice<Int>, of set: ImageSet, into values: inout MutableSpan<Float>) {
        precondition(set.shape == inputShape, "images of \(set.shape) for a map fitted to \(inputShape)")
        let bytes = set.images.span
        var offset = 0
        for place in indices.indices {
            if place + 1 < indices.endIndex {
                let next = indices[place + 1] * inputShape.count
                bytes.fetch(next..<next + inputShape.count)
            }
            fillImage(bytes, indices[place] * inputShape.count, into: &values, offset)
            offset += outputShape.count
        }
    }

    public func fill(_ indices: [Int], of set: ImageSet, into values: inout MutableSpan<Float>) {
        fill(indices[...], of: set, into: &values)
    }

    public func fill(_ indices: some Sequence<Int>, of set: ImageSet, into values: inout [Float]) {
        var span = values.mutableSpan
        fill(Array(indices)[...], of: set, into: &span)
    }

    // MARK: One image

    /// The values, from `offset` on, of the image that begins at `start`.
    func fillImage(_ bytes: Span<UInt8>, _ start: Int, into values: inout MutableSpan<Float>, _ offset: Int) {
        switch map {
        case .table(let table):
            fillTables(bytes, start, table.span, channels: 1, into: &values, offset)
        case .channelTables(let tables):
            fillTables(bytes, start, tables.span, channels: inputShape.channels, into: &values, offset)
        case .affine(let center, let scale):
            fillAffine(bytes, start, center.span, scale.span, into: &values, offset)
        case .projection(let weights, let shift):
            fillProjection(bytes, start, weights.span, shift.span, into: &values, offset)
        }
    }

    private func fillTables(
        _ bytes: Span<UInt8>, _ start: Int, _ tables: Span<Float>, channels: Int, into values: inout MutableSpan<Float>,
        _ offset: Int
    ) {
        let image = bytes.extracting(start..<start + inputShape.count)
        for channel in 0..<channels {
            Self.lookUp(
                image, from: channel, step: channels, in: tables.extracting(channel << 8..<(channel + 1) << 8),
                into: &values, at: offset)
        }
    }

    /// target = table[byte] for every `step`th byte. The places are checked before: in the loop that would take as long as the
    /// rest of it.
    private static func lookUp(
        _ bytes: Span<UInt8>, from first: Int, step: Int, in table: Span<Float>, into target: inout MutableSpan<Float>,
        at offset: Int
    ) {
        precondition(table.count == 256 && first >= 0 && step > 0 && offset >= 0)
        precondition(offset <= target.count - bytes.count)
        var place = first
        while place < bytes.count {
            target[unchecked: offset &+ place] = table[Int(bytes[place])]
            place += step
        }
    }

    private func fillAffine(
        _ bytes: Span<UInt8>, _ start: Int, _ center: Span<Float>, _ scale: Span<Float>,
        into values: inout MutableSpan<Float>, _ offset: Int
    ) {
        let count = inputShape.count
        precondition(center.count == count && scale.count == count)
        precondition(start + count <= bytes.count && offset + count <= values.count)
        for feature in 0..<count {
            values[offset + feature] = (Float(bytes[start + feature]) - center[feature]) * scale[feature]
        }
    }

    /// target += factor · row: a loop of its own, over a row of known length, becomes vector instructions.
    private static func add(
        _ factor: Float, _ row: Span<Float>, to target: inout MutableSpan<Float>, at offset: Int
    ) {
        precondition(offset >= 0 && offset <= target.count - row.count)
        for output in row.indices { target[offset + output] += factor * row[output] }
    }

    private func fillProjection(
        _ bytes: Span<UInt8>, _ start: Int, _ weights: Span<Float>, _ shift: Span<Float>,
        into values: inout MutableSpan<Float>, _ offset: Int
    ) {
        let outputs = outputShape.count
        precondition(shift.count == outputs && offset + outputs <= values.count)
        precondition(weights.count == inputShape.count * outputs)
        for output in 0..<outputs { values[offset + output] = shift[output] }
        for feature in 0..<inputShape.count {
            let byte = bytes[start + feature]
            if byte == 0 { continue }
            let row = feature * outputs
            Self.add(Float(byte), weights.extracting(row..<(row + outputs)), to: &values, at: offset)
        }
    }

    // MARK: The training set's range, and the map's numbers

    /// The share of a set's values outside the training set's range, 0…1; nil where the map takes nothing from a training set
    /// and has no range.
    ///
    /// The map goes on beyond that range as it does inside: an affine map stays affine and nothing is clipped, so min-max
    /// leaves its interval and decimal scaling may reach 1. Min-max and z-scores make 0 of a feature that never varied
    /// in training, whatever comes; any other byte there is counted. O(values).
    ///
    /// - Precondition: the set has the shape that was fitted.
    public func shareOutside(_ set: ImageSet) -> Double? {
        if extremes.isEmpty { return nil }
        if extremes.allSatisfy({ $0 == 0...255 }) { return 0 }
        let outside = count(set) { !$0.contains(UInt8($1)) }
        return Double(outside) / Double(max(set.images.count, 1))
    }

    /// How many bytes of a set are outside of their ranges by some measure, which is asked once for each range and byte.
    func count(_ set: ImageSet, isOutside: (ClosedRange<UInt8>, Int) -> Bool) -> Int {
        precondition(set.shape == inputShape, "images of \(set.shape) for a map fitted to \(inputShape)")
        let table = extremes.flatMap { range in (0...255).map { isOutside(range, $0) } }
        let (outside, bytes) = (table.span, set.images.span)
        let (features, period) = (inputShape.count, extremes.count)
        var count = 0
        for image in 0..<set.count {
            // Features, channels or one range for all: the place of a feature's range repeats.
            var place = 0
            for feature in 0..<features {
                if outside[place << 8 | Int(bytes[image * features + feature])] { count += 1 }
                place += 1
                if place == period { place = 0 }
            }
        }
        return count
    }

    /// The numbers of the map, bit for bit, by name with their extents: `table` (256, or channels × 256), `center` and
    /// `scale` (features), or `weights` (features × outputs) and `shift` (outputs), for bytes 0…255.
    public var parameters: [(name: String, shape: [Int], values: [Float])] {
        switch map {
        case .table(let table): [("table", [256], table)]
        case .channelTables(let tables): [("table", [tables.count / 256, 256], tables)]
        case .affine(let center, let scale): [("center", [center.count], center), ("scale", [scale.count], scale)]
        case .projection(let weights, let shift):
            [("weights", [inputShape.count, shift.count], weights), ("shift", [shift.count], shift)]
        }
    }
}
