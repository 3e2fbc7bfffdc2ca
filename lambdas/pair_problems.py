"""What is wrong with two files as a pair, when each of them alone can be read."""

import difflib

from lambdas.csv_check import Contents
from lambdas.pair import Pair

_FEWEST_TRAIN_ROWS = 10


def pair_problems(pair: Pair, train: Contents, test: Contents, target: str) -> list[str]:
    """The problems as sentences for people; none means that the pair can be trained on."""
    train_file, test_file = pair.train.file_name, pair.test.file_name
    if target not in train.columns:
        return [_target_missing(train_file, train.columns, target)]
    problems = []
    if not train.target_values:
        problems.append(
            f"The target column {target} of {train_file} has no value in any row. Fill it in."
        )
    elif len(train.target_values) == 1:
        only = next(iter(train.target_values))
        problems.append(
            f"The target column {target} of {train_file} has only one class: every row says "
            f"{only!r}. A model needs at least two; add rows of another class."
        )
    if train.rows - train.target_missing < _FEWEST_TRAIN_ROWS:
        problems.append(
            f"{train_file} has {train.rows - train.target_missing} row(s) with a value in the "
            f"target column {target}; at least {_FEWEST_TRAIN_ROWS} are needed. Add rows."
        )
    absent = [c for c in train.columns if c != target and c not in test.columns]
    if absent:
        problems.append(
            f"{test_file} lacks the column(s) {', '.join(absent[:10])} that {train_file} has. "
            "Both files need the same columns; only the target may be missing in the test file."
        )
    return problems


def _target_missing(train_file: str, columns: list[str], target: str) -> str:
    by_plain_name = {column.strip().casefold(): column for column in columns}
    plain = target.strip().casefold()
    near = by_plain_name.get(plain) or next(
        (by_plain_name[m] for m in difflib.get_close_matches(plain, by_plain_name, 1)), None
    )
    guess = f"Did you mean {near!r}? " if near else ""
    return (
        f"{train_file} has no column named {target!r}, the target to predict. {guess}"
        f"Its columns are: {', '.join(columns[:20])}{', …' if len(columns) > 20 else ''}. "
        "Rename the column in both files, or set the stack's parameter TargetVariable."
    )
