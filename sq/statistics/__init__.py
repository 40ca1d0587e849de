"""Pure functions on numbers: intervals, differences, adjustment for many comparisons.

Owns scipy, statsmodels and threadpoolctl, which are imported inside the functions that need them.
Imports nothing of sq.
"""
