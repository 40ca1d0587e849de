"""The parts of the shoppers page: strictness, overlap, agreement, habits, adjusted stores, the next rota."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from sq.analyses.rota import WHY
from sq.analyses.shoppers import EXPLAINED, ITEM_KINDS, METRIC, PARTS, STRICTNESS, Shoppers
from sq.figures.shoppers import overlap, severity, severity_key, variances, variances_key
from sq.language import _, number
from sq.ui.blocks import Column, caption, color_legend, definition, download, numbers, table
from sq.ui.drill import drill_chart
from sq.ui.frame import is_narrow
from sq.ui.links import plain
from sq.ui.sitemap import page_named

if TYPE_CHECKING:
    from sq.ui.frame import Reader

LEAST_CHANGE = 0.05  # points: less shows as 0.0
STORES_SHOWN = 10  # with the largest change; the download has all


def open_visits(result: Shoppers, code: str) -> None:
    """Go to the visits that a shopper made (in a callback)."""
    st.switch_page(page_named("visits").path, query_params=result.selection.query() | {"shopper": code})


def cards(result: Shoppers) -> None:
    """How many shoppers, how reliable a store's score, how many visits lead away from home."""
    counts, share = result.counts, {row["part"]: row["share"] for row in result.variances.to_dict("records")}
    told = [
        (_("Shoppers"), number(counts["shoppers"], 0), ""),
        (
            _("Share of who visits"),
            _percent(share.get("variance_shopper")),
            _("of the differences between the scores of two visits, beside the store and the single visit"),
        ),
        (
            _("Reliability of a store’s score"),
            number(counts["reliability"], 2),
            _(
                "1 = all differences between stores are real; for a store with {visits} visits by {shoppers} shoppers",
                visits=number(counts["store_visits"], 0),
                shoppers=number(counts["store_shoppers"], 0),
            ),
        ),
        (
            _("Visits outside the home region"),
            _percent(counts["crossed_share"]),
            _("20–25 % are enough to tell strict shoppers from weak regions"),
        ),
    ]
    with st.grid(4, min_column_width=165):
        for title, value, note in told:
            st.metric(title, value, help=note or None, border=True, height="stretch")


def _percent(share: float | None) -> str:
    return "–" if share is None or pd.isna(share) else _("{value} %", value=number(share * 100, 0))


def severity_block(reader: Reader, result: Shoppers) -> None:
    """Every shopper's strictness with its interval."""
    frame = result.shoppers[result.shoppers["severity"].notna()]
    if frame.empty or frame["low"].isna().all():
        return
    st.subheader(_("How strict each shopper is"), anchor=False)
    figure = severity(frame, reader.theme, is_narrow())
    alt = _("How strict each shopper is")
    drill_chart(figure, "sq_severity", lambda code: open_visits(result, code), alt)
    color_legend(severity_key(reader.theme))
    caption(
        _("dot and line: estimate with its 95 % interval"),
        _("▲ reliably lenient, ▼ reliably strict"),
        _("only differences of at least {points} points count", points=number(METRIC.smallest_relevant_difference, 0)),
        _("click a shopper to read the visits"),
    )
    caption(_("estimated over all own stores; shown: who visited the selected place"), result.basis, reader.as_of())
    severity_definition()


def severity_definition() -> None:
    """How severity is worked out, one click away."""
    definition(
        _("Lenient +, strict −"),
        _(
            "The score of a visit is taken as mean + store + shopper + rest, stores and shoppers as crossed random "
            "effects, after the means of each kind of visit and checklist. How lenient or strict a shopper is, is the "
            "predicted shopper part: with few visits it is drawn towards zero. It is estimated when data are published."
        ),
        _("score = mean + store + shopper + rest (REML)"),
        source="Bates et al. (2015), J. Statistical Software 67(1)",
    )


def shoppers_table(result: Shoppers) -> None:
    """Habits of every shopper: N/A, one mark for all, visits a day, away from home."""
    frame = result.shoppers
    if frame.empty:
        return
    st.subheader(_("Shoppers and their habits"), anchor=False)
    frame = frame.assign(
        verdict_words=[_(STRICTNESS[verdict]) for verdict in frame["verdict"]],
        remarks=[_remarks(row["na_stands_out"], row["straight_stands_out"]) for row in frame.to_dict("records")],
    )
    columns = [
        Column("shopper_id", _("Shopper")),
        Column("visits", _("Visits"), "count"),
        Column("stores", _("Stores"), "count"),
        Column("home_region", _("Home region")),
        Column("away_share", _("Away from home"), "share", 0),
        Column("score", _("Mean score"), "number"),
        Column("severity", _("Lenient +, strict −"), "signed"),
        Column("low", _("Low (95 %)"), "signed"),
        Column("high", _("High (95 %)"), "signed"),
        Column("verdict_words", _("Verdict")),
        Column("na_rate", _("Not applicable"), "share", 0),
        Column("straight_rate", _("One mark for all"), "share", 0),
        Column("a_day", _("Visits a day"), "number"),
        Column("most_a_day", _("Most in a day"), "count"),
        Column("remarks", _("Remarks")),
    ]
    table(frame, columns, "sq_shoppers")
    caption(
        _("One mark for all: visits in which every graded item got the same mark; in a very good store it may be true"),
        _("visits a day include those to competitors"),
        _("remarks only where a share is reliably higher than everybody’s"),
    )
    download(frame, columns, "shoppers", "sq_shoppers")


def _remarks(na: bool, straight: bool) -> str:
    found = [
        (na, _("more often “not applicable” than others")),
        (straight, _("more often one mark for all than others")),
    ]
    return " · ".join(text for is_so, text in found if is_so)


def sources_block(reader: Reader, result: Shoppers) -> None:
    """What the differences between visits are made of, beside how well two shoppers agree on the same visit."""
    if result.variances.empty:
        _agreement(result)
        return
    left, right = st.columns(2, gap="large")
    with left:
        _variances(reader, result)
    with right:
        _agreement(result)


def _variances(reader: Reader, result: Shoppers) -> None:
    st.subheader(_("What the differences between visits come from"), anchor=False)
    drill_chart(variances(result.variances, reader.theme), "sq_variances", alt=_(PARTS["variance_shopper"]))
    color_legend(variances_key(result.variances, reader.theme))
    frame = result.variances.assign(
        name=[_(PARTS[part]) for part in result.variances["part"]], sd=result.variances["variance"] ** 0.5
    )
    columns = [
        Column("name", _("Source")),
        Column("variance", _("Variance"), "number", 2),
        Column("sd", _("Standard deviation (points)"), "number"),
        Column("share", _("Share"), "share", 0),
    ]
    numbers(frame, columns, "shopper_variances", "sq_variances_numbers")


def _agreement(result: Shoppers) -> None:
    st.subheader(_("Visits scored twice"), anchor=False)
    if result.agreement.empty:
        caption(
            _(
                "No visit was scored by two shoppers (same store, day and kind of visit). Let a second shopper score "
                "some recordings: agreement on the same visit is the plainest check."
            )
        )
        return
    frame = result.agreement.assign(kind=[_(ITEM_KINDS[kind]) for kind in result.agreement["item_kind"]])
    columns = [
        Column("kind", _("What was scored")),
        Column("visits", _("Visits"), "count"),
        Column("n", _("Marks compared"), "count"),
        Column("alpha", _("Agreement (alpha)"), "number", 2),
        Column("same", _("Same mark"), "share", 0),
    ]
    table(frame, columns, "sq_agreement")
    caption(
        _("alpha: 1 = full agreement, 0 = no better than chance; – where all marks are equal"),
        _("from about 0.8 marks can be relied on, below 0.67 they cannot (Krippendorff 2004)"),
    )
    download(frame, columns, "shopper_agreement", "sq_agreement")


def overlap_block(reader: Reader, result: Shoppers) -> None:
    """Who visited where."""
    if result.overlap.empty:
        return
    st.subheader(_("Who visited which region"), anchor=False)
    figure = overlap(result.overlap, reader.theme, is_narrow())
    drill_chart(figure, "sq_overlap", alt=_("Who visited which region"))
    caption(_("number of visits; bold: the home region (the one visited most)"), result.caption, reader.as_of())
    frame = result.overlap.assign(label=[str(label) for label in result.overlap["label"]])
    columns = [
        Column("shopper_id", _("Shopper")),
        Column("label", _("Region")),
        Column("visits", _("Visits"), "count"),
    ]
    numbers(frame, columns, "shopper_regions", "sq_overlap_numbers")


def stores_block(reader: Reader, result: Shoppers) -> None:
    """The stores whose score depends most on who came."""
    frame = result.stores
    if not (frame["change"].abs() >= LEAST_CHANGE).any():
        return
    st.subheader(_("Stores whose score depends most on who visited"), anchor=False)
    frame = frame.assign(label=[str(label) for label in frame["label"]])
    columns = [
        Column("label", _("Store")),
        Column("raw", _("Raw score"), "number"),
        Column("adjusted", _("Adjusted score"), "number"),
        Column("change", _("Change"), "signed"),
        Column("se", _("Standard error"), "number"),
        Column("visits", _("Visits"), "count"),
        Column("shoppers", _("Shoppers"), "count"),
    ]
    table(frame.head(STORES_SHOWN), columns, "sq_adjusted")
    caption(EXPLAINED)
    caption(result.caption, reader.as_of())
    download(frame, columns, "adjusted_scores", "sq_adjusted")


def rota_block(result: Shoppers) -> None:
    """What the next wave's rota should do otherwise: the rules that are broken and swaps that mend them."""
    if result.rota is None:
        return
    st.subheader(_("Advice for the next rota"), anchor=False)
    for sentence in result.rota.advice:
        st.markdown(("- " if not result.rota.kept else "") + plain(str(sentence)))
    if len(result.rota.swaps):
        _swaps(result.rota.swaps)
    caption(
        _("Rules: at least 3 stores per shopper and 2 shoppers per store"),
        _("20–25 % of the visits outside the home region"),
        _("never the same shopper twice running in a store"),
        _("all shoppers and stores connected"),
    )
    _next_visits(result)


def _swaps(swaps: pd.DataFrame) -> None:
    frame = swaps.assign(
        label=[str(label) for label in swaps["label"]],
        other_label=[str(label) for label in swaps["other_label"]],
        reason=[_(WHY[why]) for why in swaps["why"]],
    )
    columns = [
        Column("label", _("Store")),
        Column("last", _("Came last")),
        Column("next", _("Send next")),
        Column("other_label", _("In exchange with")),
        Column("other_last", _("Came last there")),
        Column("other_next", _("Send next there")),
        Column("reason", _("Why")),
    ]
    table(frame, columns, "sq_swaps")
    download(frame, columns, "rota_swaps", "sq_swaps")


def _next_visits(result: Shoppers) -> None:
    """Who came last to each store and should not come next."""
    frame = result.stores.assign(label=[str(label) for label in result.stores["label"]]).sort_values("store_id")
    columns = [
        Column("label", _("Store")),
        Column("last_shopper", _("Came last: do not send next")),
        Column("visits", _("Visits"), "count"),
        Column("shoppers", _("Shoppers"), "count"),
        Column("repeats", _("Twice running"), "count"),
    ]
    numbers(frame, columns, "rota_stores", "sq_rota")
