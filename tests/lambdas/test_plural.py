"""Numbers with their nouns."""

from lambdas.plural import counted


def test_only_one_is_singular() -> None:
    assert [counted(number, "row") for number in (0, 1, 2, 2000)] == [
        "0 rows",
        "1 row",
        "2 rows",
        "2,000 rows",
    ]
