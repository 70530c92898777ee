"""Fuzzers with fixed seeds: `make fuzz` runs them in full, the test suite a part of each."""
