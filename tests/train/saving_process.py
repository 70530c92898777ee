"""A program that saves all the time, to be killed: FOLDER, "steps" or "same" [sharded].

Each checkpoint has one number in all of its variables.
"""

import sys

import numpy as np

import scopeflow as tf

folder, kind, *rest = sys.argv[1:]
if rest:
    variables = []
    for device in range(2):
        with tf.device(f"/cpu:{device}"):
            variables.append(tf.get_variable(f"v{device}", initializer=np.zeros(50_000, "f")))
else:
    variables = [tf.get_variable(f"v{i}", initializer=np.zeros(20_000, "f")) for i in range(5)]
number = tf.placeholder(tf.float32, [])
change = tf.group(*(tf.assign(v, tf.fill(v.shape, number)) for v in variables))
saver = tf.train.Saver(max_to_keep=2, sharded=bool(rest))
with tf.Session() as session:
    found = tf.train.latest_checkpoint(folder)
    if found:
        saver.restore(session, found)
    else:
        session.run(tf.global_variables_initializer())
    first = session.run(variables)
    start = int(first[0][0])
    assert all((value == start).all() for value in first), "not whole"
    print(start, flush=True)
    for step in range(start + 1, start + 100_000):
        session.run(change, {number: step})
        saver.save(
            session, f"{folder}/m", step if kind == "steps" else None, write_meta_graph=False
        )
        if step == start + 1:
            print("saved", flush=True)
