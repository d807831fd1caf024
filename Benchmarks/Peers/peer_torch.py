"""PyTorch: `peer_torch.py [--threads N] eager|channels-last|compiled`.

`channels-last` is eager with images and kernels in that order in memory, and knows the workloads
with images only. Names that end in `_bf16` are computed under autocast.
"""
import contextlib
import copy

import torch
from torch.nn import functional

import torch_functions
import worker
from torch_models import micro
from torch_models.cnn import cnn
from torch_models.encoder import encoder
from torch_models.gpt import gpt
from torch_models.layers import images, inputs, tokens
from torch_models.lstm import lstm
from torch_models.mlp import mlp
from torch_models.resnet import resnet

options = worker.arguments("eager", "channels-last", "compiled")
torch.set_num_threads(options.threads)


# After some recompilations of one function PyTorch runs it eagerly and merely says so; that would
# be a time in the wrong column.
if options.mode == "compiled":
    torch._dynamo.config.fail_on_recompile_limit_hit = True


def prepared(module):
    """The module as the mode wants it."""
    if options.mode != "compiled":
        return module
    # What earlier workloads left counts as recompilation, and makes shapes dynamic.
    torch.compiler.reset()
    return torch.compile(module)


def ordered(value):
    """A module or images in the mode's order in memory."""
    if options.mode == "channels-last":
        return value.to(memory_format=torch.channels_last)
    return value


def casting(precision):
    """The context of forward passes."""
    if precision == "bf16":
        return torch.autocast("cpu", torch.bfloat16)
    return contextlib.nullcontext()


class Training:
    """Adam steps on the cross-entropy of logits and classes, the last axis."""

    def __init__(self, module, x, tensors, precision, rate):
        self.module = ordered(module.train())
        self.initial = copy.deepcopy(module.state_dict())
        self.forward = prepared(self.module)
        self.inputs = ordered(x)
        self.targets = torch.from_numpy(tensors["inputs/y"]).long().flatten()
        self.precision = precision
        self.rate = rate
        self.reset()

    def reset(self):
        self.module.load_state_dict(self.initial)
        self.optimizer = torch.optim.Adam(self.module.parameters(), self.rate)

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        with casting(self.precision):
            logits = self.forward(self.inputs)
            loss = functional.cross_entropy(logits.flatten(0, -2), self.targets)
        loss.backward()
        self.optimizer.step()
        return loss

    def results(self):
        self.reset()
        return [self.step().item() for _ in range(worker.COMPARED_STEPS)]


class Prediction:
    """The module's output in inference mode."""

    def __init__(self, module, x, precision):
        self.forward = prepared(ordered(module.eval()))
        self.inputs = ordered(x)
        self.precision = precision

    def reset(self):
        pass

    def step(self):
        with torch.inference_mode(), casting(self.precision):
            return self.forward(self.inputs)

    def results(self):
        return worker.sampled(self.step().float().numpy())


class Function:
    """A function's value."""

    def __init__(self, function, tensors):
        self.function = prepared(function)
        self.operands = [torch.from_numpy(x) for x in worker.operands_of(function, tensors)]

    def reset(self):
        pass

    def step(self):
        with torch.inference_mode():
            return self.function(*self.operands)

    def results(self):
        return worker.sampled(self.step().numpy())


class Adam:
    """Adam's update of one parameter."""

    def __init__(self, tensors):
        operands = worker.operands(tensors, ["w", "g"])
        self.initial, self.gradient = map(torch.from_numpy, operands)
        self.reset()

    def reset(self):
        self.parameter = torch.nn.Parameter(self.initial.clone())
        self.parameter.grad = self.gradient
        # Eager has a kernel for the whole update; a compiler makes one of the formula. A rate that
        # is a number would be compiled into it.
        is_compiled = options.mode == "compiled"
        optimizer = torch.optim.Adam(
            [self.parameter], torch.tensor(1e-3) if is_compiled else 1e-3, fused=not is_compiled)
        self.step = prepared(optimizer.step)

    def results(self):
        self.reset()
        for _ in range(worker.COMPARED_STEPS):
            self.step()
        return worker.sampled(self.parameter.detach().numpy())


def training(model, x, rate=1e-3):
    return lambda precision: lambda tensors: Training(
        model(tensors), x(tensors), tensors, precision, rate)


def prediction(model, x):
    return lambda precision: lambda tensors: Prediction(model(tensors), x(tensors), precision)


WITH_IMAGES = {
    "cnn_train_b64": training(cnn, images),
    "resnet18_infer_b1": prediction(resnet, images),
    "resnet18_infer_b8": prediction(resnet, images),
    "resnet18_train_b8": training(resnet, images, rate=1e-5),
}
OTHERS = {
    "mlp_train_b128": training(mlp, inputs),
    "mlp_infer_b1": prediction(mlp, inputs),
    "lstm_train_b32": training(lstm, inputs),
    "encoder_infer_b1": prediction(encoder, inputs),
    "encoder_infer_b8": prediction(encoder, inputs),
    "gpt_train_b12": training(gpt, tokens),
}
families = WITH_IMAGES if options.mode == "channels-last" else WITH_IMAGES | OTHERS
catalog = {name: make("f32") for name, make in families.items()}
catalog |= {f"{name}_bf16": make("bf16") for name, make in families.items()}
if options.mode != "channels-last":
    catalog |= worker.micro_catalog(micro, lambda f: lambda tensors: Function(f, tensors))
    catalog["adam_update"] = Adam
if options.mode == "eager":
    catalog |= torch_functions.catalog()

worker.serve(torch.__version__, catalog)
