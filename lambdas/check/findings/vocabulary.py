"""What the things that a finding advises are called where the person is."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Self

from lambdas.language import spoken_language, translated


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """Words that stand inside the catalogue's sentences, each under its field's name.

    The ``…_setting`` are names, the others clauses; none stands at the beginning of a sentence.
    Where there is a single file, :meth:`of_one_file` speaks of it and its two parts. ``use_that``
    is about a file that was made anew and may have another name. ``rejected`` is a paragraph of its
    own, on top of the page about files with errors; ``rows_rejected`` stands there instead where
    new rows can't be predicted (:meth:`of_new_rows`).
    """

    target_setting: str
    problem_type_setting: str
    missing_labels_setting: str
    positive_class_setting: str
    metric_setting: str
    preset_setting: str
    again: str
    both_again: str
    use_that: str
    swap: str
    rejected: str
    rows_rejected: str
    both: str = "both files"
    names_wanted: str = "the same names in both files"
    columns_wanted: str = "the column to predict and at least one more"
    columns_to_keep: str = (
        "the columns that tell most, such as those whose values vary most, and the column to "
        "predict, the same ones in both files"
    )
    one_of_both: str = "one of the files"
    the_two: str = "the two files"
    check_the_source: str = (
        "Check that both files come from the same source; if they come from one table, shuffle its "
        "rows before you split it."
    )
    shuffle_before: str = "If both files come from one table, shuffle its rows before you split it."

    def of_one_file(self) -> Self:
        """The same where there is a single file."""
        return replace(
            self,
            both_again=self.again,
            both="the file",
            names_wanted="one name for each column",
            columns_to_keep="the columns that tell most, such as those whose values vary most, and "
            "the column to predict",
            one_of_both="the file",
            the_two="the two parts",
            check_the_source="Check that the rows to test with are like those that you will "
            "predict.",
            shuffle_before="",
        )

    def of_new_rows(self) -> Self:
        """The same where there are only new rows for a model."""
        return replace(
            self,
            rejected=self.rows_rejected,
            both_again=self.again,
            both="the file",
            names_wanted="the names of the training",
            columns_wanted="at least two columns (where the model needs one alone, add one that "
            "numbers the rows)",
            columns_to_keep="the columns that the model has learned from",
            one_of_both="the file",
        )

    @property
    def words(self) -> Mapping[str, str]:
        """The words by their names in the templates, in the language that is spoken."""
        return _words(self, spoken_language())


@cache
def _words(vocabulary: Vocabulary, _language: str) -> Mapping[str, str]:
    # Each finding is told in them.
    return {name: translated(word, context=name) for name, word in asdict(vocabulary).items()}


STACK = Vocabulary(
    target_setting="target (NAME_settings.txt, or the stack's TargetVariable)",
    problem_type_setting="problem type (NAME_settings.txt, or the stack's ProblemType)",
    missing_labels_setting="missing labels (NAME_settings.txt, or the stack's MissingLabels)",
    positive_class_setting="positive class (NAME_settings.txt, or the stack's PositiveClass)",
    metric_setting="metric (NAME_settings.txt, or the stack's EvalMetric)",
    preset_setting="preset (NAME_settings.txt, or the stack's AutoMLPresets)",
    again="upload the file again",
    both_again="upload them again",
    use_that="upload that",
    swap="give each the other's name and upload them again",
    rejected="The files can’t be trained on yet. Nothing was started and nothing has cost money. "
    "Repair what is listed first and upload the repaired file: a new run starts by itself.",
    rows_rejected="The rows can’t be predicted yet. Nothing was started and nothing has cost "
    "money. Repair what is listed first and upload the repaired file: the prediction starts by "
    "itself.",
)
COMMAND_LINE = Vocabulary(
    target_setting="--target",
    problem_type_setting="--problem-type",
    missing_labels_setting="--missing-labels",
    positive_class_setting="--positive-class",
    metric_setting="--metric",
    preset_setting="--preset",
    again="run the command again",
    both_again="run the command again",
    use_that="run the command with that",
    swap="give them in the other order",
    rejected="The files can’t be trained on yet. Nothing was started. Repair what is listed first "
    "and run the command again.",
    rows_rejected="The rows can’t be predicted yet. Repair what is listed first and run the "
    "command again.",
)
CONSOLE = Vocabulary(
    target_setting="target (settings on this page)",
    problem_type_setting="problem type (settings on this page)",
    missing_labels_setting="missing labels (settings on this page)",
    positive_class_setting="positive class (settings on this page)",
    metric_setting="metric (settings on this page)",
    preset_setting="preset (settings on this page)",
    again="upload the repaired file here",
    both_again="upload both repaired files here",
    use_that="upload that here",
    swap="swap them on this page",
    rejected="The files can’t be trained on yet. Nothing was started and nothing has cost money. "
    "Repair what is listed first and upload the repaired file here.",
    rows_rejected="The rows can’t be predicted yet. Nothing was started and nothing has cost "
    "money. Repair what is listed first and upload the repaired file here.",
)
