"""One module a page: read the request → one call → render."""
