"""Arithmetic on arrays that were already checked: no validation, no public names."""
