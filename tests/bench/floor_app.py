"""The floor: what any Streamlit app with these charts, metrics, tables and controls costs when it computes nothing.

Figures and texts are those that the app itself drew, recorded as JSON by the benchmark (SQ_FLOOR): page → states. The
first state is the page as it opens; a changed filter leads to the second, a clicked mark to the third.
"""

import json
import os
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

Parts = dict[str, Any]
SPARK = [80 + (i * 7) % 5 for i in range(24)]
OPTIONS = [f"choice {i}" for i in range(12)]
CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}


def table(rows: int, columns: int, step: int) -> pd.DataFrame:
    """Constant cells, texts and numbers by turns."""
    numbers, texts = [row * 1.5 + step for row in range(rows)], [f"text {row} of {step}" for row in range(rows)]
    return pd.DataFrame({f"column {i}": texts if i % 2 else numbers for i in range(columns)})


@st.cache_resource(show_spinner=False)
def recorded() -> dict[str, list[Parts]]:
    """Page → its states, with the figures built once."""
    pages: dict[str, list[Parts]] = json.loads(Path(os.environ["SQ_FLOOR"]).read_text(encoding="utf-8"))
    for states in pages.values():
        for parts in states:
            parts["figures"] = [go.Figure(figure, skip_invalid=True) for figure in parts["charts"]]
    return pages


def page(key: str) -> None:
    """Draw one recorded page in the state that the URL names."""
    st.set_page_config(page_title=key, layout="wide")
    with st.sidebar:
        for other in recorded():
            st.page_link(PAGES[other], label=other)
    states = recorded()[key]
    step = int(st.query_params.get("step", "0"))
    parts = states[min(step, len(states) - 1)]
    st.title(key)
    _controls(parts)
    for i, column in enumerate(st.columns(max(1, parts["metrics"]))):
        if i < parts["metrics"]:
            spark = SPARK if i < parts["sparks"] else None
            column.metric(f"metric {i}", f"{80 + i}.{step}", "+1.0", border=True, chart_data=spark)
    for text in parts["htmls"]:
        st.html(f"{text}<i>{step}</i>")
    for text in parts["markdowns"]:
        st.markdown(f"{text} {step}")
    columns = st.columns(2)
    for i, figure in enumerate(parts["figures"]):
        with columns[i % 2] if i < 2 else st.container():
            _chart(figure, i, step)
    for i, (rows, wide) in enumerate(parts["tables"]):
        st.dataframe(table(rows, wide, step), key=f"table_{i}", hide_index=True)
    for i in range(parts["expanders"]):
        with st.expander(f"expander {i}"):
            st.dataframe(table(20, 8, step), key=f"folded_{i}", hide_index=True)


def _controls(parts: Parts) -> None:
    with st.container(horizontal=True):
        for i in range(parts["selects"]):
            with st.container(width=200):
                st.selectbox(f"filter {i}", OPTIONS, key=f"filter_{i}", on_change=_go_to, args=(1,))
        for i in range(parts["groups"]):
            st.segmented_control(f"choice {i}", OPTIONS[:6], key=f"group_{i}")
        for i in range(parts["popovers"]):
            with st.popover(f"more {i}"):
                st.selectbox(f"folded filter {i}", OPTIONS, key=f"folded_filter_{i}")
        for i in range(parts["buttons"]):
            st.button(f"button {i}", key=f"button_{i}")


def _chart(figure: go.Figure, i: int, step: int) -> None:
    with st.container(key=f"chart_{i}"):
        key = f"chart_{i}_{step}"
        st.plotly_chart(
            figure, key=key, theme=None, on_select=lambda: _go_to(2), selection_mode="points", config=CONFIG
        )


def _go_to(step: int) -> None:
    st.query_params["step"] = str(step)


PAGES = {
    key: st.Page(lambda key=key: page(key), title=key, url_path=key, default=i == 0) for i, key in enumerate(recorded())
}
st.navigation(list(PAGES.values()), position="hidden").run()
