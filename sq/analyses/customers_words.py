"""What do unhappy customers write about more often than the others?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sq.analyses import telling
from sq.analyses.customers import counted
from sq.analyses.names import Names
from sq.analyses.verdicts import ALPHA
from sq.analyses.wording import Listing, Words
from sq.language import N_, Message, Named, number
from sq.selection import SUBJECT_PATH, Selection
from sq.statistics.intervals import adjusted_p_values
from sq.statistics.terms import over_represented
from sq.warehouse import Scope, Warehouse

ATTITUDES: dict[str, str] = {
    "detractor": N_("Detractors"),
    "passive": N_("In between"),
    "promoter": N_("Promoters"),
    "unknown": N_("Not stated"),
}
# A term of fewer comments of the selection is not tested: it could not be reliable.
FEWEST_COMMENTS = 5
SHOWN, NAMED = 12, 3


@dataclass(frozen=True)
class KeyTerms:
    """Words of comments, detractors against all others.

    Attributes:
        frame: one row per term in at least FEWEST_COMMENTS comments, most over-represented first: term, n (comments
            with it), detractors, others (of these), share, other_share (percent of the comments of each), difference,
            low, high (points of percent), p_adjusted (Benjamini-Hochberg over all terms), is_reliable.
        comments: attitude → comments in the selection.
    """

    frame: pd.DataFrame
    comments: dict[str, int]
    answer: Message
    caption: Message

    @property
    def shown(self) -> pd.DataFrame:
        """The rows worth a chart: the reliable ones, else the first few."""
        reliable = self.frame[self.frame["is_reliable"]]
        return (reliable if len(reliable) else self.frame[self.frame["difference"] > 0]).head(SHOWN)


def key_terms(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names) -> KeyTerms | None:
    """Terms over-represented among detractors; None where no customer of the selection wrote anything."""
    here = names.completed(selection).but(metric="customer_index", **dict.fromkeys(SUBJECT_PATH, ""), split="")
    here = here.but(brand=names.brand_of(here.store), rule="responses") if here.store else here.but(rule="responses")
    rows = counted(warehouse, scope, here, "customer_words")
    if rows.empty:
        return None
    totals = rows[rows["term"] == ""].set_index("attitude")["n"]
    comments = {attitude: int(totals.get(attitude, 0)) for attitude in ATTITUDES}
    frame = _tested(rows[rows["term"] != ""], comments)
    caption = Message(
        N_("{filter} · comments of detractors: {detractors}, of all others: {others}"),
        {
            "filter": telling.caption(names, here, float(sum(comments.values()))),
            "detractors": number(comments["detractor"], 0),
            "others": number(comments["passive"] + comments["promoter"], 0),
        },
    )
    return KeyTerms(frame, comments, _answer(frame, comments, telling.where(names, here)), caption)


def _tested(rows: pd.DataFrame, comments: dict[str, int]) -> pd.DataFrame:
    counts = rows.pivot_table(index="term", columns="attitude", values="n", aggfunc="sum", fill_value=0)
    bad = counts["detractor"] if "detractor" in counts else counts.sum(axis=1) * 0
    others = counts[[name for name in ("passive", "promoter") if name in counts]].sum(axis=1)
    frame = pd.DataFrame({"term": counts.index, "detractors": bad.to_numpy(), "others": others.to_numpy()})
    frame = frame.assign(n=frame["detractors"] + frame["others"])
    frame = frame[frame["n"] >= FEWEST_COMMENTS].reset_index(drop=True)
    found = over_represented(
        frame["detractors"], comments["detractor"], frame["others"], comments["passive"] + comments["promoter"]
    )
    adjusted = adjusted_p_values(found.p)
    frame = frame.assign(
        share=100 * found.first,
        other_share=100 * found.second,
        difference=100 * found.difference,
        low=100 * found.low,
        high=100 * found.high,
        p_adjusted=adjusted,
        is_reliable=np.nan_to_num(adjusted, nan=1.0) <= ALPHA,
    )
    order = frame.assign(doubt=~frame["is_reliable"]).sort_values(
        ["doubt", "difference", "n", "term"], ascending=[True, False, False, True], kind="stable"
    )
    return frame.loc[order.index].reset_index(drop=True)


def _answer(frame: pd.DataFrame, comments: dict[str, int], where: Words) -> Message:
    values = {"where": where, "detractors": number(comments["detractor"], 0)}
    if comments["detractor"] < FEWEST_COMMENTS:
        return Message(N_("{where}: too few detractors left a comment to compare their words ({detractors})."), values)
    reliable = frame[frame["is_reliable"]]
    if reliable.empty:
        return Message(N_("{where}: detractors use no word reliably more often than others."), values)
    told = tuple(
        Message(
            N_("“{term}” ({share} % against {other} %)"),
            {
                "term": Named(row["term"]),
                "share": number(row["share"], 0),
                "other": number(row["other_share"], 0),
            },
        )
        for row in reliable.head(NAMED).to_dict("records")
    )
    words = N_(
        "{where}: detractors write reliably more often of {terms} (of {all} such words; {detractors} comments of "
        "detractors, {others} of all others)."
    )
    others = number(comments["passive"] + comments["promoter"], 0)
    return Message(words, values | {"terms": Listing(told), "all": number(len(reliable), 0), "others": others})
