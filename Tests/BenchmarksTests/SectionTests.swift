import Engine
import Foundation
import Kernels
import Testing

@testable import Benchmarks

/// Sections on a small network: everything that they promise is reported, and is a number.
@Suite struct SectionTests {
    private static let memory = MemoryMeter(restart: {}, peak: { 1_000_000 })

    private func results(_ section: some BenchmarkSection) throws -> [BenchmarkResult] {
        var results: [BenchmarkResult] = []
        try section.run { results.append($0) }
        #expect(results.allSatisfy { $0.section == type(of: section).name })
        #expect(results.allSatisfy { $0.spread.median.isFinite })
        #expect(!results.isEmpty)
        return results
    }

    @Test func kernelsHaveRatesAndShares() throws {
        let peaks = MachinePeaks(effort: .least)
        let results = try results(
            KernelSection([.small], peaks: peaks, team: Team(threads: 1), effort: .least))
        let convolution = results.filter { $0.name.hasPrefix("convolution") }
        #expect(Set(convolution.map(\.variant)) == ["forward", "data gradient", "weight gradient"])
        for metric in [BenchmarkMetric.time, .rate, .shareOfPeak, .traffic, .shareOfBandwidth, .intensity] {
            #expect(convolution.count { $0.metric == metric && $0.spread.median > 0 } == 3, "\(metric.name)")
        }
    }

    @Test func theProductsThatMatterAreSummedByPass() throws {
        let network = try Network(
            input: Shape(height: 3, width: 3, channels: 32),
            nodes: [
                Node(name: "wide", layer: Convolution(channels: 40, kernel: 3, pad: 1, weight: Xavier())),
                Node(name: "point", layer: Convolution(channels: 32, kernel: 1, weight: Xavier())),
                Node(name: "scores", layer: Dense(units: 2, weight: Xavier())),
            ])
        let subject = BenchmarkNetwork(name: "two", variant: "none", batch: 2, network: network)
        let results = try results(
            KernelSection(
                [subject], peaks: MachinePeaks(effort: .least) { _, _ in Sample([500]) }, team: Team(threads: 1),
                effort: .least))
        let shares = results.filter { $0.name == KernelSection.headline }
        let passes = ["forward", "data gradient", "weight gradient"]
        #expect(shares.map(\.variant) == ["each"] + passes.map { "\($0), together" } + ["all, together"])
        let works = ProductShape.all(in: [subject]).filter(\.isHeadline).map { ($0.name, $0.work(.forward).operations) }
        func share(_ passes: [String]) -> Double {
            let seconds = results.filter {
                $0.metric == .time && passes.contains($0.variant) && $0.name.hasPrefix("conv")
            }
            .reduce(0) { $0 + $1.spread.median * 1e-6 }
            return Double(passes.count) * works.reduce(0) { $0 + $1.1 } / seconds / 500e9 * 100
        }
        for (result, passes) in zip(shares.dropFirst(), passes.map { [$0] } + [passes]) {
            #expect(abs(result.spread.median / share(passes) - 1) < 1e-9, "\(result.variant)")
        }
        #expect(shares[0].spread.repeats == 6)
    }

    @Test func layersShareOutTheStep() throws {
        let results = try results(LayerSection([.small], team: Team(threads: 1), effort: .least))
        let shares = results.filter { $0.metric == .shareOfStep && !$0.name.contains(LayerSection.kindMark) }
        let sums = results.filter { $0.metric == .shareOfStep && $0.name.contains(LayerSection.kindMark) }
        #expect(abs(sums.reduce(0) { $0 + $1.spread.median } - 100) < 1e-9)
        #expect(shares.map(\.name) == ["conv", "normalize", "activate", "pool", "scores"].map { "small/\($0)" })
        #expect(abs(shares.reduce(0) { $0 + $1.spread.median } - 100) < 1e-9)
    }

    @Test func networksTrainAndInfer() throws {
        let results = try results(
            NetworkSection(
                [.small], peaks: MachinePeaks(effort: .least) { _, _ in Sample([500]) }, team: Team(threads: 2),
                effort: .least, memory: Self.memory))
        #expect(
            Set(results.map(\.metric)) == [
                .training, .trainingEffectiveRate, .trainingRate, .trainingShare, .inference, .inferenceEffectiveRate,
                .inferenceRate, .inferenceShare, .plannedMemory, .peakMemory,
            ])
        func number(_ metric: BenchmarkMetric) throws -> Double {
            try #require(results.first { $0.metric == metric }).spread.maximum
        }
        let multiplyAdds = Double(BenchmarkNetwork.small.network.multiplyAdds)
        for metric in [BenchmarkMetric.trainingEffectiveRate, .trainingRate] {
            #expect(abs(try number(metric) / number(.training) / (6e-9 * multiplyAdds) - 1) < 1e-9)
        }
        for metric in [BenchmarkMetric.inferenceEffectiveRate, .inferenceRate] {
            #expect(abs(try number(metric) / number(.inference) / (2e-9 * multiplyAdds) - 1) < 1e-9)
        }
        #expect(try abs(number(.trainingShare) / (number(.trainingRate) / 500 * 100) - 1) < 1e-9)
        #expect(try abs(number(.inferenceShare) / (number(.inferenceRate) / 500 * 100) - 1) < 1e-9)
    }

    @Test func wholeRunsCountTheirEvaluation() throws {
        let run = WholeRunSection.Run(subject: .small, images: 8, evaluated: 3) { Thread.sleep(forTimeInterval: 0.002) }
        let results = try results(
            WholeRunSection(
                [run], peaks: MachinePeaks(effort: .least) { _, _ in Sample([500]) }, threads: 1, effort: .least))
        #expect(results.map(\.metric) == [.wholeRun, .effectiveRate, .rate, .shareOfPeak])
        let operations = (6 * 8 + 2 * 3) * Double(BenchmarkNetwork.small.network.multiplyAdds)
        // Images and operations of the same seconds.
        for rate in results[1...2] {
            let ratio = rate.spread.maximum / results[0].spread.maximum
            #expect(abs(ratio / (operations / 1e9 / 8) - 1) < 1e-9)
        }
        #expect(abs(results[3].spread.maximum / (results[2].spread.maximum / 500 * 100) - 1) < 1e-9)
    }

    /// As where an algorithm takes fewer multiply-adds than the equation, in passes of its choice.
    @Test func operationsThatAreSavedAreEffectiveAllTheSame() {
        let performed = PerformedMultiplyAdds(forward: 40, backward: 130)
        let operations = Operations(multiplyAdds: 100, performed: performed, trained: 3, evaluated: 2)
        #expect(operations.effective == 2 * 100 * (3 * 3 + 2))
        #expect(operations.performed == 2 * (3 * (40 + 130) + 2 * 40))
        let small = BenchmarkNetwork.small
        #expect(
            small.operations(trained: 3, evaluated: 2).performed == small.operations(trained: 3, evaluated: 2).effective
        )
    }

    @Test func theBestPeakIsKept() {
        var measured = [100.0, 90, 120, 110]
        let peaks = MachinePeaks(effort: .least) { _, _ in Sample([measured.removeFirst()]) }
        #expect(peaks.arithmeticPeak(threads: 1).maximum == 100)
        for best in [100.0, 120, 120] {
            peaks.measureArithmeticPeakAgain(threads: 1)
            #expect(peaks.arithmeticPeak(threads: 1).maximum == best)
        }
        #expect(peaks.shareOfPeak(Sample([30]), threads: 1).median == 25)
    }

    @Test func batchesDifferAndComeAgain() {
        let batches = RandomBatches(count: 2, batch: 3, values: 5, classes: 4, team: Team(threads: 1))
        let storage = Storage(count: 15)
        let steps = (0..<4).map { step in
            var labels: [Int32] = [-1, -1, -1]
            batches.fill(step: step, storage.matrix(rows: 3, columns: 5), &labels)
            #expect(labels.allSatisfy { (0..<4).contains($0) })
            return storage.vector(count: 15).elements
        }
        #expect(steps[0] != steps[1] && steps[2] == steps[0] && steps[3] == steps[1])
    }

    @Test(arguments: [(99.0, 0), (101.0, 1)]) func impossibleSharesAreNoted(share: Double, notes: Int) throws {
        let result = BenchmarkResult(
            section: NetworkSection.name, name: "mlp", threads: 1, .trainingShare, Sample([share]))
        let table = try #require(SectionTables.tables(of: NetworkSection.name, [result]).first)
        #expect(table.notes.count == notes)
    }

    @Test func scalingVariesEverything() throws {
        let results = try results(ScalingSection([.small], threads: 2, effort: .least, memory: Self.memory))
        #expect(Set(results.map { String($0.variant.prefix { $0 != " " }) }) == ["batch", "threads", "width", "size"])
        #expect(Set(results.filter { $0.variant == "threads" }.map(\.threads)) == [1, 2])
    }

    @Test func observingCostsSomething() throws {
        let plan = ObservationSection.Plan(every: 1, taps: ["*"], images: 4, edges: [-1, 0, 1])
        let results = try results(ObservationSection([.small], plan: plan, team: Team(threads: 1), effort: .least))
        #expect(results.map(\.metric) == [.cost, .time])
        #expect(results[1].spread.median > 0)
    }

    @Test func theProbesOfTheMachineFindWhatEveryMachineCan() throws {
        let peak = ArithmeticPeak.measure(threads: 1, effort: .least).maximum
        #expect(peak > 1, "\(peak) GFLOP/s")
        for access in Bandwidth.Access.allCases {
            let bandwidth = Bandwidth.measure(access, bytes: 16 << 10, threads: 1, effort: .least).maximum
            #expect(bandwidth > 0.5, "\(bandwidth) GB/s")
        }
    }
}
