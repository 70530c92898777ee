"""The op library: one file a family."""
