"""Well-known tables, split into rows to train and rows to test."""

from typing import Any

import pandas as pd
from sklearn.model_selection import train_test_split


def split(load: Any, rename: dict[Any, str] | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    table = load(as_frame=True).frame.rename(columns={"target": "label"})
    if rename:
        table["label"] = table["label"].map(rename)
    train_rows, test_rows = train_test_split(table, test_size=0.3, random_state=0)
    return train_rows, test_rows
