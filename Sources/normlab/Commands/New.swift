import ArgumentParser
import Declarations
import Experiments
import Foundation

struct New: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a commented experiment that runs, to be changed.",
        discussion: """
            normlab new wider              Experiments/wider.yaml
            normlab new critics/wider      a file of a suite
            normlab new ./wider.yaml       a file anywhere
            """)

    @Argument(help: "The name: lower case letters, digits and '-'; or SUITE/NAME, or the path of a .yaml file.")
    var name: String

    @OptionGroup var workspace: Workspace

    func run() throws {
        let isPath = name.hasSuffix(".yaml")
        let file = isPath ? URL(filePath: name) : workspace.rootFolder.appending(path: "Experiments/\(name).yaml")
        let stem = file.deletingPathExtension().lastPathComponent
        guard Resolver.isName(stem) else {
            throw ValidationError("'\(stem)' cannot name an experiment; use lower case letters, digits and '-'")
        }
        if let other = workspace.library.entries.first(where: { $0.name == stem }) {
            throw ValidationError("there is an experiment '\(stem)' already: \(other.path)")
        }
        if workspace.library.suites.contains(stem) { throw ValidationError("'\(stem)' is the name of a suite") }
        if name.hasPrefix("Models/") { throw ValidationError("Experiments/Models is for models") }
        let folder = file.deletingLastPathComponent()
        let path = file.path(percentEncoded: false)
        if FileManager.default.fileExists(atPath: path) { throw ValidationError("\(path) is there already") }
        guard FileManager.default.fileExists(atPath: folder.path(percentEncoded: false)) else {
            throw ValidationError("there is no folder \(folder.path(percentEncoded: false))")
        }
        let schema = isPath ? nil : String(repeating: "../", count: name.count { $0 == "/" }) + "schema.json"
        try Foundation.Data(Self.text(schema: schema).utf8).write(to: file, options: .withoutOverwriting)
        let shown = isPath ? name : stem
        Terminal.print(
            """
            \(path)

            normlab show \(shown)                     what each arm is, resolved
            normlab reproduce \(shown) -p smoke       a few steps of every arm
            normlab reproduce \(shown)                train, draw, judge
            """)
    }

    /// The file. `schema` is where the JSON Schema is, for editors; nil outside of the project.
    static func text(schema: String?) -> String {
        (schema.map { "# yaml-language-server: $schema=\($0)\n" } ?? "") + """
            title: A small network with and without batch normalization
            source: "Ioffe & Szegedy 2015, §4.1"
            question: Does batch normalization train a small perceptron faster?
            # The first that this machine has is used; `glyphs` are digits that the program draws, which every machine has.
            dataset: [mnist, fashion-mnist, glyphs]

            # How much is done: `normlab reproduce` takes quick. A smoke of a few steps and a paper are derived where they are missing.
            profiles:
              quick: { steps: 300, seeds: [1, 2, 3] }

            # What all arms have in common; docs/configuration.md has every key.
            base:
              model: mlp                   # Experiments/Models/mlp.yaml, or a list of layers in place
              activation: sigmoid
              initializer: { gaussian: { deviation: 0.1 } }
              batch: 60
              optimizer: { sgd: { rate: 0.5 } }
              evaluate: { every: 50 }
              observe: { every: 50 }

            # Each arm states only its differences; arms of one seed start from the same weights and see the same batches.
            arms:
              baseline: {}
              batch-norm:
                label: With BN
                description: Batch normalization before every sigmoid; nothing else changes.
                normalization: batch-norm
              batch-norm-fast:
                like: batch-norm           # all that batch-norm states, and this:
                label: With BN, rate × 4
                rate-multiplier: 4

            figures:
              - accuracy-over-steps
              - activation-quantiles: { tap: hidden3/activation-input, arms: [baseline, batch-norm] }
              - final-accuracy

            # A claim compares one number a run between two arms, seed by seed.
            claims:
              - id: faster
                statement: With batch normalization at most half the steps are needed to the baseline's best accuracy.
                source: "“Batch Normalization helps the network train faster” (§4.1, Figure 1a)"
                measure: { steps-to: { metric: test-accuracy, target: best-of(baseline) } }
                arm: batch-norm
                compared-with: baseline
                expect: below
                factor: 2

            """
    }
}
