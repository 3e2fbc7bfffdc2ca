"""Korean and Western European text is told apart, however little of it is not ASCII."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.check.pair_check import PairCheck
from lambdas.check.reading.encodings import encoding_of, legacy_encoding
from lambdas.check.reading.row_blocks import row_blocks
from lambdas.check.reading.text_stream import utf8_text
from lambdas.check.reading.unreadable import Unreadable
from tests.lambdas.check.made_pairs import csv, frame
from tests.lambdas.check.reading import checked, codes

# An underscore stands for a blank.
_KOREAN = """
    서울특별시_강남구 한글 가,나,다 예,아니오 있음,없음 정상,비정상 이상,이하 1차,2차 3월,4월
    2024년_1월 똠양꿍 샾 ㄱ,ㄴ,ㄷ A형,B형,O형,AB형 Rh+형 A급,B급 PC방 IT업 LG전자,SK하이닉스
    X축,Y축 C언어 T셔츠 V자 K이,K임 B타입 A코스 체중kg당 몸무게(㎏),키(㎝) 한국_KOREA Seoul서울
    id번호 y값 이름name code명 기온(°C) PM10(㎍/㎥) T(℃) C℃ 면적㎡ ㎞ ㎎/㎗ ㎖ ℓ ㏄ ㎜ ㎐ kΩ ‰ №
    ㈜삼성 （주） ①,②,③ ★,☆ ○,× △ ◎ → ← · … ― ′ ″ ° ± ÷ Ⅰ,Ⅱ,Ⅲ α,β,γ Ω ½ ￦ ％ a→b A·B “인용”
    ‘인용’ 「인용」 漢字 東京 中國 第一 大,中,小 男,女 日,月 有,無 甲,乙,丙 金 李,朴
"""
_WESTERN = """
    Größe Straße süß Füße weiß Maß Großöl Übergröße München Zürich Köln Äpfel über Käse tschüß
    Länge,Höhe,Breite MÜLLER ÄRZTE GRÖSSE FUSSGÄNGER ÜBER ÄÖÜ ä,ö,ü Preis_in_€ Französisch
    preisGröße naïve café créée l’été l’école d’État garçon Noël œuvre façade là où à À_la_carte
    ÉCOLE élève FRANÇAIS «École» «_É_» café» été–hiver año niño español ¿Qué? ¡Hola! ¡Épico!
    cigüeña Málaga León LEÓN ESPAÑA Núñez CATALUÑA “ñÑ” ñÑ Ávila Coruña ação informação,situação
    ações São_Paulo SÃO_PAULO JOÃO CONCEIÇÃO INFORMAÇÃO coração,maçã Não NÃO AÇÃO Educação
    limões mãe pães nações Função Å ÅÄÖ Västerås Malmö Göteborg Älmhult Århus Ærø blåbär måned
    Øl pää öö töö määrä geëerd coöperatie don’t it’s °C 25_°C 25° µg/L µm m² m³ W/m²·K 10±2 ±°C
    § §§_12 €_5 £5 ½ ½_cup 80%… “quotes” “É” “À_la” ‘n’ – — © ® ™ 1º,2ª nº_5 Nº ß
"""
KOREAN, WESTERN = _KOREAN.split(), _WESTERN.split()
PLACES = ("id,{},y\n1,2,3\n", "id,name,y\n1,{},yes\n2,b,no\n", "{};b\n1;2\n", '"{}"\t2\n')


def written(word: str, place: str, encoding: str) -> bytes:
    return place.format(word.replace("_", " ")).encode(encoding)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("word", KOREAN)
def test_a_korean_word_is_enough(word: str, place: str) -> None:
    assert legacy_encoding(written(word, place, "cp949")) == "cp949"


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("word", WESTERN)
def test_a_western_word_is_enough(word: str, place: str) -> None:
    assert legacy_encoding(written(word, place, "cp1252")) == "cp1252"


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_word_may_be_the_last_one_of_a_file(end: str) -> None:
    assert encoding_of(f"name\nÅÄÖ{end}".encode("cp1252"), is_whole=True) == "cp1252"
    assert encoding_of(f"name\n한글{end}".encode("cp949"), is_whole=True) == "cp949"


@given(st.lists(st.sampled_from(WESTERN), min_size=1))
def test_western_words_stay_western_together(words: list[str]) -> None:
    text = "".join(f"{word}\n" for word in words).replace("_", " ")
    assert legacy_encoding(text.encode("cp1252")) == "cp1252"


@given(st.lists(st.sampled_from(KOREAN), min_size=1))
def test_korean_words_stay_korean_together(words: list[str]) -> None:
    text = "".join(f"{word}\n" for word in words).replace("_", " ")
    assert legacy_encoding(text.encode("cp949")) == "cp949"


LEADS, TRAILS = range(0xB0, 0xC9), range(0xA1, 0xFF)
HANGUL = b"".join(bytes([lead, trail]) for lead in LEADS for trail in TRAILS)


@given(st.lists(st.text(HANGUL.decode("euc-kr"), min_size=2, max_size=6), min_size=3))
def test_words_of_any_hangul_are_korean(words: list[str]) -> None:
    assert legacy_encoding(",".join(words).encode("cp949")) == "cp949"


def encodings(check: PairCheck) -> tuple[str, str]:
    assert check.profile, [finding.text for finding in check.findings]
    return check.profile.train.format.encoding, check.profile.test.format.encoding


def pair(train_city: str, test_city: str, column: str = "city") -> tuple[str, str]:
    train = frame().replace({"Seoul": train_city}).rename(columns={"city": column})
    test = frame(40, 1).replace({"Seoul": test_city}).rename(columns={"city": column})
    return train.to_csv(index=False), test.to_csv(index=False)


def test_both_files_have_one_encoding_where_only_one_of_them_tells() -> None:
    # Alone, the test file would be Spanish: in CP1252, the star before a letter is “¡Ú”.
    train, test = pair("서울", "Seoul", "★only")
    assert legacy_encoding(test.encode("cp949")) == "cp1252"
    check = checked(train.encode("cp949"), test.encode("cp949"))
    assert encodings(check) == ("cp949", "cp949") and not check.errors
    check = checked(test.encode("cp949"), train.encode("cp949"))
    assert encodings(check) == ("cp949", "cp949")


def test_a_western_file_makes_the_other_one_western() -> None:
    train, test = pair("Orléans", "çà", "çà")
    assert legacy_encoding(test.encode("cp1252")) == "cp949"
    check = checked(train.encode("cp1252"), test.encode("cp1252"))
    assert encodings(check) == ("cp1252", "cp1252") and not check.errors


@pytest.mark.parametrize("column", ["PM10(㎍/㎥)", "도시", "★only", "漢字"])
def test_one_file_may_be_utf_8_and_the_other_korean(column: str) -> None:
    train, test = pair("서울", "Seoul", column)
    for unicode in ("utf-8", "utf-8-sig", "utf-16"):
        check = checked(train.encode(unicode), test.encode("cp949"))
        assert encodings(check)[1] == "cp949" and not check.errors
        check = checked(train.encode("cp949"), test.encode(unicode))
        assert encodings(check)[0] == "cp949" and not check.errors


@pytest.mark.parametrize("column", ["Größe", "çà", "ação"])
def test_one_file_may_be_utf_8_and_the_other_western(column: str) -> None:
    train, test = pair("Seoul", "Seoul", column)
    check = checked(train.encode(), test.encode("cp1252"))
    assert encodings(check) == ("utf-8", "cp1252") and not check.errors


@cache
def plain_ahead() -> bytes:
    return csv(frame(40_000))


@cache
def late(city: str, encoding: str) -> bytes:
    return plain_ahead() + csv(frame(400).replace({"Seoul": city}), encoding, header=False)


@pytest.mark.parametrize(
    ("train", "test", "expected"),
    [
        (late("서울", "cp949"), csv(frame(40, 1)), ("cp949", "utf-8")),
        (late("★only", "cp949"), csv(frame(40, 1)), ("cp1252", "utf-8")),
        (late("★only", "cp949"), pair("", "서울")[1].encode("cp949"), ("cp949", "cp949")),
        (late("서울", "cp949"), pair("", "★only")[1].encode("cp949"), ("cp949", "cp949")),
        (late("서울", "cp949"), late("★only", "cp949"), ("cp949", "cp949")),
        (late("★only", "cp949"), late("서울", "cp949"), ("cp949", "cp949")),
        (late("çà", "cp1252"), pair("", "Orléans")[1].encode("cp1252"), ("cp1252", "cp1252")),
        (late("★only", "cp949"), pair("", "★only")[1].encode(), ("cp949", "utf-8")),
        (pair("서울", "")[0].encode("cp949"), late("℃", "cp949"), ("cp949", "cp949")),
    ],
)
def test_what_comes_late_is_told_by_the_other_file_too(
    train: bytes, test: bytes, expected: tuple[str, str]
) -> None:
    assert encodings(checked(train, test)) == expected


def test_a_guess_is_told_and_korean_is_among_the_other_languages() -> None:
    train, test = pair("Orléans", "Orléans")
    check = checked(train.encode("cp1252"), test.encode("cp1252"))
    assert "Korean" in next(f for f in check.findings if f.code == "guessed_encoding").action
    train, test = pair("℃", "℃")
    assert "guessed_encoding" not in codes(checked(train.encode("cp949"), test.encode("cp949")))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_bytes_that_are_unknown_are_told_with_their_line(end: str, size: int) -> None:
    content = end.join(["name,city", *["1,서울"] * 40, ""]).encode() + b"2,\xff\xff" + end.encode()
    chunks = [content[at : at + size] for at in range(0, len(content), size)]
    with pytest.raises(Unreadable) as caught:
        list(row_blocks(utf8_text(chunks, "utf-8"), ",", block_bytes=size))
    assert (caught.value.code, caught.value.line) == ("unknown_text", 42)
