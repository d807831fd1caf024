#!/usr/bin/env python3
"""Writes files of other projects' formats with their own libraries, for the tests of RanvierFiles.

    python make_files.py    # writes files/; needs NumPy, PyTorch and safetensors
"""

from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

TYPES = {
    "bool": torch.bool, "i8": torch.int8, "i16": torch.int16, "i32": torch.int32,
    "i64": torch.int64, "u8": torch.uint8, "u16": torch.uint16, "u32": torch.uint32,
    "u64": torch.uint64, "f16": torch.float16, "bf16": torch.bfloat16, "f32": torch.float32,
    "f64": torch.float64,
}


# NumPy's types but those of PyTorch that it lacks.
NUMPY_TYPES = {
    "bool": "?", "i8": "i1", "i16": "i2", "i32": "i4", "i64": "i8", "u8": "u1", "u16": "u2",
    "u32": "u4", "u64": "u8", "f16": "f2", "f32": "f4", "f64": "f8",
}


def numpy_arrays():
    """Arrays of every type, byte order, axis order and edge shape."""
    values = np.array([[0, 1, 2], [3, 100, 1]])
    arrays = {}
    for name, dtype in NUMPY_TYPES.items():
        arrays[name] = values.astype("<" + dtype)
        arrays[name + "_big"] = values.astype(">" + dtype)
    arrays["columns"] = np.asfortranarray(np.arange(24, dtype="<i4").reshape(2, 3, 4))
    arrays["columns_big"] = np.asfortranarray(np.arange(6, dtype=">f8").reshape(2, 3))
    arrays["scalar"] = np.array(1.5)
    arrays["empty"] = np.zeros((0, 4), "<f4")
    arrays["layer/kernel"] = np.array([1.0, -2.0], "<f4")
    arrays["é"] = np.array([7], "<i8")
    return arrays


def write_numpy(folder):
    for version in (1, 2, 3):
        with open(folder / f"version{version}.npy", "wb") as file:
            array = np.arange(6, dtype="<f4").reshape(2, 3)
            np.lib.format.write_array(file, array, version=(version, 0))
    with open(folder / "objects.npy", "wb") as file:
        np.save(file, np.array([1, "a"], dtype=object))
    # What JAX's bf16 becomes in NumPy: two bytes of no type.
    np.save(folder / "void2.npy", np.array([0x3F80, 0xC000], "<u2").view("V2"))
    np.savez(folder / "stored.npz", **numpy_arrays())
    np.savez_compressed(folder / "deflated.npz", **numpy_arrays())


def main():
    values = torch.tensor([[0, 1, 2], [3, 100, 1]])
    tensors = {name: values.to(dtype) for name, dtype in TYPES.items()}
    tensors["scalar"] = torch.tensor(1.5)
    tensors["empty"] = torch.zeros(0, 4)
    folder = Path(__file__).parent / "files"
    folder.mkdir(exist_ok=True)
    write_numpy(folder)
    metadata = {"format": "pt", "note": 'quotes " and \\ and é'}
    save_file(tensors, folder / "python.safetensors", metadata)


if __name__ == "__main__":
    main()
