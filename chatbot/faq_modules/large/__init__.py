"""Retrieval over more paraphrases than every one of them can be looked at: candidates first, then their signals alone."""
