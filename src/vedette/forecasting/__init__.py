"""Base rates, update by evidence, scenario distribution, and why: contributions, binding condition, what-if."""
