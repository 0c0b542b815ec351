"""Answers to requests, in the workspace itself: what is acknowledged and the answer commit together."""

from __future__ import annotations

from sqlalchemy import insert, select

from vedette.ports.answers import Answered
from vedette.stores import schema
from vedette.stores.database import Database


class SqlAnswers:
    """`vedette.ports.answers.Answers` on any database SQLAlchemy speaks to."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def answer(self, who: str, key: str) -> Answered | None:
        """The answer given before."""
        if not self._db.holds_anything():
            return None
        a = schema.answers.c
        with self._db.read() as connection:
            row = connection.execute(select(schema.answers).where(a.who == who, a.key == key)).first()
        if row is None:
            return None
        return Answered(who=row.who, key=row.key, request=row.request, status=row.status, body=row.body, at=row.at)

    def keep_answer(self, answered: Answered) -> None:
        """Store it."""
        with self._db.write() as connection:
            connection.execute(
                insert(schema.answers).values(
                    who=answered.who, key=answered.key, request=answered.request, status=answered.status,
                    body=answered.body, at=answered.at,
                )
            )
