"""Variables and their scopes."""
