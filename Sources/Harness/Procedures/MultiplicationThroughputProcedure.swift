import Engine
import Vocabulary

/// Whether multiplication is faster for some numbers than for others: see ``Engine/MultiplicationThroughput``.
struct MultiplicationThroughputProcedure: MeasuredOnce {
    var rounds = 61

    static let kind = "multiplication-throughput"
    static let summary = """
        How fast this machine multiplies numbers of −1…1, 1…2, 10³…10⁴, zeros and subnormal ones, once, before the first \
        update. These are times: they differ from run to run, as nothing else of a run does.
        """
    static let fields: [Field<Self>] = [
        Field("rounds", \.rounds, 1...1000, "How often each range of operands is timed, in turns with the others.")
    ]
    static let quantities = [
        Quantity(
            "multiplication-throughput", "Multiplications a second (billions)",
            meaning:
                "multiplications of single precision in 10⁹ a second on one thread, from the median of the rounds; `place` is "
                + "the range of the operands (`symmetric`: −1…1; `one-to-two`; `thousands`: 10³…10⁴; `zeros`: 0 times 1…2; "
                + "`subnormal`: both; `subnormal-operand`: one, times 1…2; `subnormal-product`: of normal operands) and what "
                + "multiplies (`scalar`: one product after another, so its latency; `simd`: sixteen at once; `product`: the "
                + "matrix product that dense layers are trained by), as in `symmetric/scalar`"),
        Quantity(
            "multiplication-throughput-spread", "Spread of the times (p90 − p10) / median",
            meaning: "(p90 − p10)/median of the rounds' times: how unsteady they are"),
        Quantity(
            "multiplication-time-ratio", "Time of a multiplication / time with operands in 1…2",
            meaning:
                "the time of a multiplication divided by that with operands in 1…2 of the same kind, tenth percentile of the "
                + "rounds by tenth percentile"),
        Quantity(
            "multiplication-time-ratio-to-thousands", "Time with operands in −1…1 / time with operands in 10³…10⁴",
            meaning:
                "the time with operands in −1…1 divided by that with operands in 10³…10⁴; `place` is `symmetric/scalar` …"
        ),
    ]

    func measurements(of subject: ProcedureSubject) -> [Measurement] {
        let entries = MultiplicationThroughput.measure(seed: subject.seed, rounds: rounds)
        return entries.flatMap { entry in
            func ratio(to range: OperandRange) -> Double {
                entries.first { $0.kind == entry.kind && $0.range == range }.map { entry.time.ratio(to: $0.time) }
                    ?? .nan
            }
            let place = "\(entry.range.rawValue)/\(entry.kind.rawValue)"
            var rows = [
                Measurement("multiplication-throughput", place: place, entry.throughput),
                Measurement("multiplication-throughput-spread", place: place, entry.time.spread),
                Measurement("multiplication-time-ratio", place: place, ratio(to: .oneToTwo)),
            ]
            if entry.range == .symmetric {
                rows.append(
                    Measurement("multiplication-time-ratio-to-thousands", place: place, ratio(to: .thousands)))
            }
            return rows
        }
    }
}
