"""Settings of one data folder: ``settings.toml`` beside the data, all optional (see data/README.md)."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sq.errors import SettingsError
from sq.language import N_, Message
from sq.places import settings_file

LEAST_GROUP = 5  # anonymity.md, rule 2: never below


class Anonymity(BaseModel):
    """Smallest groups of the anonymous surveys; a wave keeps those of its first publication."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    minimum_group: int = Field(default=LEAST_GROUP, ge=LEAST_GROUP)


class Workspace(BaseModel):
    """Where agendas, notes and saved views are kept: a database such as postgresql://user:password@host/sq."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    database: str = ""  # empty = a file in the data folder


class Settings(BaseModel):
    """All settings."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    anonymity: Anonymity = Anonymity()
    workspace: Workspace = Workspace()


def read_settings(folder: Path) -> Settings:
    """The settings of a data folder; the defaults where it has no settings file.

    Raises:
        SettingsError: the file is no TOML, has an unknown setting, or asks for groups below five.
    """
    path = settings_file(folder)
    try:
        return Settings.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _wrong(Message(N_("it is not a TOML file: {reason}"), {"reason": str(error).splitlines()[0]})) from error
    except ValidationError as error:
        raise _wrong(_reason(error.errors()[0])) from error


def _reason(first: Any) -> Message:
    name = ".".join(str(part) for part in first["loc"])
    value = repr(first.get("input"))
    if first["type"] == "extra_forbidden":
        return Message(N_("there is no setting {name}"), {"name": name})
    if first["type"] == "greater_than_equal":
        text = N_("{name} is {value}; a group of fewer than {least} people is never shown")
        return Message(text, {"name": name, "value": value, "least": LEAST_GROUP})
    if first["type"] == "string_type":
        return Message(N_("{name} cannot be {value}; it is a text in quotation marks"), {"name": name, "value": value})
    return Message(N_("{name} cannot be {value}; it is a whole number"), {"name": name, "value": value})


def _wrong(reason: Message) -> SettingsError:
    return SettingsError(
        Message(N_("The settings in data/settings.toml cannot be used: {reason}."), {"reason": reason}),
        Message(N_("Correct the file, or delete it: without it the defaults hold.")),
    )
