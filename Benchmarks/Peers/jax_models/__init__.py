"""The workloads' models in JAX as functions of our parameters: one file for each family.

A model is a function of a `Model`, which holds parameters and layer state, and its input.
"""
