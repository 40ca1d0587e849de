"""Linear programmes of one set of constraints and many aims: each starts where the one before it ended.

A programme of 2,000 columns takes 20 to 50 ms from nothing; from the corner of the last one about 1 ms, as the next aim
is usually a few steps away (HiGHS, primal simplex: a corner stays feasible whatever is aimed at).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
PRIMAL, CHOOSE = 4, 0  # HiGHS: simplex_strategy


@dataclass(frozen=True)
class Part:
    """An amount that belongs to a few: at most ``top``, and of ``column`` at most ``left`` is left to the others.

    Parts of one ``block`` add up to ``people`` (NaN = need not).
    """

    column: int
    top: float
    left: float
    block: int
    people: float


class Programme:
    """Points x between 0 and ``tops`` with ``low`` <= matrix @ x <= ``high``; ``matrix`` is a CSR matrix."""

    def __init__(self, matrix: Any, low: Numbers, high: Numbers, tops: Numbers) -> None:
        import highspy

        self._columns = len(tops)
        self._rows = len(low)
        self._solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        self._status = highspy.HighsModelStatus
        for option, value in (("output_flag", False), ("threads", 1)):
            self._solver.setOptionValue(option, value)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = self._columns, self._rows
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = np.zeros(self._columns), np.zeros(self._columns), tops
        lp.row_lower_, lp.row_upper_ = low, high
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
        if self._solver.passModel(lp) == highspy.HighsStatus.kError:
            raise ValueError("the constraints are not those of a linear programme")

    def least(self, costs: Numbers) -> Numbers | None:
        """The point of least cost; None if no point is possible."""
        self._aim(np.arange(self._columns), costs)
        return self._solved()

    def ends(self, costs: Numbers, parts: Sequence[Part], part_costs: Numbers) -> list[Numbers] | None:
        """The points, with the parts at their end, of least and of greatest cost; None if no point is possible."""
        basis = self._solver.getBasis()
        if parts:
            self._split(parts)
        found = []
        for sign in (1.0, -1.0):
            every = sign * np.concatenate([costs, part_costs])
            self._aim(np.arange(len(every)), every)
            found.append(self._solved())
        if parts:
            self._solver.deleteCols(len(parts), np.arange(self._columns, self._columns + len(parts), dtype=np.int32))
            added = self._solver.getNumRow() - self._rows
            self._solver.deleteRows(added, np.arange(self._rows, self._rows + added, dtype=np.int32))
            if basis.valid:
                self._solver.setBasis(basis)
        return None if any(point is None for point in found) else [point for point in found if point is not None]

    def _aim(self, columns: Any, costs: Numbers) -> None:
        self._solver.changeColsCost(len(columns), columns.astype(np.int32), costs)

    def _split(self, parts: Sequence[Part]) -> None:
        """Add a column per part, a row for what is left of its column, and a row per block whose parts add up."""
        count, none = len(parts), np.zeros(0, dtype=np.int32)
        tops = np.array([p.top for p in parts])
        starts = np.zeros(count, dtype=np.int32)
        self._solver.addCols(count, np.zeros(count), np.zeros(count), tops, 0, starts, none, np.zeros(0))
        own = self._columns + np.arange(count)
        rest = np.column_stack([[p.column for p in parts], own]).ravel()
        rows = [(rest[2 * i : 2 * i + 2], np.array([1.0, -1.0]), 0.0, p.left) for i, p in enumerate(parts)]
        for block in dict.fromkeys(p.block for p in parts if not np.isnan(p.people)):
            inside = np.array([i for i, p in enumerate(parts) if p.block == block])
            rows.append((own[inside], np.ones(len(inside)), parts[inside[0]].people, parts[inside[0]].people))
        index = np.concatenate([columns for columns, _, _, _ in rows]).astype(np.int32)
        value = np.concatenate([weights for _, weights, _, _ in rows])
        begin = np.cumsum([0, *(len(columns) for columns, _, _, _ in rows)])[:-1].astype(np.int32)
        low, high = np.array([r[2] for r in rows]), np.array([r[3] for r in rows])
        self._solver.addRows(len(rows), low, high, len(index), begin, index, value)

    def _solved(self) -> Numbers | None:
        """Solve from where the last one ended; from nothing where that does not end well."""
        for _ in range(2):
            self._solver.run()
            status = self._solver.getModelStatus()
            if status == self._status.kOptimal:
                self._solver.setOptionValue("simplex_strategy", PRIMAL)
                return np.array(self._solver.getSolution().col_value)
            self._solver.clearSolver()
            self._solver.setOptionValue("simplex_strategy", CHOOSE)
        if status == self._status.kInfeasible:
            return None
        raise RuntimeError(f"the linear programme was not solved: {status.name}")
