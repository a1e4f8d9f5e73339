"""Training of named-entity models: a linear-chain conditional random field, in numpy and scipy alone."""
