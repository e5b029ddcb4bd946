import Engine
import Vocabulary

/// Where the layer that fills a `normalize` slot stands.
public enum Placement: String, ConfigurationWord {
    /// Where the model lists the slot: before the nonlinearity, as Ioffe & Szegedy 2015, §3.2 argue.
    case before
    /// Behind the nonlinearity, where the model lists that directly behind the slot.
    case after
}
