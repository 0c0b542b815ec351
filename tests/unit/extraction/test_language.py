"""The guess only has to keep other languages from being read as English."""

from __future__ import annotations

import pytest

from made_documents import ARTICLE, FRENCH, INVENTED, STATEMENT, UNRELATED
from vedette.extraction.language import guess_language


@pytest.mark.parametrize("text", [ARTICLE, STATEMENT, INVENTED, UNRELATED, "Troops moved."])
def test_english(text: str) -> None:
    assert guess_language(text) == "en"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (FRENCH, "fr"),
        ("Die Truppen stehen an der Grenze und die Lage ist nicht besser als im letzten Jahr.", "de"),
        ("Las tropas están en la frontera y el gobierno dice que no hay una solución para el conflicto.", "es"),
        ("Wojska stoją na granicy i nie wiadomo, czy do tego dojdzie, ale jest to możliwe.", "pl"),
        ("Войска стоят у границы, и никто не знает, что будет дальше.", "ru"),
        ("Війська стоять біля кордону, і ніхто не знає, що буде далі.", "uk"),
        ("Войскі стаяць ля мяжы, і ніхто не ведае, што будзе далей, аднак усё ў парадку.", "be"),
        ("القوات على الحدود ولا أحد يعرف ماذا سيحدث", "ar"),
        ("军队在边境集结", "zh"),
        ("12345 67890", "und"),
    ],
)
def test_other_languages(text: str, code: str) -> None:
    assert guess_language(text) == code
