/// Student's t distribution, as far as 95 % intervals need it.
enum StudentT {
    /// The 97.5 % quantile: the half-width of a 95 % interval in standard errors.
    ///
    /// Tabulated to six digits up to 30 degrees of freedom; beyond, the expansion around the normal quantile
    /// (Abramowitz & Stegun 26.7.5), which is exact to the same digits there.
    static func quantile975(degrees: Int) -> Double {
        precondition(degrees >= 1, "Student's t needs at least one degree of freedom")
        if degrees <= table.count { return table[degrees - 1] }
        let z = 1.959963984540054
        let n = Double(degrees)
        let z2 = z * z
        let first = (z2 + 1) * z / 4
        let second = ((5 * z2 + 16) * z2 + 3) * z / 96
        let third = (((3 * z2 + 19) * z2 + 17) * z2 - 15) * z / 384
        return z + first / n + second / (n * n) + third / (n * n * n)
    }

    private static let table: [Double] = [
        12.706205, 4.302653, 3.182446, 2.776445, 2.570582, 2.446912, 2.364624, 2.306004, 2.262157, 2.228139,
        2.200985, 2.178813, 2.160369, 2.144787, 2.131450, 2.119905, 2.109816, 2.100922, 2.093024, 2.085963,
        2.079614, 2.073873, 2.068658, 2.063899, 2.059539, 2.055529, 2.051831, 2.048407, 2.045230, 2.042272,
    ]
}
