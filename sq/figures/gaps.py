"""The gap board and the two sides of one gap."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sq.analyses.comparison import verdict_name
from sq.analyses.gap_rows import POINTS
from sq.analyses.gaps import GAP_NAMES, QUESTIONS, Gap
from sq.figures.hidden import hidden_words, minimum_of, reason_of
from sq.figures.ranking import named_rows, row_height, ticks, wrapped
from sq.figures.shades import difference_shades, mark
from sq.figures.template import TEXT_SIZE, Figure, Tokens, drawn, tokens
from sq.language import _, number, signed

AROUND = 56  # px for the axis
SPACE_FOR_TEXT, MORE_SPACE = 0.3, 0.6  # of the axis, right of the marks; on a phone


def board_rows(gaps: Sequence[Gap], theme: str) -> pd.DataFrame:
    """The gaps in points as rows for `interval_rows`; those without a difference are left out."""
    shown = [gap for gap in gaps if gap.unit == "points" and np.isfinite(gap.value)]
    frame = pd.DataFrame({"difference": [gap.value for gap in shown], "verdict": [gap.verdict for gap in shown]})
    return pd.DataFrame(
        {
            "id": [gap.key for gap in shown],
            "label": [_(GAP_NAMES[gap.key]) for gap in shown],
            "value": [gap.value for gap in shown],
            "low": [gap.low for gap in shown],
            "high": [gap.high for gap in shown],
            "color": difference_shades(frame, POINTS, theme) if shown else [],
            "text": [_board_text(gap) for gap in shown],
            "hover": [_board_hover(gap) for gap in shown],
        }
    )


def _board_text(gap: Gap) -> str:
    value, sign = signed(gap.value, 1), mark(gap.verdict)
    return f"<b>{value} {sign}</b>" if sign else value


def _board_hover(gap: Gap) -> str:
    lines = [_(GAP_NAMES[gap.key]), _(QUESTIONS[gap.key]), signed(gap.value, 1)]
    if np.isfinite(gap.low):
        lines.append(_("95 %: {low} to {high}", low=signed(gap.low, 1), high=signed(gap.high, 1)))
    return "<br>".join(html.escape(line) for line in [*lines, str(gap.n), str(verdict_name(gap.verdict))])


def two_sides(frame: pd.DataFrame, names: tuple[str, str], theme: str, line: int, is_narrow: bool = False) -> Figure:
    """Draw both sides of a gap on each row, joined by a line; the signed gap with its mark at the right.

    Args:
        frame: subject, label and the columns of gap_rows; a hidden row says why.
        names: the two sides in words.

    Every row carries its subject in ``customdata``.
    """
    t, rows = tokens(theme), np.arange(len(frame), dtype=float)
    low, high = _span(frame)
    right = high + (high - low) * (MORE_SPACE if is_narrow else SPACE_FOR_TEXT)
    records = frame.to_dict("records")
    hidden = [bool(reason_of(row)) for row in records]
    about: dict[str, Any] = {
        "customdata": [["" if out else row["subject"]] for row, out in zip(records, hidden, strict=True)],
        "hovertext": [_hover(row, names) for row in records],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "unselected": {"marker": {"opacity": 1}, "textfont": {"color": t.text}},
    }
    traces: list[dict[str, Any]] = [
        {
            "type": "bar",
            "x": [right - low] * len(frame),
            "base": [low] * len(frame),
            "y": rows,
            "orientation": "h",
            "width": 0.86,
            "marker": {"color": t.panel, "line": {"width": 0}},
            **about,
        },
        _joined(frame, rows, t),
        _side(
            frame, rows, "second", {"symbol": "line-ns", "size": 20, "line": {"width": 3, "color": t.text}}, t, about
        ),
        _side(
            frame, rows, "first", {"color": _colors(frame, theme), "line": {"width": 1.5, "color": t.muted}}, t, about
        ),
        {
            "type": "scatter",
            "x": [right] * len(frame),
            "y": rows,
            "mode": "text",
            "text": [_text(row) for row in records],
            "textposition": "middle left",
            "textfont": {"size": TEXT_SIZE, "color": t.text},
            **about,
        },
    ]
    labels = [wrapped(str(label), line) for label in frame["label"]]
    layout = {
        "showlegend": False,
        "bargap": 0,
        "height": row_height(labels) * max(len(frame), 2) + AROUND,
        "xaxis": {"range": [low, right], "title": {"text": _("points, 0–100")}, **ticks(low, high)},
        "yaxis": named_rows(labels),
    }
    return drawn(traces, layout, theme)


def _span(frame: pd.DataFrame) -> tuple[float, float]:
    ends = frame[["first", "second", "first_low", "first_high"]].to_numpy(dtype=float)
    ends = ends[np.isfinite(ends)]
    if not len(ends):
        return 0.0, 1.0
    room = max(float(ends.max() - ends.min()), 1.0) * 0.08
    return float(ends.min()) - room, float(ends.max()) + room


def _colors(frame: pd.DataFrame, theme: str) -> list[str]:
    if frame["difference"].isna().all():
        return [tokens(theme).accent] * len(frame)
    return difference_shades(frame, POINTS, theme)


def _joined(frame: pd.DataFrame, rows: Any, t: Tokens) -> dict[str, Any]:
    """A line between both sides where they may be subtracted."""
    x: list[float | None] = []
    y: list[float | None] = []
    for place, row in zip(rows, frame.to_dict("records"), strict=True):
        if np.isfinite(row["difference"]):
            x += [row["first"], row["second"], None]
            y += [place, place, None]
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "mode": "lines",
        "line": {"color": t.muted, "width": 2},
        "hoverinfo": "skip",
    }


def _side(
    frame: pd.DataFrame, rows: Any, side: str, look: dict[str, Any], t: Tokens, about: Mapping[str, Any]
) -> dict[str, Any]:
    value, low, high = (frame[f"{side}{end}"].to_numpy(dtype=float) for end in ("", "_low", "_high"))
    return {
        "type": "scatter",
        "x": value,
        "y": rows,
        "mode": "markers",
        "marker": {"size": 14, **look},
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": np.nan_to_num(high - value),
            "arrayminus": np.nan_to_num(value - low),
            "color": t.muted,
            "thickness": 1.5,
            "width": 3,
        },
        **about,
    }


def _text(row: Mapping[Any, Any]) -> str:
    if reason := reason_of(row):
        return html.escape(hidden_words(reason, minimum_of(row)))
    if not np.isfinite(row["difference"]):
        return ""
    value, sign = signed(row["difference"], 1), mark(str(row["verdict"]))
    return f"<b>{value} {sign}</b>" if sign else value


def _hover(row: Mapping[Any, Any], names: tuple[str, str]) -> str:
    lines = [str(row["label"])]
    if reason := reason_of(row):
        return "<br>".join(html.escape(line) for line in [*lines, hidden_words(reason, minimum_of(row))])
    for side, name in zip(("first", "second"), names, strict=True):
        if np.isfinite(row[side]):
            told = _("{name}: {value}", name=name, value=number(row[side], 1))
            lines.append(f"{told} (n {number(row[f'{side}_n'], 0)})" if np.isfinite(row[f"{side}_n"]) else told)
    if np.isfinite(row["difference"]):
        lines.append(_("gap {difference}", difference=signed(row["difference"], 1)))
    if np.isfinite(row["low"]):
        lines.append(_("95 %: {low} to {high}", low=signed(row["low"], 1), high=signed(row["high"], 1)))
    if row["verdict"]:
        lines.append(str(verdict_name(str(row["verdict"]))))
    return "<br>".join(html.escape(line) for line in lines)
