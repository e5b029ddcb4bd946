/// The layers, in the order of the reference. A new one is one file and one line here; the tests find it by this list.
public enum LayerCatalogue {
    /// Every layer that a configuration can name.
    public static let all: [any Layer.Type] = [
        Dense.self,
        Convolution.self,
        MaxPooling.self,
        AveragePooling.self,
        GlobalAveragePooling.self,
        Rectifier.self,
        Sigmoid.self,
        HyperbolicTangent.self,
        Dropout.self,
        BatchNormalization.self,
        OutsideNormalization.self,
        GhostBatchNormalization.self,
        BatchRenormalization.self,
        LpBatchNormalization.self,
        LayerNormalization.self,
        GroupNormalization.self,
        InstanceNormalization.self,
        LocalResponseNormalization.self,
        CovariateNoise.self,
        Concatenation.self,
    ]
}
