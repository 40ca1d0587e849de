"""What the reader filters to: one bar, bound to the URL."""

from __future__ import annotations

import streamlit as st

from sq.selection import Selection

CARRIED = ("metric", "start", "end", "compare", "region", "city", "format", "brand", "membership", "rule")


def selection_in_url() -> tuple[Selection, dict[str, str]]:
    """The selection that the address holds and what of it had to be ignored."""
    return Selection.from_query(st.query_params.to_dict())


def carried_query() -> dict[str, str]:
    """The part of the selection that a link to another page takes along."""
    return {name: value for name, value in selection_in_url()[0].query().items() if name in CARRIED}
