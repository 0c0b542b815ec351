"""SQL that puts new rows beside the stored versions of the same events.

A version is in force from its ``available_at`` until that of the next version of the same event. A new row that says
nothing new (the same content as the version before it, or as another of the same moment) is the same row again and is
dropped. Everything else is kept, in the order of availability, wherever it falls among the versions that are there.
"""
# ruff: noqa: S608  SQL here is built from column names of the contract, never from user text.

from __future__ import annotations

from vedette.frames.events import CONTENT, EVENTS

_ORDER = "available_at, is_new, batch, file_id, row"
_EVENT = "dataset, key, id"


def link_versions(staged: str, old: str, touched: str) -> str:
    """SQL for the table ``chain``: every version of the touched events, with what comes next, and new rows to drop.

    ``_keep`` is false for a new row that says nothing new. ``_next`` is when the next version becomes available,
    ``_was`` when it did among the stored versions alone (both null for the last one).
    """
    columns = ", ".join(EVENTS.names)
    content = ", ".join(f"coalesce(CAST({name} AS VARCHAR), chr(0))" for name in CONTENT)
    return f"""
    CREATE OR REPLACE TEMP TABLE chain AS
    WITH both_kinds AS (
        SELECT true AS is_new, _n, {columns} FROM {staged} SEMI JOIN {touched} USING (key)
        UNION ALL SELECT false, NULL, {columns} FROM {old}
    ), numbered AS (
        SELECT *, concat_ws(chr(1), {content}) AS _content FROM both_kinds
    ), compared AS (
        SELECT *, lag(_content) OVER (PARTITION BY {_EVENT} ORDER BY {_ORDER}) AS _before,
            row_number() OVER (
                PARTITION BY {_EVENT}, available_at, _content ORDER BY is_new, batch, file_id, row) AS _nth
        FROM numbered
    ), judged AS (
        SELECT *, NOT is_new OR (_nth = 1 AND _content IS DISTINCT FROM _before) AS _keep FROM compared
    )
    SELECT * EXCLUDE (_content, _before, _nth),
        CASE WHEN _keep THEN lead(available_at) OVER (PARTITION BY {_EVENT}, _keep ORDER BY {_ORDER}) END AS _next,
        CASE WHEN NOT is_new THEN lead(available_at) OVER (PARTITION BY {_EVENT}, is_new ORDER BY {_ORDER}) END AS _was,
        bool_or(NOT is_new) OVER (PARTITION BY {_EVENT}) AS _known
    FROM judged"""


COUNT_CHAIN = (
    "SELECT count(*) FILTER (is_new AND NOT _keep), count(*) FILTER (is_new AND _keep) - "
    "count(DISTINCT (dataset, key, id)) FILTER (is_new AND _keep AND NOT _known) FROM chain"
)
"""Rows that are the same again, and new versions of events that were known (or came twice)."""

SUPERSEDED_ROWS = (
    "SELECT dataset, key, file_id, row, _next AS superseded_at FROM chain "
    "WHERE _keep AND _next IS NOT NULL AND (is_new OR _next IS DISTINCT FROM _was)"
)


def day_changes(untouched: str, *, linked: bool) -> str:
    """SQL for the changes of daily counts that the rows of ``untouched`` make, and those of ``chain`` if ``linked``.

    The counts are sums over rows of this table, so the two parts need not be added up here.
    """
    group = "dataset, occurred_from, source, target, root"
    parts = [
        f"""SELECT dataset, occurred_from AS day, source, target, root, CAST(available_at AS DATE) AS available_on,
        count(*) AS events, CAST(coalesce(sum(mentions), 0) AS BIGINT) AS mentions, count(mentions) AS with_mentions,
        CAST(coalesce(sum(fatalities), 0) AS BIGINT) AS fatalities, count(fatalities) AS with_fatalities
        FROM {untouched} WHERE kind = 'event' GROUP BY {group}, CAST(available_at AS DATE)"""
    ]
    if linked:
        picked = "dataset, occurred_from AS day, source, target, root, mentions, fatalities"
        moved = "_keep AND (is_new OR _next IS DISTINCT FROM _was) AND kind = 'event'"
        changes = " UNION ALL ".join(
            (
                f"SELECT {picked}, CAST(available_at AS DATE) AS available_on, 1 AS sign FROM chain "
                "WHERE is_new AND _keep AND kind = 'event'",
                f"SELECT {picked}, CAST(_next AS DATE), -1 FROM chain WHERE {moved} AND _next IS NOT NULL",
                f"SELECT {picked}, CAST(_was AS DATE), 1 FROM chain WHERE {moved} AND NOT is_new AND _was IS NOT NULL",
            )
        )
        counts = (
            "sum(sign)", "coalesce(sum(sign * mentions), 0)", "coalesce(sum(sign) FILTER (mentions IS NOT NULL), 0)",
            "coalesce(sum(sign * fatalities), 0)", "coalesce(sum(sign) FILTER (fatalities IS NOT NULL), 0)",
        )  # fmt: skip
        whole = ", ".join(f"CAST({c} AS BIGINT)" for c in counts)
        parts.append(
            f"SELECT dataset, day, source, target, root, available_on, {whole} "
            f"FROM ({changes}) GROUP BY ALL HAVING {' OR '.join(f'{c} <> 0' for c in counts)}"
        )
    return f"SELECT * FROM ({' UNION ALL '.join(parts)}) ORDER BY source, target, day, root"
