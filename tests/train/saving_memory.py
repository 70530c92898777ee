"""Prints how much memory saving and restoring take beyond what is there, by the variables' bytes.

python tests/train/saving_memory.py FOLDER MEGABYTES
"""

import sys

import scopeflow as tf

COUNT = 16


def peak():
    """The most memory that the process had since `reset`, and what it has now, in bytes."""
    with open("/proc/self/status") as file:
        found = dict(line.split(":") for line in file)
    return [int(found[key].split()[0]) * 1024 for key in ("VmHWM", "VmRSS")]


def extra(action):
    """The most that it had while `action` ran, beyond what it had before."""
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")  # the peak begins anew
    _, before = peak()
    action()
    return peak()[0] - before


def main(folder, megabytes):
    total = int(megabytes) * 1_000_000
    for number in range(COUNT):
        tf.get_variable(f"v{number}", [total // COUNT // 4], use_resource=number % 2 == 0)
    saver = tf.train.Saver()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        paths = []

        def save():
            paths.append(saver.save(session, f"{folder}/m", write_meta_graph=False))

        save()
        print("save", extra(save) / total)
        print("restore", extra(lambda: saver.restore(session, paths[-1])) / total)
    with tf.Session() as session:
        print("new", extra(lambda: saver.restore(session, paths[-1])) / total)


if __name__ == "__main__":
    main(*sys.argv[1:])
