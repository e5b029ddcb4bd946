import Engine
import Vocabulary

/// A place in a model that an arm fills, or leaves empty.
public enum Slot: String, ConfigurationWord {
    /// Filled by `normalization`, with `noise` behind it: before the nonlinearity, as Ioffe & Szegedy 2015, §3.2 place
    /// it, unless `placement` is `after`.
    case normalize
    /// Filled by `activation`.
    case activate
    /// Filled by `local-response`, local response normalization.
    case respond
    /// Filled by `dropout`.
    case drop

    /// The layers that may fill the slot.
    var kinds: [any Layer.Type] {
        LayerCatalogue.all.filter { $0.role == role }
    }

    private var role: LayerRole {
        switch self {
        case .normalize: .normalization
        case .activate: .nonlinearity
        case .respond: .response
        case .drop: .regularization
        }
    }

    /// The key of the run configuration that fills the slot.
    var key: String {
        switch self {
        case .normalize: "normalization"
        case .activate: "activation"
        case .respond: "local-response"
        case .drop: "dropout"
        }
    }

    var summary: String {
        switch self {
        case .normalize: "The layer that `normalization` names stands here, and that of `noise`, or nothing."
        case .activate: "The nonlinearity that `activation` names stands here, or nothing."
        case .respond: "The local response normalization that `local-response` names stands here, or nothing."
        case .drop: "The layer that `dropout` names stands here, or nothing."
        }
    }
}
