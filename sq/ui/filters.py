"""What the reader filters to: one bar, the chips of what is set, and the address behind both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import streamlit as st

from sq.analyses.names import Names, Options
from sq.analyses.wording import AXIS_NAMES
from sq.errors import SnapshotError
from sq.language import N_, Message, _, listing, period
from sq.metrics.catalogue import INSTRUMENT_NAMES, METRICS
from sq.selection import ATTRIBUTES, PLACE_PATH, SUBJECT_PATH, Selection
from sq.ui.address import WITHIN, go_to, out_of_months, selection_in_address, wider_period
from sq.ui.period_filter import period_choice

if TYPE_CHECKING:
    from sq.ui.frame import Reader

PARTS = ("metric", "period", "compare", "place", "subject", "more")  # and "change": compare, but never with the rest
PILLS_AT_MOST = 8  # more options than this are searched in a list
COMPARISON_NAMES: dict[str, str] = {
    "rest": N_("The rest of the chain"),
    "previous": N_("The previous period"),
    "last_year": N_("Same period last year"),
    "target": N_("The target"),
    "none": N_("No comparison"),
}
CHANGES = ("previous", "last_year", "target")  # what a whole is compared with; it has no rest
RULE_NAMES: dict[str, str] = {
    "responses": N_("Mean of responses: each counts once"),
    "points": N_("Pooled points: long forms weigh more"),
    "stores": N_("Mean of stores: each store counts once"),
}
MEMBERSHIP_NAMES: dict[str, str] = {
    "then": N_("Where they belonged then"),
    "now": N_("Where they belong now"),
}
SORT_NAMES: dict[str, str] = {
    "value": N_("Best first"),
    "name": N_("By name"),
    "order": N_("In service order"),
}
FIELD_NAMES: dict[str, str] = AXIS_NAMES | {
    "metric": N_("Metric"),
    "start": N_("First month"),
    "end": N_("Last month"),
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
    "department": ("split",),
    "stage": ("touchpoint", "item", "split"),
    "dimension": ("touchpoint", "item", "split"),
    "touchpoint": ("item", "split"),
    "item": ("split",),
    "metric": ("split",),
}


def selection_bar(
    reader: Reader, parts: tuple[str, ...] = PARTS, metrics: tuple[str, ...] = (), departments: bool = True
) -> Selection:
    """Draw the filters and hand over the completed selection of the address.

    Args:
        parts: which of PARTS, or "change", the page offers.
        metrics: offer only these metrics, where they have data; another one in the address gives way to their first.
        departments: whether the page knows departments; else one in the address is left out.
    """
    names = reader.names
    if not names.metrics():
        raise SnapshotError(Message(N_("There are no visits, customer responses or complaints yet.")))
    asked, ignored = selection_in_address()
    asked = asked if departments else asked.but(department="")
    places = (*PLACE_PATH, "department") if departments else PLACE_PATH
    sound, unknown = names.known(asked)
    sound = _offered(names, sound, metrics)
    selection = names.completed(sound)
    _tell_ignored(ignored | unknown)
    draws: dict[str, Callable[[], None]] = {
        "metric": lambda: _metric(names, selection, metrics),
        "period": lambda: period_choice(names, selection),
        "compare": lambda: _compare(selection, tuple(COMPARISON_NAMES)),
        "change": lambda: _compare(selection, CHANGES),
        "place": lambda: _axes(names, selection, _("Place"), places),
        "subject": lambda: _axes(names, selection, _("Touchpoint or dimension"), SUBJECT_PATH),
        "more": lambda: _more(names, selection),
    }
    with st.container(horizontal=True, vertical_alignment="bottom", key="sq_filters"):
        for part in parts:
            draws[part]()
    _chips(names, selection, sound)
    return selection


def _offered(names: Names, selection: Selection, metrics: tuple[str, ...]) -> Selection:
    """The selection with a metric that the page offers."""
    offered = [name for name in metrics if name in names.available]
    if not offered or selection.metric in offered:
        return selection
    return selection.but(metric=offered[0], split="")


def changed(selection: Selection, name: str, value: str) -> Selection:
    """The selection with one choice changed and without what that makes meaningless."""
    cleared = {*CLEARED_BY.get(name, ()), *_elsewhere(selection, name)}
    return selection.but(**dict.fromkeys(cleared, ""), **{name: value})


def _elsewhere(selection: Selection, name: str) -> tuple[str, ...]:
    """Places that a choice leaves: people work in a store or in a department; departments are rated by regions."""
    metric = METRICS.get(selection.metric)
    if metric is not None and metric.instrument == "internal_service":
        return ()
    if name == "department":
        return PLACE_PATH
    return ("department",) if name in PLACE_PATH else ()


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
    with st.container(width=352):
        _choice(names, selection, "metric", _("Metric"), options)


def _compare(selection: Selection, kinds: tuple[str, ...]) -> None:
    st.session_state["sq_compare"] = selection.compare if selection.compare in kinds else kinds[0]
    with st.container(width=200):
        st.selectbox(
            _("Compare with"),
            list(kinds),
            format_func=lambda kind: _(COMPARISON_NAMES[kind]),
            key="sq_compare",
            on_change=lambda: go_to(selection.but(compare=st.session_state["sq_compare"])),
        )


def _axes(names: Names, selection: Selection, title: str, axes: tuple[str, ...]) -> None:
    offered = [(axis, names.options(axis, selection)) for axis in axes]
    if not any(options for _axis, options in offered):
        return
    behind = st.popover(title, width="content", key=f"sq_open_{axes[0]}", on_change="rerun")
    if not behind.open:  # a choice behind a closed button would keep an old value in the browser
        return
    with behind:
        for axis, options in offered:
            if options:
                _choice(names, selection, axis, _(AXIS_NAMES[axis]), options, empty=_("All – type to find"))


def _more(names: Names, selection: Selection) -> None:
    metric = METRICS[selection.metric]
    behind = st.popover(_("More"), width="content", key="sq_open_more", on_change="rerun")
    if not behind.open:
        return
    with behind:
        for axis in (axis for axis in metric.attributes if axis != "wave"):
            options = names.options(axis, selection)
            if len(options) > 1:
                _choice(names, selection, axis, _(AXIS_NAMES[axis]), options, empty=_("All – type to find"))
        if len(metric.rules) > 1:
            _radio(selection, "rule", {rule: RULE_NAMES[rule] for rule in metric.rules})
        if metric.is_anonymous:
            st.caption(does_not_apply())
        else:
            _radio(selection, "membership", MEMBERSHIP_NAMES)
        _radio(selection, "sort", SORT_NAMES)


def does_not_apply() -> str:
    """Which filters there are not for anonymous surveys, and why."""
    return _(
        "Store format, brand, channel and today’s membership do not apply to anonymous surveys: they would cut groups "
        "so fine that answers could be traced. A group is what it was on the last day of its wave."
    )


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


def _chips(names: Names, selection: Selection, sound: Selection) -> None:
    chips: list[tuple[str, str, Selection, dict[str, str]]] = [
        (name, text, without(selection, name), {}) for name, text in chips_of(names, selection)
    ]
    if wider_period(selection):
        chips.append((WITHIN, period(*selection.months), *out_of_months(selection)))
    if not chips:
        return
    with st.container(horizontal=True, key="sq_chips"):
        for name, text, target, others in chips:
            key, told = f"sq_chip_{name}", _("Take this filter off")
            st.button(f"{text} ✕", key=key, help=told, on_click=go_to, args=(target,), kwargs=others)
        if len(chips) > 1:
            wide, others = out_of_months(sound)
            cleared = Selection(metric=wide.metric, start=wide.start, end=wide.end)
            label = _("Clear all")
            st.button(label, key="sq_chip_all", type="tertiary", on_click=go_to, args=(cleared,), kwargs=others)


def without(selection: Selection, name: str) -> Selection:
    """The selection with one filter taken off."""
    return changed(selection, name, getattr(Selection(), name))


def chips_of(names: Names, selection: Selection) -> list[tuple[str, str]]:
    """What is set beyond the defaults, as (field, words)."""
    instrument = METRICS[selection.metric].instrument
    axes = (*PLACE_PATH, "department", *SUBJECT_PATH, *ATTRIBUTES)
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
