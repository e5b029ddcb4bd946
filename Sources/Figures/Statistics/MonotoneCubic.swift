/// A smooth curve through points that never falls where the points do not: the cubic Hermite interpolation of Fritsch & Carlson
/// (1980), with the weighted harmonic mean of the neighbouring slopes as tangents.
///
/// Laid through a cumulative distribution it gives a density that is smooth, never negative, and has the same mass as each bin.
struct MonotoneCubic: Sendable {
    private let x: [Double]
    private let y: [Double]
    private let tangents: [Double]

    /// A curve through points of ascending `x`.
    init(x: [Double], y: [Double]) {
        precondition(x.count == y.count && x.count >= 2, "a curve needs two points")
        let widths = zip(x, x.dropFirst()).map { $1 - $0 }
        let slopes = zip(zip(y, y.dropFirst()).map { $1 - $0 }, widths).map { $0 / $1 }
        var tangents = [slopes[0]]
        for index in slopes.indices.dropFirst() {
            let (before, after) = (slopes[index - 1], slopes[index])
            guard before * after > 0 else {
                tangents.append(0)
                continue
            }
            let (first, second) = (2 * widths[index] + widths[index - 1], widths[index] + 2 * widths[index - 1])
            tangents.append((first + second) / (first / before + second / after))
        }
        tangents.append(slopes[slopes.count - 1])
        self.x = x
        self.y = y
        self.tangents = tangents
    }

    /// The values at ascending places; outside the points the nearest point's value.
    func values(at places: [Double]) -> [Double] {
        var segment = 0
        return places.map { place in
            if place <= x[0] { return y[0] }
            if place >= x[x.count - 1] { return y[y.count - 1] }
            while x[segment + 1] < place { segment += 1 }
            let width = x[segment + 1] - x[segment]
            let t = (place - x[segment]) / width
            let u = 1 - t
            return y[segment] * (1 + 2 * t) * u * u + y[segment + 1] * t * t * (3 - 2 * t)
                + width * t * u * (tangents[segment] * u - tangents[segment + 1] * t)
        }
    }
}
