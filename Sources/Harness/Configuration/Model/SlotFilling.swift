import Engine
import Results
import Vocabulary

/// What a run puts into a model's slots, and where.
struct SlotFilling {
    /// The layers that fill the slots; a slot without one is left out.
    var layers: [Slot: any Layer] = [:]
    /// What stands right behind the layer that fills a `normalize` slot, or in its place where there is none.
    var noise: (any Layer)?
    /// Whether `normalize` slots change places with `activate` slots directly behind them.
    var placement = Placement.before
    /// Patterns of products: `normalize` slots behind others are left out.
    var normalizedProducts = ["*"]

    /// The layers of a list in the order in which the run has them.
    func placed(_ layers: [LayerDeclaration]) -> [LayerDeclaration] {
        guard placement == .after else { return layers }
        var layers = layers
        var index = 0
        while index + 1 < layers.count {
            if layers[index].slot == .normalize, layers[index + 1].slot == .activate {
                layers.swapAt(index, index + 1)
                index += 1
            }
            index += 1
        }
        return layers
    }

    /// The layers that stand in a slot behind a product, with the word that each has in its name.
    func contents(of slot: Slot, behind product: String) -> [(word: String, layer: any Layer)] {
        guard slot == .normalize else { return layers[slot].map { [(slot.rawValue, $0)] } ?? [] }
        guard normalizedProducts.contains(where: { Glob($0).matches(product) }) else { return [] }
        return [(slot.rawValue, layers[slot]), ("disturb", noise)].compactMap { word, layer in
            layer.map { (word, $0) }
        }
    }
}

extension LayerDeclaration {
    /// The slot that it is, if it is one.
    var slot: Slot? {
        if case .slot(let slot) = content { slot } else { nil }
    }
}
