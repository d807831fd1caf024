#!/usr/bin/env python3
"""Writes files of other projects' formats with their own libraries, for the tests of RanvierFiles.

    python make_files.py    # writes files/; needs PyTorch and safetensors
"""

from pathlib import Path

import torch
from safetensors.torch import save_file

TYPES = {
    "bool": torch.bool, "i8": torch.int8, "i16": torch.int16, "i32": torch.int32,
    "i64": torch.int64, "u8": torch.uint8, "u16": torch.uint16, "u32": torch.uint32,
    "u64": torch.uint64, "f16": torch.float16, "bf16": torch.bfloat16, "f32": torch.float32,
    "f64": torch.float64,
}


def main():
    values = torch.tensor([[0, 1, 2], [3, 100, 1]])
    tensors = {name: values.to(dtype) for name, dtype in TYPES.items()}
    tensors["scalar"] = torch.tensor(1.5)
    tensors["empty"] = torch.zeros(0, 4)
    folder = Path(__file__).parent / "files"
    folder.mkdir(exist_ok=True)
    metadata = {"format": "pt", "note": 'quotes " and \\ and é'}
    save_file(tensors, folder / "python.safetensors", metadata)


if __name__ == "__main__":
    main()
