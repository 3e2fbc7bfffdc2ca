"""A real data set as a pair of CSV files: scikit-learn's bundled breast-cancer data."""

import sys
from pathlib import Path

from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

NAME = "breast_cancer"


def write_sample_data(folder: Path) -> tuple[Path, Path]:
    """Writes the pair to ``folder`` and returns its paths: 426 rows to train on, 143 to test with.

    The target column ``label`` says malignant or benign; the 30 others are measurements.
    """
    data = load_breast_cancer(as_frame=True)
    table = data.frame.drop(columns="target")
    table.insert(0, "label", data.target_names[data.target])
    train, test = train_test_split(table, test_size=0.25, random_state=0, stratify=table["label"])
    folder.mkdir(parents=True, exist_ok=True)
    paths = folder / f"{NAME}_train.csv", folder / f"{NAME}_test.csv"
    for part, path in zip((train, test), paths, strict=True):
        part.to_csv(path, index=False)
    return paths


if __name__ == "__main__":
    write_sample_data(Path(sys.argv[1]))
