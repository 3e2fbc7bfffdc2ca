"""What is wrong with the name of an upload, and what it should be called.

The name that is proposed is a guess at what the person meant: it leaves out what browsers and file
managers add to copies, and finds the word for train, test or settings wherever it stands.
"""

import re
from dataclasses import dataclass

from lambdas.bucket.layout import UPLOADS
from lambdas.errors import PairRejected
from lambdas.language import spoken, to_speak
from lambdas.uploads.dataset import (
    HALVES,
    INVISIBLE,
    Dataset,
    Part,
    file_named,
    normal_name,
    why_unusable,
    written_name,
)

_MOST_SHOWN = 120
_BOTH_NAMES = to_speak(
    "Call the two files NAME_train.csv and NAME_test.csv, for example titanic_train.csv and "
    "titanic_test.csv, or a single one NAME.csv."
)
_SPREADSHEETS = {"xlsx", "xls", "xlsm", "xlsb", "ods", "numbers"}
_ARCHIVES = {"zip", "7z", "rar", "tar", "tgz", "bz2", "xz", "zst"}
_OTHER_TABLES = {"parquet", "feather", "json", "jsonl", "pkl", "sav", "dta", "sas7bdat", "arff"}
_TABLES_OF_TEXT = {"csv", "tsv", "tab", "psv", "dat", "data"}
_TEXTS = _TABLES_OF_TEXT | {"txt", ""}
_TABLES = _SPREADSHEETS | _ARCHIVES | _OTHER_TABLES | _TABLES_OF_TEXT
_PACKED = {"gz", "gzip"}
# What programs put behind a whole name: editors' copies, and downloads under way.
_BEHIND = {"bak", "old", "tmp", "part", "crdownload", "download"}
_KNOWN = _TABLES | _TEXTS | _PACKED | _BEHIND
_ENDING = re.compile(r"\.(\w{1,10})$")
# "a (1)" and "a(1)" of browsers, "a - Copy (2)" of Windows, "a copy 2" of macOS, "a~" of editors.
_COPY = re.compile(
    r"(?:\s*\(\d{1,3}\)|\s*-\s*(?:copy|복사본|사본|kopie|copie|copia|コピー|副本)"
    r"|\s+(?:copy|복사본|사본)(?:\s+\d{1,3})?|~)$",
    re.IGNORECASE,
)
# "a-1" of Safari and "a 2" of macOS, behind the word for the part.
_NUMBERED_COPY = re.compile(r"(?:-|\s+)\d{1,2}")
_BETWEEN = r"\s_.\-–—+()\[\]{},;"
_TRAIN = r"train(?:ing)?[_ -]?(?:set|data)?|(?:학습|훈련)(?:용|데이터)?"
_TEST = r"test(?:s|ing)?[_ -]?(?:set|data)?|(?:테스트|시험|평가)(?:용|데이터)?"
_SETTINGS = r"settings?|설정"
_PART = re.compile(
    rf"(?:(?<=[{_BETWEEN}])|^)"
    rf"(?:(?P<train>{_TRAIN})|(?P<test>{_TEST})|(?P<settings>{_SETTINGS}))(?=[{_BETWEEN}]|$)",
    re.IGNORECASE,
)
_PART_IN_CAPITALS = re.compile(
    r"(?<=[a-z0-9])(?:(?P<train>Train(?:ing)?)|(?P<test>Test(?:ing)?)|(?P<settings>Settings?))"
    r"(?:Set|Data)?(?=[A-Z_]|$)"
)
# Letters and signs as wide as a Chinese character, as East Asian keyboards write them.
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


@dataclass(frozen=True)
class _Read:
    """What a misnamed file's name seems to say: its NAME, its part, its endings, last first, and
    whether it is another's copy."""

    name: str
    part: Part | None
    endings: list[str]
    is_copy: bool = False

    @property
    def is_packed(self) -> bool:
        return bool(_PACKED & set(self.endings))

    @property
    def kind(self) -> str:
        """The last ending that tells what the file holds."""
        telling = (ending for ending in self.endings if ending not in _PACKED | _BEHIND)
        return next(telling, "")


def is_meant_otherwise(file_name: str) -> bool:
    """Whether the name of a CSV file says that it is half of a pair, settings, or a copy."""
    read = _read(file_name)
    return bool(read.part) or read.is_copy or len(read.endings) > 1 + read.is_packed


def why_misnamed(key: str) -> str:
    """Why the object under ``key`` is no file of a dataset, and what to do, in two sentences."""
    if not key.startswith(UPLOADS):
        return _called(spoken("it is not in {uploads}", uploads=UPLOADS))
    folder, _, file_name = key.removeprefix(UPLOADS).rpartition("/")
    if not file_name:
        return _called(spoken("its name ends in a slash, like a folder's"))
    name = right_name(key)
    if folder and _is_usable(file_name):
        return spoken(
            "it is in a folder below {uploads}. Upload it straight into {uploads}, as {name}.",
            uploads=UPLOADS,
            name=name,
        )
    read = _read(file_name)
    why = _why_unusable(file_name) or _why_unknown(read)
    if folder:
        why = spoken("it is in a folder below {uploads}, and {why}", uploads=UPLOADS, why=why)
    if not name:
        return _called(why)
    if read.kind in _ARCHIVES:
        return spoken("{why}. Unpack it and upload the file as {name}.", why=why, name=name)
    if read.kind not in _TEXTS:
        return spoken("{why}. Save it as CSV and upload that as {name}.", why=why, name=name)
    told = spoken(
        to_speak("{why}. Rename it to {name} and upload it straight into {uploads}.")
        if folder
        else to_speak("{why}. Rename it to {name} and upload it again."),
        why=why,
        name=name,
        uploads=UPLOADS,
    )
    if read.part and read.kind == "csv" and not read.is_copy:
        single = spoken(
            "For a single table, choose a NAME without the word {word}.", word=read.part
        )
        return f"{told} {single}"
    return told


def _called(why: str) -> str:
    """Why the file is none of a dataset's, and what such files are called."""
    return f"{why}. {spoken(_BOTH_NAMES)}"


def right_name(key: str) -> str:
    """What the file should be called, as far as its name tells; empty where it does not."""
    file_name = key.rpartition("/")[2]
    if _is_usable(file_name):
        return file_name
    read = _read(file_name)
    if not read.name or not (read.part or read.kind in _TABLES):
        return ""
    part = read.part or Part.WHOLE
    packed = ".gz" if read.is_packed and part is not Part.SETTINGS else ""
    name = f"{Dataset(read.name).file_name(part)}{packed}"
    return name if _is_usable(name) else ""


def visible(text: str) -> str:
    """``text``, which somebody else has written, with nothing hidden in it, and not too long."""
    told = "".join(map(_visible, text[:_MOST_SHOWN]))
    return told if len(text) <= _MOST_SHOWN else f"{told}…"


def _visible(character: str) -> str:
    if _is_seen(character):
        return character
    return character.encode("unicode_escape", "surrogatepass").decode()


def _is_seen(character: str) -> bool:
    return character.isprintable() and character not in INVISIBLE


def _is_usable(file_name: str) -> bool:
    try:
        named = file_named(file_name)
    except PairRejected:
        return False
    if named is None:
        return False
    return named.part is not Part.WHOLE or not is_meant_otherwise(file_name)


def _why_unusable(file_name: str) -> str:
    """Why the NAME can't be used in a name that ends like a dataset's file; empty where it can."""
    name = written_name(file_name)
    why = why_unusable(normal_name(name)) if name else ""
    return spoken("its NAME {why}", why=why) if why else ""


def _why_unknown(read: _Read) -> str:
    """Why the file's name does not tell which file of which dataset it is."""
    if read.kind not in _TEXTS:
        return why_other_kind(read.kind)
    if read.part is Part.SETTINGS and read.name:
        return spoken("its name does not end in _settings.txt")
    if read.kind != "csv" and read.part is not Part.SETTINGS:
        return spoken("its name does not end in .csv or .csv.gz")
    if read.part and not read.name:
        return spoken("there is no NAME in front of {word}", word=read.part)
    if read.is_copy and not read.part:
        return spoken("its name is that of a copy, which may be older than the file itself")
    if len(read.endings) > 1 + read.is_packed and not read.part:
        return spoken("its name has more than one ending")
    return spoken("its name does not end in _train.csv or _test.csv")


def why_other_kind(ending: str) -> str:
    """What a file with the ``ending`` is, which is none of a text's."""
    if ending in _SPREADSHEETS:
        return spoken("it is a spreadsheet (.{ending})", ending=ending)
    if ending in _ARCHIVES:
        return spoken("it is an archive (.{ending})", ending=ending)
    return spoken("it is not a CSV file (.{ending})", ending=ending)


def ending_of(file_name: str) -> str:
    """The last ending that tells what a file of this name holds, in small letters."""
    return _read(file_name).kind


def _read(file_name: str) -> _Read:
    stem, endings, is_copy = _without_additions(_plain(file_name))
    found = list(_PART.finditer(stem)) or list(_PART_IN_CAPITALS.finditer(stem))
    parts = {Part(match.lastgroup or "") for match in found}
    if len(parts) != 1:
        return _mistyped(stem, endings) or _Read(stem.strip(), None, endings, is_copy)
    before, after = stem[: found[-1].start()], stem[found[-1].end() :]
    if _NUMBERED_COPY.fullmatch(after):
        after = ""
    name = "_".join(filter(None, map(_trimmed, (before, after))))
    return _Read(name, parts.pop(), endings, is_copy)


def _mistyped(stem: str, endings: list[str]) -> _Read | None:
    """What a name says whose last word has the letters of train or test in another order."""
    before, sign, last = stem.rpartition("_")
    for part in HALVES:
        if sign and last.casefold() != part and sorted(last.casefold()) == sorted(part):
            return _Read(_trimmed(before), part, endings)
    return None


def _plain(file_name: str) -> str:
    """The name without what nobody sees, and on one line."""
    text = normal_name(file_name).translate(_FULL_WIDTH)
    letters = (" " if c.isspace() else c for c in text if c.isspace() or _is_seen(c))
    return " ".join(re.sub(r"[/\\]", "_", "".join(letters)).split())


def _without_additions(text: str) -> tuple[str, list[str], bool]:
    """The text without its endings and what marks it as a copy; the endings, the last first; and
    whether something did mark it so."""
    endings: list[str] = []
    is_copy = False
    while True:
        found = _ENDING.search(text)
        if found and (not endings or found[1].lower() in _KNOWN):
            endings.append(found[1].lower())
            text = text[: found.start()].rstrip()
        elif marked := _COPY.search(text):
            text, is_copy = text[: marked.start()], True
        else:
            return text, endings, is_copy


def _trimmed(text: str) -> str:
    return re.sub(rf"^[{_BETWEEN}]+|[{_BETWEEN}]+$", "", text)
