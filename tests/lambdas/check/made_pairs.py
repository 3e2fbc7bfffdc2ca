"""Pairs of files as people upload them, each made by code."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

ROWS = 120


@dataclass(frozen=True)
class Case:
    """A pair, the column to predict, and the error that it must be rejected with, if any."""

    name: str
    train: bytes
    test: bytes
    target: str = "label"
    code: str | None = None


def frame(rows: int = ROWS, seed: int = 0) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    age = random.integers(18, 90, rows)
    income = (random.normal(3000, 800, rows)).round(2)
    return pd.DataFrame(
        {
            "age": age,
            "income": income,
            "city": random.choice(["Seoul", "Busan", "Incheon"], rows),
            "label": np.where(age + random.normal(0, 20, rows) > 50, "yes", "no"),
        }
    )


def csv(table: pd.DataFrame, encoding: str = "utf-8", **options: Any) -> bytes:
    text: str = table.to_csv(index=options.pop("index", False), **options)
    return text.encode(encoding)


def pair(name: str, write: Callable[[pd.DataFrame], bytes], **fields: Any) -> Case:
    return Case(name, write(frame()), write(frame(40, seed=1)), **fields)


def changed(name: str, change: Callable[[pd.DataFrame], pd.DataFrame], **fields: Any) -> Case:
    return pair(name, lambda table: csv(change(table)), **fields)


def lines(table: pd.DataFrame) -> list[str]:
    return csv(table).decode().splitlines()


def joined(rows: list[str], end: str = "\n") -> bytes:
    return (end.join(rows) + end).encode()
