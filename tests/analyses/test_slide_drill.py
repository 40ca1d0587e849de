"""A click on a mark of a slide leads where the same click leads on the page."""

from urllib.parse import parse_qsl

import pytest

from sq.analyses.chain import chain
from sq.analyses.drill import drill
from sq.analyses.gaps import GAP_NAMES, GAPS
from sq.analyses.names import Names, names
from sq.analyses.shortboards import LAYER_NAMES, shortboards
from sq.analyses.slide_drill import drilled
from sq.analyses.slides import BUILDERS, slide_content
from sq.language import Message
from sq.selection import Selection
from sq.warehouse import EVERYTHING, Warehouse


def led(small: Warehouse, page: str, mark: str, **query: str) -> tuple[str, dict[str, str]] | None:
    return drilled(slide_content(small, EVERYTHING, page, query), mark)


def test_a_row_of_the_ranking_leads_into_its_place(small: Warehouse) -> None:
    # by score: 华北 (4 visits, 68.7) before 华南 (2 visits, 64.7)
    assert led(small, "explore", "0:0", metric="mystery_score", split="region") == (
        "explore",
        {"metric": "mystery_score", "region": "华北"},
    )
    assert led(small, "compare", "0:1", metric="mystery_score", level="region") == (
        "explore",
        {"metric": "mystery_score", "region": "华南"},
    )


def test_a_row_of_a_store_leads_to_its_card(small: Warehouse) -> None:
    found = led(small, "compare", "0:0", metric="mystery_score", level="store", region="华北")
    assert found is not None
    page, query = found
    assert page == "store"
    assert query["store"] in {"S1", "S2", "S5"}


def test_a_touchpoint_of_the_journey_leads_into_it(small: Warehouse) -> None:
    content = slide_content(small, EVERYTHING, "touchpoints")
    for place, key in enumerate(content.table.frame["touchpoint"]):
        assert drilled(content, f"0:{place}") == ("explore", {"metric": "mystery_score", "touchpoint": key})


def test_a_dot_of_the_course_leads_into_its_month(small: Warehouse) -> None:
    assert led(small, "explore", "0:1", metric="mystery_score", chart="trend") == (
        "explore",
        {"metric": "mystery_score", "start": "2026-02", "end": "2026-02"},
    )


def test_every_cell_of_the_map_leads_where_the_page_leads(small: Warehouse) -> None:
    query = {"metric": "mystery_score", "chart": "map"}
    content = slide_content(small, EVERYTHING, "explore", query)
    assert content.chart.kind == "heat"
    shown = drill(small, EVERYTHING, Selection(metric="mystery_score"), names(small, EVERYTHING))
    cells = {(str(row["place_label"]), str(row["subject_label"])): row for row in shown.map.to_dict("records")}
    for column, series in enumerate(content.chart.series):
        for row, subject in enumerate(content.chart.categories):
            cell = cells[str(series.name), str(subject)]
            wanted = shown.into_cell(str(cell["place"]), str(cell["subject"])).but(start="", end="")
            assert drilled(content, f"{column}:{row}") == ("explore", wanted.query())


@pytest.mark.parametrize("mark", ["", "0", "0:99", "9:x", "-1:0", "0:0:0"])
def test_a_mark_that_does_not_exist_leads_nowhere(small: Warehouse, mark: str) -> None:
    assert led(small, "explore", mark, metric="mystery_score", split="region") is None


def test_a_touchpoint_in_the_panel_of_customers_leads_to_what_customers_say(small: Warehouse) -> None:
    content = slide_content(small, EVERYTHING, "touchpoints")
    assert [series.metric for series in content.chart.series] == ["mystery_score", "customer_index"]
    key = content.table.frame["touchpoint"].iloc[0]
    assert drilled(content, "1:0") == ("explore", {"metric": "customer_index", "touchpoint": key})


def test_a_month_of_where_we_stand_leads_into_it(small: Warehouse) -> None:
    assert led(small, "overview", "0:2", metric="mystery_score") == (
        "explore",
        {"metric": "mystery_score", "start": "2026-03", "end": "2026-03"},
    )


@pytest.mark.parametrize("page", BUILDERS)
def test_every_mark_that_invites_a_click_leads_somewhere(demo: Warehouse, known: Names, page: str) -> None:
    store = next(iter(known.labels["store"]))
    first = slide_content(demo, EVERYTHING, page, {"store": store} if page == "store" else {}, known)
    assert first.chart.is_drawn
    for name in [name for name, _title in first.charts] or [""]:
        content = slide_content(demo, EVERYTHING, page, dict(parse_qsl(first.query)) | {"chart": name}, known)
        marks = [f"{s}:{p}" for s in range(len(content.chart.series)) for p in range(len(content.chart.categories))]
        assert [mark for mark in marks if drilled(content, mark) is None] == []


def test_a_gap_a_link_and_a_weakest_row_lead_where_their_pages_lead(demo: Warehouse, known: Names) -> None:
    gaps = slide_content(demo, EVERYTHING, "gaps", {"region": "华北"}, known)
    chosen = [key for key in GAPS if Message(GAP_NAMES[key]) in gaps.chart.categories]
    assert [drilled(gaps, f"0:{p}") for p in range(len(chosen))] == [
        ("gaps", {"region": "华北", "gap": key}) for key in chosen
    ]
    links = chain(demo, EVERYTHING, Selection(), known, level="region", link="").links
    shown = slide_content(demo, EVERYTHING, "chain", {"level": "region"}, known)
    assert [drilled(shown, f"0:{p}") for p in range(len(links))] == [
        ("chain", {"level": "region", "link": link.id}) for link in links
    ]
    lowest = slide_content(demo, EVERYTHING, "priorities", {}, known)
    layers = {
        str(Message(LAYER_NAMES[one.key])): one for one in shortboards(demo, EVERYTHING, Selection(), known).layers
    }
    for place, label in enumerate(lowest.chart.categories):
        layer, name = str(label).split(": ", 1)
        own = layers[layer]
        subject = next(r["subject"] for r in own.frame.to_dict("records") if str(r["label"]) == name)
        assert drilled(lowest, f"0:{place}") == ("explore", own.selection.but(**{own.axis: subject}).query())
