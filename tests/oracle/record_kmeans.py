"""Records what tf.contrib.factorization.KMeans does with TensorFlow 1.15.

    python tests/oracle/record_kmeans.py > tests/contrib/recorded_kmeans.json

In an environment of its own: `pip install tensorflow==1.15.5 'protobuf<3.21' 'numpy<1.19'`.
"""

import json

import numpy as np
import tensorflow as tf

POINTS = np.random.RandomState(0).rand(20, 3).astype(np.float32)
CENTERS = [[100, 100, 100], [0, 0, 0], [0.5, 0.5, 0.5], [1, 0, 1]]
CASES = [
    {},
    {"distance_metric": "cosine"},
    {"use_mini_batch": True},
    {"use_mini_batch": True, "mini_batch_steps_per_iteration": 3},
]


def run(case):
    with tf.Graph().as_default(), tf.Session() as session:
        kmeans = tf.contrib.factorization.KMeans(
            tf.constant(POINTS), 4, initial_clusters=np.array(CENTERS, np.float32), **case
        )
        scores, indices, nearest, initialized, init_op, train_op = kmeans.training_graph()
        variables = tf.global_variables()
        session.run(tf.global_variables_initializer())
        states = [bool(session.run(initialized)), bool(session.run(init_op))]
        steps = []
        for _ in range(3):
            found = session.run([scores[0], indices[0], nearest[0]])
            session.run(train_op)
            steps.append([value.tolist() for value in found + session.run(variables[:1])])
        return {
            "case": case,
            "initialized": states,
            "steps": steps,
            "variables": [[v.op.name, v.dtype.name, session.run(v).tolist()] for v in variables],
        }


if __name__ == "__main__":
    print(
        json.dumps(
            {
                "made by": "tests/oracle/record_kmeans.py with TensorFlow " + tf.__version__,
                "cases": [run(case) for case in CASES],
            }
        )
    )
