"""The parts of a page: the answer, the caption, the numbers, a definition."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

import pandas as pd
import streamlit as st

from sq.exports.writing import starts_like_formula
from sq.figures.shades import Swatch
from sq.figures.template import ROW_HEIGHT
from sq.language import NO_VALUE, Message, _, day, month, number, percent_sign, period, signed

ANSWERED = "sq_answered"
LINE_HEIGHT = 20  # px of each further line of a row
TABLE_ROWS = 12  # a longer table scrolls
TABLE_HEIGHT = (TABLE_ROWS + 1) * ROW_HEIGHT + ROW_HEIGHT // 2  # half a row shows that there is more


def answer(sentence: Message | str) -> None:
    """Say the answer first, in one sentence."""
    text = str(sentence)
    st.session_state[ANSWERED] = (st.query_params.to_dict(), text)
    st.html(f'<div class="sq-answer" role="status">{html.escape(text)}</div>')


def last_answer(query: Mapping[str, str]) -> str:
    """The answer that the page of this address gave when it ran last; empty where it has not."""
    asked, text = st.session_state.get(ANSWERED, ({}, ""))
    return str(text) if asked == query else ""


def forget_answer() -> None:
    """A new run of a page begins; until it answers there is no answer."""
    st.session_state.pop(ANSWERED, None)


def caption(*parts: Message | str) -> None:
    """Say below a chart what it stands on; empty parts are left out."""
    text = " · ".join(html.escape(str(part)) for part in parts if str(part))
    if text:
        st.html(f'<div class="sq-caption">{text}</div>')


def color_legend(key: Sequence[Swatch]) -> None:
    """The colours of a chart with their meaning; wraps on a narrow screen."""
    entries = "".join(
        f'<span class="sq-swatch sq-{swatch.pattern or "plain"}">{_squares(swatch)}{html.escape(swatch.label)}</span>'
        for swatch in key
    )
    st.html(f'<div class="sq-legend">{entries}</div>')


def _squares(swatch: Swatch) -> str:
    colors = [swatch.color, swatch.beside] if swatch.beside else [swatch.color]
    return "".join(f'<i style="background-color:{color}"></i>' for color in colors)


def promises(entries: Sequence[tuple[str, str]]) -> None:
    """Terms and what they mean, side by side; on a phone one below the other."""
    rows = "".join(f"<dt>{html.escape(term)}</dt><dd>{html.escape(meaning)}</dd>" for term, meaning in entries)
    st.html(f'<dl class="sq-pairs">{rows}</dl>')


def nothing_here(sentence: Message | str) -> None:
    """Say plainly that there is nothing to show, instead of an empty chart."""
    st.info(str(sentence))


@dataclass(frozen=True)
class Column:
    """One column of a table: its name in the frame, its heading in the reader's language and its kind.

    ``kind``: text, number, signed, count, share (0-1, shown as percent), day, month or link. ``width`` in px.
    ``words`` names a column of texts that stand in place of the number where they are not empty (hidden, a limit).
    """

    name: str
    heading: str
    kind: str = "text"
    decimals: int = 1
    width: int | None = None
    words: str = ""


def numbers(frame: pd.DataFrame, columns: Sequence[Column], file_name: str, key: str, is_open: bool = False) -> None:
    """Show the numbers behind a chart as a table that can be downloaded."""
    behind = st.expander(_("The numbers behind it"), expanded=is_open, key=f"{key}_open", on_change="rerun")
    if not behind.open:  # the table is sent when somebody wants it
        return
    with behind:
        table(frame, columns, key)
        download(frame, columns, file_name, key)


def download(frame: pd.DataFrame, columns: Sequence[Column], file_name: str, key: str) -> None:
    """Offer a table as CSV; it is written when somebody asks for it."""
    st.download_button(
        _("Download as CSV"),
        data=lambda: csv_bytes(frame, columns),
        file_name=f"{file_name}.csv",
        mime="text/csv",
        key=f"{key}_csv",
        on_click="ignore",
    )


def table(frame: pd.DataFrame, columns: Sequence[Column], key: str, lines: int = 1, **options: Any) -> Any:
    """Draw a sortable table in the reader's number and date form; rows of ``lines`` lines, ``options`` to streamlit."""
    drawn = [_as_words(column, frame) for column in columns]
    shown = pd.DataFrame({column.name: _shown(frame, column) for column in drawn})
    return st.dataframe(
        shown,
        key=key,
        hide_index=True,
        placeholder=NO_VALUE,
        row_height=ROW_HEIGHT + (lines - 1) * LINE_HEIGHT,
        height="content" if len(shown) <= TABLE_ROWS else TABLE_HEIGHT,
        column_config={column.name: _config(column) for column in drawn},
        **options,
    )


def _as_words(column: Column, frame: pd.DataFrame) -> Column:
    """The column as text where a word stands in place of any of its numbers, else as it is."""
    if column.words and frame[column.words].astype(bool).any():
        return replace(column, kind="words")
    return replace(column, words="")


def _shown(frame: pd.DataFrame, column: Column) -> pd.Series:
    values = frame[column.name]
    if column.kind == "words":
        texts = [
            text or number(value, column.decimals) for text, value in zip(frame[column.words], values, strict=True)
        ]
        return pd.Series(texts, index=frame.index, dtype=object)
    if column.kind == "day":
        return values.map(lambda value: day(value) if isinstance(value, date) else None)
    if column.kind == "month":
        return values.map(lambda value: month(value) if isinstance(value, date) else None)
    if column.kind == "share":
        return pd.to_numeric(values) * 100
    if column.kind in {"number", "signed", "count"}:
        return pd.to_numeric(values)
    return values


def _config(column: Column) -> Any:
    formats = {
        "number": f"%.{column.decimals}f",
        "signed": f"%+.{column.decimals}f",
        "share": f"%.{column.decimals}f{percent_sign()}%",
        "count": "%d",
    }
    if column.kind in formats:
        return st.column_config.NumberColumn(column.heading, format=formats[column.kind], width=column.width)
    if column.kind == "link":
        return st.column_config.LinkColumn(column.heading, display_text=_("Open"), width=column.width)
    align: Literal["right"] | None = "right" if column.kind == "words" else None
    return st.column_config.TextColumn(column.heading, width=column.width, alignment=align)


def csv_bytes(frame: pd.DataFrame, columns: Sequence[Column]) -> bytes:
    """The table as CSV for Excel: UTF-8 with a mark, translated headings, full precision, no text that runs.

    A text that a spreadsheet would take for a formula gets a leading apostrophe (OWASP, CSV injection).
    """
    out = pd.DataFrame({safe_text(column.heading): _written(frame, column) for column in columns})
    for name in out.columns:
        if not pd.api.types.is_numeric_dtype(out[name]):
            out[name] = out[name].map(lambda value: safe_text(value) if isinstance(value, str) else value)
    return out.to_csv(index=False).encode("utf-8-sig")


def _written(frame: pd.DataFrame, column: Column) -> pd.Series:
    """The column's numbers, with words in place of those that may not be told."""
    values = frame[column.name]
    return values if not column.words else frame[column.words].where(frame[column.words] != "", values)


def safe_text(text: str) -> str:
    """The text, made harmless for a spreadsheet."""
    return f"'{text}" if starts_like_formula(text) else text


def definition(title: str, sentence: str, formula: str = "", sql: str = "", source: str = "", label: str = "") -> None:
    """Put a number's definition and formula one click away, the SQL behind it two."""
    with st.popover(label or _("How is this worked out?"), type="tertiary"):
        st.markdown(f"**{_plain(title)}**")
        st.markdown(_plain(sentence).replace("\n", "  \n"))  # two spaces keep a line's end in Markdown
        if formula:
            st.markdown(_plain(_("Formula: {formula}", formula=formula)))
        if source:
            st.caption(_plain(_("Source: {source}", source=source)))
        if sql:
            with st.expander(_("SQL")):
                st.code(sql, language="sql", wrap_lines=True)


def _plain(text: str) -> str:
    """Markdown that shows the text as it is."""
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]()#+-.!|<>$~:" else sign for sign in text)


def headline(title: str, value: str, change: str = "", good: bool | None = None, note: str = "") -> None:
    """One headline number with its change; colour only where the change is reliable (``good`` is not None)."""
    color: Literal["off", "blue", "orange"] = "off" if good is None else ("blue" if good else "orange")
    st.metric(title, value, change or None, delta_color=color, help=note or None, border=True, height="stretch")


__all__ = [
    "Column",
    "answer",
    "caption",
    "color_legend",
    "csv_bytes",
    "definition",
    "headline",
    "nothing_here",
    "number",
    "numbers",
    "period",
    "safe_text",
    "signed",
    "table",
]
