"""The console's promises kept by the rest of the package: store, learning, lint, edge."""
