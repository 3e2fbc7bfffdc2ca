"""Settings for one dataset: read as people write them, kept within the stack's limits."""

import unicodedata
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.errors import PairRejected
from lambdas.settings.chosen import Allowed, Chosen, chosen
from lambdas.settings.setting import CLASS_METRICS, METRICS, PRESETS, SETTINGS
from lambdas.settings.settings_text import LARGEST_BYTES, Written, written_settings
from lambdas.wish import Wish

STACK = Wish("label", "auto", "f1", "best_quality", 60, 1, spot=False)
ALLOWED = Allowed(cost=1, minutes=120)


def read(text: str | bytes) -> Chosen:
    content = text.encode() if isinstance(text, str) else text
    return chosen(STACK, ALLOWED, written_settings(content, "a_settings.txt"))


def rejected(text: str | bytes) -> str:
    with pytest.raises(PairRejected) as error:
        read(text)
    return str(error.value)


ALL = """
# What to predict
target = survived
Problem Type: binary
metric=roc_auc
minutes = 30 min
cost = 0,50 USD
preset = medium_quality
spot = yes
positive class = "yes"
missing labels = NA, ?
leave out = Name, "Ticket, old",Cabin
row_id = PassengerId
time-column = boarded
group column = family
test share = 25%
language = ko
"""
IN_KOREAN = """
예측할 열 = survived
문제 유형 = 이진 분류
지표 = roc_auc
학습 시간 = 30분
비용 = 0.5
프리셋 = medium_quality
스팟 = 예
양성 클래스 = yes
결측 레이블 = NA, ?
제외할 열 = Name, "Ticket, old", Cabin
행 ID 열 = PassengerId
시간 열 = boarded
그룹 열 = family
테스트 비율 = 0.25
언어 = 한국어
"""
MEANT = Wish(
    target="survived",
    problem_type="binary",
    eval_metric="roc_auc",
    presets="medium_quality",
    minutes=30,
    cost=0.5,
    spot=True,
    positive_class="yes",
    missing_labels="NA, ?",
    leave_out=("Name", "Ticket, old", "Cabin"),
    row_id="PassengerId",
    time_column="boarded",
    group_column="family",
    test_share=0.25,
    language="ko",
)


@pytest.mark.parametrize("text", [ALL, IN_KOREAN])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp949"]
)
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_every_setting_is_read_in_both_languages_and_any_encoding(
    text: str, encoding: str, ends: str
) -> None:
    assert read(text.replace("\n", ends).encode(encoding)).wish == MEANT


def test_decomposed_korean_names_are_the_same_names() -> None:
    assert read(unicodedata.normalize("NFD", IN_KOREAN)).wish == MEANT


def test_what_is_not_set_stays_as_the_stack_has_it() -> None:
    assert read("") == Chosen(STACK)
    made = read("target = price\n")
    assert made.wish.target == "price" and made.fields == {"target"}
    assert made.wish.eval_metric == "f1"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("\ntarget\n", "a_settings.txt, line 2: 'target' is no setting. Each line should be a na"),
        ("= x", "line 1: '= x' is no setting."),
        ("tarket = x", "line 1: there is no setting 'tarket'. Did you mean target?"),
        ("AutoMLPresets = f1", "there is no setting 'AutoMLPresets'. Did you mean preset?"),
        ("colour = x", "there is no setting 'colour'. The settings are target, problem type, metr"),
        ("metric = f2", "line 1: metric is 'f2', and one of auto, f1, f1_macro, f1_micro, f1_wei"),
        ("minutes = soon", "line 1: minutes is 'soon', and a number from 0.1 to 2880 is expected."),
        ("minutes = nan", "minutes is 'nan', and a number from 0.1 to 2880 is expected."),
        ("minutes = 1e9", "minutes is '1e9', and a number"),
        ("cost = -1", "cost is '-1', and a number from 0.01 to 100000 is expected."),
        ("cost = 1,000", "cost is '1,000', and a number"),
        ("test share = 90%", "test share is '90%', and a share from 5% to 50%, such as 20% or 0."),
        ("spot = maybe", "spot is 'maybe', and yes or no is expected."),
        ("target =", "target is '', and a value is expected."),
        ('leave out = "a', "leave out is '\"a', and names with commas between them, with quotati"),
        ("leave out = ,", "leave out is ',', and names of columns with commas between them is exp"),
        (
            "target = a\n\ntarget = b",
            "a_settings.txt, line 3: target was set before (a_settings.txt, line 1). Keep one of",
        ),
        (
            "cost = 5\nminutes = 300",
            "line 1: cost is 5, and this stack allows 1 at most (TrainingCost). Choose 1 or less,",
        ),
        ("minutes = 121", "minutes is 121, and this stack allows 120 at most (MostMinutes)."),
        (
            "problem type = regression\nmetric = f1",
            "line 2: the metric f1 does not suit the problem type regression. Choose auto or one",
        ),
        ("problem type = multiclass\nmetric = rmse", "the metric rmse does not suit the problem"),
        (
            "problem type = regression\npositive class = yes",
            "there is a positive class only where there are two classes, and the problem type is r",
        ),
        ("leave out = label", "line 1: 'label' is the column to predict, so it can't be left out."),
        ("time column = label", "'label' is the column to predict, and can't be the time column"),
        ("time column = t\ngroup column = t", "'t' can't be both the time column and the group c"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "a_settings.txt is not a text file."),
        (b"target = x\n" * 10_000, "has more than 65,536 bytes, which is too much for settings."),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str | bytes, words: str) -> None:
    assert words in rejected(text)


def test_all_that_is_wrong_is_said_at_once() -> None:
    told = rejected("tarket = x\nmetric = f2\nminutes = 999\n")
    assert all(f"line {line}: " in told for line in (1, 2, 3))
    assert told.endswith("Correct the settings and try again.")
    many = rejected("".join(f"x{place} = y\n" for place in range(30)))
    assert "20 more problems follow." in many


def test_a_later_source_wins_and_stands_under_the_same_limits() -> None:
    later = [Written("target", "price", "The execution's input")]
    made = chosen(STACK, ALLOWED, written_settings(b"target = a\ncost = 0.5", "s"), later)
    assert (made.wish.target, made.wish.cost) == ("price", 0.5)
    with pytest.raises(PairRejected, match="The execution's input: cost is 2, and this stack"):
        chosen(STACK, ALLOWED, [], [Written("cost", "2", "The execution's input")])


NAMES = [name for setting in SETTINGS for name in (setting.name, setting.korean, setting.field)]
VALUES = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["0.5", "1", "yes", "auto", "binary", "regression", "ko", "a, b", '"a, b"']),
    st.sampled_from([*METRICS, *PRESETS]),
    st.floats().map(str),
)
LINES = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=40),
    st.builds("{} = {}".format, st.sampled_from(NAMES), VALUES),
    st.builds("{}:{}".format, st.text(max_size=12), VALUES),
)


def content(lines: Iterable[str], encoding: str) -> bytes:
    return "\n".join(lines).encode(encoding, errors="replace")


@given(
    st.builds(
        content,
        st.lists(LINES, max_size=8),
        st.sampled_from(["utf-8", "utf-16", "cp949", "cp1252"]),
    )
    | st.binary(max_size=200)
)
def test_any_file_is_a_wish_within_the_limits_or_is_rejected_in_words(content: bytes) -> None:
    try:
        wish = read(content).wish
    except PairRejected as error:
        told = str(error)
        assert told.isprintable() and told.endswith(".") and "a_settings.txt" in told
        return
    assert 0.01 <= wish.cost <= ALLOWED.cost
    assert 0.1 <= wish.minutes <= ALLOWED.minutes
    assert wish.eval_metric in METRICS and wish.presets in PRESETS
    assert wish.problem_type != "regression" or wish.eval_metric not in set(CLASS_METRICS) - {
        STACK.eval_metric
    }
    assert wish.target not in (*wish.leave_out, wish.row_id, wish.time_column, wish.group_column)
    assert len(content) <= LARGEST_BYTES
    assert read(content).wish == wish
