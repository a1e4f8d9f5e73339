"""The steps that bring a database to the present tables; each is run once, in order."""
