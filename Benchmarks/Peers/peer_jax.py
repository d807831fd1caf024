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
from jax import lax, nn  # noqa: E402
from jax import numpy as jnp  # noqa: E402

COMPARED_STEPS = 4  # as on the Swift side


def parameters(tensors):
    """Our parameters by path; layouts are the same."""
    prefix = "parameters/"
    return {k[len(prefix):]: v for k, v in tensors.items() if k.startswith(prefix)}


def dense(p, path, x):
    return x @ p[f"{path}/kernel"] + p[f"{path}/bias"]


def convolution(p, path, x):
    y = lax.conv_general_dilated(
        x, p[f"{path}/kernel"], (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC"))
    return y + p[f"{path}/bias"]


def max_pool(x):
    return lax.reduce_window(x, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")


def mlp(p, x):
    x = nn.relu(dense(p, "dense_0", x))
    x = nn.relu(dense(p, "dense_1", x))
    return dense(p, "dense_2", x)


def cnn(p, x):
    x = nn.relu(convolution(p, "conv_0", x))
    x = nn.relu(convolution(p, "conv_1", x))
    x = max_pool(x).reshape(x.shape[0], -1)
    return dense(p, "dense_1", nn.relu(dense(p, "dense_0", x)))


class Training:
    """Adam steps on the cross-entropy of logits and classes, updated in place."""

    def __init__(self, model, tensors):
        self.initial = parameters(tensors)
        self.inputs = jnp.asarray(tensors["inputs/x"])
        self.targets = jnp.asarray(tensors["inputs/y"])
        self.optimizer = optax.adam(1e-3)

        @functools.partial(jax.jit, donate_argnums=(0, 1))
        def update(p, state, x, y):
            def loss(p):
                return optax.softmax_cross_entropy_with_integer_labels(model(p, x), y).mean()

            value, gradients = jax.value_and_grad(loss)(p)
            updates, state = self.optimizer.update(gradients, state, p)
            return optax.apply_updates(p, updates), state, value

        self.update = update
        self.reset()

    def reset(self):
        self.parameters = {path: jnp.array(value) for path, value in self.initial.items()}
        self.state = self.optimizer.init(self.parameters)

    def step(self):
        self.parameters, self.state, loss = self.update(
            self.parameters, self.state, self.inputs, self.targets)
        # All outputs of a program are ready when one is.
        return loss.block_until_ready()

    def results(self):
        self.reset()
        return [float(self.step()) for _ in range(COMPARED_STEPS)]


class Prediction:
    """The model's output."""

    def __init__(self, model, tensors):
        self.parameters = {k: jnp.asarray(v) for k, v in parameters(tensors).items()}
        self.inputs = jnp.asarray(tensors["inputs/x"])
        self.forward = jax.jit(model)

    def reset(self):
        pass

    def step(self):
        return self.forward(self.parameters, self.inputs).block_until_ready()

    def results(self):
        return self.step().flatten().tolist()


worker.serve(
    jax.__version__,
    {
        "mlp_train_b128": lambda t: Training(mlp, t),
        "mlp_infer_b1": lambda t: Prediction(mlp, t),
        "cnn_train_b64": lambda t: Training(cnn, t),
    })
