"""Random forests that grow while examples stream by.

`ForestHParams` is in `params`, `RandomForestGraphs` in `graphs`; TensorFlow has them in a module
inside, and so has the alias: `tensorflow.contrib.tensor_forest.python.tensor_forest`.
"""
