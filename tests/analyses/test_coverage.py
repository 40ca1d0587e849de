"""What was loaded and is not counted is told in words."""

from pathlib import Path

from sq.analyses.coverage import coverage
from sq.warehouse import EVERYTHING, Warehouse
from tests.small_chain import publish_frames, small_frames


def test_a_visit_of_an_unknown_store_is_told_on_the_data_page(small: Warehouse, tmp_path: Path) -> None:
    assert coverage(small, EVERYTHING).left_out == ()
    frames = small_frames()
    visits = frames["mystery_visits"]
    frames["mystery_visits"] = visits.assign(store_id=visits["store_id"].mask(visits["visit_id"] == "V01", "S9"))
    told = coverage(Warehouse(publish_frames(tmp_path, frames)), EVERYTHING).left_out
    assert [str(sentence) for sentence in told] == [
        "1 visit or response is not counted: its store is not in the list of stores. Load the store."
    ]
