"""How each state of a run's state machine is doing: its mark in the picture, and in words."""

import functools
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from console.graph.definition import Machine
from console.graph.svg import Picture, Shown, drawn, picture_of
from console.language import spoken, to_speak, translated
from operate.runs.followed_run import Snapshot
from operate.runs.story import STAYS_WITH_TEXTS, Payload, Visit

StateMark = Literal[
    "ahead", "running", "waiting", "succeeded", "recovered", "caught", "failed", "stopped"
]
_SIGNS: Mapping[StateMark, tuple[str, str]] = {
    "ahead": ("·", to_speak("not reached")),
    "running": ("▸", to_speak("running")),
    "waiting": ("…", to_speak("waiting")),
    "succeeded": ("✓", to_speak("succeeded")),
    "recovered": ("↻", to_speak("succeeded after an error")),
    "caught": ("↷", to_speak("error caught")),
    "failed": ("✗", to_speak("failed")),
    "stopped": ("■", to_speak("stopped")),
}
# What the legend explains; a caught error and a recovery have the same colour.
LEGEND: tuple[StateMark, ...] = (
    *("running", "waiting", "succeeded", "caught", "recovered", "failed", "stopped"),
)
_LONGEST = 3000


@dataclass(frozen=True)
class ToldState:
    """A state with its stays, the newest first; ``number`` is its place in the definition.

    ``earlier`` is how many stays are not among the ``visits``.
    """

    number: int
    name: str
    mark: StateMark
    visits: tuple[Visit, ...] = ()
    earlier: int = 0

    @property
    def words(self) -> str:
        """How it is doing."""
        return mark_words(self.mark)


@dataclass(frozen=True)
class CutText:
    """A text as far as it is shown."""

    text: str
    is_cut: bool


def mark_words(mark: StateMark) -> str:
    """What a mark says."""
    return translated(_SIGNS[mark][1])


def mark_sign(mark: StateMark) -> str:
    """How a mark is drawn, for who can't tell the colours."""
    return _SIGNS[mark][0]


def told_states(machine: Machine, visits: Iterable[Visit]) -> list[ToldState]:
    """All states, in the definition's order."""
    stays: dict[str, list[Visit]] = {name: [] for name in machine.states}
    for visit in visits:
        stays.setdefault(visit.state, []).append(visit)
    return [_told(number, name, each) for number, (name, each) in enumerate(stays.items())]


def picture(definition: str) -> Picture:
    """The picture of the state machine with this definition, made once."""
    return _picture(definition)


def graph(snapshot: Snapshot, picture: Picture, states: Sequence[ToldState]) -> str:
    """The state machine with how each state is doing, as SVG."""
    shown = {
        state.name: Shown(
            kind=state.mark,
            sign=mark_sign(state.mark),
            words=state.words,
            address=f"#state-{state.number}-inside" if state.visits else "",
        )
        for state in states
    }
    taken = {(visit.before, visit.state) for visit in snapshot.visits}
    return drawn(picture, shown, taken, spoken("The states of the run and how they are doing"))


@functools.lru_cache(maxsize=256)
def cut(payload: Payload) -> CutText:
    """The beginning of a text of the history; JSON is laid out in lines."""
    try:
        text = json.dumps(json.loads(payload.text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        text = payload.text
    shown = text[:_LONGEST]
    return CutText(shown, len(shown) < max(len(text), payload.length))


@functools.lru_cache(maxsize=8)
def _picture(definition: str) -> Picture:
    return picture_of(json.loads(definition))


def _told(number: int, name: str, visits: list[Visit]) -> ToldState:
    newest = tuple(reversed(visits[-STAYS_WITH_TEXTS:]))
    return ToldState(number, name, _mark(visits), newest, len(visits) - len(newest))


def _mark(visits: Sequence[Visit]) -> StateMark:
    if not visits:
        return "ahead"
    last = visits[-1]
    if last.outcome == "running":
        return "waiting" if last.kind == "Wait" else "running"
    had_errors = any(attempt.error for visit in visits for attempt in visit.attempts)
    return "recovered" if last.outcome == "succeeded" and had_errors else last.outcome
