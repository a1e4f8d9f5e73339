"""Labelled pictures in the forms their owners have: folders, JSON Lines, ``.manifest``, lists of paths, TFRecord."""
