"""Customers: expected against perceived service, words of the unhappy, and how many of them stay silent."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from sq.analyses.verdicts import verdict_name
from sq.figures.interval_rows import interval_rows
from sq.figures.ranking import LINE_WIDTH, named_rows, row_height, short, ticks, wrapped
from sq.figures.shades import Swatch, difference_shades, mark
from sq.figures.template import TEXT_SIZE, Figure, Tokens, drawn, tokens
from sq.language import _, number, signed
from sq.metrics.catalogue import METRICS

AROUND = 56  # px for the axis
AIR = 3.0  # points left and right of the marks
SPACE_FOR_TEXT = 0.30  # of the axis, for "−17.4 ▼ · 1,796"
NARROW_SPACE = 0.5
TERM_WIDTH = 22  # half-width characters of a word
WHOLE = 100.0
FEWEST = 10  # dissatisfied responses that a dot needs


def expectations(frame: pd.DataFrame, theme: str, line: int = LINE_WIDTH, is_narrow: bool = False) -> Figure:
    """Draw what is expected (ring) and perceived (dot) of each element, with the gap beside them.

    Args:
        frame: rows of `sq.analyses.customers_gaps.Expectations.frame`.
        is_narrow: give the numbers more of the width: a phone has less.

    Every row carries its element in ``customdata``.
    """
    t = tokens(theme)
    rows = frame.reset_index(drop=True)
    low, right = _span(rows, NARROW_SPACE if is_narrow else SPACE_FOR_TEXT)
    y = list(rows.index)
    traces = [_ground(rows, low, right, t), _between(rows, t)]
    traces.append(_levels(rows, "expected", _("Expected"), {"color": t.page, "line": {"width": 2.5, "color": t.muted}}))
    traces.append(_levels(rows, "perceived", _("Perceived"), {"color": t.accent}))
    traces.append(
        {
            "type": "scatter",
            "x": [right] * len(rows),
            "y": y,
            "mode": "text",
            "text": [_gap_text(row) for row in rows.to_dict("records")],
            "textposition": "middle left",
            "textfont": {"size": TEXT_SIZE, "color": t.text},
            "unselected": {"textfont": {"color": t.text}},
            "hoverinfo": "skip",
            "showlegend": False,
        }
    )
    names = [wrapped(str(label), line) for label in rows["label"]]
    layout = _layout(names, [low, right], _("Points (0–100)"), legend=True)
    layout["xaxis"] |= ticks(low, min(WHOLE, float(rows[["expected", "perceived"]].to_numpy(float).max()) + AIR))
    return drawn(traces, layout, theme)


def _span(rows: pd.DataFrame, space: float) -> tuple[float, float]:
    ends = rows[["expected", "perceived"]].to_numpy(float)
    low, high = max(0.0, float(ends.min()) - AIR), min(WHOLE, float(ends.max()) + AIR)
    return low, high + (high - low) * space / (1 - space)


def _ground(rows: pd.DataFrame, low: float, right: float, t: Tokens) -> dict[str, Any]:
    """A strip behind every row that hears the click."""
    return {
        "type": "bar",
        "orientation": "h",
        "base": [low] * len(rows),
        "x": [right - low] * len(rows),
        "y": list(rows.index),
        "width": 0.84,
        "marker": {"color": t.panel, "line": {"width": 0}},
        "unselected": {"marker": {"opacity": 1}},
        "showlegend": False,
        **_picked_and_hovered(rows),
    }


def _between(rows: pd.DataFrame, t: Tokens) -> dict[str, Any]:
    x = [v for a, b in zip(rows["expected"], rows["perceived"], strict=True) for v in (a, b, None)]
    y = [v for row in rows.index for v in (row, row, None)]
    line = {"color": t.line, "width": 4}
    return {"type": "scatter", "x": x, "y": y, "mode": "lines", "line": line, "hoverinfo": "skip", "showlegend": False}


def _levels(rows: pd.DataFrame, name: str, title: str, look: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": list(rows[name]),
        "y": list(rows.index),
        "mode": "markers",
        "name": title,
        "marker": {"size": 13, **look},
        "unselected": {"marker": {"opacity": 1}},
        **_picked_and_hovered(rows),
    }


def _picked_and_hovered(rows: pd.DataFrame) -> dict[str, Any]:
    return {
        "customdata": [[str(element)] for element in rows["element"]],
        "hovertext": [_gap_hover(row) for row in rows.to_dict("records")],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _gap_text(row: Mapping[Any, Any]) -> str:
    n = f"n {number(row['n'], 0)}"
    if pd.isna(row["value"]):
        return n
    told = f"{signed(row['value'])} {mark(str(row['verdict']))}".strip()
    return f"<b>{told}</b> · {n}" if mark(str(row["verdict"])) else f"{told} · {n}"


def _gap_hover(row: Mapping[Any, Any]) -> str:
    lines = [
        f"<b>{html.escape(str(row['label']))}</b>",
        _("{label}: {value}", label=_("Expected"), value=number(row["expected"])),
        _("{label}: {value}", label=_("Perceived"), value=number(row["perceived"])),
    ]
    if pd.notna(row["value"]):
        limits = _("95 %: {low} to {high}", low=signed(row["low"]), high=signed(row["high"]))
        lines.append(_("Gap {value} ({limits})", value=signed(row["value"]), limits=limits))
    if pd.notna(row["rest_difference"]):
        lines.append(_("{difference} against the gap elsewhere", difference=signed(row["rest_difference"])))
    lines.append(f"n {number(row['n'], 0)}")
    return "<br>".join(lines)


def _layout(names: list[str], span: list[float], title: str, legend: bool = False) -> dict[str, Any]:
    return {
        "height": row_height(names) * max(len(names), 2) + AROUND + (24 if legend else 0),
        "bargap": 0,
        "showlegend": legend,
        "xaxis": {"range": span, "title": {"text": title}, "nticks": 6},
        "yaxis": named_rows(names),
    }


def key_terms(frame: pd.DataFrame, theme: str) -> Figure:
    """Draw words: the share of detractors' comments that hold each (bar) beside that of all others (stroke).

    Args:
        frame: rows of `sq.analyses.customers_words.KeyTerms.frame`.

    Every bar carries its word in ``customdata``.
    """
    t = tokens(theme)
    rows = frame.reset_index(drop=True)
    records = rows.to_dict("records")
    about = {
        "customdata": [[str(term)] for term in rows["term"]],
        "hovertext": [_term_hover(row) for row in records],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": list(rows["share"]),
        "y": list(rows.index),
        "width": 0.6,
        "name": _("Detractors"),
        "marker": {"color": [t.series[1] if reliable else t.pale[0] for reliable in rows["is_reliable"]]},
        "unselected": {"marker": {"opacity": 1}},
        "text": [_term_text(row) for row in records],
        "textposition": "outside",
        "cliponaxis": False,
        **about,
    }
    others = {
        "type": "scatter",
        "x": list(rows["other_share"]),
        "y": list(rows.index),
        "mode": "markers",
        "name": _("All others"),
        "marker": {"symbol": "line-ns", "size": 18, "line": {"width": 3, "color": t.text}},
        "unselected": {"marker": {"opacity": 1}},
        **about,
    }
    names = [short(str(term), TERM_WIDTH) for term in rows["term"]]
    most = float(np.nanmax([*rows["share"], *rows["other_share"], 1.0]))
    return drawn([bars, others], _layout(names, [0, most * 1.4], _("% of comments"), legend=True), theme)


def _term_text(row: Mapping[Any, Any]) -> str:
    told = _("{count} of {all}", count=number(row["detractors"], 0), all=number(row["n"], 0))
    return f"<b>▲</b> {told}" if row["is_reliable"] else told


def _term_hover(row: Mapping[Any, Any]) -> str:
    limits = _("95 %: {low} to {high}", low=signed(row["low"]), high=signed(row["high"]))
    return "<br>".join(
        [
            f"<b>{html.escape(str(row['term']))}</b>",
            _("{label}: {value} %", label=_("Detractors"), value=number(row["share"])),
            _("{label}: {value} %", label=_("All others"), value=number(row["other_share"])),
            _("{difference} pp ({limits})", difference=signed(row["difference"]), limits=limits),
            f"n {number(row['n'], 0)}",
        ]
    )


def silence(frame: pd.DataFrame, theme: str, line: int = LINE_WIDTH) -> Figure:
    """Draw the share of each group's dissatisfied who never complained, with its interval, n and verdict.

    Args:
        frame: id, label, silent (percent), silent_low, silent_high, silent_n, silent_difference, silent_verdict.

    Groups of fewer than FEWEST dissatisfied responses have no dot. Every row carries its id in ``customdata``.
    """
    enough = _is_enough(frame)
    judged = frame.assign(difference=frame["silent_difference"], verdict=frame["silent_verdict"])
    records = frame.to_dict("records")
    rows = pd.DataFrame(
        {
            "id": [str(key) for key in frame["id"]],
            "label": [str(label) for label in frame["label"]],
            **{
                name: frame[column].where(enough).to_numpy(dtype=float)
                for name, column in (("value", "silent"), ("low", "silent_low"), ("high", "silent_high"))
            },
            "color": difference_shades(judged, METRICS["silent_share"], theme),
            "text": [_silence_text(row, is_enough) for row, is_enough in zip(records, enough, strict=True)],
            "hover": [_silence_hover(row) for row in records],
        }
    )
    return interval_rows(rows, theme, _("% of the dissatisfied who never complained"), _silent_span(rows), (), line)


def _is_enough(rows: pd.DataFrame) -> pd.Series[bool]:
    return (rows["silent_n"] >= FEWEST) & rows["silent"].notna()


def _silent_span(rows: pd.DataFrame) -> tuple[float, float]:
    """All intervals, at least the upper half of the axis."""
    lows = rows["low"].to_numpy(dtype=float)
    return max(0.0, float(np.nanmin(np.append(lows, WHOLE / 2))) - AIR), WHOLE


def _silence_text(row: Mapping[Any, Any], is_enough: bool) -> str:
    n = number(row["silent_n"], 0)
    if not is_enough:
        return _("too few: {count} dissatisfied", count=n)
    sign = mark(str(row["silent_verdict"]))
    told = f"{_('{value} %', value=number(row['silent'], 0))} {sign}".strip()
    return f"<b>{told}</b> · n {n}" if sign else f"{told} · n {n}"


def _silence_hover(row: Mapping[Any, Any]) -> str:
    lines = [f"<b>{html.escape(str(row['label']))}</b>"]
    if row["silent_n"] >= FEWEST and pd.notna(row["silent"]):
        limits = _("95 %: {low} to {high}", low=number(row["silent_low"], 0), high=number(row["silent_high"], 0))
        lines.append(_("{label}: {value} %", label=_("Never complained"), value=number(row["silent"], 0)))
        lines.append(limits)
        if pd.notna(row["silent_difference"]):
            lines.append(str(verdict_name(str(row["silent_verdict"]))))
    return "<br>".join([*lines, _("{count} dissatisfied", count=number(row["silent_n"], 0))])


def words_key(theme: str) -> tuple[Swatch, ...]:
    """The colours of `key_terms` with their meaning."""
    t = tokens(theme)
    return Swatch(t.series[1], _("reliably more often")), Swatch(t.pale[0], _("not reliable"))
