"""The scripts that code points belong to.

unicode_scripts.txt has the script of every code point, as "length:script" of runs; length is
hexadecimal. The numbers are those that TensorFlow 1.15.5 gives (the codes of ICU's UScriptCode, for
the version of Unicode that it had).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from ..core.lazy_torch import torch
from ..core.op import op
from ..core.shape_rules import unchanged

_INVALID = -1


@cache
def _table() -> Any:
    text = Path(__file__).with_suffix(".txt").read_text()
    pairs = [run.split(":") for run in text.split()]
    lengths = torch.tensor([int(length, 16) for length, _ in pairs])
    return torch.tensor([int(script) for _, script in pairs]).repeat_interleave(lengths).int()


@op("int32 -> int32", shape=unchanged, differentiable=False)
def UnicodeScript(input):
    """The script of each code point, a number of ICU's UScriptCode; -1 for what is none.

    >>> import scopeflow as tf
    >>> with tf.Session() as session:
    ...     session.run(tf.strings.unicode_script([ord("a"), ord("1"), ord("я"), -1])).tolist()
    [25, 0, 8, -1]
    """
    table = _table().to(input.device)
    is_point = (input >= 0) & (input < len(table))
    return torch.where(is_point, table[torch.where(is_point, input, 0).long()], _INVALID)


unicode_script = UnicodeScript
