"""The public namespaces below `tf.`: each module only re-exports."""
