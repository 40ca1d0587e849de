"""Changes since the wave before, drivers and reliabilities as rows with intervals; beliefs beside customers' words."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from sq.analyses.employees import SCALE_STATES, Outcome
from sq.analyses.verdicts import verdict_name
from sq.figures.hidden import hidden_words, minimum_of, reason_of
from sq.figures.interval_rows import interval_rows
from sq.figures.ranking import LINE_WIDTH, named_rows, row_height, ticks, wrapped
from sq.figures.shades import LIMIT_SIGNS, Swatch, difference_shades, mark
from sq.figures.template import TEXT_SIZE, Figure, drawn, tokens
from sq.language import _, number, percent, signed
from sq.metrics.catalogue import Metric
from sq.statistics.scales import LOW, REDUNDANT

AROUND = 56
SPACE_FOR_TEXT, NARROW_TEXT = 0.32, 0.9  # of the axis, right of the marks of beliefs; on a phone
APART = 0.16  # of a row: staff above, customers below the middle
BELIEF_MARKS: Mapping[str, str] = {"high": "▲", "low": "▼"}


def changes(frame: pd.DataFrame, metric: Metric, theme: str, line: int = LINE_WIDTH) -> Figure:
    """Draw the change of every dimension since the wave before; grey where it is hidden or nothing was before."""
    records = frame.to_dict("records")
    rows = pd.DataFrame(
        {
            "id": ["" if reason_of(row) else str(row["id"]) for row in records],
            "label": [str(label) for label in frame["label"]],
            "value": frame["difference"].to_numpy(dtype=float),
            "low": frame["diff_low"].to_numpy(dtype=float),
            "high": frame["diff_high"].to_numpy(dtype=float),
            "color": difference_shades(frame, metric, theme),
            "text": [_change_text(row, metric) for row in records],
            "hover": [_change_hover(row, metric) for row in records],
        }
    )
    srd = metric.smallest_relevant_difference
    return interval_rows(rows, theme, _("Change in points"), guides=(0.0, -srd, srd), line=line)


def _change_text(row: Mapping[Any, Any], metric: Metric) -> str:
    if reason := reason_of(row):
        return hidden_words(reason, minimum_of(row))
    sign = mark(str(row["verdict"]))
    text = signed(row["difference"], metric.decimals)
    return f"<b>{text} {sign}</b>" if sign else text


def _change_hover(row: Mapping[Any, Any], metric: Metric) -> str:
    lines = [f"<b>{html.escape(str(row['label']))}</b>"]
    if reason := reason_of(row):
        return "<br>".join([*lines, hidden_words(reason, minimum_of(row))])
    low, high = signed(row["diff_low"], metric.decimals), signed(row["diff_high"], metric.decimals)
    before, now = number(row["reference"], metric.decimals), number(row["value"], metric.decimals)
    lines += [
        _("{before} before, {now} now", before=before, now=now),
        f"{signed(row['difference'], metric.decimals)} ({_('95 %: {low} to {high}', low=low, high=high)})",
        str(verdict_name(str(row["verdict"]))),
        f"n {number(row['n'], 0)}",
    ]
    return "<br>".join(lines)


def drivers(outcome: Outcome, theme: str, line: int = LINE_WIDTH) -> Figure:
    """Draw each dimension's percent of what all explain of an outcome; grey where it is not demonstrable."""
    t, frame = tokens(theme), outcome.drivers
    records = frame.to_dict("records")
    rows = frame.assign(
        label=[str(label) for label in frame["label"]],
        color=[t.accent if row["is_reliable"] else t.grey for row in records],
        text=[_driver_text(row) for row in records],
        hover=[_driver_hover(row) for row in records],
    )
    most = float(np.nanmax(np.append(frame["high"].to_numpy(dtype=float), 10.0)))
    return interval_rows(rows, theme, _("% of what is explained"), (0.0, most * 1.05), guides=(0.0,), line=line)


def _driver_text(row: Mapping[Any, Any]) -> str:
    text = percent(row["value"])
    return f"<b>{text} {'▲' if row['beta'] > 0 else '▼'}</b>" if row["is_reliable"] else text


def _driver_hover(row: Mapping[Any, Any]) -> str:
    interval = _("95 %: {low} to {high}", low=number(row["low"], 0), high=number(row["high"], 0))
    lines = [
        f"<b>{html.escape(str(row['label']))}</b>",
        f"{percent(row['value'])} ({interval})",
        _("correlation with the outcome: {r}", r=signed(row["r"], 2)),
        _("coefficient beside the others: {beta}", beta=signed(row["beta"], 2)),
        _("demonstrable") if row["is_reliable"] else _("not demonstrable beside the others"),
    ]
    return "<br>".join(lines)


def scales(frame: pd.DataFrame, theme: str, line: int = LINE_WIDTH) -> Figure:
    """Draw the reliability of every scale with its interval; dotted lines where it is too loose or redundant."""
    t = tokens(theme)
    records = frame.to_dict("records")
    colors = {"sound": t.accent, "weak": t.series[1], "redundant": t.series[5], "unknown": t.grey}
    rows = frame.assign(
        label=[str(label) for label in frame["label"]],
        value=frame["alpha"],
        beside=frame["omega"],
        color=[colors[str(row["state"])] for row in records],
        text=[_alpha(row) for row in records],
        hover=[_scale_hover(row) for row in records],
    )
    ends = rows[["low", "value", "omega"]].to_numpy(dtype=float)
    least = float(np.nanmin(ends)) if np.isfinite(ends).any() else 0.0
    return interval_rows(rows, theme, _("Reliability"), (min(least - 0.05, 0.4), 1.0), (LOW, REDUNDANT), line)


def scales_key(theme: str) -> tuple[Swatch, ...]:
    """What the colours of the reliabilities mean."""
    t = tokens(theme)
    colors = {"sound": t.accent, "weak": t.series[1], "redundant": t.series[5]}
    return tuple(Swatch(color, _(SCALE_STATES[state])) for state, color in colors.items())


def _alpha(row: Mapping[Any, Any]) -> str:
    if not np.isfinite(row["alpha"]):
        return _(SCALE_STATES["unknown"])
    return f"{LIMIT_SIGNS.get(str(row['limit']), '')}{number(row['alpha'], 2)} · n {number(row['n'], 0)}"


def _scale_hover(row: Mapping[Any, Any]) -> str:
    name = _("Spearman-Brown (two items)") if row["is_pair"] else _("Cronbach’s alpha")
    lines = [f"<b>{html.escape(str(row['label']))}</b>", f"{name}: {_alpha(row)}"]
    if np.isfinite(row["low"]):
        lines.append(_("95 %: {low} to {high}", low=number(row["low"], 2), high=number(row["high"], 2)))
    if np.isfinite(row["omega"]):
        lines.append(_("McDonald’s omega: {value}", value=number(row["omega"], 2)))
    return "<br>".join([*lines, _(SCALE_STATES[str(row["state"])])])


def beliefs(frame: pd.DataFrame, theme: str, line: int = LINE_WIDTH) -> Figure:
    """Draw one row per element: what the staff believes above, what customers say below, each with its interval.

    ``frame``: `sq.analyses.employees_beliefs.Beliefs.frame` of one question.
    """
    t, rows = tokens(theme), np.arange(len(frame), dtype=float)
    records = frame.to_dict("records")
    sides = (
        (("believed", "low", "high"), rows - APART, t.accent, "circle"),
        (("customers", "customers_low", "customers_high"), rows + APART, t.series[1], "diamond"),
    )
    hover = [_belief_hover(row) for row in records]
    about = {
        "customdata": [[str(row["touchpoint"])] for row in records],
        "hovertext": hover,
        "hovertemplate": "%{hovertext}<extra></extra>",
        "unselected": {"marker": {"opacity": 1}},
    }
    ends = frame[["believed", "low", "high", "customers", "customers_low", "customers_high"]].to_numpy(dtype=float)
    known = ends[np.isfinite(ends)]
    low, high = (float(known.min()) - 2, float(known.max()) + 2) if len(known) else (0.0, 100.0)
    right = high + (high - low) * (NARROW_TEXT if line < LINE_WIDTH else SPACE_FOR_TEXT)
    ground = {
        "type": "bar",
        "x": [right - low] * len(rows),
        "base": [low] * len(rows),
        "y": rows,
        "orientation": "h",
        "width": 0.86,
        "marker": {"color": t.panel, "line": {"width": 0}},
        **about,
    }
    texts = {
        "type": "scatter",
        "x": [right] * len(rows),
        "y": rows,
        "mode": "text",
        "text": [_belief_text(row) for row in records],
        "textposition": "middle left",
        "textfont": {"size": TEXT_SIZE, "color": t.text},
        "hoverinfo": "skip",
        "unselected": {"textfont": {"color": t.text}},
    }
    names = [wrapped(str(name), line) for name in frame["label"]]
    layout = {
        "showlegend": False,
        "bargap": 0,
        "height": max(row_height(names), 40) * max(len(frame), 2) + AROUND,
        "xaxis": {"range": [low, right], "title": {"text": _("points of 100")}, **ticks(low, high)},
        "yaxis": named_rows(names),
    }
    dots = [_side(frame, *side, about, t.muted) for side in sides]
    return drawn([ground, *dots, texts], layout, theme)


def beliefs_key(theme: str) -> tuple[Swatch, ...]:
    """Who says what."""
    t = tokens(theme)
    return Swatch(t.accent, _("staff believes")), Swatch(t.series[1], _("customers say"))


def _side(
    frame: pd.DataFrame,
    columns: tuple[str, str, str],
    rows: Any,
    color: str,
    symbol: str,
    about: Mapping[str, Any],
    muted: str,
) -> dict[str, Any]:
    value, low, high = (frame[name].to_numpy(dtype=float) for name in columns)
    return {
        "type": "scatter",
        "x": value,
        "y": rows,
        "mode": "markers",
        "marker": {"size": 12, "color": color, "symbol": symbol, "line": {"width": 1, "color": muted}},
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": np.nan_to_num(high - value),
            "arrayminus": np.nan_to_num(value - low),
            "color": muted,
            "thickness": 1.5,
            "width": 3,
        },
        **about,
    }


def _belief_text(row: Mapping[Any, Any]) -> str:
    if reason := reason_of(row):
        return hidden_words(reason, minimum_of(row))
    text, sign = signed(row["difference"]), BELIEF_MARKS.get(str(row["verdict"]), "")
    told = f"<b>{text} {sign}</b>" if sign else text
    both = [number(n, 0) for n in (row["n"], row["customers_n"]) if np.isfinite(n)]
    return f"{told}<br>n {' / '.join(both)}"


def _belief_hover(row: Mapping[Any, Any]) -> str:
    lines = [f"<b>{html.escape(str(row['label']))}</b>", html.escape(str(row["question"]))]
    if reason := reason_of(row):
        return "<br>".join([*lines, hidden_words(reason, minimum_of(row))])
    low, high = signed(row["diff_low"]), signed(row["diff_high"])
    lines += [
        _("staff believes {value} (n {n})", value=number(row["believed"]), n=number(row["n"], 0)),
        _("customers say {value} (n {n})", value=number(row["customers"]), n=number(row["customers_n"], 0)),
        f"{signed(row['difference'])} ({_('95 %: {low} to {high}', low=low, high=high)})",
    ]
    return "<br>".join(lines)
