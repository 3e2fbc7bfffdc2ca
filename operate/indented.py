"""Words for people further to the right, broken between words where they are read at once."""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions
from rich.text import Text


@dataclass(frozen=True)
class Indented:
    """A text that begins ``by`` columns further right.

    In a terminal it is broken between words. For a file or another program it stays one line, which
    can be searched, and so does a ``command`` everywhere, which is copied.
    """

    text: Text
    by: int
    is_command: bool = False

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        is_broken = console.is_terminal and not self.is_command
        width = max(options.max_width - self.by, 1)
        lines = self.text.wrap(console, width, no_wrap=False) if is_broken else [self.text]
        for line in lines:
            yield Text(" " * self.by).append_text(line)
