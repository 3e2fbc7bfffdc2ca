"""Findings on the columns that play a part of their own."""

from lambdas.check.findings.catalogue.entry import Entry, Family

_PURPOSE = {
    "purpose": {
        "leave_out": "is to be left out",
        "row_id": "is to identify the rows",
        "time": "is to tell when each row became known",
        "group": "is to tell which rows belong together",
    }
}
_BY_TIME = "The newest rows are tested, so each row with a label needs a time."


class RoleFinding(Family):
    """Columns for rows' names, times and groups, and those that are left out."""

    role_missing = Entry(
        severity="error",
        seen="There is no column named {name:quoted}, which {purpose}. {guess}The columns are: "
        "{columns:15}.",
        expected="The name must be written exactly like the column's.",
        action="Correct it in the settings, or rename the column, and {again}.",
        phrases=_PURPOSE | {"guess": {"nearest": "Did you mean {near:quoted}? "}},
    )
    role_of_target = Entry(
        severity="error",
        seen="This column is to be predicted, and it {purpose}.",
        expected="The column to predict can have no other part.",
        action="Name another column in the settings and {again}.",
        phrases=_PURPOSE,
    )
    no_column_left = Entry(
        severity="error",
        seen="No column is left to predict from: all others are left out, identify rows, or tell "
        "groups.",
        expected="A model needs at least one column to predict from.",
        action="Leave out fewer columns and {again}.",
    )
    time_unreadable = Entry(
        severity="error",
        milder="warning",
        seen="{rows:,} of {labelled:,} rows with a label have no time that can be read{example}.",
        expected="The newest rows are tested. A row without a time stays among those to learn "
        "from, although it may be newer than a tested one; more than {most:.0%} of them would make "
        "the test worthless.",
        action="Write the times like 2024-03-05 or 2024-03-05 15:30, or as numbers such as years, "
        "in every row, and {again}.",
        phrases={"example": {"such_as": ", such as {text:quoted}"}},
    )
    one_time = Entry(
        severity="error",
        seen="All rows with a label have the same time.",
        expected=_BY_TIME + " There must be at least two different ones.",
        action="Name another column for the time, or none, and {again}.",
    )
    one_group = Entry(
        severity="error",
        seen="All rows with a label belong to the same group.",
        expected="Whole groups are learned from or tested, so there must be at least two; better "
        "some dozens.",
        action="Name another column for the groups, or none, and {again}.",
    )
    time_and_group = Entry(
        severity="error",
        seen="The single file is to be split by time ({time:quoted}) and by group "
        "({group:quoted}).",
        expected="The newest rows belong to groups that have older rows, too, so one of the two "
        "rules would be broken.",
        action="Name either a time column or a group column in the settings, or split the table "
        "into two files of your own, NAME_train.csv and NAME_test.csv.",
    )
    groups_missing = Entry(
        severity="warning",
        seen="{missing:,} of {rows:,} {rows:row|rows} {missing:has|have} no value in the column "
        "for groups.",
        expected="They are taken for one group.",
        action="Fill in the column.",
    )
    single_file_too_long = Entry(
        severity="error",
        seen="Of about {estimated:,} rows, {rows:,} {rows:was|were} looked at: the file is too "
        "large to be split in the time of the check.",
        expected="To split a single file exactly, all of its rows are read two or three times.",
        action="Split it into two files of your own, NAME_train.csv and NAME_test.csv: these may "
        "be larger.",
    )
    single_file_too_many_rows = Entry(
        severity="error",
        seen="The file has {rows:,} rows; a single file may have {most:,}.",
        expected="Which rows are tested is decided with all of them in the memory of the check.",
        action="Split it into two files of your own, NAME_train.csv and NAME_test.csv: these may "
        "be larger.",
    )
    single_file_split = Entry(
        severity="note",
        seen={
            "stratified": "Of {labelled:,} rows with a label, {tested:,} ({share:.1%}) are tested, "
            "drawn at random by a fixed rule; of each class the same share.",
            "random": "Of {labelled:,} rows with a label, {tested:,} ({share:.1%}) are tested, "
            "drawn at random by a fixed rule.",
            "time": "Of {labelled:,} rows with a label, the newest {tested:,} ({share:.1%}) are "
            "tested: those from {oldest} on.",
            "group": "Of {labelled:,} rows with a label, {tested:,} ({share:.1%}) are tested: "
            "those of {groups:,} {groups:group|groups} out of {every:,}, chosen at random by a "
            "fixed rule.",
        },
        expected="The models learn from the other rows and never see these.",
        action="To choose the rows to test with, make two files of the table, NAME_train.csv and "
        "NAME_test.csv.",
    )
    row_id_missing_in_test = Entry(
        severity="warning",
        seen="The column that identifies rows is not there.",
        expected="It would stand beside each prediction.",
        action="Add the column to the test file, or find the rows by their number.",
    )
    group_missing_in_test = Entry(
        severity="warning",
        seen="The column for groups is not there, so it is not known whether groups stand in both "
        "files.",
        expected="A model is tested fairly on groups that it has not learned from.",
        action="Add the column to the test file to have this checked.",
    )
    groups_in_both_files = Entry(
        severity="warning",
        seen="{groups:,} of {every:,} {every:group|groups} {groups:is|are} also in {train}; "
        "{rows:,} of {all_rows:,} {all_rows:row belongs|rows belong} to {groups:it|them}.",
        expected="What is special about a group can be learned from its other rows, so the scores "
        "may look better than they will be for new groups.",
        action="Put all rows of a group into one of the files.",
    )
    older_test_rows = Entry(
        severity="warning",
        seen="{rows:,} of {known:,} {known:row|rows} with a time {rows:is|are} not newer than the "
        "newest one of {train}, {newest}.",
        expected="A model that is to predict what comes later is tested fairly on rows that are "
        "newer than all it has learned from.",
        action="Move the newest rows, and only those, into the test file.",
    )
    row_ids_in_both_files = Entry(
        severity="warning",
        seen="{rows:,} of {all_rows:,} {all_rows:row has|rows have} a value here that also stands "
        "in {train}.",
        expected="If it identifies rows, the same things are learned from and tested, and the "
        "scores may look better than they are.",
        action="Remove these rows from one of the files.",
    )
