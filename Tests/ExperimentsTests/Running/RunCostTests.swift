import Foundation
import Testing

@testable import Experiments
@testable import Running

struct RunCostTests {
    /// What is counted, by a loop like that of a run.
    private func counted(_ cost: RunCost, steps: Int, first: Int, evaluate: Int, observe: Int) -> Double {
        var seconds = cost.setup
        func measure(_ step: Int) {
            if step == steps || step % evaluate == 0 { seconds += cost.evaluation }
            if step == steps || step % observe == 0 { seconds += cost.observation }
        }
        if first == 0 { measure(0) }
        var step = first
        while step < steps {
            step += 1
            seconds += cost.step
            measure(step)
        }
        return seconds
    }

    @Test(arguments: [(0, 10, 7), (0, 30, 60), (10, 10, 7), (29, 1, 4), (11, 50, 50)])
    func countsWhatARunDoes(first: Int, evaluate: Int, observe: Int) throws {
        let yaml = TinyExperiment.yaml.replacing("every: 10,", with: "every: \(evaluate),").replacing(
            "every: 7,", with: "every: \(observe),")
        let plan = try TinyExperiment(yaml).plan("baseline")
        // Powers of two: sums are exact.
        let cost = RunCost(setup: 1024, step: 1, evaluation: 64, observation: 4096)
        #expect(
            cost.seconds(of: plan, from: first)
                == counted(cost, steps: 30, first: first, evaluate: evaluate, observe: observe))
    }

    @Test func runsThatDoTheSameOperationsCostTheSame() throws {
        let tiny = try TinyExperiment()
        func key(_ arm: String) throws -> String { try tiny.plan(arm).costKey }
        #expect(try key("baseline") == key("explosive"), "another rate")
        #expect(try key("baseline") == tiny.plan("baseline", seed: 2, profile: "quick").costKey)
        #expect(try key("baseline") != key("batch-norm"))
        #expect(try key("unobserved") != key("batch-norm"))
    }

    @Test func workIsWarmedUpAndThenDoneUntilTheBudgetIsUsed() {
        var (time, calls) = (0.0, 0)
        let seconds = CostSurvey.seconds(1, now: { time }) {
            // The first is slow.
            time += calls == 0 ? 0.5 : 0.125
            calls += 1
        }
        #expect(calls == 5 && seconds == 0.125)
        #expect(CostSurvey.seconds(0.1, now: { time }) { time += 8 } == 8, "once, where it takes too long")
    }

    @Test(arguments: [1, 3])
    func everyRunThatCanBeMadeHasACost(jobs: Int) throws {
        let tiny = try TinyExperiment()
        let tooLarge = try TinyExperiment(TinyExperiment.yaml.replacing("batch: 12", with: "batch: 1000"))
        let plans = try ["baseline", "batch-norm", "unobserved", "explosive"].map { try tiny.plan($0) }
        let costs = CostSurvey(jobs: jobs, threads: 1).costs(
            of: (plans + [try tooLarge.plan("baseline")]).map { ($0, tiny.dataset) })
        #expect(costs.count == 5)
        for cost in costs.prefix(4) {
            let cost = try #require(cost)
            #expect(cost.step > 0 && cost.evaluation > 0 && cost.setup > 0)
            #expect(cost.step < 1, "a step of a tiny network")
        }
        #expect(costs[0] == costs[3], "measured once")
        #expect(costs[0]?.observation ?? 0 > 0 && costs[2]?.observation == 0)
        #expect(costs[4] == nil, "its batch is larger than the data: that is said when it is run")
        #expect(CostSurvey(jobs: jobs, threads: 1).costs(of: []).isEmpty)
    }

    private func schedule(_ runs: [(Int, Double)], groups: Int, jobs: Int) -> RunSchedule {
        RunSchedule(runs.map { (group: $0.0, seconds: $0.1) }, groupCount: groups, jobs: jobs)
    }

    @Test func runsBeginWhereAJobIsFree() {
        let runs = [(0, 4.0), (0, 2.0), (1, 3.0), (1, 1.0)]
        // The third begins after 2 s. The last is too short to wait from 4 s to 5 s.
        let two = schedule(runs, groups: 3, jobs: 2)
        #expect(two.groups == [4, 3, 0] && two.whole == 5)
        let one = schedule(runs, groups: 3, jobs: 1)
        #expect(one.groups == [6, 4, 0] && one.whole == 10)
        #expect(schedule([], groups: 1, jobs: 2).whole == 0)
    }

    @Test func theLastRunsWaitForAllThreadsWhereThatIsSoon() {
        // The third waits a second and then takes 7 s / 1.75 on two threads.
        let waiting = schedule([(0, 7), (0, 8), (1, 7)], groups: 2, jobs: 2)
        #expect(waiting.groups == [8, 4] && waiting.whole == 12)
        // Five seconds are too long to wait.
        #expect(schedule([(0, 3), (0, 8), (1, 7)], groups: 2, jobs: 2).whole == 10)
        // Two are left for four jobs: two threads each.
        #expect(schedule([0, 0, 0, 0, 1, 1].map { ($0, 7) }, groups: 2, jobs: 4).whole == 11)
    }
}
