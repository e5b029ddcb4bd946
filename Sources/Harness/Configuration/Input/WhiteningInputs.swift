import Datasets
import Engine
import Vocabulary

/// Projections on the principal components, divided by their deviations.
struct PCAWhiteningInput: InputDeclaration {
    /// What is added to each variance.
    var epsilon = 0.01
    /// How many components are kept; 0 is all.
    var components = 0

    static let kind = "pca-whitening"
    static let summary =
        "Projections on the principal components of the training set, divided by √(variance + epsilon)."
    static let fields: [Field<Self>] = [
        Field("epsilon", \.epsilon, 1e-12...1e6, epsilonDocumentation),
        Field("components", \.components, 0...1_000_000, componentsDocumentation),
    ]

    var normalization: InputNormalization {
        .pcaWhitening(epsilon: epsilon, components: components == 0 ? nil : components)
    }

    /// A flat vector of components.
    func shape(of image: ImageShape) -> Shape {
        .flat(components == 0 ? image.count : min(components, image.count))
    }
}

/// The whitening nearest to the image.
struct ZCAWhiteningInput: InputDeclaration {
    /// What is added to each variance.
    var epsilon = 0.01
    /// How many components are kept; 0 is all.
    var components = 0

    static let kind = "zca-whitening"
    static let summary = "Cov[x]^(−1/2) (x − E[x]), the whitening of Ioffe & Szegedy 2015, §2."
    static let fields: [Field<Self>] = [
        Field("epsilon", \.epsilon, 1e-12...1e6, epsilonDocumentation),
        Field("components", \.components, 0...1_000_000, componentsDocumentation),
    ]

    var normalization: InputNormalization {
        .zcaWhitening(epsilon: epsilon, components: components == 0 ? nil : components)
    }
}

private let epsilonDocumentation = "What is added to each variance, in units of pixels from 0 to 1, squared."
private let componentsDocumentation = "How many components of the largest variance are kept; 0 is all."
