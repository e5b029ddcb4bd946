import Testing

@testable import Figures
@testable import Experiments

/// What an experiment may ask for and what can be drawn are two catalogues in two modules that do not know each other.
@Suite struct FigureCataloguesTests {
    @Test func everyDeclaredFigureCanBeDrawn() {
        #expect(FigureKindCatalogue.all.map { $0.kind } == FigureCatalogue.all.map { $0.name })
    }

    @Test func everyDeclaredOptionIsKnown() throws {
        for declared in FigureKindCatalogue.all {
            let drawn = try #require(FigureCatalogue.all.first { $0.name == declared.kind })
            let known = Set(drawn.options.map(\.name))
            for option in optionNames(declared) where option != "name" {
                #expect(known.contains(option), "\(declared.kind): \(option)")
            }
        }
    }

    private func optionNames<Kind: Harness.FigureKind>(_ kind: Kind.Type) -> [String] { Kind.fields.map(\.name) }
}
