import Datasets
import Engine

extension FittedInput {
    /// The fitted numbers as a checkpoint and a saved state hold them: `input/table`, `input/center` and so on. The names have
    /// no dot, as those of a network's parameters in a checkpoint do.
    var tensors: [NamedTensor] {
        parameters.map { NamedTensor(name: "input/\($0.name)", shape: $0.shape, values: $0.values) }
    }
}
