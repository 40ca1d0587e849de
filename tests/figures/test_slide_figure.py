"""The figure of a slide: type for a projector, marks with numbers, words in place of hidden ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sq.analyses.slide_content import Chart, Series
from sq.figures.slide import SLIDE_TEXT, read_as, slide_figure
from sq.figures.template import checked
from sq.language import Named

NAN = float("nan")
COURSE = Series(Named("a"), (70.0, 71.0, 75.0), (68.0, 69.0, 73.0), (72.0, 73.0, 77.0), n=(9.0, 9.0, 9.0))
PARTS = Series(
    Named("a"), (81.2, NAN), (79.0, NAN), (83.0, NAN), (80.0, NAN), (1.2, NAN), (214.0, NAN), ("better", ""),
    ("", "hidden: fewer than 5 answers"),
)  # fmt: skip
NAMES = (Named("<b>North</b>"), Named("South"), Named("West"))


def chart(kind: str, *series: Series, **more: Any) -> Chart:
    count = len(series[0].values)
    return Chart(kind, Named("t"), NAMES[:count], series, "mystery_score", "points", "the others", **more)


CHARTS = [
    chart("dots", PARTS),
    chart("dots", PARTS, PARTS),
    chart("line", COURSE),
    chart("heat", PARTS, PARTS),
    chart("stacked", PARTS, PARTS),
]


def sizes(value: Any) -> Iterator[float]:
    """Every font size in a figure."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name.endswith("font") and isinstance(inner, dict) and "size" in inner:
                yield inner["size"]
            if name != "template":
                yield from sizes(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from sizes(inner)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("drawn", CHARTS, ids=lambda c: f"{c.kind}{len(c.series)}")
def test_no_text_is_smaller_than_24_px(drawn: Chart, theme: str) -> None:
    figure = checked(slide_figure(drawn, theme))
    assert min(sizes(figure.to_dict())) >= SLIDE_TEXT == 24


def test_a_row_has_its_number_mark_and_n_and_a_hidden_one_its_reason() -> None:
    words = next(trace for trace in slide_figure(chart("dots", PARTS)).to_dict()["data"] if trace.get("mode") == "text")
    assert list(words["text"]) == ["<b>81.2 ▲</b> · n 214", "hidden: fewer than 5 answers"]


def test_names_are_escaped() -> None:
    axis = slide_figure(chart("dots", PARTS)).to_dict()["layout"]["yaxis"]
    assert axis["ticktext"][0] == "&lt;b&gt;North&lt;/b&gt;"


def test_no_line_joins_what_was_measured_by_different_items() -> None:
    lines = [trace for trace in slide_figure(chart("line", COURSE, breaks=(2,))).data if trace.mode == "lines"]
    assert [list(line.x) for line in lines] == [[0, 1], [2]]
    assert [list(line.y) for line in lines] == [[70.0, 71.0], [75.0]]


def test_a_table_has_no_drawing() -> None:
    assert len(slide_figure(chart("table", PARTS)).data) == 0


def test_sources_stand_side_by_side_on_one_scale_each_with_its_numbers() -> None:
    other = Series(Named("b"), (60.0, 70.0), n=(3.0, 4.0))
    figure = slide_figure(chart("dots", PARTS, other)).to_dict()
    words = [(trace["xaxis"], list(trace["text"])) for trace in figure["data"] if trace.get("mode") == "text"]
    hidden = "hidden: fewer than 5 answers"
    assert words == [("x", ["<b>81.2 ▲</b> · n 214", hidden]), ("x2", ["60.0 · n 3", "70.0 · n 4"])]
    first, second = figure["layout"]["xaxis"], figure["layout"]["xaxis2"]
    assert first["range"] == second["range"]
    assert first["domain"][1] <= second["domain"][0]
    assert [axis["title"]["text"] for axis in (first, second)] == ["<b>a (points)</b>", "<b>b (points)</b>"]


def test_a_mark_is_named_by_its_source_and_row() -> None:
    dots = [trace for trace in slide_figure(chart("dots", PARTS, PARTS)).to_dict()["data"] if "hovertext" in trace]
    assert [list(trace["customdata"]) for trace in dots] == [["0:0", "0:1"], ["1:0", "1:1"]]


def test_no_dot_touches_the_frame() -> None:
    low, high = sorted(slide_figure(chart("dots", PARTS)).to_dict()["layout"]["yaxis"]["range"])
    assert low < -0.5
    assert high > 1.3


def test_what_a_mark_is_measured_against_is_named() -> None:
    assert "stroke: the others; against it ▲ reliably better, ▼ reliably worse" in read_as(chart("dots", PARTS))
    bars = read_as(chart("dots", PARTS), is_bars=True)
    assert "▲ reliably better, ▼ reliably worse than the others" in bars
    assert "stroke" not in bars
    assert read_as(chart("table", PARTS)) == ""


def test_where_numbers_have_no_room_for_n_it_is_told_on_hovering() -> None:
    narrow = slide_figure(chart("dots", PARTS, PARTS), text=14, width=358).to_dict()["data"]
    assert [trace["text"][0] for trace in narrow if trace.get("mode") == "text"] == ["<b>81.2 ▲</b>"] * 2
    assert all("n 214" in trace["hovertext"][0] for trace in narrow if "hovertext" in trace)


def test_what_is_not_tested_claims_no_verdict() -> None:
    single = chart("bars", Series(Named("a"), (20.8, 91.7), reference=(60.0, 65.0)))
    assert read_as(single) == "stroke: the others"
    assert read_as(chart("dots", PARTS)).endswith("▲ reliably better, ▼ reliably worse · faint: not reliable")


def test_an_axis_of_one_panel_has_at_least_three_numbers() -> None:
    figure = slide_figure(chart("bars", Series(Named("a"), (24.4, 94.0)))).to_dict()
    assert list(figure["layout"]["xaxis"]["tickvals"]) == [20, 40, 60, 80]


def test_beside_long_names_numbers_keep_clear_of_the_dots() -> None:
    links = Series(
        Named("r"), (0.83, 0.31), (0.77, 0.12), (0.87, 0.48), (0.0, 0.0), n=(120.0, 108.0), words=("+0.83 ▲", "")
    )
    names = (Named("Perceived service → Loyalty"), Named("Employees → Delivered service"))
    narrow = slide_figure(Chart("dots", Named("t"), names, (links,), decimals=2), text=13, width=358).to_dict()
    numbers = next(trace for trace in narrow["data"] if trace.get("mode") == "text")
    low, right = narrow["layout"]["xaxis"]["range"]
    plot = 358 - len("Employees → Delivered") * 0.62 * 13  # px beside the names, which stand on two lines
    begins = right - (right - low) * len("+0.83 ▲") * 0.62 * 13 / plot
    assert list(numbers["text"]) == ["+0.83 ▲", "0.31"]
    assert begins > 0.87, "no number lies over an interval"
    assert len(narrow["layout"]["xaxis"]["tickvals"]) * 4 * 0.62 * 13 < plot, "and the axis has room for its own"
