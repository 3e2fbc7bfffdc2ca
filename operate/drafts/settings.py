"""The settings as the fields of a form: what each takes, and what it is if nothing is chosen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from lambdas.errors import PairRejected
from lambdas.settings.chosen import Chosen, chosen
from lambdas.settings.setting import METRICS, PRESETS, SETTING_OF, SETTINGS, Setting, setting_named
from lambdas.settings.settings_text import Written, settings_text, written_settings
from lambdas.wish import Language, WantedType
from operate.account import CannotDo
from operate.drafts.stack_wish import StackWish
from operate.language import spoken, spoken_language

_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "problem_type": get_args(WantedType),
    "eval_metric": METRICS,
    "presets": PRESETS,
    "spot": ("yes", "no"),
    "language": get_args(Language),
}
_NUMBERS = ("minutes", "cost")
_OF_COLUMNS = ("leave_out", "row_id", "time_column", "group_column")
_LIKELY = ("label", "target", "class", "outcome", "y", "레이블", "라벨", "타깃", "타겟", "정답")

Texts = Mapping[str, str]


@dataclass(frozen=True)
class SettingField:
    """A setting in a form.

    ``options`` are what it can be, if that is a list; ``text`` is what was chosen, and ``default``
    what holds if that is empty. ``is_of_columns`` says that it names columns.
    """

    field: str
    name: str
    options: tuple[str, ...]
    is_number: bool
    is_of_columns: bool
    text: str
    default: str


def setting_fields(stack: StackWish, texts: Texts) -> list[SettingField]:
    """All settings as they are chosen by ``texts``, by their fields."""
    return [
        SettingField(
            setting.field,
            _name(setting),
            _OPTIONS.get(setting.field, ()),
            setting.field in _NUMBERS,
            setting.field in _OF_COLUMNS,
            texts.get(setting.field, ""),
            _shown(getattr(stack.wish, setting.field)),
        )
        for setting in SETTINGS
    ]


def chosen_by(stack: StackWish, texts: Texts) -> Chosen:
    """What the form's ``texts`` choose above the stack's parameters.

    Raises:
        CannotDo: something in them can't be used; the text says all of it.
    """
    try:
        result = chosen(stack.wish, stack.allowed, _written(texts))
    except PairRejected as error:
        raise CannotDo(str(error)) from error
    # Whatever stands in a value, the file must say the same as the form.
    try:
        read = written_settings(file_of_settings(texts), "")
        is_same = chosen(stack.wish, stack.allowed, read) == result
    except PairRejected:
        is_same = False
    if not is_same:
        raise CannotDo(
            spoken("A setting has a line break or another character that no setting can have.")
        )
    return result


def file_of_settings(texts: Texts) -> bytes:
    """The settings as the file that is uploaded; empty where there are none."""
    plain = [(setting_of(field).name, text) for field, text in texts.items() if text.strip()]
    return settings_text(Written(name, text, "") for name, text in plain).encode()


def texts_of_file(content: bytes, file: str) -> dict[str, str]:
    """What a file of settings chooses, by the settings' fields; nothing where it can't be used."""
    try:
        written = written_settings(content, file)
    except PairRejected:
        return {}
    named = ((setting_named(one.name), one.value) for one in written)
    return {setting.field: text for setting, text in named if setting}


def column_as_text(name: str) -> str:
    """A column's name as a setting takes it: quoted where it would be read otherwise."""
    is_plain = "," not in name and '"' not in name and name.strip() == name
    return name if is_plain else '"' + name.replace('"', '""') + '"'


def likely_target(header: Sequence[str]) -> str:
    """The column that is probably the one to predict, by the names alone: the last one, where none
    is called as such columns are."""
    plain = {name.strip().casefold(): name for name in reversed(header)}
    return next((plain[name] for name in _LIKELY if name in plain), header[-1])


def setting_of(field: str) -> Setting:
    """The setting with this field."""
    return SETTING_OF[field]


def known_texts(form: Mapping[str, str]) -> dict[str, str]:
    """What a form says about settings, without what it leaves as it is."""
    return {s.field: form[s.field].strip() for s in SETTINGS if form.get(s.field, "").strip()}


def _written(texts: Texts) -> Iterable[Written]:
    where = spoken("On this page")
    return [Written(setting_of(f).name, t, where) for f, t in texts.items() if t.strip()]


def _name(setting: Setting) -> str:
    return setting.korean if spoken_language() == "ko" else setting.name


def _shown(value: Any) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case tuple():
            return ", ".join(value)
        case int() | float():
            return f"{value:g}"
    return str(value)
