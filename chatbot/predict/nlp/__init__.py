"""Model services for text."""
