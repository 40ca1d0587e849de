"""Places × subjects: one clickable cell each, coloured by the size of its difference."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from sq.figures.hidden import PATTERNS, is_hidden, minimum_of, reason_of
from sq.figures.ranking import LINE_WIDTH, hover_lines, named_rows, row_height, short, wrapped
from sq.figures.shades import ink, limited, mark, shades
from sq.figures.template import Figure, drawn, tokens
from sq.language import NO_VALUE, _, number, signed
from sq.metrics.catalogue import Metric, metric_named

COLUMN_LABEL_WIDTH = 12
TURNED_LABEL_WIDTH = 20
UPRIGHT_COLUMNS = 7  # more columns than this turn their labels
SEPARATOR = "\x1f"  # between the two ids of a cell; no id holds a control character


def heat_map(
    frame: pd.DataFrame,
    metric: str,
    theme: str,
    mode: str = "difference",
    against: str = "",
    line: int = LINE_WIDTH,
) -> Figure:
    """Draw subjects as rows and places as columns, both in the order of the frame.

    Args:
        frame: place, place_label, subject, subject_label and the columns of `Compared.frame`.
        mode: one of `shades.MODES`.
        line: half-width characters of a subject's name on each of two lines.

    A cell is a bar, because a Plotly heat map hears no click in Streamlit. Its ``customdata`` holds place and subject
    (see `cell_id`); that of a hidden cell is empty.
    """
    of = metric_named(metric)
    columns, rows = _order(frame["place"]), _order(frame["subject"])
    t, hidden = tokens(theme), is_hidden(frame)
    colors = [t.page if is_out else color for color, is_out in zip(shades(frame, of, theme, mode), hidden, strict=True)]
    records = frame.to_dict("records")
    shapes = [PATTERNS.get(reason_of(row), hatch) for row, hatch in zip(records, _hatches(colors, theme), strict=True)]
    # "overlay": of a bar with colours of its own Plotly takes the hatch for the fill and forgets the ground.
    pattern = {"shape": shapes, "fillmode": "overlay", "fgopacity": 0.3, "size": 8, "solidity": 0.12}
    picked = [
        "" if is_out else cell_id(*ids) for *ids, is_out in zip(frame["place"], frame["subject"], hidden, strict=True)
    ]
    cells = {
        "type": "bar",
        "x": [columns[key] for key in frame["place"]],
        "base": [rows[key] - 0.5 for key in frame["subject"]],
        "y": [1] * len(frame),
        "width": 1,
        "marker": {"color": colors, "line": {"width": 2, "color": t.page}, "pattern": pattern},
        "text": [_cell(row, of, mode) for row in records],
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "insidetextfont": {"color": [ink(color) for color in colors], "size": 12},
        "customdata": [[key] for key in picked],
        "hovertext": [_hover(row, of, against) for row in records],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "unselected": {"marker": {"opacity": 1}},
    }
    return drawn([cells], _layout(frame, len(columns), len(rows), line), theme)


def _hatches(colors: Sequence[str], theme: str) -> list[str]:
    """A hatch on every grey cell: too few must not be taken for a small difference."""
    return ["/" if color == tokens(theme).grey else "" for color in colors]


def cell_id(place: str, subject: str) -> str:
    """The id of a cell, made of both its ids."""
    return f"{place}{SEPARATOR}{subject}"


def cell_ids(cell: str) -> tuple[str, str]:
    """Place and subject of a cell's id."""
    place, _separator, subject = cell.partition(SEPARATOR)
    return place, subject


def _order(values: Sequence[str] | pd.Series) -> dict[str, int]:
    return {key: position for position, key in enumerate(dict.fromkeys(values))}


def _cell(row: Mapping[Any, Any], of: Metric, mode: str) -> str:
    if reason := reason_of(row):
        return f"&lt;{number(minimum_of(row), 0)}" if reason == "few" else NO_VALUE
    sign = mark(str(row["verdict"]))
    if mode == "rank":
        return _ranked(row, sign)
    shown = row["value"] if mode == "bands" or pd.isna(row["difference"]) else None
    difference = signed(row["difference"], of.decimals)
    text = difference if shown is None else limited(shown, row.get("limit", ""), of.decimals)
    return f"<b>{text}{sign}</b>" if sign else text


def _ranked(row: Mapping[Any, Any], sign: str) -> str:
    """The rank with its mark; a dash where the place is not ranked."""
    if pd.isna(row.get("rank", float("nan"))):
        return NO_VALUE
    return f"<b>{_rank(row)}{sign}</b>" if sign else _rank(row)


def _rank(row: Mapping[Any, Any]) -> str:
    """``3``, or ``3.5`` where two share it."""
    return number(row["rank"], 0 if float(row["rank"]).is_integer() else 1)


def _hover(row: Mapping[Any, Any], of: Metric, against: str) -> str:
    title = f"<b>{html.escape(str(row['subject_label']))} · {html.escape(str(row['place_label']))}</b>"
    lines = hover_lines(row, of, against)
    if not pd.isna(row.get("rank", float("nan"))):
        rank, count = _rank(row), number(row["ranked"], 0)
        lines.append(html.escape(_("rank {rank} of {count} on this subject", rank=rank, count=count)))
    return "<br>".join([title, *lines])


def _layout(frame: pd.DataFrame, columns: int, rows: int, line: int) -> dict[str, Any]:
    places = frame.drop_duplicates("place")["place_label"]
    subjects = frame.drop_duplicates("subject")["subject_label"]
    names = [wrapped(str(name), line) for name in subjects]
    turned = columns > UPRIGHT_COLUMNS
    return {
        "barmode": "overlay",
        "bargap": 0,
        "showlegend": False,
        "height": row_height(names) * rows + (152 if turned else 40),
        "xaxis": {
            "side": "top",
            "tickmode": "array",
            "tickvals": list(range(columns)),
            "ticktext": [short(str(name), TURNED_LABEL_WIDTH if turned else COLUMN_LABEL_WIDTH) for name in places],
            "tickangle": -60 if turned else 0,
            "range": [-0.5, columns - 0.5],
            "showgrid": False,
        },
        "yaxis": named_rows(names),
    }
