"""Colours and type of every figure, light and dark; .streamlit/config.toml holds the same colours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

import plotly.graph_objects as go
from plotly.graph_objects import Figure

FONT = (
    "system-ui, -apple-system, 'Segoe UI', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', "
    "'Noto Sans SC', 'Source Han Sans SC', 'Noto Sans', sans-serif"
)
TEXT_SIZE = 13
TITLE_SIZE = 15
ROW_HEIGHT = 32  # px per bar or cell, a multiple of the 8-px rhythm


Scale: TypeAlias = tuple[str, str, str, str, str, str, str]


@dataclass(frozen=True)
class Tokens:
    """The colours of one theme. ``diverging`` runs from much worse to much better, neutral in the middle.

    ``pale`` has the same classes for differences that are not reliable: every one of them is fainter than the faintest
    reliable one.

    Blue against orange stays apart for the common colour-vision deficiencies; the grey of "too few" has no hue.
    """

    page: str
    panel: str
    text: str
    muted: str
    line: str
    accent: str
    series: tuple[str, ...]
    diverging: Scale
    pale: Scale
    grey: str
    bands: tuple[str, str, str]


LIGHT = Tokens(
    page="#FFFFFF",
    panel="#F3F6F9",
    text="#1B2430",
    muted="#566373",
    line="#C9D2DC",
    accent="#0B5FAE",
    series=("#0B5FAE", "#C05A00", "#4C7A34", "#8A4FA3", "#00808A", "#8C6D1F", "#B0376F", "#566373"),
    diverging=("#A64B00", "#E08A2E", "#F3B873", "#EDF0F3", "#93BFE8", "#5B9DD6", "#145A9C"),
    pale=("#FBE5CC", "#FCEEDD", "#FDF5EC", "#EDF0F3", "#EEF5FB", "#E1EDF8", "#D3E4F4"),
    grey="#DDE2E8",
    bands=("#E08A2E", "#EDF0F3", "#5B9DD6"),
)
DARK = Tokens(
    page="#12171E",
    panel="#1C242E",
    text="#E7ECF1",
    muted="#A5B1BE",
    line="#3A4755",
    accent="#5AA9F0",
    series=("#5AA9F0", "#F0A050", "#8CC26B", "#C792DD", "#3FC1C9", "#D6B656", "#EE84B1", "#A5B1BE"),
    diverging=("#F5A24A", "#C0752A", "#7D5328", "#262F3A", "#26537F", "#3878B4", "#82BFF5"),
    pale=("#493722", "#3A2E21", "#2C2721", "#262F3A", "#1D2B3A", "#1F3448", "#223F5A"),
    grey="#2F3945",
    bands=("#C0752A", "#262F3A", "#3878B4"),
)
THEMES = {"light": LIGHT, "dark": DARK}


def tokens(theme: str) -> Tokens:
    """The colours of ``light`` or ``dark``."""
    return THEMES[theme]


@cache
def template(theme: str) -> go.layout.Template:
    """A complete Plotly template; explicit colours, because importing Streamlit changes Plotly's default one."""
    t = tokens(theme)
    axis = {
        "automargin": True,
        "color": t.muted,
        "gridcolor": t.line,
        "linecolor": t.line,
        "zeroline": False,
        "ticks": "",
        "title": {"font": {"size": TEXT_SIZE, "color": t.muted}, "standoff": 8},
        "tickfont": {"size": TEXT_SIZE, "color": t.text},
    }
    return go.layout.Template(
        layout={
            "dragmode": False,
            "font": {"family": FONT, "size": TEXT_SIZE, "color": t.text},
            "title": {"font": {"size": TITLE_SIZE, "color": t.text}, "x": 0, "xref": "paper", "xanchor": "left"},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "colorway": list(t.series),
            "hoverlabel": {
                "bgcolor": t.panel,
                "bordercolor": t.line,
                "font": {"family": FONT, "size": TEXT_SIZE, "color": t.text},
                "align": "left",
            },
            "hovermode": "closest",
            "margin": {"l": 8, "r": 16, "t": 8, "b": 8},
            "legend": {"orientation": "h", "yanchor": "bottom", "y": 1, "x": 0, "font": {"color": t.text}},
            "separators": ".,",
            "xaxis": axis,
            "yaxis": axis,
        }
    )


@cache
def _plain_template(theme: str) -> dict[str, Any]:
    return dict(template(theme).to_plotly_json())


def drawn(traces: Sequence[Mapping[str, Any]], layout: Mapping[str, Any], theme: str) -> Figure:
    """A figure of plain traces and layout, with our template.

    Plotly's checking of every property costs ten times as much as the drawing; the tests do it once instead
    (``checked``).
    """
    whole = {"template": _plain_template(theme), **layout}
    return go.Figure(data=[dict(trace) for trace in traces], layout=whole, _validate=False)


def checked(figure: Figure) -> Figure:
    """The same figure with every property checked by Plotly; raises ValueError where one is unknown."""
    return go.Figure(figure.to_dict())


__all__ = [
    "DARK",
    "FONT",
    "LIGHT",
    "ROW_HEIGHT",
    "TEXT_SIZE",
    "Figure",
    "Tokens",
    "checked",
    "drawn",
    "template",
    "tokens",
]
