"""What can be computed about place: distances to borders, who touches whom, disputed areas, locator maps.

Boundaries are Natural Earth's, made at build time (``buildtools/reference_data.py``). They are a drawing at
a scale, not a legal description, so every distance comes with its spread over drawings and reference points.
"""
