import Testing

@testable import Engine

@Suite("Every layer of the catalogue")
struct LayerCatalogueTests {
    @Test("has a case and a reference by being listed", arguments: LayerCatalogue.all.map { $0.kind })
    func isCovered(kind: String) throws {
        let cases = LayerCase.all.filter { $0.kind == kind }
        #expect(!cases.isEmpty, "no case for the layer \(kind)")
        for one in cases { #expect(Reference.of(one.layer) != nil, "no reference for the layer \(kind)") }
    }

    @Test("computes its reference, forward and backward", arguments: LayerCase.all)
    func agreesWithReference(one: LayerCase) throws {
        for seed in [1, 2] as [UInt64] {
            let (check, result) = try #require(try one.check(seed: seed))
            #expect(check.objections(to: result) == [])
        }
    }

    @Test("has its exact derivative, but for the one that is wrong on purpose")
    func exactness() {
        let inexact = LayerCase.all.filter { Reference.of($0.layer)?.differentiated != nil }
        #expect(Set(inexact.map(\.kind)) == [OutsideNormalization.kind])
    }

    @Test("gives the same bits on two and three threads", arguments: LayerCase.all)
    func isThreadIndependent(one: LayerCase) throws {
        let (inputs, parameters, upstream) = one.random(seed: 5)
        let results = try (1...3).map { threads in
            var bench = one.bench
            bench.threads = threads
            return try bench.run(inputs, parameters: parameters, upstream: upstream)
        }
        for result in results.dropFirst() {
            #expect(result.output == results[0].output)
            #expect(result.inputGradients == results[0].inputGradients)
            #expect(result.parameterGradients == results[0].parameterGradients)
        }
    }

    @Test("has kinds and fields that are all different and documented")
    func isDescribed() {
        let kinds = LayerCatalogue.all.map { $0.kind }
        #expect(Set(kinds).count == kinds.count)
        for layer in LayerCatalogue.all {
            #expect(!layer.summary.isEmpty)
            let names = layer.anyFields.map(\.name)
            #expect(Set(names).count == names.count)
            #expect(layer.anyFields.allSatisfy { $0.documentation.hasSuffix(".") })
        }
    }

    @Test("equals itself, and not itself with a field changed", arguments: LayerCase.all)
    func isItsFields(one: LayerCase) {
        func check<L: Layer>(_ layer: L) {
            #expect(layer == layer)
            for field in L.fields {
                var changed = layer
                switch field.get(layer) {
                case .integer(let value): field.set(&changed, .integer(value + 1))
                case .number(let value): field.set(&changed, .number(value + 0.25))
                case .boolean(let value): field.set(&changed, .boolean(!value))
                case .variant: field.set(&changed, .variant(Constant(value: 7)))
                case .none: field.set(&changed, .number(3))
                case .word(let word):
                    guard case .word(let words) = field.type, let other = words.first(where: { $0 != word }) else {
                        return
                    }
                    field.set(&changed, .word(other))
                case .list: continue
                }
                #expect(changed != layer, "the field \(field.name) makes no difference")
            }
        }
        check(one.layer)
    }
}
