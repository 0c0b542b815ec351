"""View models of the pages: frozen dataclasses and the pure functions that build them, tested without HTTP."""
