"""What the rules leave open in small companies is found by the attack before it is shown, and no more is withheld."""

from pathlib import Path

import pandas as pd
import pytest

from sq.anonymity import publishing
from sq.anonymity.ledger import Finished
from sq.anonymity.mending import NUMBERS
from sq.anonymity.survey import Survey
from tests.attack.attacking import leaks
from tests.attack.chains import Frames, Shape, chain
from tests.attack.released import House, Shown, editions

SMALL = Shape(stores=(1, 4), people=(1, 9), waves=1)
BANDS = ["favourable", "neutral", "unfavourable"]


def as_the_rules_leave_it(survey: Survey, finished: Finished) -> Finished:
    return finished


def published(frames: Frames, folder: Path) -> Shown:
    return House(folder).publish(frames)


def of(shown: Shown, instrument: str) -> pd.DataFrame:
    cells = shown["cells"]
    return cells[cells["instrument"] == instrument].reset_index(drop=True)


@pytest.mark.parametrize(("seed", "instrument"), [(1009, "awareness"), (1013, "internal_service")])
def test_what_follows_from_several_small_things_together_is_withheld(
    seed: int, instrument: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames = chain(seed, SMALL)
    mended = published(frames, tmp_path / "mended")
    monkeypatch.setattr(publishing, "mended", as_the_rules_leave_it)
    unmended = published(frames, tmp_path / "unmended")
    key = (instrument, "w1")
    assert leaks([editions(frames, unmended)[key]])[0] != []
    assert leaks([editions(frames, mended)[key]])[0] == []


def test_opinions_go_first_and_where_they_suffice_every_mean_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames = chain(1013, SMALL)
    mended = of(published(frames, tmp_path / "mended"), "internal_service")
    monkeypatch.setattr(publishing, "mended", as_the_rules_leave_it)
    unmended = of(published(frames, tmp_path / "unmended"), "internal_service")
    gone = unmended[BANDS].notna().any(axis=1) & mended[BANDS].isna().all(axis=1)
    assert list(unmended.loc[gone, "level"].unique()) == ["department"]
    numbers = [*(n for n in NUMBERS if n not in BANDS), "hidden"]
    pd.testing.assert_frame_equal(mended[numbers], unmended[numbers])
    pd.testing.assert_frame_equal(mended.loc[~gone, BANDS], unmended.loc[~gone, BANDS])


def test_a_hidden_cell_shows_nothing_and_is_counted_as_protecting_a_neighbour(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames = chain(1009, SMALL)
    mended = published(frames, tmp_path / "mended")
    monkeypatch.setattr(publishing, "mended", as_the_rules_leave_it)
    unmended = published(frames, tmp_path / "unmended")
    cells, before = of(mended, "awareness"), of(unmended, "awareness")
    gone = cells[(cells["hidden"] != "") & (before["hidden"] == "")]
    assert set(gone["hidden"]) <= {"neighbour"}
    assert gone[list(NUMBERS)].isna().all(axis=None)
    stores = cells[(cells["level"] == "store") & (cells["subject_kind"] == "form")]
    wave = mended["anonymous_waves"].set_index("instrument").loc["awareness"]
    assert (int((stores["hidden"] == "").sum()), int((stores["hidden"] == "neighbour").sum())) == (
        wave["shown"],
        wave["neighbour"],
    )


def test_what_turns_out_to_be_unnecessary_shows_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the way two cells of seed 26 are hidden; in the end the opinions of one group are enough."""
    frames = chain(26, SMALL)
    mended = of(published(frames, tmp_path / "mended"), "awareness")
    monkeypatch.setattr(publishing, "mended", as_the_rules_leave_it)
    unmended = of(published(frames, tmp_path / "unmended"), "awareness")
    assert mended["hidden"].equals(unmended["hidden"])
    assert int((unmended[BANDS].notna().any(axis=1) & mended[BANDS].isna().all(axis=1)).sum()) == 1


def test_where_nothing_is_found_nothing_is_withheld(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frames = chain(3, SMALL)
    mended = published(frames, tmp_path / "mended")
    monkeypatch.setattr(publishing, "mended", as_the_rules_leave_it)
    unmended = published(frames, tmp_path / "unmended")
    pd.testing.assert_frame_equal(mended["cells"], unmended["cells"])
