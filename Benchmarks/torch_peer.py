"""PyTorch: eager or compiled, channels first or last, with the default or the fused optimizer."""
import torch
from torch import nn
from torch.nn import functional

import networks


class Branches(nn.Module):
    """Several paths from the same input, joined along the channels."""

    def __init__(self, paths):
        super().__init__()
        self.paths = nn.ModuleList(sequence(path) for path in paths)

    def forward(self, x):
        return torch.cat([path(x) for path in self.paths], 1)


class GlobalAverage(nn.Module):
    def forward(self, x):
        return x.mean((2, 3))


def sequence(layers):
    return nn.Sequential(*(module(*layer) for layer in layers))


def module(kind, *values):
    if kind == "dense":
        return nn.Linear(values[0], values[1], bias=values[2])
    if kind == "convolution":
        inputs, outputs, kernel, pad, bias = values
        return nn.Conv2d(inputs, outputs, kernel, padding=pad, bias=bias)
    if kind == "normalize":
        return (nn.BatchNorm1d if values[1] == 1 else nn.BatchNorm2d)(values[0], eps=networks.EPSILON)
    if kind == "max-pool":
        return nn.MaxPool2d(*values)
    if kind == "average-pool":
        return nn.AvgPool2d(*values)
    if kind == "respond":
        return nn.LocalResponseNorm(**networks.RESPONSE)
    if kind == "branches":
        return Branches(values[0])
    return {"rectify": lambda: nn.ReLU(inplace=True), "sigmoid": nn.Sigmoid, "flatten": nn.Flatten,
            "global-average": GlobalAverage}[kind]()


def count_multiply_adds(network, x):
    """Counted from the products that really run on an image."""
    counts = []

    def hook(layer, _, output):
        weights = layer.weight.numel()
        places = output[0].numel() // output.shape[1]
        counts.append(weights * places)

    hooks = [layer.register_forward_hook(hook) for layer in network.modules()
             if isinstance(layer, (nn.Conv2d, nn.Linear))]
    network.eval()
    with torch.inference_mode():
        network(x[:1])
    for handle in hooks:
        handle.remove()
    network.train()
    return sum(counts)


class Peer:
    """A network in training; `work` gives what an order repeats."""

    BATCHES = 8
    IMAGES, TEST_IMAGES, TEST_BATCH = 1024, 256, 64

    def __init__(self, options):
        torch.set_num_threads(options.threads)
        torch.manual_seed(1)
        self.program = f"PyTorch {torch.__version__}"
        self.batch = options.batch
        shape = networks.INPUTS[options.network]
        is_last = "channels_last" in options.mode and len(shape) == 3
        self.format = torch.channels_last if is_last else torch.contiguous_format
        self.network = sequence(networks.network(options.network, options.variant)).to(memory_format=self.format)
        self.inputs = [self.laid_out(torch.randn(self.batch, *shape)) for _ in range(self.BATCHES)]
        self.labels = [torch.randint(10, (self.batch,)) for _ in range(self.BATCHES)]
        self.parameters = sum(parameter.numel() for parameter in self.network.parameters())
        self.multiply_adds = count_multiply_adds(self.network, self.inputs[0])
        fused = {"fused": True} if options.optimizer == "fused" else {}
        self.optimizer = torch.optim.SGD(self.network.parameters(), lr=0.01, momentum=0.9, **fused)
        self.call = torch.compile(self.network) if options.mode.startswith("compile") else self.network
        self.step = 0
        self.data = Bytes(self, shape) if options.input == "bytes" else None

    def laid_out(self, x):
        return x.contiguous(memory_format=self.format) if x.ndim == 4 else x

    def first_step(self):
        if self.data:
            self.train_on(self.data.images(torch.arange(self.batch)), self.data.labels[: self.batch])
        else:
            self.train()

    def work(self, order):
        self.network.train(order != "infer")
        return {"train": self.train, "infer": self.infer, "run": self.run}[order]

    def train_on(self, x, y):
        loss = functional.cross_entropy(self.call(x), y)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()

    def train(self):
        index = self.step % self.BATCHES
        self.step += 1
        self.train_on(self.inputs[index], self.labels[index])
        return self.batch

    def infer(self):
        index = self.step % self.BATCHES
        self.step += 1
        with torch.inference_mode():
            scores = self.call(self.inputs[index])
            functional.cross_entropy(scores, self.labels[index]).item()
            (scores.argmax(1) == self.labels[index]).sum().item()
        return self.batch

    def run(self):
        """An epoch over bytes in random order, normalized batch by batch, and an evaluation on others."""
        data = self.data
        self.network.train()
        order = torch.randperm(self.IMAGES)
        for start in range(0, self.IMAGES - self.batch + 1, self.batch):
            chosen = order[start:start + self.batch]
            self.train_on(data.images(chosen), data.labels[chosen])
        self.network.eval()
        loss, correct = 0.0, 0
        with torch.inference_mode():
            for start in range(0, self.TEST_IMAGES, self.TEST_BATCH):
                chosen = slice(start, start + self.TEST_BATCH)
                scores = self.call(data.normalized(data.test[chosen]))
                loss += functional.cross_entropy(scores, data.test_labels[chosen], reduction="sum").item()
                correct += (scores.argmax(1) == data.test_labels[chosen]).sum().item()
        return self.IMAGES // self.batch * self.batch


class Bytes:
    """Images as bytes, normalized by the mean and the deviation of each channel when they are drawn."""

    def __init__(self, peer, shape):
        self.peer = peer
        self.train = peer.laid_out(torch.randint(256, (peer.IMAGES, *shape), dtype=torch.uint8))
        self.test = peer.laid_out(torch.randint(256, (peer.TEST_IMAGES, *shape), dtype=torch.uint8))
        self.labels = torch.randint(10, (peer.IMAGES,))
        self.test_labels = torch.randint(10, (peer.TEST_IMAGES,))
        values = self.train.float()
        self.mean = values.mean((0, 2, 3), keepdim=True)
        self.scale = 1 / values.std((0, 2, 3), keepdim=True)

    def normalized(self, images):
        return self.peer.laid_out(images.float().sub_(self.mean).mul_(self.scale))

    def images(self, indices):
        return self.normalized(self.train[indices])
