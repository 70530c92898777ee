"""Boxes on images and measures of them against TensorFlow 1.15.5."""

import numpy as np
import pytest

import scopeflow as tf

from . import image_boxes_cases, recorded

RECORDED = recorded.load("image_boxes")


@pytest.mark.parametrize("label", image_boxes_cases.SAMPLES)
def test_as_tensorflow_does(label):
    recorded.check(tf, image_boxes_cases.SAMPLES[label], RECORDED[label])


def test_a_sampled_part_keeps_to_its_ranges():
    with tf.Graph().as_default(), tf.Session() as session:
        boxes = tf.constant([[[0.2, 0.3, 0.7, 0.9]]])
        sample = tf.image.sample_distorted_bounding_box(
            [200, 150, 3], boxes, seed=1, min_object_covered=0.4, area_range=[0.1, 0.8]
        )
        found = [session.run(sample) for _ in range(100)]
    begins = np.array([f.begin for f in found])
    sizes = np.array([f.size for f in found])
    assert (begins[:, 2] == 0).all() and (sizes[:, 2] == -1).all()
    ends = begins[:, :2] + sizes[:, :2]
    assert (begins >= 0).all() and (ends <= [200, 150]).all()
    assert len(np.unique(begins[:, 0])) > 20
    ratios, areas = sizes[:, 1] / sizes[:, 0], sizes[:, 0] * sizes[:, 1] / 30000
    assert ratios.min() > 0.73 and ratios.max() < 1.35
    assert areas.min() >= 0.1 and areas.max() <= 0.8
    low, high = np.maximum(begins[:, :2], [40, 45]), np.minimum(ends, [140, 135])
    assert (np.prod(np.maximum(high - low, 0), 1) / 9000 >= 0.3999).all()
    corners = np.concatenate([begins[:, :2], ends], 1) / [200, 150, 200, 150]
    np.testing.assert_allclose([f.bboxes[0, 0] for f in found], corners, rtol=1e-6)


def test_the_noise_around_a_glimpse_is_in_the_images_range():
    image = np.full([1, 3, 3, 1], 5, np.float32)
    image[0, 0, 0, 0] = 3
    with tf.Graph().as_default(), tf.Session() as session:
        wide = session.run(tf.image.extract_glimpse(image, [21, 21], [[0.0, 0.0]]))[0, :, :, 0]
    np.testing.assert_array_equal(wide[9:12, 9:12], image[0, :, :, 0])
    assert wide.min() == 3 and wide.max() == 5 and len(np.unique(wide)) > 300


def test_names_and_shapes():
    with tf.Graph().as_default():
        boxes, scores = tf.zeros([9, 4]), tf.zeros([9])
        chosen = tf.image.non_max_suppression(boxes, scores, 3)
        assert chosen.op.name == "non_max_suppression/NonMaxSuppressionV3"
        padded = tf.image.non_max_suppression_padded(boxes, scores, 3, pad_to_max_output_size=True)
        assert padded.selected_indices.shape.as_list() == [3]
        images = tf.placeholder(tf.float32, [2, None, None, 3])
        assert tf.image.crop_and_resize(images, boxes, [0] * 9, [5, 6]).shape == [9, 5, 6, 3]
        assert tf.image.sobel_edges(tf.zeros([2, 5, 4, 3])).shape == [2, 5, 4, 3, 2]
        assert tf.image.psnr(images, images, 1).op.name == "PSNR/Identity_3"
