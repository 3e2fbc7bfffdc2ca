"""What is to be said of the column to predict in new rows: whether there is a score."""

from lambdas.check.findings.catalogue.rows_finding import RowsFinding
from lambdas.check.findings.finding import Finding
from lambdas.check.findings.found import found
from lambdas.check.profile.column_counts import MOST_VALUES_COUNTED
from lambdas.check.profile.column_profile import ColumnProfile
from lambdas.check.profile.file_profile import FileProfile
from lambdas.check.profile.trained_file import TrainedFile
from lambdas.check.reading.nearest_name import nearest_name


def has_score(profile: FileProfile, trained: TrainedFile) -> bool:
    """Whether some rows have a true value that predictions can be compared with."""
    column = profile.columns.get(trained.target)
    if column is None or not column.present:
        return False
    if trained.problem_type == "regression":
        return column.numbers > 0
    return not _knows_all_classes(trained) or any(
        c in trained.classes for c in _labels(column, trained)
    )


def target_notes(profile: FileProfile, trained: TrainedFile) -> list[Finding]:
    """The findings on the column to predict."""
    column, name = profile.columns.get(trained.target), trained.target
    if column is None:
        extra = [other for other in profile.columns if other not in trained.columns]
        near = nearest_name(name, extra)
        if near is None:
            return [found(RowsFinding.not_scored, case="absent", column=name)]
        return [found(RowsFinding.not_scored, case="near", column=name, near=near, target=name)]
    if not column.present:
        return [found(RowsFinding.not_scored, case="empty", column=name)]
    return _of_labels(column, trained)


def _of_labels(column: ColumnProfile, trained: TrainedFile) -> list[Finding]:
    findings = []
    if trained.problem_type == "regression":
        if column.texts:
            findings.append(
                found(
                    RowsFinding.labels_no_numbers,
                    column=column.name,
                    texts=column.texts,
                    present=column.present,
                    examples=column.examples,
                )
            )
        known = column.numbers
    else:
        labels = _labels(column, trained)
        unknown = [label for label in labels if label not in trained.classes]
        known = column.present
        if not _knows_all_classes(trained):
            unknown = []
        if unknown and len(unknown) == len(labels):
            known = 0
            findings.append(
                found(
                    RowsFinding.no_class_known,
                    column=column.name,
                    unknown=unknown,
                    known=list(trained.classes),
                )
            )
        elif unknown:
            findings.append(
                found(
                    RowsFinding.classes_unseen,
                    column=column.name,
                    rows=sum(labels[label] for label in unknown),
                    count=len(unknown),
                    unknown=unknown,
                )
            )
    if known:
        findings.append(
            found(RowsFinding.scored, column=column.name, known=known, rows=column.rows)
        )
    return findings


def _labels(column: ColumnProfile, trained: TrainedFile) -> dict[str, int]:
    """The rows for each label, written as the training writes them."""
    is_text = trained.columns[column.name].kind == "text"
    return dict(column.spellings if is_text else column.values)


def _knows_all_classes(trained: TrainedFile) -> bool:
    return 0 < len(trained.classes) <= MOST_VALUES_COUNTED
