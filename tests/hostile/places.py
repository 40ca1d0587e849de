"""Things that are no files, and files with odd names."""

from __future__ import annotations

import os
import random
from pathlib import Path

from tests.hostile.base import GOOD, csv_text
from tests.hostile.cases import Delivery, fixed, kind
from tests.hostile.texts import rows_of, written

STORES = csv_text(GOOD["stores"])
ODD_NAMES = (
    b"stores\xff\xfe.csv", b"stores\n.csv", "stores\u202evsc.csv".encode(), b"stores\x1b[31m.csv", "门店清单（最终版）.csv".encode(),
    b"stores" + b"x" * 245 + b".csv", "店".encode() * 83 + b".csv", b"stores';--.csv", b"stores{file}.csv", b"-rf.csv", b"stores .csv",
    b" .csv", b".csv", b"stores.CSV", b"stores.csv.csv", b"stores%s.csv", b"$(id).csv", b"a|b.csv", b"stores\\.csv", b"con.csv",
)  # fmt: skip


@kind(3)
def odd_names(rng: random.Random, folder: Path) -> Delivery:
    """Good or spoilt rows in a file of an odd name."""
    name = os.fsdecode(rng.choice(ODD_NAMES))
    _table, rows = rows_of(rng, "stores")
    if rng.random() < 0.5:
        rows[1][0] = ""
    text = rng.choice([csv_text(rows), csv_text(rows), "", "a,b\n1\n"])
    return Delivery((written(folder, name, text),), accept_valid=rng.random() < 0.5)


@fixed
def a_folder(_rng: random.Random, folder: Path) -> Delivery:
    """A folder with the name of a file."""
    (folder / "stores.csv").mkdir()
    return Delivery((folder / "stores.csv",), must="sentence")


@fixed
def nothing_there(_rng: random.Random, folder: Path) -> Delivery:
    """A file that does not exist."""
    return Delivery((folder / "stores.csv",), must="sentence")


@fixed
def no_files(_rng: random.Random, folder: Path) -> Delivery:
    """A profile and no files."""
    return Delivery((), written(folder, "p.toml", '[[section]]\ntable = "stores"\n'), must="sentence")


@fixed
def a_pipe(_rng: random.Random, folder: Path) -> Delivery:
    """A pipe that nobody writes to."""
    os.mkfifo(folder / "stores.csv")
    return Delivery((folder / "stores.csv",), must="sentence")


@fixed
def a_link_to_itself(_rng: random.Random, folder: Path) -> Delivery:
    """A link that leads nowhere."""
    (folder / "stores.csv").symlink_to("stores.csv")
    return Delivery((folder / "stores.csv",), must="sentence")


@fixed
def a_link_without_a_file(_rng: random.Random, folder: Path) -> Delivery:
    """A link to a file that is gone."""
    (folder / "stores.csv").symlink_to("gone.csv")
    return Delivery((folder / "stores.csv",), must="sentence")


@fixed
def a_link_to_a_file(_rng: random.Random, folder: Path) -> Delivery:
    """A link to a good file is that file."""
    written(folder, "really.csv", STORES)
    (folder / "stores.csv").symlink_to("really.csv")
    return Delivery((folder / "stores.csv",), must="loaded")


for _name in ("zero", "full", "null", "random", "tty", "stdin"):

    def _maker(_rng: random.Random, folder: Path, name: str = _name) -> Delivery:
        (folder / "stores.csv").symlink_to(f"/dev/{name}")
        return Delivery((folder / "stores.csv",), must="sentence")

    _maker.__name__ = f"device_{_name}"
    fixed(_maker)


@fixed
def a_process_file(_rng: random.Random, folder: Path) -> Delivery:
    """A file of the system that is no file on a disk."""
    return Delivery((Path("/proc/self/mem"),), must="sentence")


@fixed
def a_profile_that_is_a_pipe(_rng: random.Random, folder: Path) -> Delivery:
    """A profile that would never end."""
    os.mkfifo(folder / "p.toml")
    return Delivery((written(folder, "stores.csv", STORES),), folder / "p.toml", must="sentence")


@fixed
def a_profile_that_is_a_device(_rng: random.Random, folder: Path) -> Delivery:
    """A profile without end."""
    (folder / "p.toml").symlink_to("/dev/zero")
    return Delivery((written(folder, "stores.csv", STORES),), folder / "p.toml", must="sentence")


@fixed
def a_profile_that_is_a_folder(_rng: random.Random, folder: Path) -> Delivery:
    """A folder in the place of a profile."""
    (folder / "p.toml").mkdir()
    return Delivery((written(folder, "stores.csv", STORES),), folder / "p.toml", must="sentence")


@fixed
def the_same_file_twice(_rng: random.Random, folder: Path) -> Delivery:
    """A file that is given twice counts once."""
    path = written(folder, "stores.csv", STORES)
    return Delivery((path, path), must="loaded")


@fixed
def the_same_rows_in_two_files(_rng: random.Random, folder: Path) -> Delivery:
    """Two files with the same keys."""
    files = (written(folder, "stores.csv", STORES), written(folder, "stores2.csv", STORES + "\n"))
    return Delivery(files, must="refused")
