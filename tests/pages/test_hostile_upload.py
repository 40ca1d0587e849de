"""Hostile files that come through the upload on the data page, with the real child process behind it."""

import random
import shutil
from pathlib import Path

import pytest

from sq.jobs import running
from tests.hostile.cases import learn_kinds, made
from tests.hostile.door import PYTHON, contents
from tests.pages.conftest import Open, texts_of

learn_kinds()


@pytest.fixture
def folder(small_data: Path, tmp_path: Path) -> Path:
    """A copy of the small chain's data folder."""
    return Path(shutil.copytree(small_data, tmp_path / "data"))


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("pdf_under_xlsx", "stores.xlsx is a PDF document. Save it as .xlsx, CSV or Parquet"),
        ("encrypted_under_csv", "stores.csv is protected by a password. Remove the password"),
        ("one_quote_and_no_end", "stores.csv is not a well-formed CSV file"),
        ("a_cell_in_another_part", "x.xlsx is too large: one sheet spans more than 15 million cells."),
        ("a_zip_that_lies_about_its_size", "x.xlsx is damaged or incomplete and cannot be opened."),
    ],
)  # fmt: skip
def test_a_hostile_upload_is_told_in_one_sentence_and_changes_nothing(
    open_page: Open, folder: Path, tmp_path: Path, case: str, said: str
) -> None:
    (tmp_path / "files").mkdir()
    (path,) = made(case, 0, tmp_path / "files").files
    before = contents(folder)
    at = open_page("data", folder=folder)
    at.file_uploader(key="sq_files").upload(path.name, path.read_bytes()).run()
    at.button(key="sq_check").click().run()
    job = running(folder)
    if job is not None:
        job.wait()
    at.run()
    assert not at.exception
    assert [error.value for error in at.error if said in error.value.replace("\\", "")]
    assert len(at.error) == 1
    assert not [text for text in texts_of(at) if PYTHON.search(text)]
    assert contents(folder) == before


def test_rows_that_attack_are_shown_as_text(open_page: Open, folder: Path) -> None:
    head = "store_id,month,customers\n"
    odd = ["<img src=x onerror=alert(1)>", "**bold** $x^2$", "=cmd|' /C calc'!A0", "S1'; DROP TABLE x; --", "\u202eS1"]
    random.Random(1).shuffle(odd)
    text = head + "".join(f"{name},2026-01-01,1\n" for name in odd)
    at = open_page("data", folder=folder)
    at.file_uploader(key="sq_files").upload("v.csv", text.encode()).run()
    at.button(key="sq_check").click().run()
    job = running(folder)
    if job is not None:
        job.wait()
    at.run()
    assert not at.exception
    findings = next(t.value for t in at.dataframe if "sentence" in t.value)
    assert set(odd) == {name for name in odd if findings["sentence"].str.contains(name, regex=False).any()}
    html = [block.proto.body for block in at.get("html")]
    assert not [body for body in html if "<img src=x" in body]
