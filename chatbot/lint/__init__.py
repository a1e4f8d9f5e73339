"""The quality of a knowledge base: what loads, and is still wrong, doubtful, out of date or of no use."""
