import Kernels

/// The most floating-point operations a second that the machine does: fused multiply-adds on registers alone.
///
/// Twelve independent chains hide the latency of the unit on every machine of today (4 cycles × 2 units need eight). Where
/// sixteen floats take several registers, twelve chains of them do not fit, and narrower vectors are faster: the best of
/// three widths is the peak.
enum ArithmeticPeak {
    /// Floating-point operations a second on the team, in GFLOP/s.
    static func measure(threads: Int, effort: Effort) -> Sample {
        let team = Team(threads: threads)
        let candidates = [
            measure(team, effort, SIMD16<Float>.self), measure(team, effort, SIMD8<Float>.self),
            measure(team, effort, SIMD4<Float>.self),
        ]
        return candidates.max { $0.median < $1.median } ?? candidates[0]
    }

    private static let chains = 12

    private static func measure<V: SIMD & SendableMetatype>(
        _ team: Team, _ effort: Effort, _ type: V.Type
    ) -> Sample where V.Scalar == Float {
        let rounds = effort.repeatLength > 0 ? 400_000 : 4_000
        let operations = Double(2 * chains * V.scalarCount * rounds * team.threads)
        let sums = Storage(count: 16 * team.threads)
        let seconds = Stopwatch(effort).seconds {
            team.forEach(team.threads) { item in
                sums.vector(offset: 16 * item, count: 1)[0] = multiplyAdd(type, rounds: rounds)
            }
        }
        return seconds.map { operations / $0 / 1e9 }
    }

    /// Runs the chains; their sum is returned so that nothing is left out.
    @inline(never)
    private static func multiplyAdd<V: SIMD>(_ type: V.Type, rounds: Int) -> Float where V.Scalar == Float {
        // Values that neither grow nor vanish: each step is a ← a·x + y with x just below one.
        let x = V(repeating: 0.999_999)
        let y = V(repeating: 1e-6)
        var (a, b, c, d) = (V(repeating: 1), V(repeating: 2), V(repeating: 3), V(repeating: 4))
        var (e, f, g, h) = (V(repeating: 5), V(repeating: 6), V(repeating: 7), V(repeating: 8))
        var (i, j, k, l) = (V(repeating: 9), V(repeating: 10), V(repeating: 11), V(repeating: 12))
        for _ in 0..<rounds {
            a = y.addingProduct(a, x)
            b = y.addingProduct(b, x)
            c = y.addingProduct(c, x)
            d = y.addingProduct(d, x)
            e = y.addingProduct(e, x)
            f = y.addingProduct(f, x)
            g = y.addingProduct(g, x)
            h = y.addingProduct(h, x)
            i = y.addingProduct(i, x)
            j = y.addingProduct(j, x)
            k = y.addingProduct(k, x)
            l = y.addingProduct(l, x)
        }
        let sum = (a + b + c) + (d + e + f) + (g + h + i) + (j + k + l)
        return sum.sum()
    }
}
