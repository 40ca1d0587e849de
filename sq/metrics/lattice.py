"""Which groups of an anonymous survey exist: those of the lattice, and why nothing else does."""

from __future__ import annotations

from dataclasses import dataclass

from sq.language import N_, Message
from sq.metrics.catalogue import Metric
from sq.metrics.querying import subject_kind
from sq.selection import PLACE_PATH, Selection

PLACE_LEVELS = ("store", "city", "region")
STAFF_AXES = ("role", "tenure")
# The words for a level where a sentence lists them.
LEVEL_WORDS: dict[str, str] = {
    "chain": N_("the whole company"),
    "region": N_("regions"),
    "city": N_("cities"),
    "store": N_("stores"),
    "department": N_("departments"),
}
_ONLY = N_("{metric} is not shown for {level}.")
_ONE_OF_BOTH = N_("Not shown, for anonymity: groups by role and length of service at once would be too small.")
_TOO_SMALL = N_("Not shown, for anonymity: role and length of service are shown for the company and its regions only.")
_WHOLE_FORM = N_("Not shown, for anonymity: role and length of service are shown for the whole survey only.")
_NO_REGION = N_("Not shown: departments belong to the whole company, not to a region, city or store.")


@dataclass(frozen=True)
class Group:
    """A kind of group: level as in the table ``cells``, kind of subject, whether by role or length of service."""

    level: str
    subject_kind: str
    by_role: bool = False
    by_tenure: bool = False


def group_of(metric: Metric, selection: Selection, axes: tuple[str, ...]) -> Group | Message:
    """The kind of group that answers a question, or the sentence why there is none."""
    wanted = {*axes, *(name for name in (*PLACE_PATH, "department", *STAFF_AXES) if getattr(selection, name))}
    place = next((name for name in PLACE_LEVELS if name in wanted), "chain")
    kind = subject_kind(metric, selection, axes)
    level = _level(metric, place, "department" in wanted)
    if isinstance(level, Message):
        return level
    role, tenure = "role" in wanted, "tenure" in wanted
    if role and tenure:
        return Message(_ONE_OF_BOTH)
    if (role or tenure) and level not in ("chain", "region"):
        return Message(_TOO_SMALL)
    if (role or tenure) and kind != "form":
        return Message(_WHOLE_FORM)
    return Group(level, kind, role, tenure)


def _level(metric: Metric, place: str, department: bool) -> str | Message:
    missing = next((name for name in (place, *["department"] * department) if name not in metric.levels), "")
    if missing:
        return Message(_ONLY, {"metric": metric.title, "level": Message(LEVEL_WORDS[missing])})
    if not department:
        return place
    if place == "chain":
        return "department"
    return "region_department" if metric.instrument == "internal_service" else Message(_NO_REGION)
