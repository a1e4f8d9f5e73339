"""Labelled data: ``.manifest`` files of annotation tools, and the CSV and JSON Lines forms that training reads."""
