"""The networks of Experiments/Models, described for other frameworks.

A network is a list of layers, channels first: `(kind, arguments…)`. `branches` holds lists whose results are joined along
the channels. With batch normalization ("bn") products have no bias, as in NormLab: its shift takes the bias's place.
"""

EPSILON = 1e-5
RESPONSE = dict(size=5, alpha=1e-4, beta=0.75, k=1.0)

INPUTS = {"mlp": (784,), "lenet": (1, 28, 28), "inception": (3, 32, 32), "inception-narrow": (3, 32, 32),
          "vgg-plain": (3, 32, 32)}


def network(name, variant):
    """The layers of a network with a normalization: none, bn or lrn."""
    if name == "mlp":
        return perceptron(variant)
    if name == "lenet":
        return lenet(variant)
    if name == "vgg-plain":
        return vgg(variant)
    return inception(variant, divisor=2 if name == "inception-narrow" else 1)


def perceptron(variant):
    layers, width = [], 784
    for _ in range(3):
        layers.append(("dense", width, 100, variant != "bn"))
        if variant == "bn":
            layers.append(("normalize", 100, 1))
        layers.append(("sigmoid",))
        width = 100
    return layers + [("dense", width, 10, True)]


def lenet(variant):
    layers, channels = [], 1
    for width in (20, 50):
        layers.append(("convolution", channels, width, 5, 0, variant != "bn"))
        if variant == "bn":
            layers.append(("normalize", width, 2))
        layers.append(("max-pool", 2, 2, 0))
        if variant == "lrn":
            layers.append(("respond",))
        channels = width
    layers += [("flatten",), ("dense", 800, 500, variant != "bn")]
    if variant == "bn":
        layers.append(("normalize", 500, 1))
    return layers + [("rectify",), ("dense", 500, 10, True)]


def vgg(variant):
    layers, channels = [], 3
    for width in (64, 128, 256):
        for inputs in (channels, width):
            layers.append(("convolution", inputs, width, 3, 1, variant != "bn"))
            if variant == "bn":
                layers.append(("normalize", width, 2))
            layers.append(("rectify",))
        layers.append(("max-pool", 2, 2, 0))
        channels = width
    return layers + [("flatten",), ("dense", 4096, 10, True)]


def inception(variant, divisor):
    def product(inputs, outputs, kernel):
        layers = [("convolution", inputs, outputs, kernel, kernel // 2, variant != "bn")]
        if variant == "bn":
            layers.append(("normalize", outputs, 2))
        return layers + [("rectify",)]

    def module(inputs, single, reduce3, conv3, reduce5, conv5, pooled):
        inputs, single, reduce3, conv3, reduce5, conv5, pooled = (
            width // divisor for width in (inputs, single, reduce3, conv3, reduce5, conv5, pooled))
        return ("branches", [
            product(inputs, single, 1),
            product(inputs, reduce3, 1) + product(reduce3, conv3, 3),
            product(inputs, reduce5, 1) + product(reduce5, conv5, 3) + product(conv5, conv5, 3),
            [("average-pool", 3, 1, 1)] + product(inputs, pooled, 1),
        ])

    respond = [("respond",)] if variant == "lrn" else []
    return (product(3, 32 // divisor, 3) + respond + product(32 // divisor, 64 // divisor, 3) + respond
            + [("max-pool", 3, 2, 1),
               module(64, 32, 32, 48, 16, 24, 24), module(128, 48, 48, 64, 24, 40, 40),
               ("max-pool", 3, 2, 1), module(192, 96, 64, 96, 32, 64, 64),
               ("global-average",), ("dense", 320 // divisor, 10, True)])
