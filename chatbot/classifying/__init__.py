"""The linear text classifier that both the dialogue and the model services run: numpy alone, tens of microseconds."""
