"""What the reader filters to: one bar, the chips of what is set, and the address behind both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING

import streamlit as st

from sq.analyses.names import Names
from sq.analyses.wording import AXIS_NAMES, Month, Quarter
from sq.language import N_, Message, Named, _, listing, period
from sq.metrics.catalogue import INSTRUMENT_NAMES, METRICS
from sq.selection import ATTRIBUTES, PLACE_PATH, SUBJECT_PATH, Selection, month_text
from sq.ui.address import go_to, selection_in_address

if TYPE_CHECKING:
    from sq.ui.frame import Reader

Options = tuple[tuple[str, Named | Message], ...]
PARTS = ("metric", "period", "compare", "place", "subject", "more")
PILLS_AT_MOST = 8  # more options than this are searched in a list
COMPARISON_NAMES: dict[str, str] = {
    "rest": N_("The rest of the chain"),
    "previous": N_("The previous period"),
    "last_year": N_("The same period last year"),
    "target": N_("The target"),
    "none": N_("No comparison"),
}
RULE_NAMES: dict[str, str] = {
    "responses": N_("Mean of responses: each counts once"),
    "points": N_("Pooled points: long forms weigh more"),
    "stores": N_("Mean of stores: each store counts once"),
}
MEMBERSHIP_NAMES: dict[str, str] = {
    "then": N_("Where they belonged then"),
    "now": N_("Where they belong now"),
}
FIELD_NAMES: dict[str, str] = AXIS_NAMES | {
    "metric": N_("Metric"),
    "start": N_("From"),
    "end": N_("To"),
    "compare": N_("Compare with"),
    "rule": N_("Roll-up rule"),
    "membership": N_("Stores count"),
    "split": N_("Split by"),
    "sort": N_("Sort by"),
}
# What a choice makes meaningless: a city belongs to its region, an item to its touchpoint.
CLEARED_BY: Mapping[str, tuple[str, ...]] = {
    "region": ("city", "store", "split"),
    "city": ("store", "split"),
    "store": ("split",),
    "stage": ("touchpoint", "item", "split"),
    "dimension": ("touchpoint", "item", "split"),
    "touchpoint": ("item", "split"),
    "item": ("split",),
    "metric": ("split",),
}


def selection_bar(reader: Reader, parts: tuple[str, ...] = PARTS, metrics: tuple[str, ...] = ()) -> Selection:
    """Draw the filters and hand over the completed selection of the address.

    Args:
        parts: which of PARTS the page offers.
        metrics: offer only these metrics, where they have data.
    """
    names = reader.names
    asked, ignored = selection_in_address()
    sound, unknown = names.known(asked)
    selection = names.completed(sound)
    _tell_ignored(ignored | unknown)
    draws: dict[str, Callable[[], None]] = {
        "metric": lambda: _metric(names, selection, metrics),
        "period": lambda: _period(names, selection),
        "compare": lambda: _compare(selection),
        "place": lambda: _axes(names, selection, _("Place"), PLACE_PATH),
        "subject": lambda: _axes(names, selection, _("Touchpoint or dimension"), SUBJECT_PATH),
        "more": lambda: _more(names, selection),
    }
    with st.container(horizontal=True, vertical_alignment="bottom", key="sq_filters"):
        for part in parts:
            draws[part]()
    _chips(names, selection, sound)
    return selection


def changed(selection: Selection, name: str, value: str) -> Selection:
    """The selection with one choice changed and without what that makes meaningless."""
    return selection.but(**dict.fromkeys(CLEARED_BY.get(name, ()), ""), **{name: value})


def _tell_ignored(ignored: Mapping[str, str]) -> None:
    if ignored:
        told = [
            f"{_(FIELD_NAMES[name])} “{value}”" if name in FIELD_NAMES else f"“{value}”"
            for name, value in ignored.items()
        ]
        st.warning(_("The address names something unknown, which is left out: {things}.", things=listing(told)))


def _choice(names: Names, selection: Selection, name: str, label: str, options: Options, empty: str = "") -> None:
    """One choice: pills for few options, a searchable list for many. ``empty`` labels the choice of nothing."""
    labels = {key: str(text) for key, text in options}
    key = f"sq_{name}"
    current = getattr(selection, name)
    st.session_state[key] = current if current in labels else None
    args = (names, selection, name, key)
    if len(labels) <= PILLS_AT_MOST and empty:
        st.pills(label, list(labels), format_func=labels.__getitem__, key=key, on_change=_picked, args=args)
    else:
        st.selectbox(
            label,
            list(labels),
            format_func=labels.__getitem__,
            key=key,
            on_change=_picked,
            args=args,
            index=None if empty else 0,
            placeholder=empty or None,
        )


def _picked(names: Names, selection: Selection, name: str, key: str) -> None:
    value = st.session_state[key] or ""
    go_to(names.known(changed(selection, name, value))[0])


def _metric(names: Names, selection: Selection, metrics: tuple[str, ...]) -> None:
    offered = [METRICS[name] for name in names.metrics() if not metrics or name in metrics]
    text = N_("{instrument}: {metric}")
    options = tuple(
        (m.id, Message(text, {"instrument": Message(INSTRUMENT_NAMES[m.instrument]), "metric": m.title}))
        for m in offered
    )
    with st.container(width=264):
        _choice(names, selection, "metric", _("Metric"), options)


def _compare(selection: Selection) -> None:
    st.session_state["sq_compare"] = selection.compare
    with st.container(width=200):
        st.selectbox(
            _("Compare with"),
            list(COMPARISON_NAMES),
            format_func=lambda kind: _(COMPARISON_NAMES[kind]),
            key="sq_compare",
            on_change=lambda: go_to(selection.but(compare=st.session_state["sq_compare"])),
        )


def _axes(names: Names, selection: Selection, title: str, axes: tuple[str, ...]) -> None:
    offered = [(axis, names.options(axis, selection)) for axis in axes]
    if not any(options for _axis, options in offered):
        return
    with st.popover(title, width="content"):
        for axis, options in offered:
            if options:
                _choice(names, selection, axis, _(AXIS_NAMES[axis]), options, empty=_("All – type to find"))


def _more(names: Names, selection: Selection) -> None:
    metric = METRICS[selection.metric]
    with st.popover(_("More"), width="content"):
        for axis in metric.attributes:
            options = names.options(axis, selection)
            if len(options) > 1:
                _choice(names, selection, axis, _(AXIS_NAMES[axis]), options, empty=_("All – type to find"))
        _radio(selection, "rule", {rule: RULE_NAMES[rule] for rule in metric.rules})
        _radio(selection, "membership", MEMBERSHIP_NAMES)


def _radio(selection: Selection, name: str, options: Mapping[str, str]) -> None:
    key = f"sq_{name}"
    current = getattr(selection, name)
    st.session_state[key] = current if current in options else next(iter(options))
    st.radio(
        _(FIELD_NAMES[name]),
        list(options),
        format_func=lambda value: _(options[value]),
        key=key,
        on_change=lambda: go_to(selection.but(**{name: st.session_state[key]})),
    )


def _period(names: Names, selection: Selection) -> None:
    first, last, last_day = names.months[METRICS[selection.metric].instrument]
    months = months_between(first, last)
    with st.popover(period(*selection.months), width="content"):
        presets = period_presets(months, last_day)
        _preset_pills(selection, presets)
        _quarters(selection, months)
        for name in ("start", "end"):
            _month_box(selection, name, months, last_day)


def _preset_pills(selection: Selection, presets: Mapping[str, tuple[str, str]]) -> None:
    current = next((name for name, span in presets.items() if span == (selection.start, selection.end)), None)
    st.session_state["sq_preset"] = current
    st.pills(
        _("Period"),
        list(presets),
        format_func=lambda name: _(PRESET_NAMES[name]),
        key="sq_preset",
        on_change=lambda: _go_to_span(selection, presets.get(st.session_state["sq_preset"] or "")),
    )


def _quarters(selection: Selection, months: list[date]) -> None:
    quarters = {q: Quarter(q) for q in sorted({quarter_start(m) for m in months}, reverse=True)}
    spans = {q: (month_text(max(q, months[0])), month_text(min(months_later(q, 2), months[-1]))) for q in quarters}
    current = next((q for q, span in spans.items() if span == (selection.start, selection.end)), None)
    st.session_state["sq_quarter"] = current
    st.selectbox(
        _("Quarter"),
        list(quarters),
        format_func=lambda q: str(quarters[q]),
        key="sq_quarter",
        index=None,
        placeholder=_("Choose a quarter"),
        on_change=lambda: _go_to_span(selection, spans.get(st.session_state["sq_quarter"])),
    )


def _month_box(selection: Selection, name: str, months: list[date], last_day: date) -> None:
    key = f"sq_{name}"
    texts = {month_text(m): m for m in reversed(months)}
    current = getattr(selection, name)
    st.session_state[key] = current if current in texts else None
    st.selectbox(
        _(FIELD_NAMES[name]),
        list(texts),
        format_func=lambda text: month_label(texts[text], last_day),
        key=key,
        index=None,
        placeholder=_("Choose a month"),
        on_change=lambda: go_to(with_month(selection, name, st.session_state[key])),
    )


def _go_to_span(selection: Selection, span: tuple[str, str] | None) -> None:
    if span:
        go_to(selection.but(start=span[0], end=span[1]))


PRESET_NAMES: dict[str, str] = {
    "month": N_("Last complete month"),
    "quarter": N_("Last complete quarter"),
    "half": N_("Last 6 complete months"),
    "year": N_("Last 12 complete months"),
    "calendar": N_("This year"),
    "all": N_("Everything"),
}


def period_presets(months: list[date], last_day: date) -> dict[str, tuple[str, str]]:
    """The spans that can be picked at once, each inside the months that have data."""
    done = [m for m in months if is_complete(m, last_day)] or months
    end = done[-1]
    quarters = [q for q in sorted({quarter_start(m) for m in done}) if months_later(q, 2) in done]
    spans = {
        "month": (end, end),
        "half": (months_later(end, -5), end),
        "year": (months_later(end, -11), end),
        "calendar": (date(months[-1].year, 1, 1), months[-1]),
        "all": (months[0], months[-1]),
    }
    if quarters:
        spans["quarter"] = (quarters[-1], months_later(quarters[-1], 2))
    ordered = {name: spans[name] for name in PRESET_NAMES if name in spans}
    return {
        name: (month_text(max(start, months[0])), month_text(min(last, months[-1])))
        for name, (start, last) in ordered.items()
    }


def month_label(month: date, last_day: date) -> str:
    """The month in words; a month that is still running is marked."""
    return str(Month(month)) if is_complete(month, last_day) else _("{month} (running)", month=Month(month))


def is_complete(month: date, last_day: date) -> bool:
    """Whether the data reach the end of this month, give or take the days nobody visits.

    The last week without data is tolerated: visits end before the month does.
    """
    return (months_later(month, 1) - last_day).days <= DAYS_WITHOUT_DATA


DAYS_WITHOUT_DATA = 7


def with_month(selection: Selection, name: str, text: str | None) -> Selection:
    """The selection with one end of its period moved; the other end follows where they would cross."""
    if not text:
        return selection
    moved = selection.but(**{name: text})
    return moved if moved.start <= moved.end else selection.but(start=text, end=text)


def months_between(first: date, last: date) -> list[date]:
    """First days of all months from one to another, both included."""
    count = (last.year - first.year) * 12 + last.month - first.month
    return [months_later(first.replace(day=1), i) for i in range(count + 1)]


def months_later(month: date, count: int) -> date:
    """The first day of the month so many months later (or earlier)."""
    index = month.year * 12 + month.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)


def quarter_start(month: date) -> date:
    """The first day of a month's quarter."""
    return date(month.year, (month.month - 1) // 3 * 3 + 1, 1)


def _chips(names: Names, selection: Selection, sound: Selection) -> None:
    chips = chips_of(names, selection)
    if not chips:
        return
    with st.container(horizontal=True, key="sq_chips"):
        for name, text in chips:
            st.button(
                f"{text} ✕",
                key=f"sq_chip_{name}",
                help=_("Take this filter off"),
                on_click=go_to,
                args=(without(selection, name),),
            )
        if len(chips) > 1:
            cleared = Selection(metric=sound.metric, start=sound.start, end=sound.end)
            st.button(_("Clear all"), key="sq_chip_all", type="tertiary", on_click=go_to, args=(cleared,))


def without(selection: Selection, name: str) -> Selection:
    """The selection with one filter taken off."""
    return changed(selection, name, getattr(Selection(), name))


def chips_of(names: Names, selection: Selection) -> list[tuple[str, str]]:
    """What is set beyond the defaults, as (field, words)."""
    instrument = METRICS[selection.metric].instrument
    axes = PLACE_PATH + SUBJECT_PATH + ATTRIBUTES
    chips = [
        (axis, _("{axis}: {name}", axis=_(AXIS_NAMES[axis]), name=names.label(axis, value, instrument)))
        for axis in axes
        if (value := getattr(selection, axis))
    ]
    default = Selection()
    for name, words in (("rule", RULE_NAMES), ("membership", MEMBERSHIP_NAMES)):
        value = getattr(selection, name)
        if value != getattr(default, name):
            chips.append((name, _(words[value])))
    return chips
