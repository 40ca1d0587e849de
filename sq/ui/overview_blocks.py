"""The parts of the overview: cards of metrics, what moved in words, how new the data are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import pandas as pd
import streamlit as st

from sq.analyses.comparison import verdict_name
from sq.analyses.definitions import metric_definition
from sq.analyses.overview import Freshness, Headline, Moved
from sq.analyses.standouts import Standout, Standouts
from sq.analyses.wording import Day
from sq.figures.shades import LIMIT_SIGNS, mark
from sq.language import NO_VALUE, percent
from sq.metrics.catalogue import METRICS
from sq.selection import Selection
from sq.ui.blocks import Column, caption, definition, number, numbers, signed
from sq.ui.links import link_to
from sq.ui.sitemap import page_named
from sq.ui.speech import _

CARD_WIDTH = 165  # px: four cards in a row on a laptop, two on a phone
# Chinese and Latin values stand on one line.
CARD_STYLE = """<style>
[data-testid="stMetricValue"], [data-testid="stMetricValue"] p { line-height: 1.4; height: 1.4em; }
[class*="st-key-sq_card_"] { padding-bottom: 8px; }
</style>"""
PARTS_SHOWN = 16  # places in the ranking; explore has them all
COLORS: dict[str, Literal["blue", "orange"]] = {"better": "blue", "worse": "orange"}


def metric_cards(headlines: Sequence[Headline]) -> None:
    """One card per metric: value, change with its verdict, course over the months, the way into it."""
    st.html(CARD_STYLE)
    with st.grid(4, min_column_width=CARD_WIDTH):
        for headline in headlines:
            _card(headline)


def _card(headline: Headline) -> None:
    has_change = pd.notna(headline.difference)
    with st.container(border=True, height="stretch", gap="small", key=f"sq_card_{headline.metric}"):
        st.metric(
            str(headline.title),
            headline_value(headline),
            signed(headline.difference, headline.decimals) if has_change else None,
            delta_color=COLORS.get(headline.verdict, "off"),
            delta_arrow=arrow(headline.difference, headline.decimals),
            delta_description=told_verdict(headline.verdict) if has_change else None,
            chart_data=[value for value in headline.trend.get("value", ()) if pd.notna(value)],
            help=str(headline.change),
        )
        if headline.wave is not None:
            caption(str(headline.hidden_label or ""), _("wave: {name}", name=headline.wave))
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.page_link(page_named("explore").path, label=_("Explore"), query_params=headline.selection.query())
            explanation(headline.metric)


def headline_value(headline: Headline) -> str:
    """A headline's value as large print shows it: a number, a limit, or a dash where it is hidden."""
    if headline.hidden_reason:
        return NO_VALUE
    return LIMIT_SIGNS.get(headline.limit, "") + value_with_unit(headline.metric, headline.value)


def told_verdict(verdict: str) -> str:
    """A verdict in words, with its mark where the difference is reliable."""
    return f"{mark(verdict)} {verdict_name(verdict)}".strip()


def arrow(difference: float, decimals: int = 1) -> Literal["up", "down", "off"]:
    """Where the arrow of a change points; none where it rounds to zero. Streamlit does not know a real minus."""
    if pd.isna(difference) or not round(difference, decimals):
        return "off"
    return "up" if difference > 0 else "down"


def value_with_unit(metric: str, value: float) -> str:
    """A value as large print shows it: the unit only where the metric's name does not say it."""
    of = METRICS[metric]
    if of.kind == "share":
        return percent(value, of.decimals)
    text = number(value, of.decimals)
    return _("{hours} h", hours=text) if of.kind == "hours" and text != NO_VALUE else text


def explanation(metric: str) -> None:
    """The definition of a metric, one click away; its SQL two."""
    told = metric_definition(metric)
    facts = "\n".join(_("{label}: {value}", label=label, value=value) for label, value in told.facts)
    definition(str(told.title), facts, str(told.formula), told.sql, str(told.source), _("Definition"))


def moved_list(moved: Sequence[Moved] | Sequence[Standout], nothing: object) -> None:
    """What moved or stands out reliably, each sentence a link to where it can be seen."""
    if not moved:
        st.markdown(str(nothing))
    for change in moved:
        st.page_link(
            page_named("explore").path,
            label=f"{mark(change.verdict)} {change.sentence}",
            query_params=change.selection.query(),
        )


def standout_list(standouts: Standouts) -> None:
    """Which places stand out on which touchpoint, in words."""
    st.markdown(str(standouts.answer))
    if standouts.found:
        moved_list(standouts.found, "")


def telling_parts(frame: pd.DataFrame) -> pd.DataFrame:
    """All places where they are few; of many those that differ reliably, the largest differences, in the same order."""
    if len(frame) <= PARTS_SHOWN:
        return frame
    reliable = frame[frame["verdict"].isin(["better", "worse"])]
    largest = reliable["difference"].abs().nlargest(PARTS_SHOWN).index
    return frame.loc[frame.index.isin(largest)]


def parts_left_out(shown: pd.DataFrame, every: pd.DataFrame, into: Selection) -> None:
    """Say how many places the chart leaves out, and lead to all of them."""
    if len(shown) < len(every):
        told = _("{shown} of {every} shown: those that differ reliably, by size.", shown=len(shown), every=len(every))
        caption(told)
        link_to("explore", _("Show all"), into.query())


def headline_numbers(headlines: Sequence[Headline]) -> None:
    """Every metric of the page in one table."""
    frame = pd.DataFrame(
        {
            "metric": [str(h.title) for h in headlines],
            "value": [h.value for h in headlines],
            "value_words": [
                str(h.hidden_label) if h.hidden_label else headline_value(h) if h.limit else "" for h in headlines
            ],
            "unit": [str(h.unit) for h in headlines],
            "low": [h.low for h in headlines],
            "high": [h.high for h in headlines],
            "n": [h.n for h in headlines],
            "counted": [str(h.n_unit) for h in headlines],
            "reference": [h.reference for h in headlines],
            "difference": [h.difference for h in headlines],
            "verdict": [str(verdict_name(h.verdict)) for h in headlines],
        }
    )
    columns = [
        Column("metric", _("Metric")),
        Column("value", _("Value"), "number", words="value_words"),
        Column("unit", _("Unit")),
        Column("low", _("Low (95 %)"), "number"),
        Column("high", _("High (95 %)"), "number"),
        Column("n", _("n"), "count"),
        Column("counted", _("Counted")),
        Column("reference", _("Before"), "number"),
        Column("difference", _("Change"), "signed"),
        Column("verdict", _("Verdict")),
    ]
    numbers(frame, columns, "overview", "overview_numbers")


def freshness_line(freshness: Sequence[Freshness]) -> None:
    """How new the data of each instrument are."""
    caption(*(_("{instrument} up to {day}", instrument=f.label, day=Day(f.last_day)) for f in freshness))
