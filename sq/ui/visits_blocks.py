"""The parts of the visits page: the list, one visit with its evidence, customers' own words."""

from __future__ import annotations

import html
from typing import Any

import pandas as pd
import streamlit as st

from sq.analyses.visits import (
    NO_VISIT,
    SORTS,
    STATES,
    ResponseList,
    Visit,
    VisitList,
    failed_item,
    item_points,
    visit_facts,
    visit_marks,
    visits_asked,
)
from sq.language import N_, _, day, number, signed
from sq.ui.blocks import Column, answer, caption, download, nothing_here, table
from sq.ui.links import choice, pager, parameter, plain, put
from sq.ui.overview_blocks import arrow

KINDS = {"visits": N_("Mystery visits"), "customer": N_("Customers’ words")}
WORDS = {"commented": N_("With a comment"), "all": N_("All responses")}
SHOWN = {"all": N_("All items"), "lost": N_("Points lost"), "veto": N_("Veto items"), "na": N_("Not applicable")}
FULL_MARK = 100.0
WEB = ("http://", "https://")


def wanted_visits() -> dict[str, Any]:
    """Which visits to list and in which order, as `visit_list` takes it."""
    with st.container(horizontal=True):
        state = choice(_("Show"), "show", STATES)
        order = choice(_("Sort by"), "order", SORTS)
    return visits_asked(state, order, _one_shopper())


def _one_shopper() -> str:
    """The shopper whose visits the address asks for, with a way back to everybody's."""
    code = parameter("shopper")
    if code:
        label = plain(_("Shopper: {code}", code=code))
        told = _("Take this filter off")
        st.button(f"{label} ✕", key="sq_one_shopper", help=told, on_click=put, kwargs={"shopper": "", "page": ""})
    return code


def wanted_responses() -> dict[str, Any]:
    """Which responses to list and in which order, as `response_list` takes it."""
    with st.container(horizontal=True):
        words = choice(_("Show"), "words", WORDS)
        order = choice(_("Sort by"), "order", SORTS)
    return {"commented_only": words == "commented", "sort": order}


def no_such_visit() -> None:
    """Say that a visit does not exist, and lead back."""
    nothing_here(str(NO_VISIT))
    st.button(_("← All visits"), key="sq_visit_back", on_click=put, kwargs={"visit": ""}, type="tertiary")


def visit_table(visits: VisitList) -> None:
    """One page of the list; a click anywhere on a row opens the visit."""
    if visits.frame.empty:
        return
    frame = visits.frame.reset_index(drop=True)
    frame = frame.assign(label=_texts(frame["label"]), wave_label=_texts(frame["wave_label"]))
    frame = frame.assign(marks=[" · ".join(map(str, visit_marks(row))) for row in frame.to_dict("records")])
    columns = _visit_columns(has_subject=bool(frame["subject_score"].notna().any()))
    key = f"sq_visits_{visits.page}"

    def opened() -> None:
        cells = st.session_state[key].selection.cells
        if cells:
            put(visit=str(frame["visit_id"].iloc[cells[0][0]]))

    table(frame, columns, key, on_select=opened, selection_mode="single-cell")
    caption(_("Click a row to open the visit."))
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        pager(visits.page, visits.pages)
        download(frame, [Column("visit_id", _("Visit number")), *columns], "visits", "sq_visits")


def _texts(labels: pd.Series) -> list[str]:
    return ["" if pd.isna(label) else str(label) for label in labels]


def _visit_columns(has_subject: bool) -> list[Column]:
    subject = [Column("subject_score", _("Score here"), "number")] if has_subject else []
    return [
        Column("visited_on", _("Day"), "day"),
        Column("label", _("Store")),
        Column("region", _("Region")),
        Column("score", _("Score"), "number"),
        *subject,
        Column("marks", _("Marks")),
        Column("stream", _("Kind of visit")),
        Column("wave_label", _("Wave")),
        Column("shopper_id", _("Shopper")),
        Column("n_na", _("Not applicable"), "count"),
    ]


def visit_head(visit: Visit) -> None:
    """The way back and on, the answer, what failed, and who was there when."""
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        st.button(_("← All visits"), key="sq_visit_back", on_click=put, kwargs={"visit": ""}, type="tertiary")
        with st.container(horizontal=True, width="content"):
            _neighbour(_("Previous visit to this store"), visit.previous, "previous")
            _neighbour(_("Next visit to this store"), visit.next, "next")
    answer(visit.headline)
    for row in visit.items[visit.items["is_failed"]].to_dict("records"):
        st.warning(plain(str(failed_item(row))), icon="⚠️")
    caption(*map(str, visit_facts(visit)))


def _neighbour(label: str, visit_id: str, key: str) -> None:
    st.button(label, key=f"sq_visit_{key}", disabled=not visit_id, on_click=put, kwargs={"visit": visit_id})


def visit_numbers(visit: Visit) -> None:
    """Its score beside the store's, and how much was asked."""
    difference = visit.score - visit.store_score
    with st.grid(4, min_column_width=150):
        st.metric(
            _("Score of this visit"),
            number(visit.score),
            signed(difference) if pd.notna(difference) else None,
            delta_color="off",
            delta_arrow=arrow(difference),
            delta_description=_("against the store’s average"),
            border=True,
            height="stretch",
        )
        st.metric(
            _("The store’s average"),
            number(visit.store_score),
            help=_("Over the chosen period: {count} visits", count=number(visit.store_visits, 0)),
            border=True,
            height="stretch",
        )
        st.metric(_("Items asked"), number(visit.n_items, 0), border=True, height="stretch")
        st.metric(_("Not applicable"), number(visit.n_na, 0), border=True, height="stretch")


def evidence(visit: Visit) -> None:
    """The shopper's comment in full and the recording."""
    st.subheader(_("Evidence"), anchor=False)
    quote(visit.comment or _("The shopper left no comment."))
    if visit.evidence_url.startswith(WEB):
        st.link_button(_("Open the recording"), visit.evidence_url)
    else:
        caption(_("No recording is linked to this visit."))


def quote(text: str, *around: str) -> None:
    """Words of a shopper or a customer, shown as they are; ``around`` stands above them."""
    above = " · ".join(html.escape(part) for part in around if part)
    head = f'<div class="sq-caption">{above}</div>' if above else ""
    st.html(f'{head}<blockquote class="sq-quote">{html.escape(text)}</blockquote>')


def item_table(visit: Visit) -> None:
    """Every item by touchpoint in checklist order, narrowed by what the reader asks for."""
    shown = choice(_("Items"), "items", SHOWN, hidden=True)
    frame = narrowed(visit.items, shown)
    if frame.empty:
        caption(_("There is no such item in this visit."))
        return
    frame = frame.assign(
        label=_texts(frame["label"]),
        touchpoint_label=_texts(frame["touchpoint_label"]),
        points=[str(item_points(row)) for row in frame.to_dict("records")],
        marks=[_item_marks(row) for row in frame.to_dict("records")],
        note=frame["note"].fillna(""),
    )
    table(frame, _item_columns(), f"sq_items_{visit.visit_id}_{shown}")
    download(frame, _item_columns(), "visit_items", "sq_visit_items")


def narrowed(items: pd.DataFrame, shown: str) -> pd.DataFrame:
    """The items that one of SHOWN keeps."""
    keeps = {
        "lost": items["share"] < FULL_MARK,
        "veto": items["is_veto"].astype(bool),
        "na": items["share"].isna(),
    }
    return items[keeps[shown]] if shown in keeps else items


def _item_columns() -> list[Column]:
    return [
        Column("touchpoint_label", _("Touchpoint")),
        Column("label", _("Item")),
        Column("points", _("Points")),
        Column("share", _("Score (0–100)"), "number", 0),
        Column("store_share", _("The store’s average"), "number"),
        Column("difference", _("Difference"), "signed"),
        Column("marks", _("Marks")),
        Column("note", _("Shopper’s note")),
    ]


def _item_marks(row: dict[Any, Any]) -> str:
    if row["is_failed"]:
        return _("✕ veto item failed")
    return _("veto item") if row["is_veto"] else ""


def response_cards(responses: ResponseList) -> None:
    """What customers said, one card each: the words first, their marks above."""
    for row in responses.frame.to_dict("records"):
        with st.container(border=True):
            quote(str(row["comment"] or "") or _("No comment."), *_marks_of_customer(row))
    pager(responses.page, responses.pages)


def _marks_of_customer(row: dict[Any, Any]) -> list[str]:
    index, recommend = row["index_score"], row["recommend"]
    return [
        day(row["answered_on"]),
        str(row["label"]),
        str(row["region"] or ""),
        str(row["channel"] or ""),
        str(row["segment"] or ""),
        _("index {score}", score=number(index)) if pd.notna(index) else "",
        _("would recommend: {score} of 10", score=number(recommend, 0)) if pd.notna(recommend) else "",
        _("has complained") if row["has_complained"] is True else "",
    ]
