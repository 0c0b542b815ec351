"""One use case a module: stages and ports joined, never an adapter."""
