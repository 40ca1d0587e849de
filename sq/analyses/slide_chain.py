"""The chain as a slide: how closely each pair of neighbouring links goes together, with its interval."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from sq.analyses.chain import LAGS, VERDICTS, Link, along_service, chain
from sq.analyses.chain_carried import told
from sq.analyses.slide_content import HIGH, LOW, Chart, Heading, Series, SlideContent, Table, Way
from sq.analyses.slides import View
from sq.analyses.wording import Words
from sq.language import N_, Message, Named, signed
from sq.statistics.effects import Mediation
from sq.statistics.linkage import Linked

TITLE = Message(N_("How closely neighbouring links of the chain go together"))
RULES: dict[str, Message] = {
    "store": Message(N_("dot and line: r between stores within their regions, with its 95 % interval")),
    "region": Message(N_("dot and line: r between regions, with its 95 % interval")),
}
RELIABLE = Message(N_("▲▼ reliable after all links are allowed for"))
NO_CAUSE = Message(N_("correlations of places: nothing is said of causes"))
NAN = float("nan")
R = Message(N_("Correlation r"))


def chain_slide(view: View) -> SlideContent:
    """The chain's answer and every link; a link that cannot be told has words in place of r."""
    level = view.query.get("level", "store")
    found = chain(view.warehouse, view.scope, view.selection, view.names, level=level, link=view.query.get("link", ""))
    if all(link.verdict == "unmeasured" for link in found.links):
        return view.content(TITLE, found.answer)
    way = along_service(view.warehouse, view.scope, view.selection, view.names) if found.level == "store" else None
    return view.content(
        TITLE,
        found.answer,
        chart=_chart(found.links, view.query),
        table=_table(found.links),
        points=(told(way),) if isinstance(way, Mediation) else (),
        caption=(found.caption, RULES[found.level], RELIABLE, NO_CAUSE),
    )


def _chart(links: tuple[Link, ...], query: Mapping[str, str]) -> Chart:
    series = Series(
        name=R,
        values=_each(links, "r"),
        low=_each(links, "low"),
        high=_each(links, "high"),
        reference=(0.0,) * len(links),
        n=tuple(NAN if link.limit or not isinstance(link.found, Linked) else float(link.stores) for link in links),
        words=tuple(_words(link) for link in links),
    )
    names = tuple(link.label for link in links)
    return Chart("dots", TITLE, names, (series,), unit=R, decimals=2, into=tuple(_into(query, link) for link in links))


def _into(query: Mapping[str, str], link: Link) -> Way:
    """What lies behind a link: the page with this one open."""
    return "chain", {**query, "link": link.id}


def _each(links: tuple[Link, ...], name: str) -> tuple[float, ...]:
    return tuple(float(getattr(link.found, name)) if isinstance(link.found, Linked) else NAN for link in links)


def _words(link: Link) -> Words | str:
    """``+0.47 ▲`` where the link is reliable; its verdict where there is no number."""
    if not isinstance(link.found, Linked):
        return Message(VERDICTS[link.verdict])
    limit = {">=": "≥ ", "<=": "≤ "}.get(link.limit, "")
    sign = (" ▲" if link.found.r > 0 else " ▼") if link.verdict in ("together", "against") else ""
    return f"{limit}{signed(link.found.r, 2)}{sign}"


def _table(links: tuple[Link, ...]) -> Table:
    told = [isinstance(link.found, Linked) for link in links]
    words = [
        Named("") if is_told else Message(VERDICTS[link.verdict]) for link, is_told in zip(links, told, strict=True)
    ]
    frame = pd.DataFrame(
        {
            "label": pd.Series([link.label for link in links], dtype=object),
            "r": _each(links, "r"),
            "r_words": pd.Series(words, dtype=object),
            "low": _each(links, "low"),
            "high": _each(links, "high"),
            "verdict": pd.Series([Message(VERDICTS[link.verdict]) for link in links], dtype=object),
            "places": [float(link.stores) for link in links],
            "left_out": [float(link.left_out) for link in links],
            "lag": pd.Series([Message(LAGS[link.lag]) if link.lag else Named("") for link in links], dtype=object),
        }
    )
    headings = (
        Heading("label", Message(N_("Link"))),
        Heading("r", R, "signed", 2, words="r_words"),
        Heading("low", LOW, "signed", 2),
        Heading("high", HIGH, "signed", 2),
        Heading("verdict", Message(N_("Verdict"))),
        Heading("places", Message(N_("Places")), "count"),
        Heading("left_out", Message(N_("Left out")), "count"),
        Heading("lag", Message(N_("The second was measured in"))),
    )
    return Table(TITLE, frame, headings)
