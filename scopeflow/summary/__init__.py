"""`tf.summary`: values over time, and the graph, for TensorBoard."""

from ..core.lazy_names import lazy_names as _lazy_names
from ..records.events import EventFile as _EventFile  # noqa: F401 (for this package's modules)
from .ops import (
    all_v2_summary_ops,
    audio,
    get_summary_description,
    histogram,
    image,
    initialize,
    merge,
    merge_all,
    scalar,
    tensor_summary,
    text,
)
from .ops import summary_scope as _summary_scope  # noqa: F401 (for tf.contrib.summary)
from .writer import FileWriter, FileWriterCache

__getattr__, __dir__ = _lazy_names(
    globals(),
    dict.fromkeys(
        ("Event", "SessionLog", "Summary", "SummaryDescription", "TaggedRunMetadata"),
        "..api.protos",
    ),
)

__all__ = [
    "Event",
    "FileWriter",
    "FileWriterCache",
    "SessionLog",
    "Summary",
    "SummaryDescription",
    "TaggedRunMetadata",
    "all_v2_summary_ops",
    "audio",
    "get_summary_description",
    "histogram",
    "image",
    "initialize",
    "merge",
    "merge_all",
    "scalar",
    "tensor_summary",
    "text",
]
