"""Pictures as a sub-service: read, prepared, classified, explained."""
