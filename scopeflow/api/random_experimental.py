"""`tf.random.experimental`."""

from ..scopes.generators import (
    Generator,
    create_rng_state,
    get_global_generator,
    set_global_generator,
)

__all__ = ["Generator", "create_rng_state", "get_global_generator", "set_global_generator"]
