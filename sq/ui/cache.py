"""Results of analyses, kept per snapshot and scope, so that a repeated question costs no query."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, TypeVar, cast

import streamlit as st

from sq.warehouse import Scope

if TYPE_CHECKING:
    from sq.ui.frame import Reader

ENTRIES = 600
R = TypeVar("R")


def answered(reader: Reader, question: Callable[..., R], *args: Hashable, **values: Hashable) -> R:
    """The result of ``question(warehouse, scope, *args, **values)``, cached by snapshot, scope, question and arguments.

    A question that also takes ``names`` gets the reader's. Arguments must be small values that Streamlit can hash
    (texts, numbers, tuples, frozen dataclasses); never a frame.
    """
    name = f"{question.__module__}.{question.__qualname__}"
    return cast("R", _answered(reader.snapshot, reader.scope, name, args, values, reader, question))


@st.cache_data(max_entries=ENTRIES, show_spinner=False)
def _answered(
    snapshot: str,
    scope: Scope,
    name: str,
    args: tuple[Hashable, ...],
    values: dict[str, Hashable],
    _reader: Reader,
    _question: Callable[..., Any],
) -> Any:
    # snapshot, scope and name are in the key; the underscored ones are what they stand for.
    takes_names = "names" in inspect.signature(_question).parameters
    given = {**values, "names": _reader.names} if takes_names else values
    return _question(_reader.warehouse, scope, *args, **given)
