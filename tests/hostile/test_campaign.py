"""A thousand damaged and malicious deliveries through the importer: one sentence or findings, and nothing changes."""

import os
import random
from pathlib import Path

import pytest

from tests.hostile.campaign import KEPT, Answer, run
from tests.hostile.cases import FIXED, HEAVY, KINDS, learn_kinds, made, planned

CASES = 1_000
SEED = 1
PARTS = 4  # so that two workers share them
# of the cases that take seconds; `make fuzz` has them all
BOMBS = (
    "a_text_bomb",
    "a_flat_bomb",
    "a_bomb_of_overlapping_parts",
    "one_line_of_300_megabytes",
    "a_hundred_thousand_columns",
    "a_hundred_million_rows_in_a_kilobyte",
    "twelve_million_answers",
)
learn_kinds()


def faults(answers: list[Answer]) -> list[str]:
    return [f"{a.kind}:{a.seed} {a.fault}" for a in answers if a.fault]


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", range(PARTS))
def test_every_hostile_delivery_ends_in_a_sentence_or_findings(part: int) -> None:
    answers = run(planned(CASES, SEED, heavy_too=False)[part::PARTS], doors=1, keep=KEPT)
    assert faults(answers) == []
    assert len(answers) == CASES / PARTS


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("names", [BOMBS, ("a_million_rows",)])
def test_bombs_and_a_million_rows_end_in_time_and_memory(names: tuple[str, ...]) -> None:
    assert faults(run([(name, 0) for name in names], doors=1, keep=KEPT)) == []


def test_a_campaign_has_every_fixed_case_and_every_kind() -> None:
    names = [name for name, _seed in planned(CASES, SEED, heavy_too=False)]
    assert len(names) == CASES
    assert set(names) == set(FIXED) | set(KINDS)
    assert all(names.count(name) == 1 for name in FIXED)
    assert set(BOMBS) <= set(HEAVY)
    assert planned(CASES, SEED, heavy_too=False) == planned(CASES, SEED, heavy_too=False)


def test_a_case_is_the_same_each_time(tmp_path: Path) -> None:
    for name in ("csv_bytes", "xlsx_xml", "profile_lines"):
        contents = []
        for again in ("one", "two"):
            folder = tmp_path / f"{name}-{again}"
            folder.mkdir()
            made(name, 7, folder)
            contents.append({p.name: p.read_bytes() for p in folder.iterdir() if p.suffix != ".xlsx"})
        assert contents[0] == contents[1]
    assert random.Random("csv_bytes:7").random() != random.Random("csv_bytes:8").random()


@pytest.mark.parametrize(
    ("does", "said"),
    [
        ("raise RuntimeError('x')", "RuntimeError: x"),
        ("raise MemoryError", "MemoryError"),
        ("raise SourceError(Message('{file} holds no data.', {'file': 'x'}))", "no next step"),
        ("raise SourceError(Message('Something else.'), Message('Check that the right file was saved.'))", "names no file"),
        ("(folder / 'inbox' / 'x').touch(); raise nothing_in('stores.csv')", "changed the data"),
        ("bytearray(3 << 30)[::4096]; raise nothing_in('stores.csv')", "MiB"),
        ("os.abort()", "died: -6"),
    ],
)  # fmt: skip
def test_the_campaign_sees_what_must_not_happen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, does: str, said: str
) -> None:
    """A door whose importer does wrong on purpose."""
    (tmp_path / "sitecustomize.py").write_text(
        "import os, sys\n"
        "if 'tests.hostile.door' in ' '.join(sys.orig_argv) and '--base' not in sys.orig_argv:\n"
        "    import sq.intake\n"
        "    from sq.errors import SourceError\n"
        "    from sq.language import Message\n"
        "    from sq.sources.failures import nothing_in\n"
        "    def load(folder, *_rest):\n"
        f"        {does}\n"
        "    sq.intake.load = load\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path) + os.pathsep + os.environ.get("PYTHONPATH", ""))
    (answer,) = run([("a_folder", 0)], doors=1, keep=tmp_path / "kept")
    assert said in answer.fault
    assert "a_folder:0" in (tmp_path / "kept" / "a_folder-0" / "fault.txt").read_text(encoding="utf-8")
