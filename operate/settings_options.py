"""The settings as options of a command: one option for each, read as in a file of settings."""

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Annotated, Any

import typer

from lambdas.errors import PairRejected
from lambdas.language import spoken_in
from lambdas.settings.chosen import Allowed, Chosen, chosen
from lambdas.settings.setting import MOST_COST, MOST_MINUTES, SETTING_OF, SETTINGS, Setting
from lambdas.settings.settings_text import Written
from lambdas.wish import Language, Wish
from operate.language import spoken
from operate.language_option import language_of_environment
from operate.terminal import fail

# Who types the options pays, or nobody does: the stack has limits of its own.
_ALLOWED = Allowed(MOST_COST, MOST_MINUTES)
# A target that no file has, for what it is on the stack is not known here.
_ANY = Wish("\0", "auto", "auto", "best_quality", minutes=60, cost=1, spot=False)


def with_settings(
    defaults: Wish | None, *, without: Iterable[str] = ()
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Gives a command an option for each setting but those ``without``, by their fields.

    The command takes what was typed as its argument ``settings``, a list of :class:`Written`. The
    ``defaults`` are shown in its help; None where they are the stack's.
    """
    offered = [setting for setting in SETTINGS if setting.field not in without]

    def given_settings(command: Callable[..., None]) -> Callable[..., None]:
        own = list(inspect.signature(command, eval_str=True).parameters.values())
        arguments = [p for p in own if p.name != "settings"]
        options = [_option(setting, defaults) for setting in offered]

        @functools.wraps(command)
        def with_options(**given: Any) -> None:
            typed = [(setting, given.pop(setting.field)) for setting in offered]
            said = [(setting, value) for setting, value in typed if value is not None]
            with spoken_in(_language(dict(said))):
                settings = [_written(setting, value) for setting, value in said]
                command(**given, settings=settings)

        # Typer makes the options from what it sees here.
        is_option = [_is_option(argument) for argument in arguments]
        first = is_option.index(True) if True in is_option else len(arguments)
        parameters = [*arguments[:first], *options, *arguments[first:]]
        with_options.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        with_options.__annotations__ = {option.name: option.annotation for option in parameters}
        return with_options

    return given_settings


def option_name(setting: Setting) -> str:
    """What the setting is called as an option."""
    return f"--{setting.name.replace(' ', '-')}"


def chosen_or_fail(defaults: Wish, settings: Iterable[Written]) -> Chosen:
    """What was chosen above the ``defaults``; ends the command where it can't be used."""
    try:
        return chosen(defaults, _ALLOWED, settings)
    except PairRejected as error:
        fail(str(error))


def require_usable(settings: Iterable[Written]) -> None:
    """Ends the command where a setting can't be used by any stack."""
    chosen_or_fail(_ANY, settings)


def _language(said: Mapping[Setting, Any]) -> Language:
    """The language that was typed; the environment's where that is none, which is said then."""
    setting = SETTING_OF["language"]
    if setting in said:
        with suppress(PairRejected):
            written = Written(setting.name, said[setting], option_name(setting))
            return chosen(_ANY, _ALLOWED, [written]).wish.language
    return language_of_environment()


def _option(setting: Setting, defaults: Wish | None) -> inspect.Parameter:
    default = getattr(defaults, setting.field) if defaults else ""
    shown = _shown(default)
    # Typer would put a default that is none of its own into brackets. The backslash keeps rich,
    # which typer prints with, from taking it for markup.
    help_text = f"{setting.help} \\[default: {shown}]" if shown else setting.help
    told = typer.Option(option_name(setting), help=help_text, show_default=False)
    kind: Any = bool if setting.field == "spot" else str
    return inspect.Parameter(
        setting.field,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
        default=None,
        annotation=Annotated[kind | None, told],
    )


def _is_option(argument: inspect.Parameter) -> bool:
    metadata = getattr(argument.annotation, "__metadata__", ())
    return any(isinstance(told, typer.models.OptionInfo) for told in metadata)


def _shown(default: Any) -> str:
    if isinstance(default, bool):
        return ""
    if isinstance(default, tuple):
        return ", ".join(default)
    return f"{default:g}" if isinstance(default, float | int) else str(default)


def _written(setting: Setting, value: str | bool) -> Written:
    text = {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
    name = option_name(setting)
    if "\n" in text or "\r" in text:
        fail(spoken("{name} has a line break, which no setting can have.", name=name))
    return Written(setting.name, text, name)
