"""Nouns to and from files: case files (TOML), dossiers and stored records (JSON), each with a schema version."""
