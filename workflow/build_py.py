"""The step of a build that takes up the packages' files, with the messages compiled first."""

from pathlib import Path

from setuptools.command.build_py import build_py

from workflow.messages import compile_all


class BuildWithMessages(build_py):  # type: ignore[misc]
    """What is built from a fresh clone speaks every language, too."""

    def run(self) -> None:
        """Compiles the messages in the folder that is built, then goes on as always."""
        compile_all(Path.cwd())
        super().run()
