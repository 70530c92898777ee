"""Datasets as they run: descriptions of elements, and the iterators that make them."""
