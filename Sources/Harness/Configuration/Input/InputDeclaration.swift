import Datasets
import Engine
import Vocabulary

/// How pixels become inputs, as it is written in a configuration. A new kind is a type and one line in ``InputCatalogue``.
public protocol InputDeclaration: Configurable {
    /// The normalization that the training set fits.
    var normalization: InputNormalization { get }
    /// The shape of an input for images of a shape.
    func shape(of image: ImageShape) -> Shape
}

extension InputDeclaration {
    /// That of the image.
    public func shape(of image: ImageShape) -> Shape {
        Shape(height: image.height, width: image.width, channels: image.channels)
    }
}

/// The input normalizations, in the order of the reference.
public enum InputCatalogue {
    /// Every one that a configuration can name.
    public static let all: [any InputDeclaration.Type] = [
        UnitInput.self,
        IdentityInput.self,
        ScaleInput.self,
        LeNetInput.self,
        BinaryInput.self,
        MinMaxInput.self,
        StandardScoreInput.self,
        MeanSubtractionInput.self,
        DecimalScalingInput.self,
        PCAWhiteningInput.self,
        ZCAWhiteningInput.self,
    ]
}

extension InputNormalization.Scope: ConfigurationWord {}
