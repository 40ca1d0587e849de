"""What alembic runs: the migrations, inside the transaction of `sq.workspace.connection.upgrade`."""

from alembic import context

from sq.workspace.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
