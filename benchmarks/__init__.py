"""Benchmarks: the same program on scopeflow, on TensorFlow and, where it makes sense, by hand in
PyTorch, each in a process of its own, taking turns.

    python -m benchmarks [--only NAME] [--rounds N] [--json FILE]

TENSORFLOW_PYTHON names an interpreter that has TensorFlow; without it that column stays empty.
"""
