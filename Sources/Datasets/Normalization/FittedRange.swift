extension FittedInput {
    /// How many values of a set lie outside the range that the training set had, and in how many images.
    ///
    /// The map goes on beyond that range as it does inside: an affine map stays affine and nothing is clipped, so min-max
    /// leaves its interval and decimal scaling may reach 1. Min-max and z-scores make 0 of a feature that never varied
    /// in training, whatever comes; any other byte there is counted. O(values).
    ///
    /// - Returns: nil where the map takes nothing from a training set and has no range.
    /// - Precondition: the set has the shape that was fitted.
    public func valuesOutside(_ set: ImageSet) -> (values: Int, images: Int)? {
        precondition(set.shape == inputShape, "images of \(set.shape) for a map fitted to \(inputShape)")
        if extremes.isEmpty { return nil }
        if extremes.allSatisfy({ $0 == 0...255 }) { return (0, 0) }
        let (bytes, features, period) = (set.images.span, inputShape.count, extremes.count)
        let (lowest, highest) = (extremes.map(\.lowerBound), extremes.map(\.upperBound))
        let (low, high) = (lowest.span, highest.span)
        var (values, images) = (0, 0)
        for image in 0..<set.count {
            var outside = 0
            // Features, channels or one range for all: the place of a feature's range repeats.
            var place = 0
            for feature in 0..<features {
                let byte = bytes[image * features + feature]
                if byte < low[place] || byte > high[place] { outside += 1 }
                place += 1
                if place == period { place = 0 }
            }
            values += outside
            if outside > 0 { images += 1 }
        }
        return (values, images)
    }

    /// The share of a set's values outside the training set's range, 0…1; nil where the map has no range.
    public func shareOutside(_ set: ImageSet) -> Double? {
        valuesOutside(set).map { Double($0.values) / Double(max(set.images.count, 1)) }
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
