"""The workloads' models in PyTorch, made from our parameters: one file for each family.

Ours have channels last and kernels [size..., in, out]; PyTorch has channels first and the
reverse order of axes.
"""
