"""The column contract of every table: name, dtype, unit, and what a null means."""
