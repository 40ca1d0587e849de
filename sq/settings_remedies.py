"""What usually helps against each service gap: data that an installation may replace (data/remedies.toml)."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationError

from sq.errors import SettingsError
from sq.language import N_, Message, Named
from sq.places import remedies_file

GapKey = Literal["knowledge", "standards", "delivery", "communication", "perception", "internal", "competitor"]
BUILT_IN = Path(__file__).parent / "remedies.toml"


class Remedy(BaseModel):
    """One thing that usually helps; with touchpoints only where one of these falls short."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zh: str = Field(min_length=1, max_length=300)
    en: str = Field(default="", max_length=300)
    touchpoints: tuple[str, ...] = ()

    @property
    def name(self) -> Named:
        """Its words in both languages."""
        return Named(self.zh, self.en)


class GapRemedies(BaseModel):
    """What helps against one gap, where to look for what lies behind, and which touchpoints it is about."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    remedies: tuple[Remedy, ...] = ()
    look_at: tuple[str, ...] = ()
    touchpoints: tuple[str, ...] = ()


class _File(RootModel[dict[GapKey, GapRemedies]]):
    pass


NONE = GapRemedies()


def remedies(folder: Path) -> dict[str, GapRemedies]:
    """Gap → what helps: the built-in list, and in its place what the data folder says of a gap.

    Raises:
        SettingsError: data/remedies.toml cannot be read, or names something unknown.
    """
    own = remedies_file(folder)
    changed = own.stat().st_mtime_ns if own.is_file() else 0
    return _merged(own, changed)


@lru_cache(maxsize=8)
def _merged(own: Path, changed: int) -> dict[str, GapRemedies]:
    merged: dict[str, GapRemedies] = {}
    for found in (_File.model_validate(tomllib.loads(BUILT_IN.read_text(encoding="utf-8"))).root, _read(own, changed)):
        merged.update({str(key): value for key, value in found.items()})
    return merged


def _read(path: Path, changed: int) -> dict[GapKey, GapRemedies]:
    if not changed:
        return {}
    try:
        return _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig"))).root
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _wrong(str(error).splitlines()[0]) from error
    except ValidationError as error:
        first: Any = error.errors()[0]
        raise _wrong(".".join(str(part) for part in first["loc"])) from error


def _wrong(reason: str) -> SettingsError:
    return SettingsError(
        Message(N_("The list of remedies in data/remedies.toml cannot be used: {reason}."), {"reason": reason}),
        Message(N_("Correct the file, or delete it: without it the built-in list holds.")),
    )
