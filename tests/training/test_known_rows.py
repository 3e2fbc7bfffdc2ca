"""Rows that a model was trained on are found again, and no others."""

from pathlib import Path

import numpy as np
import pandas as pd

from training.model.known_rows import KnownRows, known_rows


def rows(count: int, seed: int = 0) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    texts = random.choice(np.array(["서울", "부산", None], object), count)
    return pd.DataFrame({"x": random.normal(size=count), "city": texts, "y": random.integers(9)})


def test_rows_of_the_train_file_are_known_and_others_are_new(tmp_path: Path) -> None:
    train, other = rows(100), rows(50, seed=1)
    known_rows(train).save(tmp_path)
    known = KnownRows.saved_in(tmp_path)
    assert known is not None
    mixed = pd.concat([other, train.iloc[10:20]])
    assert known.are_new(mixed).tolist() == [True] * 50 + [False] * 10


def test_a_model_of_other_code_has_none(tmp_path: Path) -> None:
    assert KnownRows.saved_in(tmp_path) is None


def test_a_row_is_the_same_however_its_numbers_are_kept_and_columns_stand() -> None:
    train = pd.DataFrame({"a": [1, 2, 3], "b": [0.0, np.nan, 0.5], "c": ["x", None, "y"]})
    test = pd.DataFrame({"c": ["x", None], "extra": [1, 2], "b": [-0.0, np.nan], "a": [1.0, 2.0]})
    assert not known_rows(train).are_new(test).any()


def test_a_row_of_another_label_is_new() -> None:
    train = pd.DataFrame({"a": [1, 2], "label": ["yes", "no"]})
    test = pd.DataFrame({"a": [1, 2], "label": ["no", "no"]})
    assert known_rows(train).are_new(test).tolist() == [True, False]


def test_what_comes_again_and_again_is_no_row_of_the_train_file() -> None:
    train = pd.DataFrame({"a": ["x", "x", "z"], "label": [1, 1, 1]})
    assert known_rows(train).are_new(train.iloc[[0, 2]]).tolist() == [True, False]


def test_of_many_rows_there_is_a_sample_and_none_is_called_new_by_mistake() -> None:
    train, other = rows(1000), rows(1000, seed=1)
    known = known_rows(train, most=100)
    assert len(known.hashes) == 100
    assert not known.are_new(train).any()
    assert 50 < known.are_new(other).sum() < 200


def test_a_train_file_of_equal_rows_knows_none() -> None:
    same = pd.DataFrame({"a": [1, 1], "label": [0, 0]})
    assert known_rows(same).are_new(same).all()
