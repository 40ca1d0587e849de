"""Pictures of every page for docs/screenshots/: ``python -m tests.screenshots [--pages overview,explore] ...``.

Serves the folder named by SQ_DATA (the simulated chain) and keeps each picture small (at most 128 colours).
"""

import argparse
import io
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import duckdb
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from sq import workspace
from tests.browser.chromium import ARGUMENTS, install_chinese_font, installed_chromium
from tests.browser.reading import Reading
from tests.serving import ROOT, Server, serving

COLOURS = 128
SLIDE = 5  # key presses from the opening slide
FOLDER = ROOT / "docs" / "screenshots"


@dataclass(frozen=True)
class Shot:
    """One picture: its name, the address, whether it is also taken dark, and what to scroll to."""

    name: str
    address: str
    dark: bool = False
    scroll_to: str = ""


def shots(folder: Path) -> list[Shot]:
    """Every page, and the drill at three depths; names come from the data that is shown."""
    region, store, touchpoint, visit = _examples(folder)
    hidden, department = _anonymous_examples(folder)
    return [
        Shot("overview", "overview", dark=True),
        Shot("explore", "explore", dark=True),
        Shot("explore-map", "explore", scroll_to="sq_map"),
        Shot("explore-stage", "explore?stage=after-sales"),
        Shot("explore-region", f"explore?region={region}"),
        Shot("explore-touchpoint", f"explore?touchpoint={touchpoint}"),
        Shot("explore-store", f"explore?region={region}&store={store}"),
        Shot("explore-nps", "explore?metric=nps"),
        Shot("compare", "compare"),
        Shot("compare-stores", "compare?level=store", dark=True),
        Shot("store", f"store?store={store}"),
        Shot("shoppers", "shoppers"),
        Shot("explore-employees", "explore?metric=employee_index", dark=True),
        Shot("explore-employees-map", "explore?metric=employee_index", scroll_to="sq_map"),
        Shot("explore-hidden", f"explore?metric=awareness_index&region={hidden}&split=store"),
        Shot("explore-internal-service", f"explore?metric=internal_service_score&department={department}"),
        Shot(
            "explore-internal-service-problems",
            f"explore?metric=internal_service_score&department={department}",
            scroll_to="sq_problems",
        ),
        Shot("explore-management", "explore?metric=management_score&split=dimension"),
        Shot("explore-stores", "explore?stage=after-sales&view=map&split=store", scroll_to="sq_store_map"),
        Shot("customers", "customers", dark=True),
        Shot("customers-answers", "customers", scroll_to="sq_expectations"),
        Shot("customers-words", "customers", scroll_to="sq_terms"),
        Shot("priorities", "priorities", dark=True),
        Shot("priorities-importance", "priorities?kind=touchpoint", scroll_to="sq_importance"),
        Shot("priorities-pareto", "priorities", scroll_to="sq_pareto"),
        Shot("gaps", "gaps", dark=True),
        Shot("gaps-regions", "gaps?gap=delivery", scroll_to="sq_gap_regions"),
        Shot("employees", "employees", dark=True),
        Shot("employees-units", "employees?level=store", scroll_to="sq_staff_units"),
        Shot("employees-drivers", "employees", scroll_to="sq_scales"),
        Shot("employees-internal", "employees?part=internal"),
        Shot("employees-beliefs", "employees?part=beliefs"),
        Shot("chain", "chain", dark=True),
        Shot("touchpoints", "touchpoints"),
        Shot("touchpoints-disagreement", "touchpoints", scroll_to="sq_signal_T20"),
        Shot("touchpoints-inside", "touchpoints", scroll_to="sq_inside"),
        Shot("visits-list", "visits"),
        Shot("visits", f"visits?visit={visit}"),
        Shot("visits-words", "visits?kind=customer"),
        Shot("data", "data"),
        Shot("data-batches", "data?part=batches"),
        Shot("data-coverage", "data?part=coverage"),
        Shot("data-anonymous", "data?part=anonymous", dark=True),
        Shot("definitions", "definitions"),
        Shot("definitions-anonymity", "definitions?part=promises"),
    ]


def _examples(folder: Path) -> tuple[str, str, str, str]:
    current = (folder / "published" / "CURRENT").read_text(encoding="utf-8").strip()
    with duckdb.connect(str(folder / "published" / f"sq-{current}.duckdb"), read_only=True) as con:
        found = con.execute(
            """SELECT region_now, store_id, visit_id FROM visits JOIN memberships USING (membership_key)
            WHERE brand = '' AND is_current AND comment IS NOT NULL
            ORDER BY is_failed DESC, visited_on DESC, visit_id LIMIT 1"""
        ).fetchone()
        touchpoint = con.execute("SELECT touchpoint_id FROM touchpoints ORDER BY abs(position - 9) LIMIT 1").fetchone()
    assert found is not None
    assert touchpoint is not None
    return found[0], found[1], touchpoint[0], found[2]


def _anonymous_examples(folder: Path) -> tuple[str, str]:
    """The region with the most hidden stores in the newest awareness survey, and the department rated lowest."""
    current = (folder / "published" / "CURRENT").read_text(encoding="utf-8").strip()
    with duckdb.connect(str(folder / "published" / f"sq-{current}.duckdb"), read_only=True) as con:
        region = con.execute(
            """SELECT region FROM cells WHERE instrument = 'awareness' AND level = 'store' AND subject_kind = 'form'
            AND wave = (
                SELECT max_by(wave, ends_on) FROM anonymous_waves WHERE instrument = 'awareness' AND state <> 'open')
            GROUP BY region ORDER BY count(nullif(hidden, '')) DESC, count() DESC, region LIMIT 1"""
        ).fetchone()
        department = con.execute(
            """SELECT department_id FROM cells WHERE instrument = 'internal_service' AND level = 'department'
            AND subject_kind = 'form' AND hidden = '' ORDER BY value, department_id LIMIT 1"""
        ).fetchone()
    assert region is not None
    assert department is not None
    return region[0], department[0]


def take(browser: Browser, server: Server, shot: Shot, folder: Path, language: str, scheme: str, size: str) -> None:
    """Open a page as a reader of that language and keep what is on the screen."""
    width, height = (int(number) for number in size.split("x"))
    reader = Reading(browser, server.url, language, color_scheme=scheme, viewport={"width": width, "height": height})
    reader.open(shot.address)
    if shot.scroll_to:
        reader.part(shot.scroll_to).evaluate("part => part.scrollIntoView({block: 'end'})")
    reader.page.wait_for_timeout(600)
    suffix = "" if scheme == "light" else f"-{scheme}"
    _keep(reader.page.screenshot(), folder / f"{shot.name}-{language}{suffix}.png")
    reader.close()


def take_meeting(browser: Browser, server: Server, folder: Path, language: str) -> None:
    """An agenda that built itself, and its third slide as it is presented; the agenda is removed again."""
    before = {agenda.id for agenda in workspace.agendas(server.folder)}
    reader = Reading(browser, server.url, language, viewport={"width": 1440, "height": 900})
    present, _presenter = reader.begin_meeting()
    _keep(reader.page.screenshot(), folder / f"meeting-{language}.png")
    reader.page.set_viewport_size({"width": 1920, "height": 1080})
    reader.open(present)
    for _step in range(SLIDE):
        reader.page.keyboard.press("ArrowRight")
        reader.page.wait_for_timeout(600)
        reader.rest()
    _keep(reader.page.screenshot(), folder / f"meeting-slide-{language}.png")
    reader.close()
    for agenda in workspace.agendas(server.folder):
        if agenda.id not in before:
            workspace.remove(server.folder, agenda)


def _keep(picture: bytes, path: Path) -> None:
    image = Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    image.save(path, optimize=True)
    print(f"{path.name} {path.stat().st_size / 1024:.0f} KiB")


def main() -> None:
    """Take all pictures in both languages, some also dark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--pages", default="", help="only pictures whose name begins so, by commas")
    parser.add_argument("--size", default="1440x900")
    parser.add_argument("--dark", action="store_true", help="every picture dark as well")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    data = Path(os.environ.get("SQ_DATA", ROOT / "data"))
    install_chinese_font()
    with tempfile.TemporaryDirectory() as logs, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed_chromium(), args=ARGUMENTS)
        with serving(data, Path(logs) / "log") as server:
            for shot in shots(data):
                if shot.name.startswith(tuple(options.pages.split(","))):
                    for language in ("zh", "en"):
                        for scheme in ("light", "dark") if shot.dark or options.dark else ("light",):
                            take(browser, server, shot, options.folder, language, scheme, options.size)
            if "meeting".startswith(tuple(options.pages.split(","))):
                for language in ("zh", "en"):
                    take_meeting(browser, server, options.folder, language)
        browser.close()


if __name__ == "__main__":
    main()
