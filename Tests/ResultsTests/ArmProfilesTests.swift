import Foundation
import Testing

@testable import Results

@Suite struct ArmProfilesTests {
    private func arm(_ runs: [(status: RunStatus, rows: String)]) throws -> MeasuredArm {
        MeasuredArm(
            arm: ArmRecord(name: "a", label: "A", order: 0, color: 0),
            runs: try runs.enumerated().map { index, run in
                let text = "step,quantity,place,at,value\n" + run.rows
                let record = RunRecord(
                    arm: "a", seed: index + 1, status: run.status, steps: 20, folder: URL(filePath: "/"))
                return (record, try MeasuredQuantities([CSVTable(bytes: Array(text.utf8), name: "measures.csv")]))
            })
    }

    private static let rows = """
        0,q,a,2,1
        0,q,a,1,3
        10,q,a,1,5
        10,q,a,2,7
        10,q,b,1,9
        20,q,a,1,nan

        """

    @Test func theStepIsTheOneAskedFor() throws {
        let arm = try arm([(.finished, Self.rows)])
        func profile(_ step: ProfileStep) -> ArmProfiles.Profile? {
            arm.profiles("q", places: ["a"], at: step)?.profiles.first
        }
        #expect(profile(.first)?.step == 0)
        #expect(profile(.first)?.x == [1, 2])
        #expect(profile(.first)?.y == [3, 1])
        // The last step with a value, not the one at which it is none.
        #expect(profile(.last)?.step == 10)
        #expect(profile(.nearest(6))?.step == 10)
        #expect(profile(.nearest(5))?.step == 0)
        #expect(profile(.nearest(1000))?.step == 20)
        #expect(arm.profiles("other", places: ["a"], at: .last) == nil)
    }

    @Test func meansOverPlacesHaveThemAll() throws {
        let arm = try arm([(.finished, Self.rows)])
        let profile = try #require(arm.profiles("q", places: ["a", "b"], at: .nearest(10))?.profiles.first)
        #expect(profile.x == [1])
        #expect(profile.y == [7])
    }

    @Test func everyDepthCounts() throws {
        // Two branches at the depth 2, one layer at the others.
        let arm = try arm([(.finished, "0,q,a,1,1\n0,q,b,2,2\n0,q,c,2,4\n0,q,d,3,5\n")])
        let profile = try #require(arm.profiles("q", places: ["a", "b", "c", "d"], at: .last)?.profiles.first)
        #expect(profile.x == [1, 2, 3])
        #expect(profile.y == [1, 3, 5])
    }

    @Test func placesCanBeTheAxis() throws {
        let arm = try arm([(.finished, Self.rows)])
        let profile = try #require(
            arm.profiles("q", over: ["b", "a"], at: .nearest(10), where: nil)?.profiles.first)
        #expect(profile.x == [0, 1])
        #expect(profile.y == [9, 6])
        let chosen = try #require(arm.profiles("q", over: ["b", "a"], at: .nearest(10), where: 2)?.profiles.first)
        #expect(chosen.x == [1])
        #expect(chosen.y == [7])
    }

    @Test func summariesAreOfTheRunsThatFinished() throws {
        let arm = try arm([
            (.finished, "0,q,a,1,1\n0,q,a,2,5\n"), (.finished, "0,q,a,1,3\n"), (.diverged, "0,q,a,1,100\n"),
        ])
        let profiles = try #require(arm.profiles("q", places: ["a"], at: .last))
        #expect(profiles.summary.map(\.x) == [1])
        #expect(profiles.summary.map(\.statistics.mean) == [2])
        #expect(profiles.summary.map(\.statistics.count) == [2])
    }

    @Test func wordsForSteps() {
        #expect(ProfileStep(phrase: "first") == .first)
        #expect(ProfileStep(phrase: "last") == .last)
        #expect(ProfileStep(phrase: "500") == .nearest(500))
        #expect(ProfileStep(phrase: "-1") == nil)
        #expect(ProfileStep(phrase: "middle") == nil)
        #expect([ProfileStep.first, .last, .nearest(500)].map(\.phrase) == ["first", "last", "500"])
    }
}
