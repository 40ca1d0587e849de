"""A file is written whole or not at all, whatever happens on the way."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from sq.errors import ExportError
from sq.exports.writing import file_name, numbered, write_all, write_whole


def test_a_file_and_its_folder_are_made(tmp_path: Path) -> None:
    path = write_whole(tmp_path / "new" / "a.html", b"one")
    assert path.read_bytes() == b"one"
    assert [p.name for p in path.parent.iterdir()] == ["a.html"]


def test_a_full_disk_leaves_the_old_file_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_whole(tmp_path / "a.html", b"old")

    def full(_number: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ExportError, match=r"the disk is full\. Nothing was changed"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.html"]


def test_of_several_files_none_is_written_when_one_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "b.html").mkdir()
    with pytest.raises(ExportError, match=r"b\.html is there already"):
        write_all({tmp_path / "a.html": b"a", tmp_path / "b.html": b"b"})
    assert sorted(p.name for p in tmp_path.iterdir()) == ["b.html"]


def test_a_target_below_a_file_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ExportError, match="is no folder that can be used"):
        write_whole(tmp_path / "file" / "a.html", b"a")


def test_a_file_that_is_to_be_kept_is_kept(tmp_path: Path) -> None:
    path = write_whole(tmp_path / "a.html", b"old")
    with pytest.raises(ExportError, match="is there already"):
        write_whole(path, b"new", force=False)
    assert path.read_bytes() == b"old"


def test_names_of_files_lose_what_file_systems_refuse() -> None:
    assert file_name('a/b\\c:d*"<>|?\n', ".html") == "a_b_c_d_______.html"
    assert file_name("...", ".html") == "sq.html"
    assert file_name("通报" * 100, ".html") == "通报" * 40 + ".html"


def test_names_that_differ_by_case_only_are_numbered() -> None:
    assert numbered(["A", "a", "b"]) == ["A", "a 2", "b"]
