"""docs/settings.md: what can be chosen for one dataset, made of the settings themselves.

``python -m operate.settings_page docs/settings.md`` writes the page.
"""

import sys
from pathlib import Path

from lambdas.settings.setting import SETTINGS, Setting
from operate.settings_options import option_name

_BEFORE = """# Settings of a dataset

The stack's parameters hold for all datasets. What differs for one of them goes into a text file,
`data/NAME_settings.txt`, with one `name = value` a line:

```
# titanic_settings.txt
target = survived
metric = roc_auc
minutes = 10
leave out = Name, Ticket
row id = PassengerId
language = ko
```

Names may be English or Korean, in any case, with blanks, hyphens or underscores. Lines that begin
with `#` are comments. Any editor will do: the file may be in every encoding that a CSV may have.

**Upload the settings first**, then the data. Settings that come later start a run of their own and
never change one that is under way. The same settings again, or with another comment, start nothing.
Without the file, the next run has the stack's parameters again.

| setting | Korean | stack's parameter | meaning |
| --- | --- | --- | --- |
"""
_AFTER = """
- **The stack sets the limits.** `cost` can't exceed TrainingCost, nor `minutes` MostMinutes.
  Settings that ask for more are rejected before anything is paid for. So are unknown names, wrong
  values, and combinations that can't be, each with its line and the nearest right name.
- **Lists** have commas between their entries. An entry that has a comma stands in quotation marks:
  `leave out = "Name, first", Ticket`.
- **A target that nobody has set** is found where it can be: if there is no column of that name, and
  exactly one column of the train file is missing in the test file, that one is predicted, and the
  check says so. Otherwise the files are rejected, with the columns to choose from.
- **Columns that are left out**, the row id and the group column are not learned from, and new rows
  to predict need not have them.

## One file instead of two

`data/NAME.csv` alone is split into rows to learn from and rows to test with: `test share` of them
(20% unless set) are tested, chosen by a fixed rule, so that the same file is always split in the
same way. No second file is made: both jobs read the same one.

- **Classes:** of each class, the same share.
- **Numbers:** rows drawn at random.
- **With a time column:** the newest rows. Rows of the same time stay on one side.
- **With a group column:** whole groups, so that no group is on both sides.

A table can be split by time or by groups, not by both. Rows without a label are not tested. Copies
of a row may be on both sides; the check counts them. It also says what was done, and how many rows
are tested. The column `row` of the predictions is the row's number in the file. A table of more
than 50 million rows has to be split by you.

If `NAME_train.csv` and `NAME_test.csv` are there too, the pair is used, and an upload of `NAME.csv`
is rejected with that reason. A half that comes alone waits for the other one.

With a time or group column, the validation inside the training keeps the same rule, and a pair is
checked for rows of the same time or group on both sides.

## Elsewhere

- **An execution's input:** `{"dataset": "titanic", "target": "survived", "leave_out": ["Name"]}`.
  It counts for this execution alone, and more than the file.
- **The command line:** `codefree plan`, `run` and `upload` have an option for each setting, such as
  `--target survived --leave-out Name,Ticket`. `codefree upload titanic.csv --target survived`
  uploads the settings before the data, to local mode or to AWS.
"""


def page() -> str:
    """The page as Markdown."""
    return f"{_BEFORE}{''.join(map(_row, SETTINGS))}{_AFTER}"


def _row(setting: Setting) -> str:
    parameter = f"`{setting.parameter}`" if setting.parameter else ""
    option = f" (`{option_name(setting)}`)" if " " in setting.name else ""
    return f"| `{setting.name}`{option} | `{setting.korean}` | {parameter} | {setting.help} |\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
