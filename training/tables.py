"""Reading the uploaded tables, in training and evaluation alike."""

from pathlib import Path

import pandas as pd

from training.failure import JobFailed


def table_in(folder: Path) -> pd.DataFrame:
    """The one CSV file in ``folder``, as it was uploaded, row for row.

    Raises:
        JobFailed: there is not exactly one file, or it can't be read.
    """
    files = [path for path in sorted(folder.iterdir()) if path.is_file()]
    if len(files) != 1:
        raise JobFailed(f"The input folder {folder.name} has {len(files)} files; one is expected.")
    try:
        # Reading in one piece gives a column one type, whatever its first rows look like.
        return pd.read_csv(files[0], encoding="utf-8-sig", low_memory=False)
    except (ValueError, UnicodeError) as error:
        raise JobFailed(f"The file in {folder.name} can't be read as CSV: {error}") from error
