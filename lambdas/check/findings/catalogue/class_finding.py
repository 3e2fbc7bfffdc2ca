"""Findings on the classes of a column to predict."""

from lambdas.check.findings.catalogue.entry import Entry, Family


class ClassFinding(Family):
    """The classes to predict."""

    classes_alike = Entry(
        severity="warning",
        seen="{alike: and } are taken for different classes.",
        expected="A class must be written in the same way in every row; blanks and capital letters "
        "count.",
        action="If they mean the same, write them alike in {both} and {both_again}.",
        phrases={"alike": {"class": "{name:quoted}"}},
    )
    same_labels = Entry(
        severity="note",
        seen="Labels that differ only in blanks, hidden characters, or the way of writing a letter "
        "or a number are one class: {joined:; }.",
        action="If they are not the same, rename one of them in {both}.",
        phrases={"joined": {"one": "{spelling:exact} is {label:exact}"}},
    )
    small_classes = Entry(
        severity="warning",
        seen="{more}{count:,} {count:class has|classes have} fewer than {fewest} rows: {rare:5}.",
        expected={
            "two": "The model learns {count:it|them} badly.",
            "several": "The training may leave {count:it|them} out, so that no row is ever "
            "predicted to belong to {count:it|them}; otherwise the model learns {count:it|them} "
            "badly.",
        },
        action="Add rows of {count:this class, or join it|these classes, or join them} with "
        "others.",
        phrases={"more": {"at_least": "At least "}},
    )
    many_classes = Entry(
        severity="warning",
        seen="There are {about}{classes:,} classes.",
        expected="Training takes long, and each class is learned from few rows, {each} on average.",
        action="Join rare classes into one if you can.",
        phrases={"about": {"estimated": "about "}},
    )
    imbalance = Entry(
        severity="warning",
        seen="The class {rarest:quoted} has {least:,} rows, the most frequent one {most:,}.",
        expected="A model can be right nearly always without ever finding the rare class.",
        action="Do not judge it by accuracy: set {metric_setting} to balanced_accuracy, f1 or "
        "roc_auc.",
    )
