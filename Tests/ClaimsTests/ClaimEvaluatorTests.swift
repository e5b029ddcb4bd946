import Foundation
import Testing

@testable import Claims
@testable import Results

struct ClaimEvaluatorTests {
    private static let faster = """
        - id: faster
          statement: "a is faster"
          source: "It is (§1)."
          measure: { steps-to: { metric: test-accuracy, target: best-of(b) } }
          arm: a
          compared-with: b
          expect: below
          factor: 2
        """
    private static let higher = """
        - id: higher
          statement: "a ends higher"
          source: "It does (§1)."
          measure: { final: test-accuracy }
          arm: a
          compared-with: b
          expect: above
          by: 0.01
        """
    private static let slow = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
    private static let quick = [0.1, 0.5, 0.9, 0.9, 0.9, 0.91, 0.91, 0.92, 0.92]

    @Test func stepsToTheOthersBestAreCountedAtTheFirstEvaluationThatHasIt() throws {
        let runs = try SyntheticRuns(claims: Self.faster)
        for seed in 1...3 as ClosedRange<UInt64> {
            try runs.add("a", seed: seed, accuracy: Self.quick)
            try runs.add("b", seed: seed, accuracy: Self.slow)
        }
        let result = try #require(try runs.judged().first)
        #expect(result.comparison.arm.mean == 20)
        #expect(result.comparison.other.mean == 80)
        #expect(abs(result.comparison.difference - 0.25) < 1e-12)
        #expect(result.verdict == .reproduced)
        #expect(result.notes == [])
        #expect(result.evidence.contains("expected ratio ≤ 0.5"))
    }

    /// Steps of other batches are compared as steps, and it is said what a step is.
    @Test func stepsOfAnotherBatchAreNamed() throws {
        let runs = try SyntheticRuns(claims: Self.faster.replacing("arm: a", with: "arm: large"))
        for seed in 1...3 as ClosedRange<UInt64> {
            try runs.add("large", seed: seed, accuracy: Self.quick)
            try runs.add("b", seed: seed, accuracy: Self.slow)
        }
        let result = try #require(try runs.judged().first)
        #expect(result.comparison.arm.mean == 20)
        #expect(result.notes == ["a step of large is 40 images, one of b 10"])
    }

    @Test func anArmThatDoesNotGetThereCountsAsTheWholeRunAndItIsSaid() throws {
        let runs = try SyntheticRuns(claims: Self.faster)
        for seed in 1...3 as ClosedRange<UInt64> {
            try runs.add("a", seed: seed, accuracy: [0.1, 0.5, 0.6])
            try runs.add("b", seed: seed, accuracy: Self.slow)
        }
        let result = try #require(try runs.judged().first)
        #expect(result.comparison.arm.mean == 100)
        #expect(result.verdict == .notReproduced)
        #expect(result.notes == ["a did not reach its target: counted as 100 steps or more (seeds 1, 2, 3)"])
    }

    @Test func oneSeedThatDoesNotGetThereKeepsAClaimFromBeingReproduced() throws {
        let runs = try SyntheticRuns(claims: Self.faster.replacing("best-of(b)", with: "0.9"))
        let slower = [Double](repeating: 0.1, count: 9)
        for seed in 1...3 as ClosedRange<UInt64> {
            try runs.add("a", seed: seed, accuracy: seed == 3 ? slower : Self.quick)
            try runs.add("b", seed: seed, accuracy: slower)
        }
        let result = try #require(try runs.judged().first)
        #expect(result.verdict == .inconclusive)
        #expect(result.notes.contains("b did not reach its target: counted as 100 steps or more (seeds 1, 2, 3)"))
    }

    @Test func aReferenceThatDoesNotGetThereIsALowerBoundThatMayStand() throws {
        let runs = try SyntheticRuns(claims: Self.faster.replacing("best-of(b)", with: "0.9"))
        for seed in 1...3 as ClosedRange<UInt64> {
            try runs.add("a", seed: seed, accuracy: Self.quick)
            try runs.add("b", seed: seed, accuracy: [0.1, 0.2])
        }
        let result = try #require(try runs.judged().first)
        #expect(result.verdict == .reproduced)
        #expect(result.comparison.other.mean == 100)
    }

    @Test func smoothingAppliesToTheTargetAndToWhatReachesIt() throws {
        let runs = try SyntheticRuns(claims: Self.faster.replacing("factor: 2", with: "smoothing: 3"))
        for seed in 1...3 as ClosedRange<UInt64> {
            // One lucky evaluation of `a` at step 10; its mean of three reaches 0.8, the best mean of `b`, at step 50.
            try runs.add("a", seed: seed, accuracy: [0.1, 0.95, 0.1, 0.8, 0.8, 0.8])
            try runs.add("b", seed: seed, accuracy: Self.slow)
        }
        let comparison = try #require(try runs.judged().first).comparison
        #expect(comparison.arm.mean == 50 && comparison.other.mean == 80)
    }

    @Test func smoothedAccuraciesAreMeansOfEvaluations() throws {
        let claims = ["final", "best"].map {
            Self.higher.replacing("final:", with: "\($0):").replacing("id: higher", with: "id: \($0)\n  smoothing: 2")
        }
        let at = Self.higher.replacing("final: test-accuracy", with: "at: { step: 20 }")
            .replacing("id: higher", with: "id: at\n  smoothing: 2")
        let runs = try SyntheticRuns(claims: (claims + [at]).joined(separator: "\n"))
        for seed in 1...2 as ClosedRange<UInt64> {
            try runs.add("a", seed: seed, accuracy: [0.25, 0.5, 0.75, 0.25])
            try runs.add("b", seed: seed, accuracy: [0.1, 0.1, 0.1])
        }
        #expect(try runs.judged().map(\.comparison.arm.mean) == [0.5, 0.625, 0.625])
    }

    @Test func theShareOfSeedsThatDivergeIsANumberLikeAnyOther() throws {
        let diverges = """
            - id: diverges
              statement: "a diverges"
              source: "“reached machine infinity” (§4.2.2)."
              measure: diverges
              arm: a
              value: 0.5
              expect: above
            """
        let runs = try SyntheticRuns(
            claims: diverges + "\n"
                + diverges.replacing("id: diverges", with: "id: not").replacing("value: 0.5", with: "compared-with: b")
                .replacing("arm: a", with: "arm: tuned-low"))
        for seed in 1...3 as ClosedRange<UInt64> {
            try runs.add("a", seed: seed, accuracy: [0.1, 0.2], divergedAt: 17)
            try runs.add("tuned-low", seed: seed, accuracy: [0.1, 0.2], divergedAt: seed == 1 ? 17 : nil)
            try runs.add("b", seed: seed, accuracy: [0.9])
            // A share of seeds means the same on any data.
            let folder = runs.folder("a", seed: seed)
            #expect(try Manifest(folder.manifest).dataset.name == "mnist")
        }
        let results = try runs.judged()
        #expect(results.map(\.verdict) == [.reproduced, .inconclusive])
        #expect(results[0].comparison.arm.mean == 1)
        #expect(results[0].evidence.hasPrefix("share of seeds that diverge: a 1 ± 0, compared with 0.5 (n = 3)"))
    }

    @Test func armsThatWentTheSameWayDecideNothing() throws {
        let runs = try SyntheticRuns(claims: Self.higher)
        for seed in 1...3 as ClosedRange<UInt64> {
            for arm in ["a", "b"] { try runs.add(arm, seed: seed, accuracy: [0.5, 0.9]) }
        }
        #expect(try runs.judged()[0].verdict == .inconclusive)
        #expect(try runs.judged()[0].evidence.contains("both went the same way in every step"))
        // One evaluation that differs is a difference, even where the final numbers are equal.
        try runs.add("a", seed: 1, accuracy: [0.6, 0.9])
        #expect(try runs.judged()[0].verdict == .notReproduced)
    }

    @Test func finalAccuraciesDecide() throws {
        let above = try SyntheticRuns(claims: Self.higher)
        let below = try SyntheticRuns(claims: Self.higher)
        let around = try SyntheticRuns(claims: Self.higher)
        for (seed, offset) in [(1, 0.05), (2, 0.06), (3, 0.055)] as [(UInt64, Double)] {
            try above.add("a", seed: seed, accuracy: [0.9 + offset])
            try below.add("a", seed: seed, accuracy: [0.9 - offset])
            try around.add("a", seed: seed, accuracy: [0.9 + 20 * (offset - 0.054)])
            for runs in [above, below, around] { try runs.add("b", seed: seed, accuracy: [0.9]) }
        }
        #expect(try above.judged()[0].verdict == .reproduced)
        #expect(try below.judged()[0].verdict == .notReproduced)
        #expect(try around.judged()[0].verdict == .inconclusive)
        #expect(try above.judged()[0].evidence.contains("a 95.5 ± 0.5%, b 90 ± 0% (n = 3); difference 5.5 ["))
        #expect(try above.judged()[0].evidence.contains("points, expected difference ≥ 1"))
    }

    @Test func aDivergedRunCountsAsGuessing() throws {
        let runs = try SyntheticRuns(claims: Self.higher)
        for seed in 1...3 as ClosedRange<UInt64> {
            try runs.add("a", seed: seed, accuracy: [0.9])
            try runs.add("b", seed: seed, accuracy: [0.95], divergedAt: 17)
        }
        let result = try #require(try runs.judged().first)
        #expect(abs(result.comparison.other.mean - 0.1) < 1e-15)
        #expect(result.verdict == .reproduced)
        #expect(result.notes == ["b diverged: counted as guessing (seeds 1, 2, 3)"])
    }

    @Test func aDivergedArmNeverReachesAnything() throws {
        let runs = try SyntheticRuns(claims: Self.faster.replacing("best-of(b)", with: "0.5"))
        for seed in 1...3 as ClosedRange<UInt64> {
            try runs.add("a", seed: seed, accuracy: Self.quick, divergedAt: 90)
            try runs.add("b", seed: seed, accuracy: Self.slow)
        }
        let result = try #require(try runs.judged().first)
        #expect(result.verdict == .notReproduced)
        #expect(result.notes.first?.contains("a diverged") == true)
    }

    @Test func theValueAtAStepIsThatOfItsEvaluation() throws {
        let early = Self.higher.replacing("final: test-accuracy", with: "at: { step: 20 }")
        let runs = try SyntheticRuns(
            claims: early + "\n" + early.replacing("20", with: "25").replacing("id: higher", with: "id: never"))
        for seed in 1...2 as ClosedRange<UInt64> {
            try runs.add("a", seed: seed, accuracy: Self.quick)
            try runs.add("b", seed: seed, accuracy: Self.slow)
        }
        let results = try runs.judged()
        #expect(results[0].comparison.arm.mean == 0.9 && results[0].comparison.other.mean == 0.3)
        #expect(results[0].verdict == .reproduced)
        #expect(results[1].verdict == .inconclusive)
        #expect(results[1].notes.contains { $0.hasPrefix("a has no test-accuracy") })
    }

    @Test func oneSeedAndNoSeedDecideNothing() throws {
        let runs = try SyntheticRuns(claims: Self.higher)
        #expect(try runs.judged()[0].verdict == .inconclusive)
        #expect(try runs.judged()[0].arm == nil)
        try runs.add("a", seed: 1, accuracy: [0.99])
        try runs.add("b", seed: 1, accuracy: [0.5])
        let result = try #require(try runs.judged().first)
        #expect(result.verdict == .inconclusive)
        #expect(result.notes.contains("one seed: an interval needs two"))
        #expect(result.notes.contains("without seeds 2, 3"))
    }

    @Test func runsThatAreNotCompleteOrMadeOtherwiseAreNoEvidence() throws {
        let runs = try SyntheticRuns(claims: Self.higher)
        for seed in 1...3 as ClosedRange<UInt64> {
            try runs.add("a", seed: seed, accuracy: [0.99])
            try runs.add("b", seed: seed, accuracy: [0.5], status: seed == 2 ? .interrupted : nil)
        }
        let folder = runs.folder("a", seed: 3)
        var manifest = try Manifest(folder.manifest)
        manifest.settings["optimizer.sgd.rate"] = "7"
        try AtomicFile.write(manifest.encoded(), to: folder.manifest)
        let result = try #require(try runs.judged().first)
        #expect(result.comparison.seeds == [1])
        #expect(try runs.runs().remarks == ["a seed 3 is left out: it was made with other settings"])
    }

    @Test func runsOnOtherDataAreNotMixed() throws {
        let runs = try SyntheticRuns(claims: Self.higher)
        for seed in 1...3 as ClosedRange<UInt64> {
            try runs.add("a", seed: seed, accuracy: [0.99])
            try runs.add("b", seed: seed, accuracy: [0.5])
        }
        let folder = runs.folder("b", seed: 3)
        var manifest = try Manifest(folder.manifest)
        manifest.dataset.name = "glyphs"
        manifest.started = "1999-01-01T00:00:00Z"
        try AtomicFile.write(manifest.encoded(), to: folder.manifest)
        #expect(try runs.judged()[0].comparison.seeds == [1, 2])
        #expect(try runs.runs().remarks == ["b seed 3 is left out: it was made with other data (glyphs)"])
    }

    @Test func ofAGroupTheBestArmByTheDeclaredMetricIsTaken() throws {
        let runs = try SyntheticRuns(
            claims: Self.higher.replacing("arm: a", with: "arm: tuned-*\n  chosen-by: test-accuracy"))
        for seed in 1...3 as ClosedRange<UInt64> {
            try runs.add("tuned-low", seed: seed, accuracy: [0.97])
            try runs.add("tuned-high", seed: seed, accuracy: [0.99], divergedAt: 50)
            try runs.add("b", seed: seed, accuracy: [0.9])
        }
        let result = try #require(try runs.judged().first)
        #expect(result.arm == "tuned-low")
        #expect(result.verdict == .reproduced)
        #expect(result.notes == ["tuned-low has the best mean final test-accuracy of 2 arms"])
    }

    @Test func aPublishedNumberIsComparedWithTheMean() throws {
        let runs = try SyntheticRuns(claims: Self.higher.replacing("compared-with: b", with: "value: 0.95"))
        for (seed, value) in [(1, 0.97), (2, 0.975), (3, 0.98)] as [(UInt64, Double)] {
            try runs.add("a", seed: seed, accuracy: [value])
        }
        let result = try #require(try runs.judged().first)
        #expect(result.other == "0.95")
        #expect(result.verdict == .reproduced)
        #expect(result.evidence.contains("a 97.5 ± 0.5%, compared with 95%"))
    }

    @Test func aPublishedNumberDecidesNothingOnOtherData() throws {
        let runs = try SyntheticRuns(claims: Self.higher.replacing("compared-with: b", with: "value: 0.95"))
        for seed in 1...3 as ClosedRange<UInt64> {
            try runs.add("a", seed: seed, accuracy: [0.97])
            let folder = runs.folder("a", seed: seed)
            var manifest = try Manifest(folder.manifest)
            manifest.dataset.name = "glyphs"
            try AtomicFile.write(manifest.encoded(), to: folder.manifest)
        }
        let result = try #require(try runs.judged().first)
        #expect(result.verdict == .inconclusive)
        #expect(result.notes.contains("the number is published for mnist, and these runs are on glyphs"))
    }

    @Test func populationStatisticsCountUnlessOthersAreDeclared() throws {
        let claims = Self.higher.replacing("arm: a", with: "arm: normalized")
        let standard = try SyntheticRuns(claims: claims)
        let moving = try SyntheticRuns(claims: claims + "\n  statistics: moving-average")
        for runs in [standard, moving] {
            for seed in 1...2 as ClosedRange<UInt64> {
                try runs.add(
                    "normalized", seed: seed, accuracy: [0.95], statistics: ["moving-average", "population"])
                try runs.add("b", seed: seed, accuracy: [0.9])
            }
        }
        #expect(try standard.judged()[0].comparison.arm.mean == 0.95)
        #expect(try moving.judged()[0].comparison.arm.mean == 0.75)
        #expect(try moving.judged()[0].comparison.other.mean == 0.9)
    }

    @Test func driftAndSpreadAreThoseOfTheTypicalUnit() throws {
        let claims = """
            - id: steadier
              statement: "a moves less"
              source: "(§1)"
              measure: { drift: hidden/activation-input }
              arm: a
              compared-with: b
              expect: below
            - id: narrower
              statement: "a is narrower"
              source: "(§1)"
              measure: { spread: hidden/activation-input }
              arm: a
              compared-with: b
              expect: below
              factor: 2
            """
        let runs = try SyntheticRuns(claims: claims)
        for seed in 1...2 as ClosedRange<UInt64> {
            try runs.add("a", seed: seed, accuracy: [0.9], drift: [9, 0.5 + Double(seed), 9, 9], spread: 0.25)
            try runs.add("b", seed: seed, accuracy: [0.9], drift: [0, 4 + Double(seed), 0, 0], spread: 1)
        }
        let results = try runs.judged()
        #expect(results[0].comparison.arm.mean == 2)
        #expect(results[0].comparison.difference == -3.5)
        #expect(results[0].verdict == .reproduced)
        // Channel 1 at the last observation: from −spread to spread.
        #expect(results[1].comparison.arm.mean == 0.5)
        #expect(results[1].comparison.difference == 0.25)
    }

    @Test func theTrainingLossIsSmoothedOverAHundredBatches() throws {
        let claims = Self.higher.replacing("final: test-accuracy", with: "final: train-loss")
        let runs = try SyntheticRuns(claims: claims)
        try runs.add("a", seed: 1, accuracy: [0.9])
        try runs.add("b", seed: 1, accuracy: [0.9])
        let harmonic = (1...100).reduce(0.0) { $0 + 1 / Double($1) } / 100
        #expect(abs(try runs.judged()[0].comparison.arm.mean - harmonic) < 1e-12)
    }
}
