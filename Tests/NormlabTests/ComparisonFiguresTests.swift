import Foundation
import Testing

/// Figures 2, 3 and 4 from runs on the drawn digits: the harness writes what the figures read.
@Suite struct ComparisonFiguresTests {
    private static let experiment = TemporaryLaboratory.experiment(
        steps: 24, every: 2, seeds: "[1, 2]",
        claims: """
            claims:
              - id: faster
                statement: Batch normalization is faster.
                source: "It is (§4.2.2)."
                measure: { steps-to: { target: best-of(baseline) } }
                smoothing: 3
                arm: batch-norm
                compared-with: baseline
                expect: below
                factor: 1
              - id: explodes
                statement: A huge rate diverges.
                source: "“machine infinity” (§4.2.2)"
                measure: diverges
                arm: explosive
                value: 0.5
                expect: above
              - id: together
                statement: Together they are better.
                source: "They are (§4.2.3)."
                measure: { final: test-accuracy }
                arm: both
                compared-with: mean-of(both)
                expect: above
            """
    ).replacing("examples: 100 }", with: "examples: 100, predictions: true }")
        .replacing(
            "figures:\n",
            with: """
                  explosive: { optimizer: { sgd: { rate: 1000, decay: 100 } } }
                ensembles: { both: [baseline, batch-norm] }
                figures:
                  - steps-to-match: { baseline: baseline, smoothing: 3 }
                  - match-table:
                      baseline: baseline
                      smoothing: 3
                      published: [{ arm: baseline, steps: 31.0e6, accuracy: 0.722 }, { arm: batch-norm, steps: 13.3e6 }]
                  - change-worth:
                      baseline: baseline
                      smoothing: 3
                      groups: [{ reference: baseline, changes: [{ arm: batch-norm, label: normalize }, { arm: explosive }] }]
                  - ensemble: { ensemble: both }

                """)

    @Test func areDrawnFromWhatTheRunsSay() throws {
        let laboratory = try TemporaryLaboratory(["tiny": Self.experiment])
        let outcome = try laboratory.program.run("reproduce", "tiny", "-p", "smoke")
        #expect(outcome.code == 0, "\(outcome.errors)")
        let files = try laboratory.files("Results/smoke/tiny")
        for name in ["steps-to-match", "match-table", "change-worth", "ensemble"] {
            #expect(try PNGFile(#require(files["\(name).png"])).width > 600)
            #expect(try !StrictCSV(#require(files["\(name).csv"])).rows.isEmpty)
        }
        #expect(files["match-table.md"] != nil)
        try checkMatches(files)
        try checkEnsemble(files)
    }

    /// The steps of every run, from its evaluations; and the same in the claims and in the figures.
    private func checkMatches(_ files: [String: Data]) throws {
        func smoothed(_ run: String, _ word: String) throws -> [(step: Double, mean: Double)] {
            let table = try StrictCSV(#require(files["\(run)/eval.csv"]))
            let words = try table.column("statistics")
            let points = zip(try table.numbers("step"), try table.numbers("accuracy")).map { ($0 ?? .nan, $1 ?? .nan) }
            let own = zip(words, points).filter { $0.0 == word }.map(\.1)
            return own.indices.dropFirst(2).map { last in
                (own[last].0, (own[last - 2].1 + own[last - 1].1 + own[last].1) / 3)
            }
        }
        var steps: [String: [Double]] = [:]
        let matches = try StrictCSV(#require(files["matches.csv"]))
        #expect(matches.rows.count == 6)
        for seed in 1...2 {
            let target = try #require(try smoothed("baseline/seed-\(seed)", "none").map(\.mean).max())
            for (arm, word) in [("baseline", "none"), ("batch-norm", "population")] {
                let first = try smoothed("\(arm)/seed-\(seed)", word).first { $0.mean >= target }?.step
                let row = try #require(matches.rows.first { $0[3] == arm && $0[4] == "\(seed)" })
                #expect(row[5] == (first == nil ? "not-matched" : "matched"))
                #expect(Double(row[7]) == first ?? 24)
                #expect(abs((Double(row[6]) ?? .nan) - target) < 1e-12)
                steps[arm, default: []].append(first ?? 24)
            }
            #expect(matches.rows.contains { $0[3] == "explosive" && $0[4] == "\(seed)" && $0[5] == "diverged" })
        }
        let (normalized, plain) = (try #require(steps["batch-norm"]), try #require(steps["baseline"]))
        let claims = try StrictCSV(#require(files["claims.csv"]))
        let ratios = zip(normalized, plain).map { $0 / $1 }
        let ratio = (ratios[0] * ratios[1]).squareRoot()
        #expect(abs((try claims.numbers("difference")[0] ?? .nan) - ratio) < 1e-9)
        #expect(try claims.column("verdict")[1] == "reproduced")
        // The figures' arithmetic and that of the claims are two programs.
        let table = try StrictCSV(#require(files["match-table.csv"]))
        let place = try #require(try table.column("arm").firstIndex(of: "batch-norm"))
        #expect(abs((try table.numbers("times-fewer")[place] ?? .nan) - 1 / ratio) < 1e-9)
        let worth = try StrictCSV(#require(files["change-worth.csv"]))
        #expect(abs((try worth.numbers("value")[0] ?? .nan) - ratio) < 1e-9)
    }

    private func checkEnsemble(_ files: [String: Data]) throws {
        let table = try StrictCSV(#require(files["ensembles.csv"]))
        #expect(try table.column("members") == ["1", "2", "1", "2"])
        let runs = try StrictCSV(#require(files["runs.csv"]))
        let singles = try table.numbers("single")
        let finals = try runs.numbers("test-accuracy")
        // runs.csv lists the baseline's seeds, then those of batch normalization.
        #expect(singles == [finals[0], finals[2], finals[1], finals[3]])
    }
}
