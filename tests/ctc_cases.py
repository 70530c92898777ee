"""CTC losses and decoders, for TensorFlow and scopeflow alike."""

import numpy as np

TIME, BATCH, CLASSES = 6, 3, 4
LENGTHS = [6, 5, 3]
LABELS = {
    "plain": [[0, 1, 2], [2, 1], [0]],
    "repeated": [[1, 1, 0], [2, 2], [0]],
    "long": [[0, 1], [2], [1, 1, 2]],
}
OPTIONS = {
    "": {},
    "collapse": {"preprocess_collapse_repeated": True},
    "no merge": {"ctc_merge_repeated": False},
    "ignore": {"ignore_longer_outputs_than_inputs": True},
    "batch major": {"time_major": False},
}


def logits():
    return np.random.RandomState(3).uniform(-2, 2, (TIME, BATCH, CLASSES)).astype(np.float32)


def sparse(tf, rows):
    places = [(i, j) for i, row in enumerate(rows) for j in range(len(row))]
    values = [v for row in rows for v in row]
    width = max(map(len, rows))
    return tf.SparseTensor(
        np.array(places, np.int64).reshape(-1, 2), np.array(values, np.int32), [len(rows), width]
    )


def cases():
    for labels in LABELS:
        for option in OPTIONS:
            if labels != "long" or option == "ignore" or option == "collapse":
                yield "loss", labels, option
    for labels in ("plain", "repeated"):
        for option in ("sparse", "dense", "dense blank 2", "unique"):
            yield "loss_v2", labels, option
    for option in ("", "no merge"):
        yield "greedy", "", option
    for option in ("", "three", "no merge", "v2", "narrow"):
        yield "beam", "", option


def padded(rows):
    width = max(map(len, rows))
    return np.array([row + [0] * (width - len(row)) for row in rows], np.int32)


def run(tf, kind, labels, option):
    x = logits()
    with tf.Graph().as_default(), tf.Session() as session:
        place = tf.constant(x)
        if kind == "loss":
            options = OPTIONS[option]
            given = tf.transpose(place, [1, 0, 2]) if option == "batch major" else place
            loss = tf.nn.ctc_loss(sparse(tf, LABELS[labels]), given, LENGTHS, **options)
            slope = tf.gradients(loss * [1.0, 2.0, 0.5], place)[0]
            return [v.tolist() for v in session.run([loss, slope])]
        if kind == "loss_v2":
            rows = LABELS[labels]
            if option == "sparse":
                loss = tf.nn.ctc_loss_v2(sparse(tf, rows), place, None, LENGTHS, blank_index=-1)
            else:
                rows = [[v + 1 for v in row] for row in rows]
                blank = None
                if option == "dense blank 2":
                    rows = [[v if v != 2 else 0 for v in row] for row in rows]
                    blank = 2
                dense = padded(rows)
                unique = tf.nn.ctc_unique_labels(dense) if option == "unique" else None
                loss = tf.nn.ctc_loss_v2(
                    dense, place, [len(r) for r in rows], LENGTHS, unique=unique, blank_index=blank
                )
            slope = tf.gradients(loss * [1.0, 2.0, 0.5], place)[0]
            return [v.tolist() for v in session.run([loss, slope])]
        if kind == "greedy":
            found, score = tf.nn.ctc_greedy_decoder(place, LENGTHS, not option)
        else:
            more = {
                "": {},
                "three": {"top_paths": 3},
                "narrow": {"beam_width": 2, "top_paths": 2},
                "no merge": {"merge_repeated": False, "top_paths": 2},
                "v2": {"top_paths": 2},
            }
            function = tf.nn.ctc_beam_search_decoder
            if option == "v2":
                function = tf.nn.ctc_beam_search_decoder_v2
            found, score = function(place, LENGTHS, **more[option])
        decoded, score = session.run([found, score])
        return [
            [[d.indices.tolist(), d.values.tolist(), d.dense_shape.tolist()] for d in decoded],
            score.tolist(),
        ]
