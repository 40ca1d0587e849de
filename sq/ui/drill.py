"""A click on a mark goes into it, on every chart alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import streamlit as st

from sq.figures.template import Figure
from sq.language import current_language
from sq.ui.plotly_words import plotly_locale

CONFIG: dict[str, Any] = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}


def drill_chart(
    figure: Figure,
    key: str,
    on_pick: Callable[[str], None] | None = None,
    alt: str | None = None,
    width: int | Literal["stretch"] = "stretch",
    height: Literal["content", "stretch"] = "content",
) -> None:
    """Draw a figure; a click calls ``on_pick`` with the mark's id (the first of its ``customdata``).

    ``alt`` says what it shows to those who cannot see it; the numbers stand in the table below. ``width`` in px for a
    chart that is printed: one that fills its column changes its size on its way to paper. ``height``: the figure's own,
    or that of the room around it.

    The widget's key turns with every pick, so that a second click on the same mark is heard again.
    """
    if on_pick is None:
        st.plotly_chart(figure, key=key, theme=None, config=_config(), alt=alt, width=width, height=height)
        return
    turn_key = f"{key}__turn"
    chart_key = f"{key}__{st.session_state.setdefault(turn_key, 0)}"

    def picked() -> None:
        value = picked_id(st.session_state[chart_key])
        if value:
            st.session_state[turn_key] += 1
            on_pick(value)

    figure.update_layout(clickmode="event+select")
    with st.container(key=key):
        st.plotly_chart(
            figure,
            key=chart_key,
            theme=None,
            on_select=picked,
            selection_mode="points",
            config=_config(),
            alt=alt,
            width=width,
            height=height,
        )


def picked_id(event: Mapping[str, Any]) -> str:
    """The id that the clicked mark carries, or nothing where the click hit no mark."""
    points = event["selection"]["points"]
    if not points:
        return ""
    data = points[0].get("customdata", points[0].get("id", ""))
    while isinstance(data, list | tuple | dict):
        data = next(iter(data.values() if isinstance(data, dict) else data), "")
    return str(data) if data is not None else ""


def _config() -> dict[str, Any]:
    return CONFIG | plotly_locale(current_language())
