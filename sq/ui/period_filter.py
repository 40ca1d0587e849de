"""The choice of the time: presets, quarters, waves, or any range of months."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import streamlit as st

from sq.analyses.names import Names
from sq.analyses.periods import months_before
from sq.analyses.wording import Month, Quarter
from sq.language import N_, _, period
from sq.metrics.catalogue import METRICS
from sq.selection import Selection, month_text
from sq.ui.address import WITHIN, go_to

OPEN = "sq_open_period"
Span = tuple[str, str]
PRESET_NAMES: dict[str, str] = {
    "month": N_("Last complete month"),
    "quarter": N_("Last complete quarter"),
    "half": N_("Last 6 complete months"),
    "year": N_("Last 12 complete months"),
    "calendar": N_("This year"),
    "all": N_("Everything"),
}


def period_choice(names: Names, selection: Selection) -> None:
    """Draw the button with the period on it; behind it the ways to choose another."""
    label = period(*selection.months)
    behind = st.popover(label, width="content", help=_("Choose another period"), key=OPEN, on_change="rerun")
    if not behind.open:
        return
    first, last, _last_day = names.months[METRICS[selection.metric].instrument]
    running = names.running_month(selection.metric)
    months = months_from(first, last)
    with behind:
        _presets(selection, presets(months, running))
        _quarters(selection, months)
        _waves(names, selection, (month_text(months[0]), month_text(months[-1])))
        _month_box(selection, "start", _("First month"), months, running)
        _month_box(selection, "end", _("Last month"), months, running)


def _presets(selection: Selection, spans: Mapping[str, Span]) -> None:
    current = next((name for name, span in spans.items() if span == (selection.start, selection.end)), None)
    st.session_state["sq_preset"] = current
    st.pills(
        _("Period"),
        list(spans),
        format_func=lambda name: _(PRESET_NAMES[name]),
        key="sq_preset",
        on_change=lambda: _go_to_span(selection, spans.get(st.session_state["sq_preset"] or "")),
    )


def _quarters(selection: Selection, months: list[date]) -> None:
    spans = quarter_spans(months)
    current = next((q for q, span in spans.items() if span == (selection.start, selection.end)), None)
    st.session_state["sq_quarter"] = current
    st.selectbox(
        _("Quarter"),
        list(spans),
        format_func=lambda quarter: str(Quarter(quarter)),
        key="sq_quarter",
        index=None,
        placeholder=_("Choose a quarter"),
        on_change=lambda: _go_to_span(selection, spans.get(st.session_state["sq_quarter"])),
    )


def _waves(names: Names, selection: Selection, everything: Span) -> None:
    """A wave is picked from all months, so that a period set before does not cut it."""
    labels = {key: str(label) for key, label in names.options("wave", selection)}
    if not labels:
        return
    st.session_state["sq_wave"] = selection.wave if selection.wave in labels else None

    def picked() -> None:
        wave = st.session_state["sq_wave"] or ""
        span = {"start": everything[0], "end": everything[1]} if wave else {}
        _stay(selection.but(wave=wave, **span))

    st.selectbox(
        _("Wave"),
        list(labels),
        format_func=labels.__getitem__,
        key="sq_wave",
        index=None,
        placeholder=_("Choose a wave"),
        on_change=picked,
    )


def _month_box(selection: Selection, name: str, label: str, months: list[date], running: date | None) -> None:
    key = f"sq_{name}"
    texts = {month_text(month): month for month in reversed(months)}
    current = getattr(selection, name)
    st.session_state[key] = current if current in texts else None
    st.selectbox(
        label,
        list(texts),
        format_func=lambda text: month_label(texts[text], running),
        key=key,
        index=None,
        placeholder=_("Choose a month"),
        on_change=lambda: _stay(with_month(selection, name, st.session_state[key])),
    )


def _go_to_span(selection: Selection, span: Span | None) -> None:
    if span:
        _stay(selection.but(start=span[0], end=span[1], wave=""))


def _stay(selection: Selection) -> None:
    """Go there with the choice still open: its label changes with the period, which would shut it."""
    st.session_state[OPEN] = True
    go_to(selection, **{WITHIN: ""})


def presets(months: list[date], running: date | None) -> dict[str, Span]:
    """The spans that can be picked at once, each inside the months that have data, without the running one."""
    done = [month for month in months if month != running] or months
    end, newest = done[-1], months[-1]
    quarters = [q for q in quarter_spans(done) if {q, months_before(q, -2)} <= set(done)]
    spans = {
        "month": (end, end),
        "quarter": (quarters[0], months_before(quarters[0], -2)) if quarters else None,
        "half": (months_before(end, 5), end),
        "year": (months_before(end, 11), end),
        "calendar": (date(newest.year, 1, 1), newest),
        "all": (months[0], newest),
    }
    return {name: _texts(span, months) for name, span in spans.items() if span}


def quarter_spans(months: list[date]) -> dict[date, Span]:
    """First day of each quarter → its months that have data, newest first."""
    quarters = sorted({date(month.year, (month.month - 1) // 3 * 3 + 1, 1) for month in months}, reverse=True)
    return {quarter: _texts((quarter, months_before(quarter, -2)), months) for quarter in quarters}


def _texts(span: tuple[date, date], months: list[date]) -> Span:
    return month_text(max(span[0], months[0])), month_text(min(span[1], months[-1]))


def month_label(month: date, running: date | None) -> str:
    """The month in words; the month that is still running is marked."""
    return _("{month} (running)", month=Month(month)) if month == running else str(Month(month))


def with_month(selection: Selection, name: str, text: str | None) -> Selection:
    """The selection with one end of its period moved; the other end follows where they would cross."""
    if not text:
        return selection
    moved = selection.but(**{name: text, "wave": ""})
    return moved if moved.start <= moved.end else moved.but(start=text, end=text)


def months_from(first: date, last: date) -> list[date]:
    """First days of all months from one to another, both included."""
    count = (last.year - first.year) * 12 + last.month - first.month
    return [months_before(first.replace(day=1), -later) for later in range(count + 1)]
