import Foundation
import Results
import Testing
import Vocabulary

@testable import Figures

/// `figures.yaml` beside the results.
extension FigureListTests {
    @Test func onlyWhatDiffersFromTheDefaultsIsWritten() throws {
        let (figures, _) = try read(
            """
              - final-accuracy
              - accuracy-over-steps: { name: a, band: range, arms: ["b*"], zoom: none, title: "2015: it helps" }
              - match-table: { baseline: baseline, smoothing: 1, published: [{ arm: baseline, steps: 31.0e6 }, { arm: batch-norm }] }
              - quantity-profile: { quantities: [loss-ratio], step: last, at: none, y-label: "1" }
            """)
        expectText(
            FigureList.yaml(of: figures),
            """
            figures:
              - final-accuracy
              - accuracy-over-steps: { name: a, title: "2015: it helps", arms: ["b*"], zoom: none }
              - match-table:
                  baseline: baseline
                  published:
                    - arm: baseline
                      steps: 31000000
                    - arm: batch-norm
              - quantity-profile: { quantities: [loss-ratio], y-label: "1" }

            """)
        #expect(FigureList.yaml(of: []) == "figures: []\n")
    }

    /// A figure of a kind whose every field differs from its default.
    private func changed<Kind: FigureKind>(_ kind: Kind.Type) -> Kind {
        var figure = Kind()
        for field in Kind.fields { field.set(&figure, Self.other(field.get(figure), field.type)) }
        figure.common.name = "a-name"
        return figure
    }

    /// A value that a type accepts, if possible another than the given one.
    private static func other(_ value: FieldValue, _ type: FieldType) -> FieldValue {
        switch type {
        case .integer(let range): .integer(range.upperBound)
        case .number(let range): .number(range.upperBound / 3)
        case .boolean: .boolean(value == .boolean(false))
        case .word(let words): .word(words.last { .word($0) != value } ?? words[0])
        case .text: .word("a: \"text\", [with] *signs* # 1")
        case .phrase: .word("17")
        case .optional(let inner): other(value, inner)
        case .list(let inner, _): .list([other(.none, inner), other(.none, inner)])
        case .record(let record): .variant(record.init(other: ()))
        case .variant, .named, .partial, .tree: value
        }
    }

    @Test(arguments: FigureCatalogue.all.map { $0.kind })
    func everyKindReadsBackFromItsYAML(kind: String) throws {
        let type = try #require(FigureCatalogue.all.first { $0.kind == kind })
        var figure: any FigureKind = changed(type)
        // Values that exclude each other.
        if var over = figure as? QuantityOverSteps {
            over.shown.valueLabel = nil
            figure = over
        } else if var profile = figure as? QuantityProfile {
            profile.shown.valueLabel = nil
            profile.shown.places = .mean
            figure = profile
        } else if var map = figure as? ShiftMap {
            map.quantity = "smoothness"
            figure = map
        } else if var scatter = figure as? QuantityScatter {
            (scatter.x, scatter.y, scatter.compare) = ("a", "b", "c")
            figure = scatter
        }
        let text = FigureList.yaml(of: [figure])
        let read = try FigureList.read(text, file: "figures.yaml")
        #expect(read.count == 1 && read[0].isEqual(to: figure), "\(text)")
        #expect(FigureList.yaml(of: read) == text)
    }

    @Test(arguments: [
        ("", "figures.yaml:1:1: error: the file is empty"), ("{}", "missing key 'figures': expected a list"),
        ("figures: sweep", "'figures': expected a list, found 'sweep'; write [sweep]"), ("[1", "not YAML"),
        ("figures: [final-accuracy, final-accuracy]", "two figures are called 'final-accuracy'"),
    ]) func filesThatAreNoListsAreRefused(text: String, message: String) throws {
        let folder = SyntheticExperiment.temporaryFolder()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "figures.yaml")
        try text.write(to: file, atomically: true, encoding: .utf8)
        let error = #expect(throws: FigureError.self) { try FigureList.read(file) }
        #expect(error?.description.contains(message) == true, "\(String(describing: error))")
    }

    @Test func aListThatIsNoTextIsSaidToBe() throws {
        let folder = SyntheticExperiment.temporaryFolder()
        try FileManager.default.createDirectory(
            at: folder.appending(path: "figures.yaml"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(throws: FigureError.self) { try FigureList.read(folder.appending(path: "figures.yaml")) }
    }
}

extension Configurable {
    /// A value whose every field differs from its default.
    fileprivate init(other: ()) {
        self.init()
        for field in Self.fields { field.set(&self, FigureListTests.anything(field.type)) }
    }
}

extension FigureListTests {
    fileprivate static func anything(_ type: FieldType) -> FieldValue { other(.none, type) }
}
