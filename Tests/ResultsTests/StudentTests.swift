import Testing

@testable import Results

struct StudentTests {
    /// scipy.stats.t.ppf, SciPy 1.x.
    @Test(arguments: [
        (1, [0.32491969623290634, 6.313751514675037, 12.706204736174694, 63.656741162871526, 3183.098757118502]),
        (2, [0.2886751345948128, 2.9199855803537242, 4.302652729749462, 9.924843200918287, 70.70007107496818]),
        (3, [0.2766706623326898, 2.3533634348018233, 3.1824463052837078, 5.840909309733355, 22.203742273205]),
        (4, [0.2707222947075976, 2.1318467863266495, 2.7764451051977934, 4.604094871349992, 13.033671720896821]),
        (5, [0.2671808657041451, 2.0150483733330233, 2.5705818356363146, 4.032142983555228, 9.677566300882814]),
        (9, [0.260955336473911, 1.833112932656237, 2.262157162798205, 3.249835541592126, 6.010132129081531]),
        (29, [0.25568363457125604, 1.6991270265334972, 2.045229642132703, 2.756385903670605, 4.253894118432321]),
        (120, [0.25390952321492877, 1.6576508993552352, 1.9799304050824402, 2.6174211451068654, 3.837170749032837]),
    ])
    func quantilesAreThoseOfTheTables(degrees: Int, expected: [Double]) {
        for (p, value) in zip([0.6, 0.95, 0.975, 0.995, 0.9999], expected) {
            let quantile = Student.quantile(p, degrees: degrees)
            #expect(abs(quantile / value - 1) < 1e-10, "t(\(p), \(degrees)) = \(quantile)")
            #expect(Student.quantile(1 - p, degrees: degrees) < 0)
            #expect(abs(Student.probability(below: quantile, degrees: degrees) - p) < 1e-12)
        }
    }

    @Test func isSymmetric() {
        #expect(Student.quantile(0.5, degrees: 7) == 0)
        #expect(abs(Student.quantile(0.025, degrees: 4) + Student.quantile(0.975, degrees: 4)) < 1e-13)
        #expect(Student.probability(below: 0, degrees: 3) == 0.5)
    }

    /// scipy.special.betainc.
    @Test(arguments: [
        (0.5, 0.5, 0.3, 0.36901011956554536), (2, 3, 0.4, 0.5248), (10, 0.5, 0.99, 0.6579281751567845),
        (0.5, 5, 0.01, 0.24284189089843747), (30, 0.5, 0.9, 0.012282448499852763), (1, 1, 0.25, 0.25),
        (5, 5, 0.5, 0.5), (3, 0.5, 0, 0), (3, 0.5, 1, 1),
    ])
    func theIncompleteBetaFunctionIsRight(a: Double, b: Double, x: Double, value: Double) {
        #expect(abs(IncompleteBeta.regularized(a, b, at: x) - value) < 1e-13)
    }
}
