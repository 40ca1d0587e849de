"""Hostile deliveries by kind: each is made anew from its kind and a number, so that a failure can be played again."""

from __future__ import annotations

import importlib
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

MAKERS = ("texts", "workbooks", "archives", "parquets", "profiles", "places")


@dataclass(frozen=True)
class Delivery:
    """Files to import. ``must``: 'sentence' where nothing but a refusal in one sentence will do, '' where findings
    or a load are right too."""

    files: tuple[Path, ...]
    profile: Path | None = None
    accept_valid: bool = False
    must: str = ""


Maker = Callable[[random.Random, Path], Delivery]
KINDS: dict[str, tuple[int, Maker]] = {}
FIXED: dict[str, Maker] = {}
HEAVY: dict[str, Maker] = {}


def kind(weight: int) -> Callable[[Maker], Maker]:
    """Register a generator; ``weight`` is its share of a campaign."""

    def register(maker: Maker) -> Maker:
        KINDS[maker.__name__] = (weight, maker)
        return maker

    return register


def fixed(maker: Maker) -> Maker:
    """Register a case that is always the same."""
    FIXED[maker.__name__] = maker
    return maker


def heavy(maker: Maker) -> Maker:
    """Register a case that takes seconds: a bomb, a million rows."""
    HEAVY[maker.__name__] = maker
    return maker


def learn_kinds() -> None:
    """Fill the registers."""
    for name in MAKERS:
        importlib.import_module(f"tests.hostile.{name}")


def made(name: str, seed: int, folder: Path) -> Delivery:
    """The delivery of a kind and a number, its files in ``folder``."""
    maker = KINDS[name][1] if name in KINDS else FIXED.get(name) or HEAVY[name]
    return maker(random.Random(f"{name}:{seed}"), folder)


def planned(count: int, seed: int, heavy_too: bool) -> list[tuple[str, int]]:
    """Kind and number of ``count`` cases: every fixed one, the rest by weight."""
    learn_kinds()
    names = [*(HEAVY if heavy_too else ()), *FIXED]
    rng = random.Random(seed)
    kinds, weights = list(KINDS), [weight for weight, _maker in KINDS.values()]
    drawn = rng.choices(kinds, weights, k=max(0, count - len(names)))
    return [(name, 0) for name in names] + [(name, seed * 1_000_000 + i) for i, name in enumerate(drawn)]
