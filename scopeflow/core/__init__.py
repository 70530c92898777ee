"""Graphs, names, shapes, dtypes and the definition of ops. No torch."""
