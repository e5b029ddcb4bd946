import Foundation
import Testing

@testable import Claims
@testable import Results

struct EnsembleAccuraciesTests {
    /// Three images of the classes 0, 1, 0. Alone `a` is right about the first, `b` about the second and third; their mean
    /// [0.5625, 0.4375], [0.375, 0.625], [0.5, 0.5] is right about all: of equals the first class is the answer.
    private static let a: [[Float]] = [[0.75, 0.25], [0.5, 0.5], [0.25, 0.75]]
    private static let b: [[Float]] = [[0.375, 0.625], [0.25, 0.75], [0.75, 0.25]]
    private static let labels: [Int32] = [0, 1, 0]

    @Test func theMeanOfProbabilitiesDecides() throws {
        func predictions(_ rows: [[Float]]) -> Predictions {
            Predictions(classes: 2, probabilities: Array(rows.joined()), labels: Self.labels)
        }
        let members = [("a", predictions(Self.a)), ("b", predictions(Self.b)), ("a", predictions(Self.a))]
        let steps = try #require(EnsembleAccuracies.steps(members.map { (arm: $0.0, predictions: $0.1) }))
        #expect(steps.map(\.arm) == ["a", "b", "a"])
        let (third, half): (Double, Double) = (1 / 3, 0.5)
        let singles: [Double] = [third, 2 * third, third]
        #expect(steps.map(\.single) == singles)
        #expect(zip(steps.map(\.meanSingle), [third, half, 4 * third / 3]).allSatisfy { abs($0 - $1) < 1e-12 })
        // The third member outvotes `b` about the third image.
        let together: [Double] = [third, 1, 2 * third]
        #expect(steps.map(\.accuracy) == together)
    }

    private static let claim = """
        - id: together
          statement: "Together they are better"
          source: "They are (§4.2.3)."
          measure: { final: test-accuracy }
          arm: pair
          compared-with: best-of(pair)
          expect: above
          by: 0.1
        """

    private func runs(_ claims: String) throws -> SyntheticRuns {
        let runs = try SyntheticRuns(claims: claims)
        for seed in 1...3 as ClosedRange<UInt64> {
            try runs.add("a", seed: seed, accuracy: [0.3])
            try runs.add("b", seed: seed, accuracy: [0.6])
            try runs.predict("a", seed: seed, Self.a, labels: Self.labels)
            try runs.predict("b", seed: seed, Self.b, labels: Self.labels)
        }
        return runs
    }

    @Test func aClaimComparesItWithItsMembers() throws {
        let more = [("mean-of(pair)", "mean"), ("b", "arm")].map {
            Self.claim.replacing("best-of(pair)", with: $0.0).replacing("id: together", with: "id: \($0.1)")
        }
        let runs = try runs(([Self.claim] + more).joined(separator: "\n"))
        let results = try runs.judged()
        #expect(results.map(\.verdict) == [.reproduced, .reproduced, .reproduced])
        #expect(results.map(\.arm) == ["pair", "pair", "pair"])
        #expect(results.map(\.other) == ["best-of(pair)", "mean-of(pair)", "b"])
        #expect(results[0].comparison.arm.mean == 1)
        #expect(abs(results[0].comparison.other.mean - 2.0 / 3) < 1e-12)
        #expect(results[1].comparison.other.mean == 0.5)
        #expect(results[0].evidence.contains("pair 100 ± 0%, best-of(pair) 66.67 ± 0% (n = 3); difference 33.33 ["))
    }

    @Test func theTableHasARowForEveryNumberOfMembers() throws {
        let runs = try runs(Self.claim)
        try runs.summary().write()
        let reader = try CSVTable(whole: runs.folder.appendingPathComponent("ensembles.csv"))
        #expect(reader.columns == ["ensemble", "seed", "members", "arm", "single", "mean-single", "accuracy"])
        let rows = try reader.rows(reader.columns).map(\.fields)
        #expect(rows.count == 6)
        #expect(rows[3] == ["pair", "2", "2", "b", "\(2.0 / 3)", "0.5", "1"])
    }

    @Test func seedsThatAreNotWholeAreLeftOutAndItIsSaid() throws {
        let runs = try runs(Self.claim)
        try runs.add("a", seed: 1, accuracy: [0.3], divergedAt: 50)
        try runs.add("b", seed: 2, accuracy: [0.3], status: .interrupted)
        try runs.predict("b", seed: 3, Self.b, labels: [0, 1, 1])
        let result = try #require(try runs.judged().first)
        #expect(result.verdict == .inconclusive)
        #expect(result.arm == nil)
        let reasons = [
            "pair seed 1 is left out: a diverged", "pair seed 2 is left out: b has no result",
            "pair seed 3 is left out: its members were evaluated on different images",
        ]
        for reason in reasons { #expect(result.notes.contains(reason)) }
        let summary = try runs.summary()
        #expect(summary.remarks == reasons)
    }

    @Test func aMissingFileLeavesItsSeedOut() throws {
        let runs = try runs(Self.claim)
        try FileManager.default.removeItem(at: runs.folder("b", seed: 2).predictions)
        let result = try #require(try runs.judged().first)
        #expect(result.comparison.seeds == [1, 3])
        #expect(result.notes.contains("pair seed 2 is left out: b has no predictions"))
    }

    @Test func aDamagedFileIsAnErrorThatNamesIt() throws {
        let runs = try runs(Self.claim)
        let file = runs.folder("b", seed: 2).predictions
        try AtomicFile.write(Array(try AtomicFile.read(file).dropLast(9)), to: file)
        let error = #expect(throws: FileError.self) { try runs.judged() }
        #expect(error?.description.contains("b/seed-2/predictions.safetensors: the file is truncated") == true)
    }
}
