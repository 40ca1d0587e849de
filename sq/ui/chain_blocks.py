"""The parts of the page about the chain: links, the stores behind one, what speaks against it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from sq.analyses.chain import (
    LAGS,
    LEVEL_NAMES,
    LINKS,
    ONE_SOURCE,
    STEPS,
    VERDICTS,
    Chain,
    Link,
    along_service,
    courses,
    wording,
)
from sq.analyses.chain_carried import told
from sq.figures.chain import links, links_key, scatter
from sq.language import N_, _, number, signed
from sq.metrics.catalogue import METRICS
from sq.selection import Selection, month_text
from sq.statistics.effects import Mediation
from sq.statistics.estimable import NotEstimable
from sq.statistics.linkage import Linked
from sq.ui.address import go_to
from sq.ui.blocks import Column, caption, color_legend, definition, download, nothing_here, numbers, table
from sq.ui.cache import answered
from sq.ui.drill import drill_chart
from sq.ui.links import choice, link_to, open_card, open_explore, plain, put

if TYPE_CHECKING:
    from sq.ui.frame import Reader

LEVEL, LINK = "level", "link"
FEWEST_WAVES = 2

SCEPTICAL: tuple[tuple[str, str], ...] = (
    (
        N_("The promise"),
        N_(
            "Good internal service makes satisfied employees, these deliver good service, good service makes loyal "
            "customers (Heskett et al. 1994, Harvard Business Review)."
        ),
    ),
    (
        N_("Found elsewhere"),
        N_(
            "Over many studies employees and customers are linked, mostly weakly, and mostly through the quality of "
            "service (Brown and Lam 2008, Journal of Retailing 84). In bank branches the chain was there but “too "
            "small to be of practical importance” (Gelade and Young 2005, J. Occupational and Organizational "
            "Psychology 78)."
        ),
    ),
    (
        N_("What else would give the same picture"),
        N_(
            "A good location, an easy clientele, a strong manager or a new shop makes staff, shoppers and customers "
            "content at once. And satisfied customers may make satisfied employees: compare the ring, which turns the "
            "order of time round."
        ),
    ),
    (
        N_("Stores are not people"),
        N_(
            "A link between stores says nothing about single employees or customers (Robinson 1950: .20 between "
            "people, .77 between states)."
        ),
    ),
)


def controls(shown: Chain) -> None:
    """The level and the time."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="sq_chain_bar"):
        choice(_("Level"), LEVEL, LEVEL_NAMES)
        if len(shown.windows) > 1:
            _wave(shown)


def _wave(shown: Chain) -> None:
    known = {wave.id: str(wave.name) for wave in reversed(shown.windows)}
    newest = next(iter(known))
    st.session_state["sq_chain_wave"] = shown.window.wave.id if shown.window.wave else newest

    def chosen() -> None:
        value = st.session_state["sq_chain_wave"]
        go_to(shown.selection.but(wave="" if value == newest else value))

    with st.container(width=240):
        st.selectbox(
            _("Wave of employees"), list(known), format_func=known.__getitem__, key="sq_chain_wave", on_change=chosen
        )


def links_block(reader: Reader, shown: Chain) -> None:
    """Every link with its interval."""
    title = _("How closely neighbouring links of the chain go together")
    st.subheader(title, anchor=False)
    drill_chart(links(shown.links, reader.theme, reader.line_width), "sq_links", partial(_pick, shown), title)
    color_legend(links_key(reader.theme))
    caption(
        _("dot and line: r between stores within their regions, with its 95 % interval")
        if shown.level == "store"
        else _("dot and line: r between regions, with its 95 % interval"),
        _("ring: the second of the two measured before the first"),
        _("▲▼ reliable after all links are allowed for"),
        _("the last line skips a step: it is tested with the others, but is no link of the chain itself"),
        _("click a link to see what lies behind it"),
    )
    caption(shown.caption, reader.as_of())
    _definition()
    numbers(_table(shown), _columns(), "chain", "sq_chain_numbers")


def _pick(shown: Chain, link: str) -> None:
    put(link=link)


def _definition() -> None:
    definition(
        _("Link"),
        _(
            "Pearson’s correlation of the means of stores, both less the mean of their region, with Fisher’s interval; "
            "n counts stores. Reliable: Benjamini-Hochberg over all links shown, at 5 %, and at least 0.1. "
            "Of employees only shown groups count; internal service with employees is worked out when publishing, over "
            "stores with enough answers in both. Without error: r divided by the root of both reliabilities."
        ),
        _("r of (x − mean of its region) and (y − mean of its region)"),
        source="Fisher (1921), Metron 1; Robinson (1950), American Sociological Review 15",
    )


def _table(shown: Chain) -> pd.DataFrame:
    return pd.DataFrame([_table_row(one) for one in shown.links])


def _table_row(link: Link) -> dict[str, object]:
    nothing = float("nan")
    found, raw, reverse = (part if isinstance(part, Linked) else None for part in (link.found, link.raw, link.reverse))
    return {
        "label": str(link.label),
        "verdict": _(VERDICTS[link.verdict]),
        "r": found.r if found else nothing,
        "low": found.low if found else nothing,
        "high": found.high if found else nothing,
        "stores": link.stores,
        "left_out": link.left_out,
        "lag": _(LAGS[link.lag]) if link.lag else "",
        "raw": raw.r if raw else nothing,
        "reverse": reverse.r if reverse else nothing,
        "reliability_one": link.reliability[0],
        "reliability_other": link.reliability[1],
        "true_r": nothing if isinstance(link.true_r, NotEstimable) else link.true_r,
        "detectable": link.detectable,
    }


def _columns() -> list[Column]:
    return [
        Column("label", _("Link"), width=230),
        Column("verdict", _("Verdict"), width=150),
        Column("r", _("r"), "signed", 2),
        Column("low", _("Low (95 %)"), "signed", 2),
        Column("high", _("High (95 %)"), "signed", 2),
        Column("stores", _("Places"), "count"),
        Column("left_out", _("Left out"), "count"),
        Column("lag", _("The second was measured in")),
        Column("raw", _("r without regard to regions"), "signed", 2),
        Column("reverse", _("r, time turned round"), "signed", 2),
        Column("reliability_one", _("Reliability of the first"), "number", 2),
        Column("reliability_other", _("Reliability of the second"), "number", 2),
        Column("true_r", _("r without error"), "signed", 2),
        Column("detectable", _("Least r that could show"), "number", 2),
    ]


def stores_block(reader: Reader, shown: Chain) -> None:
    """The stores behind the chosen link."""
    link, (one, other) = shown.chosen, shown.metrics
    st.subheader(_("Behind it: {link}", link=link.label), anchor=False)
    if link.verdict == "unmeasured":
        nothing_here(_("One of the two was not measured in this time."))
        return
    st.markdown(plain(str(wording(link, one, other, shown.level))))
    _facts(link)
    if shown.picture is not None or shown.points.empty:
        nothing_here(str(shown.picture or _("No place has enough of both.")))
        return
    picked = shown.selection.region if shown.level == "store" else ""
    figure = scatter(shown.points, (one, other), reader.theme, picked)
    drill_chart(figure, "sq_chain_stores", _into(shown), _("Behind it: {link}", link=link.label))
    caption(
        _("a dot is a store; click it to go into it")
        if shown.level == "store"
        else _("a dot is a region; click it to go into it"),
        _("{count} hidden for anonymity: counted, never drawn", count=number(link.hidden, 0)) if link.hidden else "",
        _("{count} left out in all", count=number(link.left_out, 0)) if link.left_out else "",
        shown.caption,
        reader.as_of(),
    )
    frame = shown.points.assign(label=[str(label) for label in shown.points["label"]])
    columns = [
        Column("label", _("Place")),
        Column("region", _("Region")),
        Column("x", str(one.title), "number"),
        Column("n_x", _("n of the first"), "count"),
        Column("y", str(other.title), "number", other.decimals),
        Column("n_y", _("n of the second"), "count"),
    ]
    numbers(frame, columns, f"chain_{link.id}", "sq_chain_points")


def _facts(link: Link) -> None:
    """When the second was measured, reliability, r without error and what could be seen at all, in one line."""
    parts = [_("the second was measured in {lag}", lag=_(LAGS[link.lag]))] if link.lag else []
    if all(value == value for value in link.reliability):
        one, other = (number(value, 2) for value in link.reliability)
        parts.append(_("reliability of the two: {one} and {other}", one=one, other=other))
    if isinstance(link.true_r, float):
        parts.append(_("without error of measurement r would be about {r}", r=signed(link.true_r, 2)))
    if link.detectable == link.detectable:
        parts.append(_("with so many places only |r| beyond {r} can show", r=number(link.detectable, 2)))
    if link.id in ONE_SOURCE:
        parts.append(_("both come from the same customers’ forms: part of the link is one mood, one form"))
    caption(*parts)


def carried_block(reader: Reader, shown: Chain) -> None:
    """How much of the link of employees with customers runs along delivered service; of stores only."""
    if shown.level != "store":
        return
    title = _("Does delivered service carry the link of employees with customers?")
    behind = st.expander(title, key="sq_chain_carried_open", on_change="rerun")
    if not behind.open:
        return
    with behind:
        found = answered(reader, along_service, shown.selection)
        st.markdown(plain(str(told(found))))
        if isinstance(found, Mediation):
            caption(shown.caption, _("within regions"), _("Sobel’s check: z {z}", z=signed(found.sobel_z, 1)))
            _carried_definition()


def _carried_definition() -> None:
    definition(
        _("Along delivered service"),
        _(
            "Least squares over stores, all less the mean of their region: a, points of delivered service per point of "
            "employees; b, points of customers per point of delivered service beside employees. a × b goes along with "
            "delivered service; its interval is the percentile one of 5,000 draws of stores; reliable where it leaves "
            "out zero and a and b each are reliable. Nothing here tells causes from what merely goes together."
        ),
        _("total = a × b + direct"),
        source="Sobel (1982); Hayes (2018), Introduction to Mediation; Brown & Lam (2008), J. Retailing 84:243-255",
    )


def _into(shown: Chain) -> Callable[[str], None]:
    """A click goes into the store's card, or into the region on the drill page."""
    months = {"start": month_text(shown.window.start), "end": month_text(shown.window.end)}

    def picked(key: str) -> None:
        _one, other, _sign = LINKS[shown.chosen.id]
        if shown.level == "store":
            open_card(Selection(metric=other, store=key, **months))
        else:
            open_explore(Selection(metric=other, region=key, **months))

    return picked


def sceptical_block() -> None:
    """The promise, and what speaks against believing it too quickly."""
    st.subheader(_("Before anybody concludes too much"), anchor=False)
    for title, text in SCEPTICAL:
        st.markdown(f"**{plain(_(title))}**  \n{plain(_(text))}")  # two spaces: the text on a line of its own


def steps_block(shown: Chain) -> None:
    """What was measured of every link, with the way there."""
    for row in shown.values.to_dict("records"):
        metric = METRICS[str(row["step"])]
        hidden = _("{count} hidden", count=number(row["hidden"], 0)) if row["hidden"] else ""
        value = number(row["value"], metric.decimals)
        label = _(
            "{step}: {metric}, mean of the places {value} ({places} places)",
            step=_(STEPS[metric.id]),
            metric=metric.title,
            value=value,
            places=number(row["places"], 0),
        )
        agree = (
            _(
                "people of a store agree: ICC(1) {one}, ICC(2) {two}",
                one=number(row["icc1"], 2),
                two=number(row["icc2"], 2),
            )
            if row["icc1"] == row["icc1"]
            else ""
        )
        link_to("explore", " · ".join(part for part in (label, hidden, agree) if part), {"metric": metric.id})


def courses_block(reader: Reader, shown: Chain) -> None:
    """The same links in every wave: each is a test of its own."""
    if len(shown.windows) < FEWEST_WAVES:
        return
    behind = st.expander(_("The same links in every wave"), key="sq_chain_courses_open", on_change="rerun")
    if not behind.open:
        return
    with behind:
        found = answered(reader, courses, shown.selection.but(wave=""), level=shown.level)
        frame = found.assign(
            label=[str(label) for label in found["label"]],
            wave=[str(wave) for wave in found["wave"]],
            verdict=[_(VERDICTS[str(verdict)]) for verdict in found["verdict"]],
        )
        columns = [
            Column("label", _("Link"), width=230),
            Column("wave", _("Wave of employees")),
            Column("r", _("r"), "signed", 2),
            Column("low", _("Low (95 %)"), "signed", 2),
            Column("high", _("High (95 %)"), "signed", 2),
            Column("stores", _("Places"), "count"),
            Column("verdict", _("Verdict")),
        ]
        table(frame, columns, "sq_chain_courses")
        download(frame, columns, "chain_waves", "sq_chain_courses")
