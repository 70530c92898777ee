"""Running graphs on torch."""
