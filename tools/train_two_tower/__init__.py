"""Training of the two-tower encoder: bases, losses, mining, loop, report."""
