"""Conversations that a person has taken: who has them, and what is said meanwhile."""
