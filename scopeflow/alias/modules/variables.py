"""tensorflow.python.ops.variables and variable_scope: other names of the same things."""

import scopeflow as tf

VariableV1 = RefVariable = tf.Variable
variable = default_variable_creator = tf.Variable
variable_creator_scope_v1 = tf.variable_creator_scope
