"""Pure functions on numbers: intervals, differences, adjustment for many comparisons.

Owns scipy and statsmodels, which are imported inside the functions that need them. Imports nothing of sq.
"""
