"""The gap board as a slide: every gap in points with its interval, words where nothing can be subtracted."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sq.analyses.gaps import GAP_NAMES, Board, Gap, board
from sq.analyses.slide_content import HIGH, LOW, NO_CHART, Chart, Heading, N, Series, SlideContent, Table, Way
from sq.analyses.slides import View
from sq.analyses.verdicts import verdict_name
from sq.analyses.wording import Words
from sq.language import N_, Message, Named, number
from sq.settings_remedies import NONE, remedies

TITLE = Message(N_("The gap board"))
UNIT = Message(N_("gap in points"))
RULES = (
    Message(N_("delivered or believed less required: negative is a shortfall")),
    Message(N_("mean over elements; interval 95 %")),
)


def gaps_slide(view: View) -> SlideContent:
    """The board's answer, its gaps in points, and where each lies."""
    listed = remedies(view.warehouse.path.parent.parent).get("communication", NONE)
    found = board(view.warehouse, view.scope, view.selection, view.names, promised=listed.touchpoints)
    measured = [gap for gap in found.gaps if gap.is_measured]
    captions = sorted({gap.caption for gap in measured}, key=lambda told: len(str(told)))[-1:]  # that with the wave
    return view.content(
        TITLE,
        found.answer,
        chart=_chart(measured, view.query),
        table=_table(found),
        caption=(*captions, *RULES) if measured else (),
        notes=tuple(dict.fromkeys(note for gap in measured for note in gap.notes)),
    )


def _chart(measured: list[Gap], query: Mapping[str, str]) -> Chart:
    """The measured gaps of the model in points; the standards, in percent, stand in the table."""
    shown = [gap for gap in measured if gap.unit == "points"]
    if not any(np.isfinite(gap.value) for gap in shown):
        return NO_CHART
    series = Series(
        name=UNIT,
        values=tuple(gap.value for gap in shown),
        low=tuple(gap.low for gap in shown),
        high=tuple(gap.high for gap in shown),
        reference=(0.0,) * len(shown),
        verdicts=tuple(gap.verdict for gap in shown),
        words=tuple("" if np.isfinite(gap.value) else _instead(gap) for gap in shown),
    )
    names = tuple(Message(GAP_NAMES[gap.key]) for gap in shown)
    return Chart("dots", TITLE, names, (series,), unit=UNIT, into=tuple(_into(query, gap) for gap in shown))


def _into(query: Mapping[str, str], gap: Gap) -> Way:
    """Where a gap lies: the page with this one open."""
    return "gaps", {**query, "gap": gap.key}


def _instead(gap: Gap) -> Words | str:
    """What stands in place of a number in points: a share, or why there is none."""
    if gap.unit == "%":
        return Message(N_("{value} %"), {"value": number(gap.value, 0)})
    if not gap.is_measured:
        return Message(N_("not measured"))
    if np.isfinite(gap.value):
        return ""
    if gap.rows["hidden_reason"].isin(("few", "neighbour")).any():
        return Message(N_("hidden for anonymity"))
    return Message(N_("no difference taken"))


def _table(found: Board) -> Table:
    gaps = found.gaps
    frame = pd.DataFrame(
        {
            "label": pd.Series([Message(GAP_NAMES[gap.key]) for gap in gaps], dtype=object),
            "value": [gap.value if gap.unit == "points" else float("nan") for gap in gaps],
            "value_words": pd.Series([_instead(gap) for gap in gaps], dtype=object),
            "low": [gap.low for gap in gaps],
            "high": [gap.high for gap in gaps],
            "verdict": pd.Series([_verdict(gap) for gap in gaps], dtype=object),
            "where": pd.Series([gap.sentence for gap in gaps], dtype=object),
            "n": pd.Series([gap.n for gap in gaps], dtype=object),
        }
    )
    headings = (
        Heading("label", Message(N_("Gap"))),
        Heading("value", UNIT, "signed", words="value_words"),
        Heading("low", LOW, "signed"),
        Heading("high", HIGH, "signed"),
        Heading("verdict", Message(N_("Verdict"))),
        Heading("where", Message(N_("Where it lies"))),
        Heading("n", N),
    )
    return Table(TITLE, frame, headings)


def _verdict(gap: Gap) -> Words:
    """A census has no verdict, it is complete or not."""
    if gap.key == "standards" and gap.is_measured:
        return Message(N_("something is missing") if gap.verdict == "worse" else N_("complete"))
    return verdict_name(gap.verdict) if gap.verdict else Named("–")
