import ArgumentParser
import Datasets
import Declarations
import Engine
import Experiments
import Foundation
import Running

struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print a resolved experiment, where each value came from, or a model's layers.",
        discussion: """
            normlab show lenet                        the arms and what they change
            normlab show lenet --arm lrn --origin     every setting of an arm with the file and line it came from
            normlab show lenet --arm lrn --layers     the network of an arm, layer by layer
            normlab show lenet --arm lrn --plan       what a training step computes together, and in which memory
            normlab show models/lenet                 a model, where an experiment has the same name
            normlab show inception-small --set width=0.5 --set normalization=batch-norm      a model with settings
            """)

    @Argument(help: "An experiment or a model.", completion: Completions.experimentsAndModels)
    var name: String

    @OptionGroup var workspace: Workspace

    @Option(name: .long, help: "The arms to show (default: all), separated by commas.")
    var arm: String?

    @Option(name: .shortAndLong, help: "The profile to resolve for.")
    var profile = "quick"

    @Option(name: .long, help: "Change a setting: optimizer.sgd.rate=0.2. Repeatable.")
    var set: [String] = []

    @Flag(name: .long, help: "Print every setting with the file and line it came from.")
    var origin = false

    @Flag(name: .long, help: "Print the layers: output shape, parameters, multiply-adds.")
    var layers = false

    @Flag(name: .long, help: "Print the plan of a training step: what is computed together, memory, gradients.")
    var plan = false

    func run() throws {
        let library = workspace.library
        if let model = modelName(library) {
            try showModel(model, library)
            return
        }
        let experiment = try library.load(name, overrides: set.map { try Override($0) })
        _ = try experiment.profile(profile)
        let patterns = arm.map(RunOptions.armPatterns)
        let arms = try patterns.map { try experiment.arms(matching: $0) } ?? experiment.arms
        if !origin && !layers && !plan { showHeading(experiment) }
        for (index, arm) in arms.enumerated() {
            if index > 0 { Terminal.print() }
            try show(arm, of: experiment)
        }
    }

    /// The model that is meant: `models/lenet`, or a name that no experiment has.
    private func modelName(_ library: ExperimentLibrary) -> String? {
        if name.lowercased().hasPrefix("models/") { return name }
        return library.modelNames.contains(name) && !library.names.contains(name) ? name : nil
    }

    private func showHeading(_ experiment: Experiment) {
        Terminal.print("\(experiment.name): \(experiment.title)")
        Terminal.print("\(experiment.question)\n\(experiment.source)\n")
    }

    private func show(_ arm: Arm, of experiment: Experiment) throws {
        guard let profile = experiment.profiles[profile] else { return }
        let configuration = arm.configuration(in: profile)
        Terminal.print("── \(arm.name): \(arm.label)" + (arm.description.isEmpty ? "" : ". \(arm.description)"))
        if origin {
            Terminal.print(configuration.originListing)
        } else if layers || plan {
            let source = try DatasetCatalogue.source(experiment.datasets[0])
            let network = try configuration.network(
                input: configuration.inputShape(of: source.shape), classes: source.classes.count)
            show(network, batch: configuration.batch)
        } else {
            Terminal.print(configuration.canonicalYAML)
        }
    }

    /// The layers of a model on the shape that it was made for, with the default settings but for those of `--set`.
    private func showModel(_ name: String, _ library: ExperimentLibrary) throws {
        if origin || arm != nil {
            throw ValidationError("\(name) is a model: it has no arms and no origins; see --layers, --plan and --set")
        }
        let configuration = try library.configuration(ofModel: name, overrides: set.map { try Override($0) })
        let model = configuration.model
        guard let shape = model.inputShape else {
            throw ValidationError("\(name) names no input shape: show it in an experiment, with --layers")
        }
        Terminal.print("\(model.name): \(model.title)\n\(model.source)\n")
        show(try configuration.network(input: shape, classes: model.classes), batch: configuration.batch)
    }

    private func show(_ network: Network, batch: Int) {
        Terminal.print(
            plan ? PlanTable.text(of: ExecutionPlan(network, batch: batch)) : LayerTable.text(of: network))
    }
}
