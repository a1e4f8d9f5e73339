"""Predictors that look at pictures."""
