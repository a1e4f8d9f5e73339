"""Who works with the chatbot: users, roles, tokens, log-ins, and the first administrator."""
