/// scale^−β, so that the loops are compiled for each kind.
protocol ScalePower: Sendable {
    func of(_ scale: Lane) -> Lane
}

/// For β = ¾, which is what everybody uses.
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
