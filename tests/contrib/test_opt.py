"""tf.contrib.opt, against TensorFlow 1.15.5."""

import pytest

import scopeflow as tf

from . import opt_cases
from .recorded import compare, recorded

RECORDED = recorded("recorded_opt.json")


@pytest.mark.parametrize("case", list(opt_cases.cases()), ids="-".join)
def test_as_recorded(case):
    compare(opt_cases.run(tf, *case), RECORDED["|".join(case)], rtol=1e-4, atol=1e-5)
