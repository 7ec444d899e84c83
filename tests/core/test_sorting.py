"""Names stand where people look for them."""

import pytest

from tech4muni.core.sorting import MACEDONIAN, name_key


@pytest.mark.parametrize(
    "names",
    [
        ["Аеродром", "Гази Баба", "Дебар", "Ѓорче Петров", "Елбасан", "Зрновци", "Ѕвегор", "Илинден", "Јегуновце"],
        ["Кавадарци", "Липково", "Љубојно", "Маврово", "Неготино", "Његош", "Охрид"],
        ["Струмица", "Тетово", "Ќустендил", "Удово", "Чаир", "Џепчиште", "Штип"],
        ["Çair", "Dibër", "Gelsenkirchen", "Görlitz", "Gostivar", "Tetovo"],
        ["אילת", "חיפה", "תל אביב"],
    ],
    ids=["mk А-Ј", "mk К-О", "mk С-Ш", "Latin", "Hebrew"],
)
def test_order(names: list[str]) -> None:
    assert sorted(set(names), key=name_key) == names


def test_capitals_do_not_matter() -> None:
    assert sorted(["veles", "Strumica", "bitola"], key=name_key) == ["bitola", "Strumica", "veles"]


def test_alphabet_has_its_31_letters() -> None:
    assert len(set(MACEDONIAN)) == 31
