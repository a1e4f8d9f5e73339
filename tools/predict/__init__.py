"""Offline prediction: a model over a file, row by row in order, resumable, on all cores or several machines."""
