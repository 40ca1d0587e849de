"""How opinions and problems divide: bars of 100 %, full scales, shares that name a problem."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from sq.analyses.wording import BAND_NAMES, PROBLEM_SIDES
from sq.figures.hidden import CSS, PATTERNS, hidden_explained, hidden_words, minimum_of, reason_of
from sq.figures.ranking import LINE_WIDTH, reasons, row_height, wrapped
from sq.figures.shades import LIMIT_SIGNS, Swatch, ink
from sq.figures.template import TEXT_SIZE, Figure, Tokens, drawn, tokens
from sq.language import NO_VALUE, _, number, percent

BANDS = ("unfavourable", "neutral", "favourable")
AROUND = 56  # px for the axis
BAR = 0.62  # of a row
TITLE = 24  # px for the title of the axis
WHOLE = 100.0
PROBLEM_WIDTH = 24  # half-width characters of a line
QUARTERS = [0, 25, 50, 75, 100]
NARROWEST_TEXT = 7.0  # percent of the width that a figure needs


def bands(frame: pd.DataFrame, theme: str) -> Figure:
    """Draw a bar of 100 % per row: unfavourable, neutral, favourable answers.

    Args:
        frame: id, label, favourable, neutral, unfavourable (percent), ``<band>_limit``, n, hidden_reason.

    A share of which only a limit may be told is hatched and says it, one that is withheld (NaN) is hatched and says
    nothing. A hidden row hears no click.
    """
    t = tokens(theme)
    rows = frame.reset_index(drop=True)
    hidden = [bool(reason_of(row)) for row in rows.to_dict("records")]
    widths = [drawn_widths(row) for row in rows.to_dict("records")]
    traces = [
        _band(rows, band, [w[band] for w in widths], color, t) for band, color in zip(BANDS, t.bands, strict=True)
    ]
    if any(hidden):
        traces.append(_hidden(rows[hidden], t))
    layout = _layout(rows) | {"barmode": "stack", "uniformtext": {"minsize": TEXT_SIZE - 1, "mode": "hide"}}
    return drawn(traces, layout | {"annotations": reasons(rows.to_dict("records"), WHOLE, theme)}, theme)


def bands_key(theme: str) -> tuple[Swatch, ...]:
    """The colours of `bands` with their meaning."""
    return tuple(Swatch(color, _(BAND_NAMES[band])) for band, color in zip(BANDS, tokens(theme).bands, strict=True))


def drawn_widths(row: Mapping[Any, Any]) -> dict[str, float]:
    """Band → width in percent: exact shares have theirs, limits and withheld ones divide the rest of a whole bar."""
    if reason_of(row):
        return dict.fromkeys(BANDS, 0.0)
    shares = {band: float(row.get(band, math.nan)) for band in BANDS}
    withheld = [band for band in BANDS if math.isnan(shares[band])]
    loose = [band for band in BANDS if row.get(f"{band}_limit") == "<=" and band not in withheld]
    widths = {band: shares[band] for band in BANDS if band not in (*loose, *withheld)}
    rest = max(WHOLE - sum(widths.values()), 0.0)
    widths |= {band: min(shares[band], rest) if withheld else rest / len(loose) for band in loose}
    left = max(WHOLE - sum(widths.values()), 0.0)
    widths |= {band: left / len(withheld) for band in withheld}
    total = sum(widths.values()) or WHOLE
    return {band: widths[band] * WHOLE / total for band in BANDS}


def share_text(value: float, limit: object = "") -> str:
    """A share in percent or its limit: ``62 %``, ``≥90 %``, ``<1 %``; a dash where it is withheld."""
    return LIMIT_SIGNS.get(str(limit), "") + percent(value) if value == value else NO_VALUE


def _band(rows: pd.DataFrame, band: str, widths: Sequence[float], color: str, t: Tokens) -> dict[str, Any]:
    records = rows.to_dict("records")
    shares = [float(row.get(band, math.nan)) for row in records]
    limits = [str(row.get(f"{band}_limit") or "") for row in records]
    texts = [share_text(share, limit) for share, limit in zip(shares, limits, strict=True)]
    vague = [limit or ("" if share == share else "?") for share, limit in zip(shares, limits, strict=True)]
    return {
        "type": "bar",
        "orientation": "h",
        "x": list(widths),
        "y": list(rows.index),
        "width": BAR,
        "name": _(BAND_NAMES[band]),
        "marker": {
            "color": color,
            "line": {"width": 1, "color": t.muted},
            "pattern": _hatched(vague),
        },
        "text": [text if width >= NARROWEST_TEXT else "" for text, width in zip(texts, widths, strict=True)],
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "insidetextfont": {"color": ink(color), "size": TEXT_SIZE},
        "customdata": [["" if reason_of(row) else str(row.get("id", ""))] for row in records],
        "hovertext": [_hover(row) for row in records],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "unselected": {"marker": {"opacity": 1}},
    }


def _hatched(limits: Sequence[str]) -> dict[str, Any]:
    """A hatch over the colour of every share that is told as a limit only."""
    shapes = ["/" if limit else "" for limit in limits]
    return {"shape": shapes, "fillmode": "overlay", "fgopacity": 0.35, "size": 8, "solidity": 0.15}


def _hover(row: Mapping[Any, Any]) -> str:
    lines = [f"<b>{html.escape(str(row['label']))}</b>"]
    if reason := reason_of(row):
        minimum = minimum_of(row)
        return "<br>".join([*lines, hidden_words(reason, minimum), hidden_explained(reason, minimum)])
    lines += [_("{label}: {value}", label=_(BAND_NAMES[band]), value=_told(row, band)) for band in reversed(BANDS)]
    return "<br>".join([*lines, f"n {number(row['n'], 0)}"])


def _told(row: Mapping[Any, Any], band: str) -> str:
    return share_text(float(row.get(band, math.nan)), row.get(f"{band}_limit", ""))


def _hidden(rows: pd.DataFrame, t: Tokens) -> dict[str, Any]:
    """Bars without a colour for hidden rows; the reason stands on them in words (`reasons`)."""
    records = rows.to_dict("records")
    return {
        "type": "bar",
        "orientation": "h",
        "x": [WHOLE] * len(rows),
        "y": list(rows.index),
        "width": BAR,
        "showlegend": False,
        "marker": {
            "color": t.page,
            "line": {"width": 1, "color": t.line},
            "pattern": {
                "shape": [PATTERNS[reason_of(row)] for row in records],
                "bgcolor": t.page,
                "fgcolor": t.line,
                "solidity": 0.16,
            },
        },
        "customdata": [[""]] * len(rows),
        "hovertext": [_hover(row) for row in records],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "unselected": {"marker": {"opacity": 1}},
    }


def _layout(rows: pd.DataFrame, width: int = LINE_WIDTH) -> dict[str, Any]:
    names = [wrapped(str(label), width) for label in rows["label"]]
    return {
        "height": row_height(names) * max(len(rows), 1) + AROUND,
        "bargap": 0,
        "showlegend": False,
        "xaxis": {"range": [0, WHOLE + 1], "tickvals": QUARTERS, "ticktext": [percent(tick) for tick in QUARTERS]},
        "yaxis": {
            "tickmode": "array",
            "tickvals": list(rows.index),
            "ticktext": names,
            "range": [len(rows) - 0.5, -0.5],
            "showgrid": False,
        },
    }


def groups_shown(frame: pd.DataFrame, theme: str) -> Figure:
    """Draw a bar of 100 % per wave: groups shown, hidden for too few answers, hidden to protect a neighbour.

    Args:
        frame: label, groups, shown, few, neighbour (numbers of groups).
    """
    t = tokens(theme)
    rows = frame.reset_index(drop=True)
    parts: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
        ("shown", _("shown"), t.accent, {}),
        ("few", _("hidden: too few answers"), t.page, {"shape": PATTERNS["few"], "fgcolor": t.muted}),
        ("neighbour", _("hidden to protect a neighbour"), t.page, {"shape": PATTERNS["neighbour"], "fgcolor": t.muted}),
    )
    traces = [_groups(rows, *part, t) for part in parts]
    return drawn(traces, _layout(rows) | {"barmode": "stack"}, theme)


def groups_key(theme: str) -> tuple[Swatch, ...]:
    """The looks of `groups_shown` with their meaning."""
    t = tokens(theme)
    return (
        Swatch(t.accent, _("shown")),
        Swatch(t.page, _("hidden: too few answers"), pattern=CSS["few"]),
        Swatch(t.page, _("hidden to protect a neighbour"), pattern=CSS["neighbour"]),
    )


def _groups(
    rows: pd.DataFrame, part: str, name: str, color: str, pattern: Mapping[str, Any], t: Tokens
) -> dict[str, Any]:
    shares = 100 * rows[part] / rows["groups"]
    texts = [
        f"{number(count, 0)}" if share >= NARROWEST_TEXT else ""
        for count, share in zip(rows[part], shares, strict=True)
    ]
    told = [
        f"<b>{html.escape(str(label))}</b><br>{name}<br>"
        + _(
            "{count} of {all} groups ({share} %)", count=number(count, 0), all=number(groups, 0), share=number(share, 0)
        )
        for label, count, groups, share in zip(rows["label"], rows[part], rows["groups"], shares, strict=True)
    ]
    return {
        "type": "bar",
        "orientation": "h",
        "x": list(shares),
        "y": list(rows.index),
        "width": BAR,
        "name": name,
        "marker": {
            "color": color,
            "line": {"width": 1, "color": t.line},
            "pattern": {"bgcolor": color, "solidity": 0.16, "size": 7, **pattern},
        },
        "text": [] if pattern else texts,
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "insidetextfont": {"color": ink(color), "size": TEXT_SIZE},
        "customdata": [[""]] * len(rows),
        "hovertext": told,
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def distribution(frame: pd.DataFrame, theme: str, ends: tuple[str, str] = ("", "")) -> Figure:
    """Draw the full scale of one question: a column per answer given.

    Args:
        frame: category, share (percent), limit.
        ends: what the lowest and the highest answer mean, under their columns.
    """
    t = tokens(theme)
    rows = frame.sort_values("category").to_dict("records")
    texts = [share_text(row["share"], row.get("limit", "")) for row in rows]
    names = [_answer(row["category"]) for row in rows]
    under = [f"{name}<br>{html.escape(end)}" if end else name for name, end in _with_ends(names, ends)]
    columns = {
        "type": "bar",
        "x": names,
        "y": [row["share"] for row in rows],
        "marker": {
            "color": t.accent,
            "pattern": _hatched([str(row.get("limit") or "") for row in rows]),
        },
        "text": texts,
        "textposition": "outside",
        "cliponaxis": False,
        "customdata": [[""]] * len(rows),
        "hovertext": [_("{label}: {value}", label=name, value=text) for name, text in zip(names, texts, strict=True)],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    layout = {
        "height": 240,
        "margin": {"l": 8, "r": 16, "t": 24, "b": 8},
        "xaxis": {
            "type": "category",
            "title": {"text": _("Answer")},
            "showgrid": False,
            "tickvals": names,
            "ticktext": under,
        },
        "yaxis": {"title": {"text": "%"}, "rangemode": "tozero"},
    }
    return drawn([columns], layout, theme)


def _with_ends(names: Sequence[str], ends: tuple[str, str]) -> list[tuple[str, str]]:
    """Each answer with the words of its end of the scale; '' in between."""
    last = len(names) - 1
    return [(name, ends[0] if place == 0 else ends[1] if place == last else "") for place, name in enumerate(names)]


def _answer(category: float) -> str:
    return number(category, 0 if float(category).is_integer() else 1)


def problems(frame: pd.DataFrame, theme: str) -> Figure:
    """Draw what goes wrong between units: the share of forms that name each problem, request and support apart.

    Args:
        frame: side (request, support), label, share (percent), limit.
    """
    t = tokens(theme)
    rows = frame.assign(order=frame["side"].map(list(PROBLEM_SIDES).index)).sort_values(
        ["order", "share"], ascending=[True, False], ignore_index=True
    )
    colors = dict(zip(PROBLEM_SIDES, t.series, strict=False))
    traces = [_side(part, str(side), colors[str(side)]) for side, part in rows.groupby("side", sort=False)]
    most = float(rows["share"].max()) if len(rows) else 1.0
    layout = _layout(rows, PROBLEM_WIDTH)
    layout["height"] += TITLE
    layout["xaxis"] = {"range": [0, min(most * 1.25 + 2, 112.0)], "title": {"text": _("% of forms")}, "nticks": 5}
    return drawn(traces, layout, theme)


def problems_key(theme: str) -> tuple[Swatch, ...]:
    """The colours of `problems` with their meaning."""
    return tuple(
        Swatch(color, _(name)) for color, name in zip(tokens(theme).series, PROBLEM_SIDES.values(), strict=False)
    )


def _side(rows: pd.DataFrame, side: str, color: str) -> dict[str, Any]:
    records = rows.to_dict("records")
    texts = [share_text(row["share"], row.get("limit", "")) for row in records]
    return {
        "type": "bar",
        "orientation": "h",
        "x": list(rows["share"]),
        "y": list(rows.index),
        "width": BAR,
        "name": _(PROBLEM_SIDES[side]),
        "marker": {"color": color},
        "text": texts,
        "textposition": "outside",
        "cliponaxis": False,
        "customdata": [[""]] * len(rows),
        "hovertext": [
            f"<b>{html.escape(str(row['label']))}</b><br>{_(PROBLEM_SIDES[side])}<br>{text}"
            for row, text in zip(records, texts, strict=True)
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "unselected": {"marker": {"opacity": 1}},
    }
