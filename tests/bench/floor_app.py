"""The floor: what any Streamlit app with these charts, metrics, tables and controls costs when it computes nothing.

The figures are those that the app itself drew, recorded as JSON by the benchmark (SQ_FLOOR): page → states. The first
state is the page as it opens; a changed filter leads to the second, a clicked mark to the third.
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
SPARK = [80 + (i * 7) % 5 for i in range(24)]
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
    parts = states[min(step, len(states) - 1)]
    st.title(key)
    for i, control in enumerate(st.columns(max(1, parts["controls"]))):
        if i < parts["controls"]:
            control.selectbox(f"filter {i}", OPTIONS, key=f"filter_{i}", on_change=_go_to, args=(1,))
    for i, column in enumerate(st.columns(max(1, parts["metrics"]))):
        if i < parts["metrics"]:
            spark = SPARK if i < parts["sparks"] else None
            column.metric(f"metric {i}", f"{80 + i}.{step}", "+1.0", border=True, chart_data=spark)
    for i in range(max(0, parts["texts"] - 1)):  # the title is one
        st.html(f"<div>text {i} of step {step}</div>")
    columns = st.columns(2)
    for i, figure in enumerate(parts["figures"]):
        with columns[i % 2] if i < 2 else st.container():
            _chart(figure, i, step)
    for i in range(parts["tables"]):
        with st.expander(f"table {i}"):
            st.dataframe(TABLE + step, key=f"table_{i}", hide_index=True)


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
