import Foundation
import TestSupport

/// The files of one synthetic run.
struct SyntheticRun {
    let experiment: SyntheticExperiment
    let arm: SyntheticArm
    let seed: Int

    /// The last step, counted from 1, that the run made.
    private var lastStep: Int { min(arm.divergence(seed: seed) ?? experiment.steps, experiment.steps) }
    private var diverged: Bool { arm.divergence(seed: seed) != nil }

    private func generator(_ purpose: String) -> SeededGenerator {
        let path = "\(arm.name)/\(seed)/\(purpose)"
        return SeededGenerator(path.utf8.reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 })
    }

    /// Writes the run's folder and returns its row of `runs.csv`.
    func write(in folder: URL) throws -> String {
        let run = folder.appending(path: "\(arm.name)/seed-\(seed)")
        try FileManager.default.createDirectory(at: run, withIntermediateDirectories: true)
        func put(_ text: String, _ file: String) throws {
            try text.write(to: run.appending(path: file), atomically: false, encoding: .utf8)
        }
        let (training, lastLoss) = trainingFile()
        let evaluation = evaluationFile()
        try put(training, "train.csv")
        try put(evaluation.text, "eval.csv")
        let activations = SyntheticActivations(
            experiment: experiment, arm: arm, lastStep: lastStep, generator: generator("activations"))
        for (file, text) in activations.files() { try put(text, file) }
        let measures = SyntheticMeasures(
            experiment: experiment, arm: arm, lastStep: lastStep, generator: generator("measures"))
        for (file, text) in measures.files() { try put(text, file) }
        let status = diverged ? "diverged" : "finished"
        let divergedAt = diverged ? "\(lastStep)" : ""
        let last = diverged ? "nan" : "\(evaluation.last)"
        return "\"\(arm.name)\",\(seed),\(status),\(lastStep),\(divergedAt),\(diverged ? "nan" : "\(lastLoss)"),"
            + "\(last),\(diverged ? "nan" : "0.1"),\(evaluation.best.map { "\($0)" } ?? ""),\(evaluation.bestStep),12.5,900\n"
    }

    private func trainingFile() -> (text: String, lastLoss: Float) {
        var random = generator("train")
        var text = "step,epoch,rate,loss,accuracy\n"
        var loss: Float = .nan
        for step in 1...lastStep {
            let accuracy = arm.accuracy(at: step, of: experiment.steps)
            let ideal = -2.2 * log(min(0.999, accuracy)) * (0.75 + 0.5 * random.uniform()) + 0.01 * random.uniform()
            loss = Float(min(ideal, 2.4))
            if diverged, step > lastStep - 12 { loss = Float(2.4 * pow(1.9, Double(step - lastStep + 12))) }
            if diverged, step == lastStep { loss = .nan }
            text += "\(step),\(Float(step) * 60 / 60000),0.1,\(loss),\(Float(accuracy))\n"
        }
        return (text, loss)
    }

    private func evaluationFile() -> (text: String, best: Float?, bestStep: String, last: Float) {
        var random = generator("eval")
        var text = "step,statistics,loss,accuracy\n"
        let shift = 0.002 * random.normal()
        var (best, bestStep, last): (Float?, String, Float) = (nil, "", .nan)
        for step in stride(from: 0, through: lastStep, by: experiment.evaluateEvery) {
            let ideal = arm.accuracy(at: step, of: experiment.steps)
            let noise = (1 - ideal) * 0.06 * random.normal() + shift * ideal
            last = Float((max(0.06, ideal + noise) * 10_000).rounded() / 10_000)
            if diverged, step > lastStep - 6 { last = .nan }
            if last > best ?? 0 { (best, bestStep) = (last, "\(step)") }
            let loss = Float(-1.1 * log(ideal))
            if arm.normalizes {
                let early = Float(((0.1 + (Double(last) - 0.1) * (1 - exp(-Double(step) / 40))) * 1e4).rounded() / 1e4)
                text += "\(step),moving-average,\(loss),\(early)\n\(step),population,\(loss),\(last)\n"
            } else {
                text += "\(step),none,\(loss),\(last)\n"
            }
        }
        return (text, best, bestStep, last)
    }
}
