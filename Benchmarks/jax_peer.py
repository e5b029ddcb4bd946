"""JAX on the perceptron: ten training steps in one compiled loop (`lax.scan`), buffers donated."""
import os
import sys

# Before the import: XLA reads both when it is loaded, and takes every core that the process may use.
THREADS = int(os.environ["OMP_NUM_THREADS"])
if sys.platform == "linux":
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])
os.environ.setdefault("JAX_PLATFORMS", "cpu")
if THREADS == 1:
    os.environ["XLA_FLAGS"] = os.environ.get("XLA_FLAGS", "") + " --xla_cpu_multi_thread_eigen=false"

import jax
import jax.numpy as jnp
from jax import lax

import networks

STEPS = 10


def apply(layers, parameters, statistics, x, is_training):
    """The scores, and the new running statistics of every normalization."""
    parameters, statistics, tracked = iter(parameters), iter(statistics), []
    for kind, *values in layers:
        if kind == "dense":
            x = x @ next(parameters)
            if values[2]:
                x = x + next(parameters)
        elif kind == "normalize":
            scale, shift, (mean, variance) = next(parameters), next(parameters), next(statistics)
            if is_training:
                batch_mean = jnp.mean(x, 0)
                batch_variance = jnp.mean(jnp.square(x), 0) - jnp.square(batch_mean)
                unbiased = batch_variance * x.shape[0] / (x.shape[0] - 1)
                tracked.append((0.9 * mean + 0.1 * batch_mean, 0.9 * variance + 0.1 * unbiased))
                mean, variance = batch_mean, batch_variance
            factor = scale * lax.rsqrt(variance + networks.EPSILON)
            x = x * factor + (shift - mean * factor)
        elif kind == "sigmoid":
            x = jax.nn.sigmoid(x)
        else:
            raise ValueError(f"{kind}: JAX runs the perceptron only")
    return x, tracked


def loss_of(scores, labels):
    picked = jnp.take_along_axis(scores, labels[:, None], 1)[:, 0]
    return jnp.mean(jax.nn.logsumexp(scores, 1) - picked)


class Peer:
    """The perceptron in training; `work` gives what an order repeats."""

    def __init__(self, options):
        self.program = f"JAX {jax.__version__}"
        self.batch = options.batch
        layers = networks.network(options.network, options.variant)
        keys = iter(jax.random.split(jax.random.key(1), 64))
        parameters, statistics, self.multiply_adds = [], [], 0
        for kind, *values in layers:
            if kind == "dense":
                inputs, outputs, bias = values
                parameters.append(jax.random.normal(next(keys), (inputs, outputs)) * inputs ** -0.5)
                if bias:
                    parameters.append(jnp.zeros(outputs))
                self.multiply_adds += inputs * outputs
            elif kind == "normalize":
                parameters += [jnp.ones(values[0]), jnp.zeros(values[0])]
                statistics.append((jnp.zeros(values[0]), jnp.ones(values[0])))
        self.parameters = sum(parameter.size for parameter in parameters)
        self.state = (parameters, [jnp.zeros_like(parameter) for parameter in parameters], statistics)
        shape = networks.INPUTS[options.network]
        self.inputs = jax.random.normal(next(keys), (STEPS, self.batch, *shape))
        self.labels = jax.random.randint(next(keys), (STEPS, self.batch), 0, 10)

        def step(state, batch):
            parameters, history, statistics = state

            def loss(parameters):
                scores, tracked = apply(layers, parameters, statistics, batch[0], True)
                return loss_of(scores, batch[1]), tracked

            (value, statistics), gradients = jax.value_and_grad(loss, has_aux=True)(parameters)
            history = [0.9 * past + gradient for past, gradient in zip(history, gradients)]
            parameters = [value - 0.01 * past for value, past in zip(parameters, history)]
            return (parameters, history, statistics), value

        def steps(state, inputs, labels):
            return lax.scan(step, state, (inputs, labels))

        def evaluate(parameters, statistics, x, y):
            scores, _ = apply(layers, parameters, statistics, x, False)
            return loss_of(scores, y), jnp.sum(jnp.argmax(scores, 1) == y)

        self.steps = jax.jit(steps, donate_argnums=0)
        self.evaluate = jax.jit(evaluate)
        self.index = 0

    def first_step(self):
        self.train()

    def work(self, order):
        return {"train": self.train, "infer": self.infer}[order]

    def train(self):
        self.state, losses = self.steps(self.state, self.inputs, self.labels)
        losses.block_until_ready()
        return STEPS * self.batch

    def infer(self):
        self.index = (self.index + 1) % STEPS
        loss, correct = self.evaluate(
            self.state[0], self.state[2], self.inputs[self.index], self.labels[self.index])
        float(loss), int(correct)
        return self.batch
