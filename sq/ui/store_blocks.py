"""The parts of a store's card: dense tables that fit one screen and print on one page."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import numpy as np
import pandas as pd
import streamlit as st

from sq.analyses.comparison import verdict_name
from sq.analyses.store_card import Against, Score, StoreCard
from sq.analyses.store_list import StoreList, places_of
from sq.analyses.store_steps import RULES
from sq.figures.hidden import instead_of_number
from sq.figures.shades import LIMIT_SIGNS, difference_shades, ink, mark
from sq.figures.template import tokens
from sq.figures.trend import trend
from sq.language import _, day, number, period, signed
from sq.metrics.catalogue import METRICS, Metric
from sq.selection import Selection
from sq.ui.address import go_to
from sq.ui.blocks import Column, caption, download, table
from sq.ui.drill import drill_chart
from sq.ui.filters import selection_bar
from sq.ui.notes_blocks import days, what_happened
from sq.ui.overview_blocks import value_with_unit
from sq.ui.sitemap import page_named
from sq.ui.store_style import PRINTING, TREND_WIDTH, store_style

if TYPE_CHECKING:
    from sq.ui.frame import Reader

WEAKEST, STRONGEST = 4, 3
ITEMS_SHOWN = 5
EVENTS_SHOWN = 6
TREND_HEIGHT = 168  # px
SPARK = (72, 18)  # px


def card_top(reader: Reader) -> Selection:
    """The store picked by typing, the period, the way to paper; hands over what they say."""
    st.html(store_style(reader.theme))
    with st.container(key="sq_scripts_store"):
        st.html(PRINTING, unsafe_allow_javascript=True)
    with st.container(horizontal=True, vertical_alignment="bottom", key="sq_store_top"):
        with st.container(width=352):
            picked = st.empty()
        selection = selection_bar(reader, ("period",), departments=False)
        if selection.store:
            st.html(f'<button type="button" class="sq-print">{_("Print this card")}</button>', width="content")
        with picked:
            _picker(reader, selection)
    return selection


def _picker(reader: Reader, selection: Selection) -> None:
    every = [places_of(reader.names, Selection(brand=brand)) for brand in _brands(reader)]
    labels = {place["store"]: _labelled(place) for places in every for place in places}
    key = "sq_store_pick"
    st.session_state[key] = selection.store if selection.store in labels else None

    def chosen() -> None:
        go_to(selection.but(store=st.session_state[key] or "", region="", city="", brand=""))

    st.selectbox(
        _("Store"),
        list(labels),
        format_func=labels.__getitem__,
        key=key,
        index=None,
        placeholder=_("Type a store’s name"),
        label_visibility="collapsed",
        on_change=chosen,
    )


def _brands(reader: Reader) -> list[str]:
    return sorted({str(place["brand"]) for place in reader.names.memberships})


def _labelled(place: Mapping[str, Any]) -> str:
    told = [str(place["label"]), *(place[name] for name in ("city", "brand") if place[name])]
    return " · ".join(told)


def store_table(shown: StoreList) -> None:
    """All stores; a click on a row opens the card."""
    frame = shown.frame
    if frame.empty:
        return
    frame = frame.assign(label=frame["label"].map(str), told=[_told(verdict) for verdict in frame["verdict"]])
    decimals = shown.metric.decimals
    columns = [
        Column("label", _("Store")),
        Column("region", _("Region")),
        Column("city", _("City")),
        Column("value", str(shown.metric.title), "number", decimals),
        Column("low", _("Low (95 %)"), "number", decimals),
        Column("high", _("High (95 %)"), "number", decimals),
        Column("n", _("n"), "count"),
        Column("difference", _("Against the other stores"), "signed", decimals),
        Column("told", _("Verdict")),
    ]
    key = "sq_store_list"

    def opened() -> None:
        cells = st.session_state[key].selection.cells
        if cells:
            go_to(Selection.from_query(st.query_params.to_dict())[0].but(store=str(frame["store"].iloc[cells[0][0]])))

    table(frame, columns, key, on_select=opened, selection_mode="single-cell")
    caption(_("Click a row to open the store’s card."))


def _told(verdict: str) -> str:
    return f"{mark(verdict)} {verdict_name(verdict)}".strip()


def with_notes(reader: Reader, card: StoreCard) -> StoreCard:
    """The card with what readers wrote beside what came with the data."""
    return replace(card, events=what_happened(reader, card.selection))


def facts(card: StoreCard) -> None:
    """Where the store is, what it is, and for which months the card speaks."""
    months = period(*card.selection.months)
    told = " · ".join(html.escape(str(fact)) for fact in card.facts)
    st.html(f'<div class="sq-caption">{told} · <b>{html.escape(months)}</b></div>')


def scores(card: StoreCard, theme: str) -> None:
    """Every metric beside the other stores, the period before and the target."""
    years = any(score.last_year is not None for score in card.scores)
    heads = (
        _("Metric"),
        _("Value (95 %)"),
        _("n"),
        _("Other stores"),
        _("Period before"),
        *([_("Last year")] if years else []),
        _("Target"),
        _("Course"),
    )
    body = _table(heads, [_score(score, theme, years) for score in card.scores])
    told = _none(str(card.adjusted)) if card.adjusted is not None else ""
    _section(_("Scores"), f'<div class="sq-scores{" sq-years" if years else ""}">{body}</div>{told}', theme)


def _score(score: Score, theme: str, years: bool) -> list[str]:
    of = score.metric
    empty = [""] * (5 + years)
    name = _link("explore", score.selection, str(of.title))
    if score.hidden is not None:
        return [name, f'<span class="sq-note">{html.escape(str(score.hidden))}</span>', *empty]
    if not score.is_measured:
        return [name, f'<span class="sq-note">{_("not measured")}</span>', *empty]
    value = LIMIT_SIGNS.get(score.limit, "") + value_with_unit(of.id, score.value)
    low_high = f" <small>{number(score.low, of.decimals)}–{number(score.high, of.decimals)}</small>"
    wave = f" <small>{html.escape(str(score.wave))}</small>" if score.wave else ""
    return [
        name + wave,
        f"<b>{value}</b>" + (low_high if np.isfinite(score.low) else ""),
        number(score.n, 0) if score.n else "–",
        _chip(score.rest, of, theme),
        _chip(score.previous, of, theme),
        *([_chip(score.last_year, of, theme)] if score.last_year else ["–"] * years),
        _chip(score.target, of, theme, with_reference=True),
        _spark(score.trend, of, theme),
    ]


def _chip(against: Against, of: Metric, theme: str, with_reference: bool = False) -> str:
    """A difference: its colour says how large, its mark whether it is reliable."""
    if np.isnan(against.difference):
        return "–"
    words = f"{against.words}: {number(against.reference, of.decimals)}. {verdict_name(against.verdict)}"
    shown = _difference(against.difference, against.verdict, of, theme, words)
    return f"<small>{number(against.reference, of.decimals)}</small> {shown}" if with_reference else shown


def _difference(difference: float, verdict: str, of: Metric, theme: str, words: str = "") -> str:
    if np.isnan(difference):
        return "–"
    one = pd.DataFrame({"difference": [difference], "verdict": [verdict]})
    color = difference_shades(one, of, theme)[0]
    text = signed(difference, of.decimals)
    if verdict == "too_few":
        return f'<span title="{html.escape(words)}">{text} <small>{_("provisional")}</small></span>'
    text = f"<b>{mark(verdict)} {text}</b>" if mark(verdict) else text
    style = f"background:{color};color:{ink(color)}"
    return f'<span class="sq-chip" style="{style}" title="{html.escape(words)}">{text}</span>'


def _spark(frame: pd.DataFrame, of: Metric, theme: str) -> str:
    """A small course as a drawing inside the page: it needs no script and prints as it is."""
    values = frame["value"].to_numpy(dtype=float)
    values = values[np.isfinite(values)]
    if len(values) < 2:
        return ""
    width, height = SPARK
    span = max(float(np.ptp(values)), of.smallest_relevant_difference)
    middle = (values.max() + values.min()) / 2
    x = np.linspace(3, width - 4, len(values))
    y = height / 2 - (values - middle) / span * (height - 6)
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
    color = tokens(theme).accent
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="1.5"/>'
        f'<circle cx="{x[-1]:.1f}" cy="{y[-1]:.1f}" r="2.5" fill="{color}"/></svg>'
    )
    return f'<img alt="" width="{width}" height="{height}" src="data:image/svg+xml,{quote(drawing)}">'


def steps(card: StoreCard, theme: str) -> None:
    """What to do first, each step with its evidence."""
    found = card.steps
    rows = []
    for step in found.steps:
        link = _link("explore", step.selection, str(step.sentence))
        visit = f" {_visit_link(card, step.visit, _('see the visit'))}" if step.visit else ""
        rows.append(f'<li><span class="sq-rule">{html.escape(_(RULES[step.rule]))}</span>{link}{visit}</li>')
    more = _("{count} more in the tables below.", count=number(found.left_out, 0)) if found.left_out else ""
    told = f'<div class="sq-note">{html.escape(str(found.told))} {html.escape(more)}</div>'
    title = _("What cost most points") if all(s.rule == "observed" for s in found.steps) else _("What to do first")
    _section(title, f'<ol class="sq-steps">{"".join(rows)}</ol>{told}', theme)


def course(card: StoreCard, reader: Reader) -> None:
    """The lead metric over time, with trainings and notes at the foot."""
    of = card.lead
    title = _("{metric} over time", metric=of.title)
    _section(title, "", reader.theme)
    if len(card.trend) < 2:
        caption(_("A single month has no course; choose a longer period to see one."))
        return
    figure = trend(card.trend, of.id, reader.theme, card.breaks, card.reference, card.events)
    figure.update_layout(height=TREND_HEIGHT, margin={"l": 4, "r": 8, "t": 20 if card.breaks else 8, "b": 4})
    drill_chart(figure, "sq_store_trend", lambda month: _into_month(card, month), title, width=TREND_WIDTH)
    stroke = _("dashed: {reference}", reference=card.scores[0].rest.words) if np.isfinite(card.reference) else ""
    told = [stroke, _("triangles: notes and events") if len(card.events) else ""]
    click = f'<span class="sq-on-screen"> · {html.escape(_("click a dot to go into it"))}</span>'
    words = html.escape(" · ".join(part for part in told if part))
    st.html(f'<div class="sq-card"><div class="sq-note">{words}{click}</div></div>')


def _into_month(card: StoreCard, month: str) -> None:
    """The visits of a month; of another instrument the month itself."""
    page = "visits" if card.lead.instrument == "mystery" else "explore"
    st.switch_page(page_named(page).path, query_params=card.selection.but(start=month, end=month).query())


def touchpoints(card: StoreCard, theme: str) -> None:
    """The weakest and the strongest touchpoints against the other stores."""
    of = METRICS["mystery_score"]
    rows = _ends(card.touchpoints, of)
    heads = (_("Touchpoint"), _("Score"), _("Other stores"), _("n"))
    here = card.selection.but(metric=of.id)
    cells = [
        [
            _link("explore", here.but(touchpoint=row["touchpoint"]), str(row["label"])),
            number(row["value"]),
            _difference(row["difference"], row["verdict"], of, theme),
            number(row["n"], 0),
        ]
        for row in rows
    ]
    body = _table(heads, cells) if cells else _none(_("No touchpoint was measured."))
    verdicts = set(card.touchpoints["verdict"])
    if cells and not verdicts & {"better", "worse"}:
        few = verdicts <= {"too_few", ""}
        body += _none(
            _("Too few visits to judge.") if few else _("No touchpoint differs reliably from the other stores.")
        )
    _section(_("Weakest and strongest touchpoints"), body, theme)


def _ends(frame: pd.DataFrame, of: Metric) -> list[dict[str, Any]]:
    """The first few and the last few by difference, worst first; all where they are few."""
    if frame.empty:
        return []
    ordered = frame.loc[(frame["difference"] * of.direction).sort_values(kind="stable").index]
    ordered = ordered[ordered["value"].notna()]
    if len(ordered) > WEAKEST + STRONGEST:
        ordered = pd.concat([ordered.head(WEAKEST), ordered.tail(STRONGEST)])
    return [{str(k): v for k, v in row.items()} for row in ordered.to_dict("records")]


def items(card: StoreCard, theme: str) -> None:
    """The items that cost most points, vetoes first, with their last visits."""
    frame = card.items
    if frame.empty:
        _section(_("Items that cost most points"), _none(_("No item was scored.")), theme)
        return
    urgent = frame["is_veto"] & (frame["last_failed"] > 0)
    rows = pd.concat([frame[urgent], frame[~urgent & (frame["lost"] > 0)]]).head(ITEMS_SHOWN)
    here = card.selection.but(metric="mystery_score")
    cells = [
        [
            f"{mark(row['verdict'])} "
            + _link("explore", here.but(touchpoint=row["touchpoint"], item=row["item"]), str(row["label"]))
            + (f' <span class="sq-rule">{_("veto")}</span>' if row["is_veto"] else ""),
            number(row["lost"]),
            _("{failed} of {n}", failed=number(row["failed"], 0), n=number(row["n"], 0)),
            f'<span class="sq-dots">{"".join("✕" if failed else "·" for failed in row["last"][::-1])}</span>',
        ]
        for row in rows.to_dict("records")
    ]
    heads = (_("Item"), _("Lost points"), _("Failed"), _("Last visits"))
    repeated = int(frame["is_repeated"].sum())
    told = _("{count} items failed in at least 2 of their last 4 visits (✕).", count=number(repeated, 0))
    best = frame[frame["verdict"] == "better"]
    if len(best):
        names = "; ".join(str(label) for label in best.nlargest(2, "difference")["label"])
        told += " " + _("Reliably above the other stores: {names}.", names=names)
    _section(_("Items that cost most points"), _table(heads, cells) + _none(told), theme)


def below(card: StoreCard, theme: str) -> None:
    """Customers, complaints, visits, and what happened: side by side on a wide screen."""
    parts = (
        (_("Customers’ view"), _customers(card, theme)),
        (_("Complaints and comments"), _complaints(card) + _comments(card)),
        (_("Last visits"), _visits(card)),
        (_("Notes and events"), _events(card)),
    )
    sections = "".join(f"<section><h3>{html.escape(title)}</h3>{body}</section>" for title, body in parts)
    st.html(f'<div class="sq-card sq-{theme} sq-four">{sections}</div>')


def _customers(card: StoreCard, theme: str) -> str:
    of = METRICS["customer_index"]
    if card.dimensions.empty:
        return _none(_("No customer response in this period."))
    here = card.selection.but(metric=of.id)
    cells = [
        [
            _link("explore", here.but(dimension=row["dimension"]), str(row["label"])),
            number(row["value"]),
            _difference(row["difference"], row["verdict"], of, theme),
            number(row["n"], 0),
        ]
        for row in card.dimensions.to_dict("records")
    ]
    return _table((_("Dimension"), _("Index"), _("Other stores"), _("n")), cells)


def _complaints(card: StoreCard) -> str:
    found = card.complaints
    if found is None:
        return _none(_("No complaints are recorded here."))
    values = {
        "opened": number(found.opened, 0),
        "open": number(found.still_open, 0),
        "overdue": number(found.overdue, 0),
        "in_time": number(found.in_time, 0),
        "limited": number(found.limited, 0),
        "repeats": number(found.repeats, 0),
    }
    told = [
        _("{opened} in this period, {repeats} of them repeats; {in_time} of {limited} resolved in time.", **values),
        _("Open today: {open}, overdue: {overdue}.", **values),
    ]
    if found.about is not None:
        told.append(_("Most often about {name} ({count}).", name=found.about[0], count=number(found.about[1], 0)))
    return f"<p>{html.escape(' '.join(told))}</p>"


def _comments(card: StoreCard) -> str:
    if card.comments.empty:
        return _none(_("No customer left a comment."))
    quotes = [
        f'<div class="sq-words-of">{html.escape(_short(str(row["comment"])))} '
        f"<small>{html.escape(_said(row))}</small></div>"
        for row in card.comments.to_dict("records")
    ]
    link = _link(
        "visits",
        card.selection.but(metric=""),
        _("All {count} comments", count=number(card.commented, 0)),
        kind="customer",
    )
    return "".join(quotes) + link


def _said(row: Mapping[Any, Any]) -> str:
    told = [day(row["answered_on"])]
    if pd.notna(row["recommend"]):
        told.append(_("would recommend: {score} of 10", score=number(row["recommend"], 0)))
    return " · ".join(told)


def _short(text: str, most: int = 90) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _visits(card: StoreCard) -> str:
    if card.visits.empty:
        return _none(_("No visit in this period."))
    cells = [
        [
            _visit_link(card, str(row["visit_id"]), day(row["visited_on"])),
            number(row["score"]),
            html.escape(_visit_marks(row)),
        ]
        for row in card.visits.to_dict("records")
    ]
    told = _(
        "{total} visits in this period, {failed} failed", total=number(card.total, 0), failed=number(card.failed, 0)
    )
    every = _link("visits", card.selection.but(metric=""), told)
    return f'<div class="sq-visits">{_table((_("Day"), _("Score"), _("Marks")), cells)}</div>{every}'


def _visit_marks(row: Mapping[Any, Any]) -> str:
    marks = [
        (row["is_failed"], _("✕ failed")),
        (row["status"] == "disputed", _("⚑ disputed")),
        (row["has_evidence"], _("recording")),
    ]
    return " · ".join(text for is_set, text in marks if is_set)


def _events(card: StoreCard) -> str:
    if card.events.empty:
        return _none(_("No training and no note in this period."))
    rows = card.events.head(EVENTS_SHOWN).to_dict("records")
    cells = [
        f'<div class="sq-words-of"><small>{html.escape(_when(row))}</small><br>'
        f"{html.escape(_short(str(row['what'])))}</div>"
        for row in rows
    ]
    more = len(card.events) - len(rows)
    return "".join(cells) + (_none(_("{count} more", count=number(more, 0))) if more > 0 else "")


def _when(event: Mapping[Any, Any]) -> str:
    return f"{days(event['happened_on'], event['until'])} · {event['kind']}"


def notes(card: StoreCard, reader: Reader) -> None:
    """What the card stands on: period, n, rules, as of, snapshot."""
    rule = _(
        "failed: below half of an item’s points, a veto item below full marks; points lost: of the mean score of 100"
    )
    marks = _("▲ reliably better, ▼ reliably worse; colour: size of the difference; faint: not reliable")
    told = [str(part) for part in (card.caption, marks, rule, *card.notes, reader.as_of())]
    st.html(f'<div class="sq-card">{_none(" · ".join(told))}</div>')


def behind(card: StoreCard) -> None:
    """The numbers of the card as tables with CSV; not printed."""
    with st.container(key="sq_store_numbers"):
        shown = st.expander(_("The numbers behind it"), key="sq_store_behind", on_change="rerun")
    if not shown.open:
        return
    parts = {
        "scores": (_("Scores"), *_score_numbers(card.scores)),
        "touchpoints": (_("Service touchpoints"), *_part_numbers(card.touchpoints, _("Touchpoint"))),
        "items": (_("Items"), *_item_numbers(card.items)),
        "dimensions": (_("Customers’ view"), *_part_numbers(card.dimensions, _("Dimension"))),
    }
    with shown:
        for name, (title, frame, columns) in parts.items():
            if len(frame):
                st.markdown(f"**{title}**")
                table(frame, columns, f"sq_store_{name}")
                download(frame, columns, f"store_{name}", f"sq_store_{name}")


def _score_numbers(found: Sequence[Score]) -> tuple[pd.DataFrame, list[Column]]:
    frame = pd.DataFrame(
        {
            "metric": [str(s.metric.title) for s in found],
            "value": [s.value for s in found],
            "value_words": [str(s.hidden or "") for s in found],
            "low": [s.low for s in found],
            "high": [s.high for s in found],
            "n": [s.n for s in found],
            "rest": [s.rest.reference for s in found],
            "rest_difference": [s.rest.difference for s in found],
            "rest_verdict": [str(verdict_name(s.rest.verdict)) for s in found],
            "before": [s.previous.reference for s in found],
            "before_difference": [s.previous.difference for s in found],
            "before_verdict": [str(verdict_name(s.previous.verdict)) for s in found],
            "year_difference": [s.last_year.difference if s.last_year else np.nan for s in found],
            "year_verdict": [str(verdict_name(s.last_year.verdict if s.last_year else "")) for s in found],
            "target": [s.target.reference for s in found],
            "target_difference": [s.target.difference for s in found],
            "target_verdict": [str(verdict_name(s.target.verdict)) for s in found],
        }
    )
    columns = [
        Column("metric", _("Metric")),
        Column("value", _("Value"), "number", words="value_words"),
        Column("low", _("Low (95 %)"), "number"),
        Column("high", _("High (95 %)"), "number"),
        Column("n", _("n"), "count"),
        Column("rest", _("Other stores"), "number"),
        Column("rest_difference", _("Difference"), "signed"),
        Column("rest_verdict", _("Verdict")),
        Column("before", _("Period before"), "number"),
        Column("before_difference", _("Change"), "signed"),
        Column("before_verdict", _("Verdict on the change")),
        *(_of_last_year() if any(s.last_year for s in found) else ()),
        Column("target", _("Target"), "number"),
        Column("target_difference", _("From the target"), "signed"),
        Column("target_verdict", _("Verdict on the target")),
    ]
    return frame, columns


def _of_last_year() -> tuple[Column, Column]:
    return (
        Column("year_difference", _("Since last year"), "signed"),
        Column("year_verdict", _("Verdict since last year")),
    )


def _part_numbers(frame: pd.DataFrame, heading: str) -> tuple[pd.DataFrame, list[Column]]:
    if frame.empty:
        return frame, []
    out = frame.assign(
        label=frame["label"].map(str),
        verdict_words=frame["verdict"].map(lambda verdict: str(verdict_name(verdict))),
        value_words=instead_of_number(frame),
    )
    return out, [
        Column("label", heading),
        Column("value", _("Value"), "number", words="value_words"),
        Column("low", _("Low (95 %)"), "number"),
        Column("high", _("High (95 %)"), "number"),
        Column("n", _("n"), "count"),
        Column("reference", _("Other stores"), "number"),
        Column("difference", _("Difference"), "signed"),
        Column("diff_low", _("Difference, low"), "signed"),
        Column("diff_high", _("Difference, high"), "signed"),
        Column("verdict_words", _("Verdict")),
    ]


def _item_numbers(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Column]]:
    if frame.empty:
        return frame, []
    out = frame.assign(
        label=frame["label"].map(str),
        touchpoint_label=frame["touchpoint_label"].map(str),
        verdict_words=frame["verdict"].map(lambda verdict: str(verdict_name(verdict))),
        veto_words=[_("veto") if is_veto else "" for is_veto in frame["is_veto"]],
    )
    return out, [
        Column("touchpoint_label", _("Touchpoint")),
        Column("label", _("Item")),
        Column("veto_words", _("Marks")),
        Column("lost", _("Lost points"), "number", 2),
        Column("failed", _("Failed"), "count"),
        Column("n", _("n"), "count"),
        Column("last_failed", _("Failed of the last 4"), "count"),
        Column("failed_on", _("Latest failure"), "day"),
        Column("difference", _("Against the other stores"), "signed"),
        Column("verdict_words", _("Verdict")),
    ]


def _section(title: str, body: str, theme: str) -> None:
    st.html(f'<div class="sq-card sq-{theme}"><h3>{html.escape(title)}</h3>{body}</div>')


def _none(text: str) -> str:
    return f'<div class="sq-note">{html.escape(text)}</div>'


def _table(heads: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{html.escape(text)}</th>" for text in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _link(page: str, selection: Selection, text: str, **others: str) -> str:
    """A link to another page, with what it shall show."""
    return f'<a href="{html.escape(page + "?" + urlencode(selection.query() | others))}">{html.escape(text)}</a>'


def _visit_link(card: StoreCard, visit: str, text: str) -> str:
    return _link("visits", card.selection.but(metric=""), text, visit=visit)
