"""The non-directed benchmark panel: politically relevant dyads, onset of a GML dispute, 1946-2010.

Built from the structural tables with DuckDB. Each dyad appears in both directions with the same outcome, so
that memory and network features mean the same as in the directed panel; scores use one direction.
Structure: border, minimum distance, major powers, capability ratio and total, lower and higher polity2,
defence pact, shared organisations; all of the year before. Peace years count from the last dispute since 1816.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from vedette.forecasting.structural.dyads import DyadYears, dyad_years

FIRST, LAST = 1946, 2010

SQL = """
WITH years AS (SELECT unnest(range({first}, {last} + 1)) AS year),
states AS (SELECT DISTINCT ccode, year FROM {cow_states}, years WHERE styear <= year AND endyear >= year),
majors AS (SELECT DISTINCT ccode, year FROM {cow_majors}, years
           WHERE styear <= year - 1 AND endyear >= year - 1),
near AS (SELECT ccode1, ccode2, year, min(conttype) AS conttype FROM {cow_contdir}, years
         WHERE year(stdate::DATE) <= year - 1 AND year(enddate::DATE) >= year - 1 AND conttype > 0 GROUP BY ALL),
nmc AS (SELECT ccode, year + 1 AS year, cinc FROM {cow_nmc}),
dem AS (SELECT ccode, year + 1 AS year, polity2 FROM {cw_democracy}),
dist AS (SELECT least(ccode1, ccode2) a, greatest(ccode1, ccode2) b, year + 1 AS year, min(mindist) d
         FROM {cow_mindist} GROUP BY ALL),
pact AS (SELECT least(ccode1, ccode2) a, greatest(ccode1, ccode2) b, year + 1 AS year, max(atop_defense) v
         FROM {atop_alliance} GROUP BY ALL),
igo AS (SELECT least(ccode1, ccode2) a, greatest(ccode1, ccode2) b, year + 1 AS year, max(dyadigos) v
        FROM {cow_igo_ndy} GROUP BY ALL),
began AS (SELECT ccode, min(styear) AS y FROM {cow_states} GROUP BY ALL),
spell AS (SELECT DISTINCT least(ccode1, ccode2) a, greatest(ccode1, ccode2) b, year FROM {gml_mid_ddydisps}
          WHERE gmlmidongoing = 1),
mid AS (SELECT least(ccode1, ccode2) a, greatest(ccode1, ccode2) b, year, max(gmlmidonset) v
        FROM {gml_mid_ddydisps} GROUP BY ALL)
SELECT s1.ccode AS ccode1, s2.ccode AS ccode2, s1.year AS year, coalesce(n.conttype, 0) AS conttype,
       coalesce(mid.v, 0) AS y_gml_onset,
       least(60, s1.year - coalesce((SELECT max(spell.year) FROM spell WHERE spell.a = least(s1.ccode, s2.ccode)
             AND spell.b = greatest(s1.ccode, s2.ccode) AND spell.year < s1.year),
             greatest(b1.y, b2.y, 1816))) AS c1_peaceyrs,
       (coalesce(n.conttype, 0) = 1)::INT AS c4_land_contig, (n.conttype IS NOT NULL)::INT AS c4_any_contig,
       ln(1 + dist.d) AS c4_ln_mindist, (m1.ccode IS NOT NULL)::INT AS c4_major_init,
       (m2.ccode IS NOT NULL)::INT AS major2,
       (m1.ccode IS NOT NULL)::INT + (m2.ccode IS NOT NULL)::INT AS c4_majors,
       abs(ln((c1.cinc + 1e-6) / (c2.cinc + 1e-6))) AS c3_ln_capratio, ln(c1.cinc + c2.cinc + 1e-6) AS c3_ln_total,
       c1.cinc / nullif(c1.cinc + c2.cinc, 0) AS c3_cap_share,
       least(d1.polity2, d2.polity2) AS c5_lower_polity, greatest(d1.polity2, d2.polity2) AS c5_higher_polity,
       coalesce(pact.v, 0) AS c2_pact_with_target, igo.v AS c5_shared_igos
FROM states s1 JOIN states s2 ON s1.year = s2.year AND s1.ccode <> s2.ccode
LEFT JOIN near n ON n.ccode1 = s1.ccode AND n.ccode2 = s2.ccode AND n.year = s1.year
LEFT JOIN majors m1 ON m1.ccode = s1.ccode AND m1.year = s1.year
LEFT JOIN majors m2 ON m2.ccode = s2.ccode AND m2.year = s1.year
LEFT JOIN nmc c1 ON c1.ccode = s1.ccode AND c1.year = s1.year
LEFT JOIN nmc c2 ON c2.ccode = s2.ccode AND c2.year = s1.year
LEFT JOIN dem d1 ON d1.ccode = s1.ccode AND d1.year = s1.year
LEFT JOIN dem d2 ON d2.ccode = s2.ccode AND d2.year = s1.year
JOIN began b1 ON b1.ccode = s1.ccode JOIN began b2 ON b2.ccode = s2.ccode
LEFT JOIN dist ON dist.a = least(s1.ccode, s2.ccode) AND dist.b = greatest(s1.ccode, s2.ccode) AND dist.year = s1.year
LEFT JOIN pact ON pact.a = least(s1.ccode, s2.ccode) AND pact.b = greatest(s1.ccode, s2.ccode) AND pact.year = s1.year
LEFT JOIN igo ON igo.a = least(s1.ccode, s2.ccode) AND igo.b = greatest(s1.ccode, s2.ccode) AND igo.year = s1.year
LEFT JOIN mid ON mid.a = least(s1.ccode, s2.ccode) AND mid.b = greatest(s1.ccode, s2.ccode) AND mid.year = s1.year
WHERE n.conttype IS NOT NULL OR m1.ccode IS NOT NULL OR m2.ccode IS NOT NULL
"""
TABLES = ("cow_states", "cow_majors", "cow_contdir", "cow_nmc", "cw_democracy", "cow_mindist", "atop_alliance",
          "cow_igo_ndy", "gml_mid_ddydisps")  # fmt: skip


def gml_panel(folder: Path) -> DyadYears:
    """Read the tables from `folder` and build the panel."""
    import duckdb

    sources = {name: f"read_parquet('{folder / name}.parquet')" for name in TABLES}
    table = duckdb.sql(SQL.format(first=FIRST, last=LAST, **sources)).fetchnumpy()
    return dyad_years(dict(table))


def one_direction(panel: DyadYears, p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows with the lower code first, and the mean log-odds forecast of the two directions for them."""
    key = panel.year * 10**7 + panel.i * panel.states.size + panel.j
    back = panel.year * 10**7 + panel.j * panel.states.size + panel.i
    order = np.argsort(key)
    twin = order[np.searchsorted(key, back, sorter=order)]
    logit = np.log(p) - np.log1p(-p)
    mean = 1 / (1 + np.exp(-(logit + logit[twin]) / 2))
    first = panel.i < panel.j
    return first, mean[first]
