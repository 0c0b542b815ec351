"""One module a backend, all passing one contract suite (tests/contract)."""
