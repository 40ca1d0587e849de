"""Ways from one page to another, and choices of a page that live in the address."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from sq.analyses.visits import page_asked
from sq.selection import Selection
from sq.ui.address import go_to, selection_in_address
from sq.ui.sitemap import is_built, page_named
from sq.ui.speech import _


def open_explore(selection: Selection) -> None:
    """Go to the drill with this selection (in a callback)."""
    st.switch_page(page_named("explore").path, query_params=selection.query())


def open_card(selection: Selection) -> None:
    """Go to the card of the selection's store (in a callback)."""
    st.switch_page(page_named("store").path, query_params=_of_card(selection))


def link_to_card(selection: Selection, store: str = "") -> None:
    """A line that leads to the card of a store, the selection's unless named; nothing where there is none."""
    if (store or selection.store) and is_built("store"):
        link_to("store", _("This store’s card →"), _of_card(selection.but(store=store or selection.store)))


def _of_card(selection: Selection) -> dict[str, str]:
    kept = Selection(selection.metric, selection.start, selection.end, store=selection.store)
    return kept.query()


def link_to(page: str, label: str, query: Mapping[str, str]) -> None:
    """A line of text that leads to another page."""
    st.page_link(page_named(page).path, label=label, query_params=dict(query))


def put(**others: str) -> None:
    """Set parameters of this page beside the selection ('' removes); to be called in a callback."""
    go_to(selection_in_address()[0], **others)


def parameter(name: str, default: str = "") -> str:
    """A parameter of the address that is not part of the selection."""
    return str(st.query_params.get(name, default))[:200]


def page_number() -> int:
    """The page of a long list that the address asks for."""
    return page_asked(parameter("page", "1"))


def choice(label: str, name: str, options: Mapping[str, str], hidden: bool = False) -> str:
    """One of a few options, kept in the address under ``name``; the first is the default and leaves no trace.

    ``options``: value → msgid. Another choice starts again on page one.
    """
    default = next(iter(options))
    current = parameter(name, default)
    key = f"sq_{name}"
    st.session_state[key] = current if current in options else default

    def chosen() -> None:
        value = st.session_state[key] or default
        put(**{name: "" if value == default else value, "page": ""})

    st.segmented_control(
        label,
        list(options),
        format_func=lambda value: _(options[value]),
        key=key,
        required=True,
        on_change=chosen,
        label_visibility="collapsed" if hidden else "visible",
    )
    return str(st.session_state[key])


def pager(page: int, pages: int) -> None:
    """The pages of a long list."""
    if pages < 2:
        return
    shown = min(page, pages)
    key = f"sq_page_{shown}"  # a key of its own for every page: the address decides, not the widget

    def turned() -> None:
        chosen = int(st.session_state[key])
        put(page="" if chosen == 1 else str(chosen))

    st.pagination(pages, default=shown, key=key, on_change=turned)


def plain(text: str) -> str:
    """Markdown that shows the text as it is."""
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]()#+!|<>$~:" else sign for sign in text)
