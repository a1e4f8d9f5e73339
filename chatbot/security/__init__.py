"""Who may do what, and how often. Knows nothing of HTTP; ``web/guard.py`` asks it."""
