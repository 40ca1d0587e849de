"""The floor: what any Streamlit app with these charts, metrics, tables and controls costs when it computes nothing.

The figures are those that the app itself drew, recorded as JSON by the benchmark (SQ_FLOOR): page → state → parts.
A click or a changed filter moves on to the next recorded state.
"""

import json
import os
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

Parts = dict[str, Any]
TABLE = pd.DataFrame({f"column {i}": [i * 1.5 + row for row in range(20)] for i in range(8)})
OPTIONS = [f"choice {i}" for i in range(12)]
CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}


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
    parts = states[step % len(states)]
    st.title(key)
    for i in range(parts["controls"]):
        st.selectbox(f"filter {i}", OPTIONS, key=f"filter_{i}", on_change=_next_step)
    columns = st.columns(max(1, parts["metrics"]))
    for i in range(parts["metrics"]):
        columns[i].metric(f"metric {i}", f"{80 + i}", "+1.0", border=True)
    for i in range(parts["texts"]):
        st.html(f"<div>text {i} of step {step}</div>")
    for i, figure in enumerate(parts["figures"]):
        _chart(figure, i, step)
    for i in range(parts["tables"]):
        with st.expander(f"table {i}"):
            st.dataframe(TABLE + step, key=f"table_{i}", hide_index=True)


def _chart(figure: go.Figure, i: int, step: int) -> None:
    with st.container(key=f"chart_{i}"):
        st.plotly_chart(
            figure, key=f"chart_{i}_{step}", theme=None, on_select=_next_step, selection_mode="points", config=CONFIG
        )


def _next_step() -> None:
    st.query_params["step"] = str(int(st.query_params.get("step", "0")) + 1)


PAGES = {
    key: st.Page(lambda key=key: page(key), title=key, url_path=key, default=i == 0) for i, key in enumerate(recorded())
}
st.navigation(list(PAGES.values()), position="hidden").run()
