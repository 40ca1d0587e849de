"""The statements of metrics/sql by name; the only braces in them are the reader's scope."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import pandas as pd

from sq.metrics.querying import SQL_FOLDER
from sq.warehouse import Scope, Warehouse


@cache
def question(name: str) -> str:
    """The text of ``metrics/sql/<name>.sql``."""
    return (SQL_FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def asked(warehouse: Warehouse, name: str, values: Sequence[Any] = ()) -> pd.DataFrame:
    """The rows of ``metrics/sql/<name>.sql``."""
    return warehouse.query(question(name), list(values))


def asked_in_scope(warehouse: Warehouse, scope: Scope, name: str, values: Sequence[Any] = ()) -> pd.DataFrame:
    """The rows of ``metrics/sql/<name>.sql`` about the stores that a reader may see (``m`` = memberships).

    The scope must be the first condition of the statement: its values are bound before the others.
    """
    condition, allowed = scope.condition("m")
    return warehouse.query(question(name).format(scope=condition), [*allowed, *values])
