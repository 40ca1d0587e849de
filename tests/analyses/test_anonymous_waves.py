"""What the data page says of each wave: shares of hidden groups, and why forms wait."""

import shutil
from pathlib import Path

import duckdb
import pytest

from sq.analyses.anonymous_waves import AnonymousWave, anonymous_waves
from sq.places import snapshot_file
from sq.warehouse import EVERYTHING, Warehouse, current_snapshot


@pytest.fixture
def waves(small_data: Path, tmp_path: Path) -> dict[tuple[str, str], AnonymousWave]:
    """The waves of the small chain, of which three forms of the awareness survey came too late."""
    path = Path(shutil.copy(snapshot_file(small_data, current_snapshot(small_data)), tmp_path))
    path.chmod(0o644)
    with duckdb.connect(str(path)) as con:
        con.execute("UPDATE anonymous_waves SET state = 'waiting', waiting = 3 WHERE instrument = 'awareness'")
    return {(wave.instrument, wave.wave): wave for wave in anonymous_waves(Warehouse(path), EVERYTHING)}


def test_hidden_groups_are_counted_by_reason_and_as_a_share(waves: dict[tuple[str, str], AnonymousWave]) -> None:
    wave = waves["employee", "2026A"]
    assert (wave.groups, wave.shown, wave.few, wave.neighbour) == (4, 2, 1, 1)
    assert (wave.share(wave.few), wave.share(wave.shown)) == (25.0, 50.0)
    assert (wave.answers, wave.response_rate) == (34.0, 68.0)  # 34 of 50 invited
    assert str(wave.sentence) == "published; every answer received is in it."


def test_an_open_wave_has_no_groups_and_says_when_it_closes(waves: dict[tuple[str, str], AnonymousWave]) -> None:
    wave = waves["employee", "2026B"]
    assert wave.is_open
    assert wave.groups == 0
    assert wave.share(wave.shown) != wave.share(wave.shown)  # no share of nothing
    assert wave.answers != wave.answers
    assert str(wave.sentence) == "open until 31 May 2026; nothing of it is shown before it is closed."


def test_waiting_forms_are_told_with_the_reason(waves: dict[tuple[str, str], AnonymousWave]) -> None:
    wave = waves["awareness", "2026A"]
    assert str(wave.sentence) == (
        "3 forms came or changed after publication and wait: beside the published numbers they would tell the answers "
        "of fewer than 5 people. They are shown as soon as enough others come with them."
    )


def test_surveys_stand_in_a_fixed_order_with_the_newest_wave_first(
    waves: dict[tuple[str, str], AnonymousWave],
) -> None:
    assert list(waves) == [
        ("employee", "2026B"),
        ("employee", "2026A"),
        ("internal_service", "2026A"),
        ("awareness", "2026A"),
    ]
