"""Gradient boosted decision trees.

The packages of TensorFlow 1.15 have them no more, so there is no `tf.contrib.boosted_trees`: the
estimators are in `estimator`, the head for own losses in `heads`; under the alias in
`tensorflow.contrib.boosted_trees.estimator_batch.estimator` and `…custom_loss_head`.
"""
