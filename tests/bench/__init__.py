"""Speed of the app against a floor: the same charts, metrics and tables with constant data, in the same browser."""
