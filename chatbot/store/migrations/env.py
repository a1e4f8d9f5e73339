"""Alembic's entry: runs the steps over the connection it is given."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection)
context.run_migrations()
