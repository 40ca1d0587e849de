"""The simulated chain: files as vendors send them, with planted effects that are written down.

`build` writes the files and ``truth.json``. They go through the same importer as anyone's. The content (touchpoints,
checklist, questions, cities, comments) is data in ``lists/*.csv``; what is planted is in `planting`. It imports
nothing of sq but language and records.
"""

from sq.demo.building import build
from sq.demo.planting import TRUTH_FILE

__all__ = ["TRUTH_FILE", "build"]
