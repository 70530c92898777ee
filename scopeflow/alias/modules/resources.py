"""tensorflow.python.ops.resources: what a session holds beside its variables."""

from scopeflow.train.resources import (
    initialize_resources as initialize_resources,
)
from scopeflow.train.resources import (
    local_resources as local_resources,
)
from scopeflow.train.resources import (
    register_resource as register_resource,
)
from scopeflow.train.resources import (
    report_uninitialized_resources as report_uninitialized_resources,
)
from scopeflow.train.resources import (
    shared_resources as shared_resources,
)
