import Kernels

/// A layer with its workspace: what a program runs at a node.
protocol Operation {
    func forward(_ pass: Pass)
    func backward(_ pass: Pass)
    var batchStatistics: BatchStatistics? { get }
    var inputMoments: VectorSlot? { get }
    func affine(_ pass: Pass) -> ColumnAffine?
}

/// An operation of a known layer type.
struct LayerOperation<L: Layer>: Operation {
    let layer: L
    let workspace: L.Workspace

    init(_ layer: L, _ booking: inout Booking) {
        self.layer = layer
        workspace = layer.book(&booking)
    }

    func forward(_ pass: Pass) { layer.forward(pass, workspace) }
    func backward(_ pass: Pass) { layer.backward(pass, workspace) }
    var batchStatistics: BatchStatistics? { layer.batchStatistics(workspace) }
    var inputMoments: VectorSlot? { layer.inputMoments(workspace) }
    func affine(_ pass: Pass) -> ColumnAffine? { layer.affine(pass, workspace) }
}

extension Layer {
    /// Books this layer's buffers and binds it to them.
    func operation(_ booking: inout Booking) -> any Operation { LayerOperation(self, &booking) }
}
