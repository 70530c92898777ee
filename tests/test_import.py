"""What `import scopeflow` brings in. Each test is a fresh process."""

import subprocess
import sys

TUTORIAL = """
input_images = tf.placeholder("float", [None, 5, 32, 32])

def conv_relu(input_layer, kernel_shape, bias_shape):
    weights = tf.get_variable('weights', kernel_shape, initializer=tf.random_normal_initializer())
    biases = tf.get_variable('biases', bias_shape, initializer=tf.constant_initializer(0.0))
    conv = tf.nn.conv2d(input_layer, weights, strides=[1,1,1,1], padding='SAME')
    return tf.nn.relu(conv + biases)

def create_model(input_layer):
    with tf.variable_scope('conv1'):
        relu1 = conv_relu(input_layer, [5, 5, 32, 32], [32])
    with tf.variable_scope('conv2'):
        relu2 = conv_relu(relu1, [5, 5, 32, 32], [32])
    return relu2

with tf.variable_scope('image_filters') as scope:
    first = create_model(input_images)
    scope.reuse_variables()
    second = create_model(input_images)
assert second.op.name == 'image_filters/conv2_1/Relu', second.op.name
assert len(tf.global_variables()) == 4
"""

TRAINING = """
loss = tf.reduce_mean(tf.square(first - 1.0))
tf.train.AdamOptimizer(1e-3).minimize(loss)
tf.train.MomentumOptimizer(1e-3, 0.9).minimize(loss)
tf.cond(loss > 0, lambda: tf.gradients(loss, tf.trainable_variables()[0])[0], lambda: 1.0 * \
    tf.trainable_variables()[0])
"""

ABSENT = """
heavy = [name for name in ("torch", "rich", "sklearn", "tensorflow") if name in sys.modules]
assert not heavy, heavy
"""


def fresh(program):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", "import sys\nimport scopeflow as tf\n" + program],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert not done.returncode, done.stderr
    return done.stdout


def test_import_is_light():
    fresh(ABSENT)


def test_building_the_tutorials_graph_is_light():
    fresh(TUTORIAL + ABSENT)


def test_building_a_training_graph_is_light():
    fresh(TUTORIAL + TRAINING + ABSENT)


def test_a_session_brings_torch():
    out = fresh("""
assert "torch" not in sys.modules
with tf.Session() as session:
    print(session.run(tf.constant(1.0) + 2.0))
assert "torch" in sys.modules
assert tf.Session is type(session)
""")
    assert out == "3.0\n"


def test_threads_spin_only_for_a_while():
    clean = (
        "import os\n"
        "for name in ('OMP_WAIT_POLICY', 'GOMP_SPINCOUNT'):\n"
        "    os.environ.pop(name, None)\n"
    )
    fresh(clean + "tf.Session()\nassert os.environ['GOMP_SPINCOUNT'] == '2000'\n")
    fresh(clean + "import torch\ntf.Session()\nassert 'GOMP_SPINCOUNT' not in os.environ\n")
    fresh(
        clean + "os.environ['OMP_WAIT_POLICY'] = 'ACTIVE'\n"
        "tf.Session()\n"
        "assert 'GOMP_SPINCOUNT' not in os.environ\n"
    )


def test_namespaces_that_others_bring_along_tell_of_missing_names():
    fresh("""
tf.io.read_file
assert tf.train.SummaryWriter is tf.summary.FileWriter
try:
    tf.train.NewCheckpointReader_
except AttributeError as error:
    assert "Did you mean tf.train.NewCheckpointReader?" in str(error), error
""")
