"""The risk process: forecasts frozen before their weeks, scored after them, and the present."""
