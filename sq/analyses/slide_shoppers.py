"""Shoppers as a slide: how strict each is, with its interval; words alone where that cannot be told."""

from __future__ import annotations

import pandas as pd

from sq.analyses.shoppers import METRIC, PERIODS, STRICTNESS, shoppers
from sq.analyses.slide_content import HIGH, LOW, Chart, Heading, Series, SlideContent, Table, telling_rows
from sq.analyses.slides import View
from sq.language import N_, Message, Named, number, signed

TITLE = Message(N_("How strict each shopper is"))
SIGNS = {"better": "▲", "worse": "▼"}
STRICT = Message(N_("Lenient +, strict −"))
RULES = (
    Message(N_("estimated over all own stores; shown: who visited the selected place")),
    Message(N_("▲ reliably lenient, ▼ reliably strict")),
    Message(
        N_("only differences of at least {points} points count"),
        {"points": number(METRIC.smallest_relevant_difference, 0)},
    ),
)


def shoppers_slide(view: View) -> SlideContent:
    """The page's answer and every shopper's strictness, most lenient first."""
    period = view.query.get("months", "")
    period = period if period in PERIODS else next(iter(PERIODS))
    found = shoppers(view.warehouse, view.scope, view.names.completed(view.selection), view.names, period)
    people = found.shoppers
    if not people.empty:
        here = view.selection.but(split="", start=found.selection.start, end=found.selection.end).query()
        ways = [("visits", here | {"shopper": code}) for code in people["shopper_id"]]
        people = people.assign(label=people["shopper_id"].map(Named), into=pd.Series(ways, people.index))
        people = people[people["severity"].notna() & people["low"].notna()].sort_values(
            "severity", ascending=False, kind="stable"
        )
    if people.empty:
        return view.content(TITLE, found.answer, caption=(found.caption,))
    return view.content(
        TITLE,
        found.answer,
        chart=_chart(people.assign(difference=people["severity"])),
        table=_table(people),
        caption=(found.basis, *RULES),
    )


def _chart(people: pd.DataFrame) -> Chart:
    shown = telling_rows(people)
    told = zip(shown["severity"], shown["verdict"], strict=True)
    series = Series(
        name=STRICT,
        values=tuple(map(float, shown["severity"])),
        low=tuple(map(float, shown["low"])),
        high=tuple(map(float, shown["high"])),
        reference=(0.0,) * len(shown),
        n=tuple(map(float, shown["visits"])),
        # a lenient shopper is neither good nor bad: a mark and no colour
        words=tuple(
            f"{signed(value, METRIC.decimals)} {SIGNS.get(str(verdict), '')}".strip() for value, verdict in told
        ),
    )
    categories = tuple(shown["label"])
    unit, decimals, left_out = Message(METRIC.unit), METRIC.decimals, len(people) - len(shown)
    into = tuple(shown["into"])
    return Chart("dots", TITLE, categories, (series,), unit=unit, decimals=decimals, left_out=left_out, into=into)


def _table(people: pd.DataFrame) -> Table:
    words = [Message(STRICTNESS[str(verdict)]) for verdict in people["verdict"]]
    frame = people.assign(verdict_words=pd.Series(words, index=people.index, dtype=object))
    headings = (
        Heading("label", Message(N_("Shopper"))),
        Heading("visits", Message(N_("Visits")), "count"),
        Heading("stores", Message(N_("Stores")), "count"),
        Heading("score", Message(N_("Mean score")), "number"),
        Heading("severity", STRICT, "signed"),
        Heading("low", LOW, "signed"),
        Heading("high", HIGH, "signed"),
        Heading("verdict_words", Message(N_("Verdict"))),
    )
    return Table(TITLE, frame, headings)
