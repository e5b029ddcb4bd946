import Datasets
import Engine
import Vocabulary

extension Augmentation: Configurable {
    /// The key under which it stands.
    public static let kind = "augmentation"
    /// What it is.
    public static let summary = "How the images of training batches are distorted at random; by default not at all."
    /// Its keys.
    public static let fields: [Field<Self>] = [
        Field("geometric", \.geometric, .record(), GeometricAugmentation.summary),
        Field("photometric", \.photometric, .record(), PhotometricAugmentation.summary),
    ]
}

extension GeometricAugmentation: Configurable {
    /// The key under which it stands.
    public static let kind = "geometric"
    /// What it is.
    public static let summary =
        "Shifts and mirrorings; with strength 1 CIFAR-10's padding by 4 pixels, random crop and horizontal flip."
    /// Its keys.
    public static let fields: [Field<Self>] = [
        Field("strength", \.strength, 0...1, "From 0, off, to 1, as declared: the others are multiplied by it."),
        Field("flip", \.flip, "Whether images are mirrored left to right, at strength 1 half of them; not for digits."),
        Field(
            "shift", \.shift, 0...1_000,
            "Pixels by which an image is moved at most, horizontally and vertically; what comes in is black."),
    ]
}

extension PhotometricAugmentation: Configurable {
    /// The key under which it stands.
    public static let kind = "photometric"
    /// What it is.
    public static let summary = "Brightness, contrast and saturation by random factors, after Howard 2013."
    /// Its keys.
    public static let fields: [Field<Self>] = [
        Field("strength", \.strength, 0...1, "From 0, off, to 1, as declared: the others are multiplied by it."),
        Field("brightness", \.brightness, 0...1, "The factor of brightness is within 1 ± this."),
        Field("contrast", \.contrast, 0...1, "The factor of contrast is within 1 ± this."),
        Field("saturation", \.saturation, 0...1, "The factor of saturation is within 1 ± this; grey images have none."),
    ]
}
