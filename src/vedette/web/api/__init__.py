"""The API: what the pages do, for other programs. One application of its own under ``/api/v1``, with its own schema."""
