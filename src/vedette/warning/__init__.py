"""Signals, indicators, and the alerts that follow from what moved."""
