"""Estimators whose model is there already: linear, deep, both."""
