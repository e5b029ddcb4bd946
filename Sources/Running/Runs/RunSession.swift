import Datasets
import Engine
import Foundation
import Results

/// One sitting of a run: what it has recorded so far, and how it is saved, interrupted and completed.
final class RunSession {
    private(set) var step: Int
    private(set) var progress: RunProgress
    private(set) var ending = ""

    private let plan: RunPlan
    private let folder: RunFolder
    private let setup: RunSetup
    private let recorder: RunRecorder
    private let log: RunLog
    private let clock: () -> Double
    private let secondsBefore: Double
    private var manifest: Manifest
    private var batch: Int { plan.configuration.batch }

    /// Begins a run, or continues it from a saved state, which the model already holds; `clock` says seconds since then.
    init(
        plan: RunPlan, dataset: Dataset, folder: RunFolder, setup: RunSetup, hash: String, threads: Int,
        saved: SavedState?, reason: String, clock: @escaping () -> Double
    ) throws {
        self.plan = plan
        self.folder = folder
        self.setup = setup
        self.clock = clock
        manifest = Manifest(
            experiment: plan.experiment, arm: plan.arm, seed: plan.seed, profile: plan.profile,
            steps: plan.steps, hash: hash, numericsVersion: numericsVersion, settings: plan.flatSettings,
            dataset: .init(
                name: dataset.name, checksum: dataset.checksum, synthetic: dataset.isSynthetic,
                train: dataset.train.count, test: dataset.test.count, classes: dataset.classes.count),
            batch: setup.network == nil ? 0 : plan.configuration.batch,
            parameters: setup.network?.model.network.parameterCount ?? 0, threads: threads,
            started: Date.now.ISO8601Format(), provenance: .current)

        if saved == nil {
            try folder.removeResults()
        } else if let earlier = try? Manifest(folder.manifest) {
            manifest.started = earlier.started
            manifest.resumptions = earlier.resumptions + 1
            manifest.peakMemory = earlier.peakMemory
        }
        step = saved?.step ?? 0
        secondsBefore = saved?.seconds ?? 0
        recorder = try RunRecorder(folder, bins: plan.configuration.observe.bins, lengths: saved?.lengths)
        progress = RunProgress(
            step: step, steps: plan.steps, batch: plan.configuration.batch, loss: .nan, batchAccuracy: .nan)
        log = try RunLog(folder.log)
        try log.note("\(saved == nil ? "begun" : "continued"): \(reason); data set \(dataset.name)")
        for fact in setup.input.facts { try log.note("input: \(fact.name) \(fact.value)") }
        if let share = setup.input.shareOutside(dataset.test) {
            try log.note("input: share of test values outside the training set's range \(share)")
        }
        try AtomicFile.write(plan.resolvedConfiguration(dataset: dataset), to: folder.configuration)
        try write(.running)
    }

    // MARK: Recording

    /// Writes down a step that was made. Returns whether its loss is finite.
    func record(_ result: StepResult, of network: NetworkSetup) throws -> Bool {
        let accuracy = Double(result.correct) / Double(batch)
        try recorder.train(
            step: step + 1, epoch: network.order.epoch(ofStep: step), rate: result.rate, loss: result.loss,
            accuracy: accuracy)
        step += 1
        progress.step = step
        progress.loss = result.loss
        progress.batchAccuracy = accuracy
        if result.loss.isFinite { return true }
        // The curves of the test set end in NaN, not in the last good value.
        for statistics in network.statistics(step: step) {
            try recorder.evaluation(step: step, statistics: statistics.name, loss: .nan, accuracy: .nan)
        }
        return false
    }

    /// Evaluates, observes, measures and writes a checkpoint where due. Returns whether a measured test loss is finite.
    func measure(isLast: Bool, _ checkpointSteps: Set<Int>) throws -> Bool {
        let configuration = plan.configuration
        var isFinite = true
        if let network = setup.network {
            if isLast || step.isMultiple(of: configuration.evaluate.every) { isFinite = try evaluate(network) }
            if isFinite, let observer = network.observer, isLast || step.isMultiple(of: configuration.observe.every) {
                try observe(observer, network)
            }
        }
        if isFinite {
            for procedure in setup.procedures where procedure.declared.isDue(step: step, isLast: isLast) {
                try recorder.measurements(step: step, procedure.measure(setup.moment(step: step)))
            }
        }
        if let network = setup.network, checkpointSteps.contains(step) {
            try writeCheckpoint(of: network, to: folder.checkpoint(step: step))
        }
        return isFinite
    }

    private func evaluate(_ network: NetworkSetup) throws -> Bool {
        network.takePopulationStatistics(batches: network.populationBatches.count)
        var isFinite = true
        var words: [String] = []
        for (name, source) in network.statistics(step: step) {
            let result = network.evaluate(count: network.testCount, statistics: source)
            try recorder.evaluation(step: step, statistics: name, loss: result.loss, accuracy: result.accuracy)
            progress.testAccuracy = result.accuracy
            isFinite = result.loss.isFinite
            words.append("\(name == "none" ? "" : "\(name) ")loss \(result.loss) accuracy \(result.accuracy)")
        }
        try log.note("step \(step): test \(words.joined(separator: ", "))")
        try recorder.flush()
        return isFinite
    }

    private func observe(_ observer: Observer, _ network: NetworkSetup) throws {
        for (tap, summary) in network.observe(observer, step: step, edges: recorder.edges.edges) {
            try recorder.observation(step: step, tap: tap.address, summary)
        }
    }

    private func writeCheckpoint(of network: NetworkSetup, to url: URL) throws {
        var file = Safetensors(network.model.torchTensors() + setup.input.tensors)
        file.metadata = metadata("format", "pt")
        try AtomicFile.write(file.encoded(), to: url)
    }

    /// Writes the predictions on the test images, under the statistics that count, which the last evaluation has taken.
    private func writePredictions(of network: NetworkSetup) throws {
        guard let (name, source) = network.statistics(step: step).last else { return }
        let predictions = network.evaluator.predictions(count: network.testCount, statistics: source) {
            network.testing.fill(Array($0), into: $1, labels: &$2)
        }
        let file = PredictionsFile(
            Results.Predictions(
                classes: predictions.classes, probabilities: predictions.probabilities, labels: predictions.labels),
            metadata: metadata("statistics", name))
        try AtomicFile.write(file.encoded(), to: folder.predictions)
    }

    /// What a file says of the run, and one thing more.
    private func metadata(_ key: String, _ value: String) -> [String: String] {
        ["experiment": plan.experiment, "arm": plan.arm, "seed": "\(plan.seed)", "step": "\(step)", key: value]
    }

    // MARK: Saving and ending

    /// Saves everything that continuing needs: first the tables, then the state that names their lengths.
    func save() throws {
        try recorder.synchronize()
        let state = SavedState(
            hash: manifest.hash, step: step, lengths: recorder.lengths, seconds: secondsBefore + clock(),
            tensors: (setup.network?.model.stateTensors() ?? []) + setup.input.tensors)
        try AtomicFile.write(state.encoded(), to: folder.savedState)
    }

    func interrupt() throws -> Manifest {
        try save()
        try write(.interrupted)
        ending = "interrupted at step \(step); run it again to continue"
        try log.note(ending)
        return manifest
    }

    func complete(diverged: Bool) throws -> Manifest {
        try recorder.synchronize()
        try folder.writeDerivedTables()
        if let network = setup.network {
            try writeCheckpoint(of: network, to: folder.checkpoint)
            if plan.configuration.evaluate.predictions, !diverged { try writePredictions(of: network) }
        }
        let curves = try RunCurves(folder)
        manifest.metrics = curves.metrics
        if diverged { manifest.divergedAt = step }
        ending = Self.summary(curves, divergedAt: manifest.divergedAt, seconds: secondsBefore + clock())
        try log.note(ending)
        try write(diverged ? .diverged : .finished)
        try AtomicFile.remove(folder.savedState)
        return manifest
    }

    private func write(_ status: RunStatus) throws {
        let seconds = secondsBefore + clock()
        manifest.status = status
        manifest.step = step
        manifest.seconds = seconds
        manifest.imagesPerSecond = seconds > 0 ? Double(step * batch) / seconds : 0
        manifest.ended = status == .running ? nil : Date.now.ISO8601Format()
        manifest.peakMemory = [manifest.peakMemory, ProcessStatus.peakMemory].compactMap(\.self).max()
        try AtomicFile.write(manifest.encoded(), to: folder.manifest)
    }

    private static func summary(_ curves: RunCurves, divergedAt: Int?, seconds: Double) -> String {
        if let divergedAt {
            return "diverged at step \(divergedAt) after \(Phrase.clock(seconds)): the loss is not finite"
        }
        var text = "finished in \(Phrase.clock(seconds))"
        if let last = curves.final(.testAccuracy) { text += ", test accuracy \(ProgressText.percent(last))" }
        if let best = curves.best(.testAccuracy) {
            text += " (best \(ProgressText.percent(best.value)) at step \(best.step))"
        }
        return text
    }
}

final class RunRecorder {
    private var writers: [RunFolder.Table: CSVWriter] = [:]
    let edges: HistogramEdges

    /// Starts the tables, or continues them at the lengths of a saved state; `bins` lie between the outer edges.
    init(_ folder: RunFolder, bins: Int, lengths: [RunFolder.Table: Int]?) throws(FileError) {
        edges = HistogramEdges(bins: bins)
        for table in RunFolder.Table.allCases {
            let url = folder.file(table.rawValue)
            writers[table] =
                if let lengths {
                    try CSVWriter(continuing: url, header: table.header, length: lengths[table] ?? 0)
                } else {
                    try CSVWriter(creating: url, header: table.header)
                }
        }
    }

    var lengths: [RunFolder.Table: Int] { writers.mapValues(\.byteCount) }

    /// Returns when all rows have reached the disk.
    func synchronize() throws(FileError) {
        for table in RunFolder.Table.allCases { try writers[table]?.synchronize() }
    }

    /// Hands all rows to the system, so that readers of the files see them.
    func flush() throws(FileError) {
        for table in RunFolder.Table.allCases { try writers[table]?.flush() }
    }

    /// A training step: the numbers of its batch before the update. A loss that is not finite has no accuracy either.
    func train(step: Int, epoch: Int, rate: Double, loss: Double, accuracy: Double) throws(FileError) {
        try append(
            [
                .integer(step), .integer(epoch), .number(rate), .number(loss),
                .number(loss.isFinite ? accuracy : .nan),
            ], to: .train)
    }

    /// An evaluation on the test set. A loss that is not finite has no accuracy either: the classes would be chance.
    func evaluation(step: Int, statistics: String, loss: Double, accuracy: Double) throws(FileError) {
        try append(
            [.integer(step), .text(statistics), .number(loss), .number(loss.isFinite ? accuracy : .nan)],
            to: .evaluations)
    }

    func observation(step: Int, tap: String, _ summary: TapSummary) throws(FileError) {
        let place: [CSVField] = [.integer(step), .text(tap)]
        for (index, channel) in summary.channels.enumerated() {
            let values = [channel.mean, channel.deviation, channel.p15, channel.p50, channel.p85]
            try append(place + [.integer(index)] + values.map { .single($0) }, to: .activations)
        }
        let percentiles = [summary.minimum] + summary.percentiles + [summary.maximum]
        let values = [Float(summary.mean), Float(summary.deviation)] + percentiles
        try append(place + values.map { .single($0) }, to: .layers)
        for (bin, count) in summary.counts.enumerated() {
            let ends = edges.ends(of: bin)
            try append(
                place + [.integer(bin), .single(ends.left), .single(ends.right), .integer(count)], to: .histograms)
        }
    }

    func measurements(step: Int, _ measurements: [Measurement]) throws(FileError) {
        for measurement in measurements {
            try append(
                [
                    .integer(step), .text(measurement.quantity), .text(measurement.place), .optional(measurement.at),
                    .number(measurement.value),
                ], to: .measures)
        }
    }

    private func append(_ row: [CSVField], to table: RunFolder.Table) throws(FileError) {
        try writers[table]?.append(row)
    }
}
