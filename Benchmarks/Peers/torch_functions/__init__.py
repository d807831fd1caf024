"""PyTorch's counterparts of our functions, by our names.

Each module has a dictionary `ROWS` from names to `Row`s.
"""
import inspect

import torch

import worker

IMAGES = (0, 3, 1, 2)  # from our order of axes to PyTorch's
SEQUENCES = (0, 2, 1)
VOLUMES = (0, 4, 1, 2, 3)
KERNEL_1D = (2, 1, 0)
KERNEL_2D = (3, 2, 0, 1)
KERNEL_3D = (4, 3, 0, 1, 2)
TRANSPOSED = (1, 0)


class Row:
    """A function of operands named like its parameters.

    `orders` has the axes' order of operands, and of `output`, that are not in ours; bringing them
    into it takes no part in the measured time. Results of a row that is `random` are not compared.
    """

    def __init__(self, function, random=False, **orders):
        self.function = function
        self.random = random
        self.orders = orders

    def ordered(self, name, tensor):
        return tensor.permute(self.orders[name]).contiguous() if name in self.orders else tensor

    def restored(self, name, tensor):
        if name not in self.orders:
            return tensor
        order = self.orders[name]
        return tensor.permute([order.index(axis) for axis in range(len(order))])


def torch_tensor(array):
    tensor = torch.from_numpy(array)
    return tensor.long() if tensor.dtype == torch.int32 else tensor


class Value:
    """A function's value."""

    def __init__(self, row, tensors):
        self.row = row
        self.names = list(inspect.signature(row.function).parameters)
        self.leaves = [name for name in self.names if f"parameters/{name}" in tensors]
        self.operands = [
            row.ordered(name, torch_tensor(
                tensors[f"{'parameters' if name in self.leaves else 'inputs'}/{name}"]))
            for name in self.names]

    def reset(self):
        pass

    def step(self):
        with torch.inference_mode():
            return self.row.function(*self.operands)

    def results(self):
        if self.row.random:
            return []
        return worker.sampled(self.row.restored("output", self.step()).contiguous().numpy())


class Gradient(Value):
    """A function's value, and the gradients of its operands."""

    def __init__(self, row, tensors):
        super().__init__(row, tensors)
        for name, operand in zip(self.names, self.operands):
            operand.requires_grad_(name in self.leaves)
        self.points = [x for x in self.operands if x.requires_grad]
        self.cotangent = row.ordered("output", torch_tensor(tensors["inputs/cotangent"]))

    def step(self):
        output = self.row.function(*self.operands)
        return output, torch.autograd.grad(output, self.points, self.cotangent)

    def results(self):
        if self.row.random:
            return []
        output, gradients = self.step()
        results = worker.sampled(self.row.restored("output", output.detach()).contiguous().numpy())
        for name, gradient in zip(self.leaves, gradients):
            results += worker.sampled(self.row.restored(name, gradient).contiguous().numpy())
        return results


def catalog():
    """Functions that prepare each row, by name."""
    from torch_functions import activations, images, losses, vectors

    prepared = {}
    for rows in (activations.ROWS, losses.ROWS, images.ROWS, vectors.ROWS):
        for name, row in rows.items():
            prepared[name] = lambda tensors, row=row: Value(row, tensors)
            prepared[f"{name}_gradient"] = lambda tensors, row=row: Gradient(row, tensors)
    return prepared
