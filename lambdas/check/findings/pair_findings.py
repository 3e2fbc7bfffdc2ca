"""What is to be said of the two files side by side."""

import difflib

from lambdas.check.findings.finding import Finding, Severity, listed, shortened
from lambdas.check.profile.column_profile import ColumnProfile
from lambdas.check.profile.pair_profile import PairProfile
from lambdas.check.profile.row_names import is_identifier

# Up to this share, values of the wrong kind in the test file are read as missing.
_STRAY_SHARE = 0.05
_MANY_UNSEEN = 0.2


def pair_findings(pair: PairProfile) -> list[Finding]:
    """The findings on columns, kinds, values and rows that the two files share or do not share."""
    findings = _column_findings(pair)
    for name, test in pair.test.columns.items():
        train = pair.train.columns.get(name)
        if train is None:
            continue
        findings += _kinds(pair, train, test)
        if name == pair.target:
            findings += _classes(pair, train, test)
        elif train.present and not test.present:
            findings.append(_empty_in_test(pair, train))
        else:
            findings += _unseen_categories(pair, train, test)
    return findings + _label_findings(pair) + _row_findings(pair)


def _column_findings(pair: PairProfile) -> list[Finding]:
    missing = [name for name in pair.features if name not in pair.test.columns]
    extra = [name for name in pair.test.columns if name not in pair.train.columns]
    findings = []
    if missing:
        near = {m: difflib.get_close_matches(m, extra, 1, 0.7) for m in missing[:5]}
        pairs = [
            f"{shortened(m)!r} is perhaps {shortened(near_by[0])!r} there"
            for m, near_by in near.items()
            if near_by
        ]
        findings.append(
            Finding(
                code="columns_missing_in_test",
                severity="error",
                file=pair.test.file,
                seen=f"{len(missing):,} column(s) of {pair.train.file} are not there: "
                f"{listed(missing, 10)}.{' ' if pairs else ''}{'; '.join(pairs)}"
                f"{'.' if pairs else ''}",
                expected="Both files need the same columns; only the column to predict may be "
                "missing in the test file.",
                action="Add or rename the columns in the test file, or remove them from the train "
                "file, and upload it again.",
            )
        )
    if extra:
        findings.append(
            Finding(
                code="extra_columns_in_test",
                severity="note",
                file=pair.test.file,
                seen=f"{len(extra):,} column(s) are not in {pair.train.file}: {listed(extra, 10)}.",
                expected="The model knows the columns of the train file only.",
                action="They are left out.",
            )
        )
    return findings


def _kinds(pair: PairProfile, train: ColumnProfile, test: ColumnProfile) -> list[Finding]:
    if train.kind == "number" and test.texts:
        share = test.texts / test.present
        severity: Severity = "error" if share > _STRAY_SHARE else "warning"
        read_as = "" if severity == "error" else " They are read as missing."
        return [
            _about(
                pair.test.file,
                train.name,
                "kinds_differ",
                severity,
                f"{test.texts:,} of {test.present:,} values are not numbers, such as "
                f"{listed([repr(shortened(text)) for text in test.examples], 3)}; in "
                f"{pair.train.file} all are.{read_as}",
                "A column must hold the same kind of values in both files.",
                "Write the values in the same way in both files and upload them again.",
            )
        ]
    if train.kind == "text" and test.kind == "number" and not train.numbers:
        return [
            _about(
                pair.test.file,
                train.name,
                "kinds_differ",
                "warning",
                f"All values are numbers; in {pair.train.file} none is.",
                "A column must hold the same kind of values in both files.",
                "Check that the column means the same in both files.",
            )
        ]
    return []


def _classes(pair: PairProfile, train: ColumnProfile, test: ColumnProfile) -> list[Finding]:
    if pair.problem_type == "regression" or not train.counts_every_value:
        return []
    in_test = test.spellings if train.kind == "text" else test.values
    unknown = [value for value in in_test if value not in train.values]
    if not unknown:
        return []
    rows = sum(in_test[value] for value in unknown)
    return [
        _about(
            pair.test.file,
            train.name,
            "unknown_classes",
            "warning",
            f"{rows:,} row(s) belong to classes that {pair.train.file} does not have: "
            f"{listed(map(repr, unknown))}.",
            "No model can predict a class that it has never seen; these rows are not scored.",
            "Add rows of these classes to the train file, or correct their spelling.",
        )
    ]


def _empty_in_test(pair: PairProfile, train: ColumnProfile) -> Finding:
    return _about(
        pair.test.file,
        train.name,
        "empty_in_test",
        "warning",
        f"The column is empty in every row; in {pair.train.file} {train.present:,} rows have a "
        "value.",
        "A model that has learned from a column does badly where it is missing.",
        "Fill it in, or remove it from both files if it is not known when you predict.",
    )


def _unseen_categories(
    pair: PairProfile, train: ColumnProfile, test: ColumnProfile
) -> list[Finding]:
    names_rows = train.is_date or train.is_free_text or is_identifier(train)
    if train.kind != "text" or names_rows or train.categories is None or not test.categories:
        return []
    unseen = [text for value, text in test.categories.items() if value not in train.categories]
    if not unseen:
        return []
    many = len(unseen) > _MANY_UNSEEN * len(test.categories)
    return [
        _about(
            pair.test.file,
            train.name,
            "unseen_categories",
            "warning" if many else "note",
            f"{len(unseen):,} of {len(test.categories):,} different values never occur in "
            f"{pair.train.file}: {listed(unseen)}.",
            "The model treats them as unknown.",
            "Check their spelling, or add such rows to the train file.",
        )
    ]


def _label_findings(pair: PairProfile) -> list[Finding]:
    test = pair.test.columns.get(pair.target)
    if test is None or not test.present:
        return [
            _about(
                pair.test.file,
                pair.target,
                "no_labels_in_test",
                "note",
                "The test file does not have the true values of the column to predict.",
                "They are not needed for predictions.",
                "You get predictions and no scores. For scores, add the column to the test file.",
            )
        ]
    if test.missing:
        return [
            _about(
                pair.test.file,
                pair.target,
                "labels_partly_missing_in_test",
                "note",
                f"{test.missing:,} of {test.rows:,} rows have no true value.",
                "They are predicted, but not scored.",
                "Fill them in if you know them.",
            )
        ]
    return []


def _row_findings(pair: PairProfile) -> list[Finding]:
    findings = []
    if pair.overlap:
        findings.append(
            Finding(
                code="rows_in_both_files",
                severity="warning",
                file=pair.test.file,
                seen=f"{pair.overlap:,} of {pair.test.rows:,} rows are also in {pair.train.file}.",
                expected="A model is tested fairly on rows that it has not learned from; the "
                "scores will look better than they are.",
                action="Remove these rows from one of the files.",
                sampled=not pair.overlap_is_exact,
            )
        )
    repetition, rows = pair.repetition, pair.train.rows
    if repetition.duplicates:
        many = repetition.duplicates > 0.1 * rows
        findings.append(
            Finding(
                code="duplicate_rows",
                severity="warning" if many else "note",
                file=pair.train.file,
                seen=f"{repetition.duplicates:,} of {rows:,} rows repeat an earlier row.",
                expected="Repeated rows count more than others, and the model's own check may see "
                "rows that it has learned from.",
                action="Remove them if they were copied by mistake.",
                sampled=not repetition.exact,
            )
        )
    if repetition.conflicts and pair.problem_type != "regression":
        many = repetition.conflicts > 0.05 * rows
        findings.append(
            Finding(
                code="conflicting_rows",
                severity="warning" if many else "note",
                file=pair.train.file,
                column=pair.target,
                seen=f"{repetition.conflicts:,} rows have exactly the same values as another row, "
                "but another class.",
                expected="No model can be right on both of them.",
                action="Check how these rows were labelled, or add a column that tells them apart.",
                sampled=not repetition.exact,
            )
        )
    return findings


def _about(
    file: str,
    column: str,
    code: str,
    severity: Severity,
    seen: str,
    expected: str,
    action: str,
) -> Finding:
    return Finding(code, severity, file, seen, expected, action, column=column)
