import Testing

@testable import Experiments
@testable import Running

/// `like`, `keeps-arms`, and profiles that are derived.
@Suite struct LikeTests {
    private static let recipe = """
        base:
          model: tiny
          batch: 10
          optimizer: { sgd: { rate: 0.1 } }
        arms:
          baseline: {}
          recipe: { label: R, description: All of it., normalization: batch-norm, rate-multiplier: 5 }
          faster: { like: recipe, rate-multiplier: 30 }
          wider: { like: faster, optimizer: { sgd: { momentum: 0.5 } }, width: 2 }

        """

    @Test func anArmHasWhatTheOnesItIsLikeState() throws {
        let experiment = try ExperimentFixture.load(Self.recipe)
        let quick = try experiment.profile("quick")
        let wider = experiment.arms[3]
        #expect(wider.label == "wider")
        #expect(wider.description.isEmpty)
        let configuration = wider.configuration(in: quick)
        #expect(configuration.rateMultiplier == 30)
        #expect(configuration.normalization != nil)
        let origins = Dictionary(
            configuration.settings.map { ($0.key, $0.origin.description) }, uniquingKeysWith: { $1 })
        #expect(origins["normalization"] == "Experiments/x.yaml:15 (arm recipe)")
        #expect(origins["rate-multiplier"] == "Experiments/x.yaml:16 (arm faster)")
        #expect(origins["width"] == "Experiments/x.yaml:17 (arm wider)")
    }

    @Test func whatLeadsNowhereIsReported() throws {
        let wrong = Self.recipe.replacing("like: recipe", with: "like: recpie").replacing(
            "recipe: { label", with: "recipe: { like: wider, label")
        let fixture = try ExperimentFixture(["x": ExperimentFixture.head + wrong])
        let messages = try fixture.messages()
        #expect(messages.contains("x.yaml:16:19: error: there is no arm 'recpie' to be like; did you mean 'recipe'?"))
        let circle = try ExperimentFixture([
            "x": ExperimentFixture.head
                + Self.recipe.replacing("recipe: { label", with: "recipe: { like: wider, label")
        ])
        #expect(try circle.messages().contains("error: 'like' goes in a circle: recipe → wider → faster → recipe"))
    }

    @Test func inheritedArmsCanBeBuiltUponWithoutBeingRun() throws {
        let fixture = try ExperimentFixture([
            "below": ExperimentFixture.head + Self.recipe,
            "x": "extends: below\nkeeps-arms: false\narms:\n  recipe: {}\n  slow: { like: faster, batch: 5 }\n",
        ])
        let experiment = try fixture.library.load("x")
        #expect(experiment.arms.map(\.name) == ["recipe", "slow"])
        let slow = experiment.arms[1].configuration(in: try experiment.profile("quick"))
        #expect(slow.rateMultiplier == 30)
        #expect(slow.batch == 5)
    }

    @Test func oneProfileIsEnough() throws {
        let head = ExperimentFixture.head.replacing("  smoke: { steps: 1, seeds: [1] }\n", with: "")
            .replacing("  paper: { steps: 3, seeds: [1, 2, 3] }\n", with: "")
            .replacing("quick: { steps: 2, seeds: [1, 2] }", with: "quick: { steps: 200, seeds: [7, 8] }")
        let fixture = try ExperimentFixture(["x": head + ExperimentFixture.body])
        let experiment = try fixture.library.load("x")
        #expect(try experiment.profile("smoke") == Profile(name: "smoke", steps: 20, seeds: [7]))
        #expect(try experiment.profile("paper") == Profile(name: "paper", steps: 200, seeds: [7, 8]))
        let smoke = experiment.arms[0].configuration(in: try experiment.profile("smoke"))
        #expect(smoke.evaluate.examples == 200)
        #expect(smoke.observe.probe == 50)
        let ends = ExperimentFixture.head.replacing("  quick: { steps: 2, seeds: [1, 2] }\n", with: "")
        let both = try ExperimentFixture(["x": ends + ExperimentFixture.body])
        let shorter = try both.library.load("x")
        #expect(try shorter.profile("quick").steps == 1)
        let longest = ends.replacing("  smoke: { steps: 1, seeds: [1] }\n", with: "")
        let one = try ExperimentFixture(["x": longest + ExperimentFixture.body])
        let longer = try one.library.load("x")
        #expect(try longer.profile("quick").steps == 3 && longer.profile("smoke").seeds == [1])
        let none = head.replacing("  quick: { steps: 200, seeds: [7, 8] }\n", with: "").replacing(
            "profiles:", with: "profiles: {}")
        let messages = try ExperimentFixture(["x": none + ExperimentFixture.body]).messages()
        #expect(
            messages.contains("an experiment needs at least one profile: 'quick: { steps: 500, seeds: [1, 2, 3] }'"))
    }
}

/// Suites, and experiments that a path names.
@Suite struct ExperimentLibraryTests {
    private static let whole = ExperimentFixture.head + ExperimentFixture.body

    @Test func experimentsAreFoundByNameSuiteAndPath() throws {
        let fixture = try ExperimentFixture(["first/one": Self.whole, "first/two": Self.whole, "own": Self.whole])
        let library = fixture.library
        #expect(library.names == ["one", "two", "own"])
        #expect(library.suites == ["first"])
        #expect(try library.find("first").map(\.name) == ["one", "two"])
        #expect(try library.find("first/two").map(\.path) == ["Experiments/first/two.yaml"])
        let path = library.root.appending(path: "Experiments/first/two.yaml").path(percentEncoded: false)
        #expect(try library.find(path) == library.find("two"))
        #expect {
            try library.find("frist")
        } throws: {
            "\($0)" == "Experiments: error: there is no experiment 'frist'; did you mean 'first'?\n1 error"
        }
        #expect {
            try library.load("first")
        } throws: {
            "\($0)".contains("'first' is a suite of 2 experiments; name one: one, two")
        }
    }

    @Test func aFileAnywhereIsAnExperimentWithItsModelsBesideIt() throws {
        let fixture = try ExperimentFixture(["own": Self.whole])
        let folder = fixture.library.root.appending(path: "elsewhere")
        try fixture.write("title: N\nsource: N\nlayers: [{ dense: { units: 10 } }]\n", to: "elsewhere/near.yaml")
        try fixture.write(Self.whole.replacing("model: tiny", with: "model: near"), to: "elsewhere/mine.yaml")
        let path = folder.appending(path: "mine.yaml").path(percentEncoded: false)
        let experiment = try fixture.library.load(path)
        #expect(experiment.name == "mine")
        #expect(experiment.arms[0].configuration(in: try experiment.profile("quick")).model.name == "near")
        try fixture.write(Self.whole, to: "elsewhere/own.yaml")
        for (file, message) in [
            ("own.yaml", "'own' is the name of Experiments/own.yaml, whose results would be replaced; rename the file"),
            ("nothing.yaml", "there is no such file"),
        ] {
            #expect {
                try fixture.library.load(folder.appending(path: file).path(percentEncoded: false))
            } throws: {
                "\($0)".contains(message)
            }
        }
    }

    @Test func twoFilesOfOneNameAreAMistake() throws {
        let fixture = try ExperimentFixture(["first/x": Self.whole, "second/x": Self.whole])
        #expect {
            try fixture.library.load(fixture.library.find("first/x")[0])
        } throws: {
            "\($0)".contains("'x' is also the name of Experiments/second/x.yaml; rename one of them")
        }
    }
}
