# %% [markdown]
# # Sharing variables with variable scopes
#
# `tf.get_variable` makes a variable, or gets one that is there already. Which of the two it does,
# and under what name, is the business of the variable scope around it. Each section below shows
# one rule and prints what came of it.

# %%
import numpy as np

import scopeflow as tf

# %% [markdown]
# ## A model from functions that know nothing of names
#
# `conv_relu` asks for `weights` and `biases`, whoever calls it. The scopes that `create_model`
# opens keep the two layers apart.

# %%
input_images = tf.placeholder("float", [None, 5, 32, 32])


def conv_relu(input_layer, kernel_shape, bias_shape):
    weights = tf.get_variable('weights', kernel_shape, initializer=tf.random_normal_initializer())
    biases = tf.get_variable('biases', bias_shape, initializer=tf.constant_initializer(0.0))
    conv = tf.nn.conv2d(input_layer, weights, strides=[1, 1, 1, 1], padding='SAME')
    return tf.nn.relu(conv + biases)


def create_model(input_layer):
    with tf.variable_scope('conv1'):
        relu1 = conv_relu(input_layer, [5, 5, 32, 32], [32])
    with tf.variable_scope('conv2'):
        relu2 = conv_relu(relu1, [5, 5, 32, 32], [32])
    return relu2


# %%
# The output's name tells its scope. The size of the batch is not known yet.
output = create_model(input_images)
print(output.op.name)
print(output.dtype.name, output.get_shape(), output.get_shape().as_list())

# %%
# Each variable carries the name of its scope.
for variable in tf.global_variables():
    print(variable.op.name, variable.get_shape())

# %% [markdown]
# ## Sharing has to be asked for
#
# The same names a second time are taken for a mistake, and the error says where they were first
# made.

# %%
try:
    create_model(input_images)
except ValueError as error:
    message = str(error)

print(message.splitlines()[0])
for function in ("conv_relu", "create_model"):
    print("made in", function, "->", "in " + function in message)

# %%
# The failure left no variable behind. The op names that it used up stay used: conv1_1 is gone.
print(len(tf.global_variables()), "variables")
with tf.variable_scope('conv1', reuse=True):
    print(conv_relu(input_images, [5, 5, 32, 32], [32]).op.name)

# %% [markdown]
# ## One set of variables, two models
#
# After `scope.reuse_variables()` the scope hands out the variables that it has. Ops are never
# shared: the second model's get names of their own.

# %%
tf.reset_default_graph()
image1 = tf.placeholder("float", [None, 5, 32, 32])
image2 = tf.placeholder("float", [None, 5, 32, 32])

with tf.variable_scope('image_filters') as scope:
    result1 = create_model(image1)
    scope.reuse_variables()
    result2 = create_model(image2)

print(result1.op.name)
print(result2.op.name)
for variable in tf.global_variables():
    print(variable.op.name, variable.get_shape())

# %%
# On the same input both models give the same output. A session takes a nested structure of
# things to fetch and gives back the same structure, filled with numpy arrays.
batch = np.random.RandomState(0).uniform(size=[2, 5, 32, 32]).astype(np.float32)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    fetched = sess.run(
        {'outputs': (result1, result2), 'first layer': [tf.global_variables()[:2]]},
        feed_dict={image1: batch, image2: batch},
    )

out1, out2 = fetched['outputs']
[[weights, biases]] = fetched['first layer']
print(type(out1).__name__, out1.dtype, out1.shape, out2.shape)
print("equal:", np.array_equal(out1, out2), "- all zero:", not out1.any())
print(weights.shape, biases.shape, "- biases all zero:", not biases.any())

# %% [markdown]
# ## A captured scope
#
# What `with tf.variable_scope(...) as` binds can be entered again later, by itself instead of by
# name.

# %%
tf.reset_default_graph()
with tf.variable_scope("foo") as foo_scope:
    v = tf.get_variable("v", [1])
with tf.variable_scope(foo_scope):
    w = tf.get_variable("w", [1])
with tf.variable_scope(foo_scope, reuse=True):
    v1 = tf.get_variable("v", [1])
    w1 = tf.get_variable("w", [1])

print("v1 is v:", v1 is v)
print("w1 is w:", w1 is w)
print(v.op.name, v.name)
print(w.op.name, w.name)

# %% [markdown]
# ## Initializers
#
# An initializer gives a variable its first value, in each session anew. With a seed that value is
# the same in every session.

# %%
tf.reset_default_graph()
shape = [100, 100]
constant = tf.get_variable("constant", shape, initializer=tf.constant_initializer(0.5))
uniform = tf.get_variable("uniform", shape, initializer=tf.random_uniform_initializer(-1.0, 3.0))
normal = tf.get_variable(
    "normal", shape, initializer=tf.random_normal_initializer(mean=2.0, stddev=0.5)
)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    c, u, n = sess.run([constant, uniform, normal])

print("constant: from", c.min(), "to", c.max())
print("uniform: in range", bool((u >= -1.0).all() and (u < 3.0).all()), f"- mean {u.mean():.1f}")
print(f"normal: mean {n.mean():.1f}, standard deviation {n.std():.1f}")

# %%
# Initializers take a dtype, and the random ones a seed. Called by itself, an initializer makes a
# tensor of its own dtype; get_variable asks it for the variable's dtype, float32 if none is given.
tf.reset_default_graph()
initializers = {
    "constant": tf.constant_initializer(7, dtype=tf.int32),
    "uniform": tf.random_uniform_initializer(-1.0, 1.0, seed=1, dtype=tf.float64),
    "normal": tf.random_normal_initializer(0.0, 1.0, seed=2, dtype=tf.float64),
}
for name, initializer in initializers.items():
    tensor = initializer([3])
    default = tf.get_variable(name, [3], initializer=initializer)
    same = tf.get_variable(name + "_same", [3], dtype=tensor.dtype, initializer=initializer)
    print(name, tensor.dtype.name, default.dtype.base_dtype.name, same.dtype.base_dtype.name)

# %%
# Two sessions have variables of their own. What was drawn with a seed is equal in both.
values = []
for _ in range(2):
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        values.append(sess.run({v.op.name: v for v in tf.global_variables()}))

for name in sorted(values[0]):
    first, second = values[0][name], values[1][name]
    print(name, first.dtype, "- equal in both sessions:", np.array_equal(first, second))
