"""Alembic's entry. The connection comes from `shared.kit.database.migrate`; there is no alembic.ini."""

import importlib
import pkgutil

from alembic import context

import shared
from shared.kit.database.base import Base


def load_models() -> None:
    """Import every module that declares tables, so that the metadata is complete."""
    for module in pkgutil.walk_packages(shared.__path__, "shared."):
        if module.name.endswith("models") or module.name.startswith("shared.kit."):
            importlib.import_module(module.name)


load_models()
connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True)
with context.begin_transaction():
    context.run_migrations()
