"""`scopeflow doctor`: which of TensorFlow's names a program uses, and which of them are there.

The program is read, not run.
"""
