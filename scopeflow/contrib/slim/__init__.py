"""`tf.contrib.slim`."""

__all__: list[str] = []
