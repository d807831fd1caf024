"""PyTorch, eager or compiled: `peer_torch.py [--threads N] eager|compiled`."""
import copy

import torch
from torch.nn import functional

import models_torch as models
import worker

COMPARED_STEPS = 4  # as on the Swift side

options = worker.arguments("eager", "compiled")
torch.set_num_threads(options.threads)


def prepared(module):
    """The module as the mode wants it."""
    return torch.compile(module) if options.mode == "compiled" else module


class Training:
    """Adam steps on the cross-entropy of logits and classes."""

    def __init__(self, module, inputs, tensors):
        self.module = module.train()
        self.initial = copy.deepcopy(module.state_dict())
        self.forward = prepared(module)
        self.inputs = inputs
        self.targets = torch.from_numpy(tensors["inputs/y"]).long()
        self.reset()

    def reset(self):
        self.module.load_state_dict(self.initial)
        self.optimizer = torch.optim.Adam(self.module.parameters(), 1e-3)

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        loss = functional.cross_entropy(self.forward(self.inputs), self.targets)
        loss.backward()
        self.optimizer.step()
        return loss

    def results(self):
        self.reset()
        return [self.step().item() for _ in range(COMPARED_STEPS)]


class Prediction:
    """The module's output in inference mode."""

    def __init__(self, module, inputs):
        self.forward = prepared(module.eval())
        self.inputs = inputs

    def reset(self):
        pass

    def step(self):
        with torch.inference_mode():
            return self.forward(self.inputs)

    def results(self):
        return self.step().flatten().tolist()


worker.serve(
    torch.__version__,
    {
        "mlp_train_b128": lambda t: Training(models.mlp(t), models.features(t), t),
        "mlp_infer_b1": lambda t: Prediction(models.mlp(t), models.features(t)),
        "cnn_train_b64": lambda t: Training(models.cnn(t), models.images(t), t),
    })
