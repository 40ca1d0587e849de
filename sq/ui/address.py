"""The address bar holds the whole state: drill steps make history entries, filters do not."""

from __future__ import annotations

from dataclasses import fields

import streamlit as st

from sq.selection import PLACE_PATH, SUBJECT_PATH, Selection

FIELDS = tuple(field.name for field in fields(Selection))
WITHIN = "within"  # the months that the reader came from, "2026-01_2026-06", after going into one of them
STEPS = (*PLACE_PATH, "department", *SUBJECT_PATH, "visit", WITHIN)
_CARRIED_PLACES = ("region", "city", "store", "department")
CARRIED = ("metric", "start", "end", "compare", *_CARRIED_PLACES, "format", "brand", "membership", "rule")

# Streamlit pushes a history entry for every change of the query. Back shall undo one drill step and nothing else,
# so a push that changes neither the page nor a step replaces the entry instead. Going into a month is a step, choosing
# a period is a filter.
_HISTORY = """
<script>
if (!window.sqHistory) {
  window.sqHistory = true;
  const push = window.history.pushState.bind(window.history);
  const steps = (url) => {
    const names = url.searchParams.has("within") ? ["start", "end"] : [];
    return JSON.stringify([url.pathname, names.concat(%s).map((name) => url.searchParams.get(name))]);
  };
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


def wider_period(selection: Selection) -> tuple[str, str] | None:
    """The months that the reader came from into those of the selection; None where no step led there."""
    start, _between, end = st.query_params.get(WITHIN, "").partition("_")
    outer, _ignored = Selection.from_query({"start": start, "end": end})
    is_wider = outer.start and outer.end and outer.start <= selection.start <= selection.end <= outer.end
    return (start, end) if is_wider and (start, end) != (selection.start, selection.end) else None


def go_into_months(selection: Selection, inner: Selection) -> None:
    """Go from a period into some of its months (in a callback): one step of the drill, which remembers the period."""
    start, end = wider_period(selection) or (selection.start, selection.end)
    go_to(inner, **{WITHIN: f"{start}_{end}"})


def out_of_months(selection: Selection) -> tuple[Selection, dict[str, str]]:
    """The selection with the months that the reader came from, and the other parameters for `go_to`."""
    outer = wider_period(selection)
    return (selection.but(start=outer[0], end=outer[1]), {WITHIN: ""}) if outer else (selection, {})


def carried_query() -> dict[str, str]:
    """The part of the address that a link to another page takes along."""
    return {name: value for name, value in selection_in_address()[0].query().items() if name in CARRIED}


def keep_history_of_steps() -> None:
    """Teach the browser that a filter makes no history entry; takes no room."""
    st.html(_HISTORY % list(STEPS), unsafe_allow_javascript=True)
