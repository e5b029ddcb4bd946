#!/usr/bin/env python3
"""Replays a run in PyTorch and compares every number that both have.

    python3 -m venv .build/torch
    .build/torch/bin/pip install torch numpy safetensors pyyaml
    normlab run lenet -p smoke --seeds 1 --checkpoint-at $(seq -s, 0 100) \\
        --set batch-order=sequential --set profiles.smoke.steps=100
    .build/torch/bin/python Tests/Parity/replay.py --tolerance 1e-5 Results/smoke/lenet@*/*/seed-1

From the run's config.yaml it builds the torch.nn.Module of the same network, loads checkpoint-0.safetensors with
load_state_dict(strict=True), trains it on the same batches, and compares: the loss and the rate of every step with
train.csv, every tensor with every checkpoint on the way, and the loss and accuracy on the test set with eval.csv where
the last step was evaluated. The data are looked for in $NORMLAB_DATA, then in Data/.

A difference is relative: of a number to PyTorch's number, of a tensor to its greatest magnitude. The exit code is 1
where a loss differs by more than the tolerance, a tensor by more than a hundred times that, or a rate at all, and 2 where
a run cannot be replayed.

After each checkpoint the replay goes on from the run's own tensors (but with PyTorch's momentum), unless --free is
given: max pooling and ReLU choose, and where two candidates differ by a rounding, two correct programs choose
differently. A gradient then changes by a whole term, and training amplifies it. docs/parity.md has the measurements.

What is ours and not PyTorch's, and how it is replayed:
- Momentum is Caffe's, h <- m h + rate (g + decay w), w <- w - h. PyTorch's has the rate outside of h, which is another
  method as soon as the rate changes; `CaffeSGD` is ours, with the factors on rate and decay of each parameter.
- The moving average is Caffe's bias-corrected one: s <- f s + 1, average <- average + (x - average) / s, of the mean
  and the unbiased variance. That is PyTorch's own with the momentum 1/s, set before each step.
- Population statistics (Algorithm 2 of Ioffe & Szegedy 2015) are PyTorch's cumulative average, momentum=None.
- Caffe's local response normalization across channels divides alpha by the size, as PyTorch's does.
"""

import argparse
import csv
import gzip
import json
import math
import os
import sys
from collections import OrderedDict
from pathlib import Path

import numpy
import torch
import yaml
from safetensors.torch import load_file
from torch import nn


class CannotReplay(Exception):
    """A run that this script does not know how to replay."""


# Reading


def only_item(value):
    """The word and the fields of `relu` or `{batch-norm: {epsilon: 0.001}}`."""
    if isinstance(value, str):
        return value, {}
    ((kind, fields),) = value.items()
    return kind, fields if isinstance(fields, dict) else {None: fields}


def number(fields, name):
    """A field as a number; PyYAML takes 1e-05 for a text."""
    return float(fields[name])


def read_images(folder, part):
    """The images [count, channels, height, width] and labels of `train` or `test`, as they are stored: IDX or CIFAR-10."""
    if next(folder.glob("**/test_batch.bin"), None):
        names = ["test_batch.bin"] if part == "test" else [f"data_batch_{number}.bin" for number in range(1, 6)]
        parts = [numpy.fromfile(next(folder.glob(f"**/{name}")), numpy.uint8).reshape(-1, 3073) for name in names]
        records = numpy.concatenate(parts)
        images, labels = records[:, 1:].reshape(-1, 3, 32, 32), records[:, 0]
        return images, torch.from_numpy(labels.astype(numpy.int64))

    def array(name):
        for path in (folder / name, folder / f"{name}.gz"):
            if path.exists():
                data = (gzip.open if path.suffix == ".gz" else open)(path, "rb").read()
                extents = numpy.frombuffer(data, ">u4", data[3], 4)
                return numpy.frombuffer(data, numpy.uint8, offset=4 + 4 * data[3]).reshape(extents)
        raise CannotReplay(f"{folder / name} is not there")

    prefix = "t10k" if part == "test" else part
    images, labels = array(f"{prefix}-images-idx3-ubyte"), array(f"{prefix}-labels-idx1-ubyte")
    return images[:, None], torch.from_numpy(labels.astype(numpy.int64))


def input_function(declaration, dtype):
    """How stored pixels become the network's inputs."""
    kind, fields = only_item(declaration)
    if kind not in ("unit", "identity", "scale", "binary", "lenet-5"):
        raise CannotReplay(f"input {kind} is not replayed")

    def function(pixels):
        values = torch.from_numpy(pixels.astype(numpy.float64))
        if kind == "unit":
            values = values / 255
        elif kind == "lenet-5":
            values = values / 255 * 1.275 - 0.1
        elif kind == "scale":
            values = values * number(fields, "factor")
        elif kind == "binary":
            values = values / 255 > number(fields, "threshold")
        return values.to(dtype)

    return function


def rate_function(declaration, total):
    """The factor on the base rate at a step, from 0."""
    kind, fields = only_item(declaration)
    get = lambda name: number(fields, name)
    functions = {
        "fixed": lambda step: 1,
        "step": lambda step: get("factor") ** (step // get("every")),
        "multistep": lambda step: get("factor") ** sum(int(at) <= step for at in fields["at"]),
        "exp": lambda step: get("factor") ** step,
        "exponential": lambda step: get("remaining") ** (get("speed") * step / total),
        "inv": lambda step: (1 + get("factor") * step) ** -get("power"),
        "poly": lambda step: (1 - step / total) ** get("power"),
    }
    return functions[kind]


# The network


class WithinChannelResponse(nn.Module):
    """Caffe's local response normalization over neighbouring positions, which PyTorch lacks."""

    def __init__(self, size, alpha, beta):
        super().__init__()
        self.alpha, self.beta = alpha, beta
        self.mean = nn.AvgPool2d(size, stride=1, padding=size // 2)

    def forward(self, x):
        return x * (1 + self.alpha * self.mean(x * x)) ** -self.beta


def response(fields):
    """A local response normalization of one of the three modes."""
    size, alpha, beta = int(fields["size"]), number(fields, "alpha"), number(fields, "beta")
    k = None if fields["k"] == "none" else number(fields, "k")
    if fields["mode"] == "across-channels":
        return nn.LocalResponseNorm(size, alpha, beta, 1.0 if k is None else k)
    if fields["mode"] == "alexnet":
        return nn.LocalResponseNorm(size, alpha * size, beta, 2.0 if k is None else k)
    return WithinChannelResponse(size, alpha, beta)


SLOTS = {"normalize": "normalization", "activate": "activation", "respond": "local-response", "drop": "dropout"}


def expand(base):
    """The nodes of the network, (name, kind, fields, names of the inputs), with slots filled and blocks unrolled: a slot
    behind `conv1` is `conv1/normalize`, a layer of a branch `mixed1/3x3/conv`, and a block itself a concatenation."""
    nodes, known = [], {"input"}

    def append(name, kind, fields, inputs):
        nodes.append((name, kind, fields, inputs))
        known.add(name)
        return name

    def walk(items, before, prefix):
        owner, repeated = f"{prefix}input", {}
        for item in items:
            if isinstance(item, str):
                filling = base[SLOTS[item]]
                if filling == "none":
                    continue
                name = f"{owner}/{item}"
                repeated[name] = repeated.get(name, 0) + 1
                name += str(repeated[name]) if repeated[name] > 1 else ""
                before = append(name, *only_item(filling), [before])
                continue
            owner = prefix + item["name"]
            named = [prefix + name if prefix + name in known else name for name in item.get("inputs", [])]
            inputs = named or [before]
            if "branches" in item:
                ends = [walk(branch, inputs[0], f"{owner}/{name}/") for name, branch in item["branches"].items()]
                before = append(owner, "concatenation", {}, ends)
            else:
                content = {key: value for key, value in item.items() if key not in ("name", "inputs")}
                before = append(owner, *only_item(content), inputs)
        return before

    walk(base["model"]["layers"], "input", "")
    # The width multiplies the outputs of all products but the last, to the nearest whole number.
    products = [node for node in nodes if node[1] in ("convolution", "dense")]
    for _, kind, fields, _ in products[:-1]:
        key = "channels" if kind == "convolution" else "units"
        if not fields["keeps-width"]:
            fields[key] = max(1, math.floor(fields[key] * number(base, "width") + 0.5))
    return nodes


class GlobalAverage(nn.Module):
    """The mean of each channel over all positions."""

    def forward(self, x):
        return x.mean((2, 3))


class Concatenation(nn.Module):
    """Inputs side by side, along the channels."""

    def forward(self, *inputs):
        return torch.cat(inputs, 1)


class Graph(nn.Module):
    """Modules that read each other's outputs by name; the last one's is the result."""

    def __init__(self):
        super().__init__()
        self.inputs = {}

    def append(self, name, module, inputs):
        self.add_module(name, module)
        self.inputs[name] = inputs

    def forward(self, x):
        values = {"input": x}
        for name, inputs in self.inputs.items():
            values[name] = self.get_submodule(name)(*[values[i] for i in inputs])
        return values[name]


def build(nodes, shape):
    """The module of a network on images of a shape (channels, height, width), and the rules of its parameters:
    (factor on the rate, factor on the decay) by name."""
    graph, rules = Graph(), {}
    values = {"input": torch.zeros(2, *shape)}
    for name, kind, fields, inputs in nodes:
        x = values[inputs[0]]
        readers = [node for node in nodes if name in node[3]]
        absorbs = bool(readers) and all(r[1] == "batch-norm" and r[2].get("shift", True) for r in readers)
        bias = not absorbs if fields.get("bias", "auto") == "auto" else fields["bias"]
        if kind == "dense":
            if x.dim() > 2:
                graph.append(f"{name}/flatten", nn.Flatten(), inputs)
                inputs = [f"{name}/flatten"]
                x = values[inputs[0]] = x.flatten(1)
            module = nn.Linear(x.shape[1], int(fields["units"]), bias)
        elif kind == "convolution":
            module = nn.Conv2d(
                x.shape[1], int(fields["channels"]), fields["kernel"], fields["stride"], fields["pad"], bias=bias)
        elif kind in ("max-pool", "average-pool"):
            pool = nn.MaxPool2d if kind == "max-pool" else nn.AvgPool2d
            module = pool(fields["kernel"], fields["stride"], fields["pad"], ceil_mode=fields["rounding"] == "ceil")
        elif kind == "global-average-pool":
            module = GlobalAverage()
        elif kind == "concatenation":
            module = Concatenation()
        elif kind == "batch-norm":
            module = (nn.BatchNorm2d if x.dim() > 2 else nn.BatchNorm1d)(
                x.shape[1], eps=number(fields, "epsilon"), affine=fields["scale"] or fields["shift"])
            module.fraction = number(fields, "fraction")
        elif kind == "lrn":
            module = response(fields)
        elif kind in ("relu", "sigmoid", "tanh"):
            module = {"relu": nn.ReLU, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh}[kind]()
        else:
            raise CannotReplay(f"layer {kind} is not replayed")
        graph.append(name, module, inputs)
        with torch.no_grad():
            values[name] = module(*[values[i] for i in inputs])
        if kind in ("dense", "convolution"):
            for part in ("weight", "bias"):
                rules[f"{name}.{part}"] = number(fields, f"{part}-rate"), number(fields, f"{part}-decay")
        elif kind == "batch-norm":
            for part, ours in (("weight", "scale"), ("bias", "shift")):
                rate = number(fields, f"{ours}-rate") if fields[ours] else 0
                rules[f"{name}.{part}"] = rate, number(fields, f"{ours}-decay")
    return graph, rules


class CaffeSGD:
    """h <- m h + rate (g + decay w), w <- w - h, with factors on the rate and the decay of each parameter."""

    def __init__(self, module, rules, momentum, decay):
        self.momentum, self.decay = momentum, decay
        self.parameters = [(p, torch.zeros_like(p), *rules[name]) for name, p in module.named_parameters()]

    @torch.no_grad()
    def step(self, rate):
        for parameter, history, rate_factor, decay_factor in self.parameters:
            gradient = parameter.grad + self.decay * decay_factor * parameter
            history.mul_(self.momentum).add_(gradient, alpha=rate * rate_factor)
            parameter.sub_(history)
            parameter.grad = None


# Comparing


class Greatest:
    """The greatest relative difference of many, and where it is."""

    def __init__(self, least_scale=1e-30):
        self.value, self.place, self.least_scale = 0.0, "-", least_scale

    def add(self, ours, theirs, place):
        ours, theirs = (torch.as_tensor(x, dtype=torch.float64) for x in (ours, theirs))
        scale = max(theirs.abs().max().item(), self.least_scale)
        difference = (ours - theirs).abs().max().item() / scale
        if not difference <= self.value:
            self.value, self.place = difference, place

    def __str__(self):
        return f"{self.value:.2e} ({self.place})"


def network_tensors(path):
    """A checkpoint without the numbers of the input normalization, whose names have no dot."""
    return {name: tensor for name, tensor in load_file(path).items() if "." in name}


def rows(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def replay(folder, data, steps, dtype, is_free):
    """The greatest differences of losses, rates and tensors, and those on the test set."""
    config = yaml.safe_load((folder / "config.yaml").read_text())
    base = config["base"]
    if base["batch-order"] != "sequential":
        raise CannotReplay("the run's batch-order is not sequential: run it with --set batch-order=sequential")
    if any(number(part, "strength") != 0 for part in base["augmentation"].values()):
        raise CannotReplay("augmentation is not replayed")
    for key, value in {"placement": "before", "normalize-at": ["*"], "noise": "none", "loss": "cross-entropy"}.items():
        if base[key] != value:
            raise CannotReplay(f"{key} {base[key]} is not replayed")
    optimizer_kind, settings = only_item(base["optimizer"])
    if optimizer_kind != "sgd":
        raise CannotReplay(f"optimizer {optimizer_kind} is not replayed")
    start, end = folder / "checkpoint-0.safetensors", folder / f"checkpoint-{steps}.safetensors"
    for path in (start, end):
        if not path.exists():
            raise CannotReplay(f"{path.name} is missing: run it with --checkpoint-at 0,{steps}")

    names = [config["dataset"], config["dataset"].replace("-", "")]
    source = next((p / name for p in data for name in names if (p / name).is_dir()), None)
    if source is None:
        raise CannotReplay(f"{config['dataset']} is in none of {', '.join(map(str, data))}")
    images, labels = read_images(source, "train")
    fill = input_function(base["input"], dtype)

    module, rules = build(expand(base), images.shape[1:])
    module.load_state_dict(network_tensors(start), strict=True)
    module.to(dtype)
    decay = number(settings, "decay") * number(base, "decay-multiplier")
    base_rate = number(settings, "rate") * number(base, "rate-multiplier")
    optimizer = CaffeSGD(module, rules, number(settings, "momentum"), decay)
    factor = rate_function(base["rate-policy"], config["steps"])
    normalizations = [m for m in module.modules() if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d))]
    loss_function = nn.CrossEntropyLoss()

    losses, rates, tests = Greatest(), Greatest(), Greatest()
    # A shift before a convolution whose output is normalized has no gradient but rounding: it is compared as a zero.
    tensors = Greatest(least_scale=1e-3)
    recorded = rows(folder / "train.csv")
    batch, weight = base["batch"], [0.0] * len(normalizations)

    def batch_of(step):
        position = step % (len(images) // batch) * batch
        return slice(position, position + batch)

    for step in range(steps):
        for index, normalization in enumerate(normalizations):
            weight[index] = normalization.fraction * weight[index] + 1
            normalization.momentum = 1 / weight[index]
        chosen = batch_of(step)
        loss = loss_function(module(fill(images[chosen])), labels[chosen])
        loss.backward()
        rate = base_rate * factor(step)
        optimizer.step(rate)
        row = recorded[step]
        assert int(row["step"]) == step + 1, f"{folder}/train.csv: row {step + 1} is of step {row['step']}"
        losses.add(float(row["loss"]), loss.item(), f"step {step + 1}")
        rates.add(float(row["rate"]), rate, f"step {step + 1}")
        checkpoint = folder / f"checkpoint-{step + 1}.safetensors"
        if checkpoint.exists() and (step + 1 == steps or not is_free):
            ours = network_tensors(checkpoint)
            for name, tensor in module.state_dict().items():
                tensors.add(ours[name], tensor, f"{name} after step {step + 1}")
            module.load_state_dict(ours, strict=True)

    test_images, test_labels = read_images(source, "test")
    count = int(base["evaluate"]["examples"]) or len(test_images)
    for row in rows(folder / "eval.csv"):
        if int(row["step"]) != steps:
            continue
        with torch.no_grad():
            if row["statistics"] == "population":
                module.train()
                for normalization in normalizations:
                    normalization.reset_running_stats()
                    normalization.momentum = None
                for step in range(base["evaluate"]["population-batches"]):
                    module(fill(images[batch_of(step)]))
            module.eval()
            logits = torch.cat([module(fill(part)) for part in numpy.array_split(test_images[:count], 20)])
        accuracy = (logits.argmax(1) == test_labels[:count]).double().mean().item()
        loss = loss_function(logits, test_labels[:count]).item()
        tests.add(float(row["loss"]), loss, f"{row['statistics']} loss")
        # Two classes with almost the same score may change places: half an example of a thousand is no difference.
        if abs(float(row["accuracy"]) - accuracy) > 0.0005:
            tests.add(float(row["accuracy"]), accuracy, f"{row['statistics']} accuracy")
    return losses, rates, tensors, tests


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("runs", nargs="+", type=Path, help="folders of runs: Results/<profile>/<experiment>/<arm>/seed-<n>")
    add("--steps", type=int, default=100, help="steps to replay; a checkpoint must be there (default: 100)")
    add("--free", action="store_true", help="never go on from a checkpoint between the first and the last")
    add("--data", type=Path, help="the folder with mnist/ in it (default: $NORMLAB_DATA, then Data)")
    add("--precision", choices=["float32", "float64"], default="float32", help="PyTorch's arithmetic")
    add("--tolerance", type=float, default=1e-3, help="of a loss, relative (default: 0.001)")
    options = parser.parse_args()

    data = [options.data] if options.data else [Path(os.environ.get("NORMLAB_DATA") or "Data"), Path("Data")]
    dtype = getattr(torch, options.precision)
    print(f"PyTorch {torch.__version__} in {options.precision}, {options.steps} steps: greatest relative differences")
    status = 0
    for folder in options.runs:
        try:
            manifest = json.loads((folder / "run.json").read_text())
            differences = replay(folder, data, options.steps, dtype, options.free)
        except (CannotReplay, OSError) as error:
            print(f"{folder}: {error}", file=sys.stderr)
            status = max(status, 2)
            continue
        losses, rates, tensors, tests = (difference.value for difference in differences)
        agrees = max(losses, tests) <= options.tolerance and tensors <= 100 * options.tolerance and rates <= 1e-12
        status = max(status, 0 if agrees else 1)
        print(f"{manifest['experiment'].split('@')[0]}/{manifest['arm']}: {'agrees' if agrees else 'DIFFERS'}")
        for name, difference in zip(("training loss", "rate", "tensors", "test set"), differences):
            print(f"    {name:14} {difference}")
    return status


if __name__ == "__main__":
    sys.exit(main())
