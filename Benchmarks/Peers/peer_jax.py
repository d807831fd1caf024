"""JAX with `jit` and Optax: `peer_jax.py [--threads N]`."""
import functools
import os

import worker

options = worker.arguments()
# XLA has no setting for its threads; it starts one for each processor it may use.
processors = sorted(os.sched_getaffinity(0))
os.sched_setaffinity(0, processors[: options.threads])
os.environ["JAX_PLATFORMS"] = "cpu"

import jax  # noqa: E402 (what it may use is decided when it is imported)
import optax  # noqa: E402
from jax import numpy as jnp  # noqa: E402

from jax_models import micro  # noqa: E402
from jax_models.cnn import cnn  # noqa: E402
from jax_models.encoder import encoder  # noqa: E402
from jax_models.gpt import gpt  # noqa: E402
from jax_models.layers import Model  # noqa: E402
from jax_models.lstm import lstm  # noqa: E402
from jax_models.mlp import mlp  # noqa: E402
from jax_models.resnet import resnet  # noqa: E402


def with_prefix(tensors, prefix):
    """Our tensors of a kind by path; layouts are the same."""
    return {k[len(prefix):]: v for k, v in tensors.items() if k.startswith(prefix)}


class Training:
    """Adam steps on the cross-entropy of logits and classes, updated in place."""

    def __init__(self, model, tensors, rate=1e-3):
        self.initial = with_prefix(tensors, "parameters/"), with_prefix(tensors, "state/")
        self.inputs = jnp.asarray(tensors["inputs/x"])
        self.targets = jnp.asarray(tensors["inputs/y"])
        self.optimizer = optax.adam(rate)

        @functools.partial(jax.jit, donate_argnums=(0, 1, 2))
        def update(parameters, state, moments, x, y):
            def loss(parameters):
                m = Model(parameters, state, True)
                losses = optax.softmax_cross_entropy_with_integer_labels(model(m, x), y)
                return losses.mean(), m.new_state

            (value, state), gradients = jax.value_and_grad(loss, has_aux=True)(parameters)
            updates, moments = self.optimizer.update(gradients, moments, parameters)
            return optax.apply_updates(parameters, updates), state, moments, value

        self.update = update
        self.reset()

    def reset(self):
        self.parameters, self.state = jax.tree.map(jnp.array, self.initial)
        self.moments = self.optimizer.init(self.parameters)

    def step(self):
        self.parameters, self.state, self.moments, loss = self.update(
            self.parameters, self.state, self.moments, self.inputs, self.targets)
        # All outputs of a program are ready when one is.
        return loss.block_until_ready()

    def results(self):
        self.reset()
        return [float(self.step()) for _ in range(worker.COMPARED_STEPS)]


class Prediction:
    """The model's output."""

    def __init__(self, model, tensors):
        self.parameters = jax.tree.map(jnp.asarray, with_prefix(tensors, "parameters/"))
        self.state = jax.tree.map(jnp.asarray, with_prefix(tensors, "state/"))
        self.inputs = jnp.asarray(tensors["inputs/x"])
        self.forward = jax.jit(lambda p, s, x: model(Model(p, s, False), x))

    def reset(self):
        pass

    def step(self):
        return self.forward(self.parameters, self.state, self.inputs).block_until_ready()

    def results(self):
        return worker.sampled(self.step())


class Function:
    """A function's value."""

    def __init__(self, function, tensors):
        self.function = jax.jit(function)
        self.operands = [jnp.asarray(x) for x in worker.operands_of(function, tensors)]

    def reset(self):
        pass

    def step(self):
        return self.function(*self.operands).block_until_ready()

    def results(self):
        return worker.sampled(self.step())


class Adam:
    """Adam's update of one parameter, in place."""

    def __init__(self, tensors):
        self.initial, gradient = worker.operands(tensors, ["w", "g"])
        self.gradient = jnp.asarray(gradient)
        self.optimizer = optax.adam(1e-3)

        @functools.partial(jax.jit, donate_argnums=(0, 1))
        def update(parameter, moments, gradient):
            updates, moments = self.optimizer.update(gradient, moments, parameter)
            return optax.apply_updates(parameter, updates), moments

        self.update = update
        self.reset()

    def reset(self):
        self.parameter = jnp.array(self.initial)
        self.moments = self.optimizer.init(self.parameter)

    def step(self):
        self.parameter, self.moments = self.update(self.parameter, self.moments, self.gradient)
        self.parameter.block_until_ready()

    def results(self):
        self.reset()
        for _ in range(worker.COMPARED_STEPS):
            self.step()
        return worker.sampled(self.parameter)


worker.serve(
    jax.__version__,
    worker.micro_catalog(micro, lambda f: lambda tensors: Function(f, tensors)) | {
        "adam_update": Adam,
        "mlp_train_b128": lambda t: Training(mlp, t),
        "mlp_infer_b1": lambda t: Prediction(mlp, t),
        "cnn_train_b64": lambda t: Training(cnn, t),
        "resnet18_infer_b1": lambda t: Prediction(resnet, t),
        "resnet18_infer_b8": lambda t: Prediction(resnet, t),
        "resnet18_train_b8": lambda t: Training(resnet, t, rate=1e-5),
        "lstm_train_b32": lambda t: Training(lstm, t),
        "encoder_infer_b1": lambda t: Prediction(encoder, t),
        "encoder_infer_b8": lambda t: Prediction(encoder, t),
        "gpt_train_b12": lambda t: Training(gpt, t),
    })
