"""The address bar holds the whole state: drill steps make history entries, filters do not."""

from __future__ import annotations

from dataclasses import fields

import streamlit as st

from sq.selection import PLACE_PATH, SUBJECT_PATH, Selection

FIELDS = tuple(field.name for field in fields(Selection))
STEPS = (*PLACE_PATH, *SUBJECT_PATH, "visit")
CARRIED = ("metric", "start", "end", "compare", "region", "city", "store", "format", "brand", "membership", "rule")

# Streamlit pushes a history entry for every change of the query. Back shall undo one drill step and nothing else,
# so a push that changes neither the page nor a step replaces the entry instead.
_HISTORY = """
<script>
if (!window.sqHistory) {
  window.sqHistory = true;
  const push = window.history.pushState.bind(window.history);
  const steps = (url) => JSON.stringify([url.pathname, %s.map((name) => url.searchParams.get(name))]);
  window.history.pushState = (state, title, target) => {
    const same = target && steps(new URL(target, location.href)) === steps(new URL(location.href));
    if (same) window.history.replaceState(state, title, target); else push(state, title, target);
  };
}
</script>
"""


def selection_in_address() -> tuple[Selection, dict[str, str]]:
    """The selection that the address holds and what of it had to be ignored (parameter → value)."""
    return Selection.from_query(st.query_params.to_dict())


def go_to(selection: Selection, **others: str) -> None:
    """Put a selection into the address; parameters that are not part of it stay or are set by ``others`` ('' removes).

    To be called in a callback: the page then runs once, with the new address.
    """
    kept = {name: value for name, value in st.query_params.to_dict().items() if name not in FIELDS}
    st.query_params.from_dict(selection.query() | {k: v for k, v in (kept | others).items() if v})


def carried_query() -> dict[str, str]:
    """The part of the address that a link to another page takes along."""
    return {name: value for name, value in selection_in_address()[0].query().items() if name in CARRIED}


def keep_history_of_steps() -> None:
    """Teach the browser that a filter makes no history entry; takes no room."""
    st.html(_HISTORY % list(STEPS), unsafe_allow_javascript=True)
