"""Which columns of the train file the models were given."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autogluon.tabular import TabularPredictor


def used_columns(predictor: "TabularPredictor") -> list[str]:
    """The columns that the models learned from; ``predictor.features()`` names more than those."""
    # AutoGluon tells of it nowhere else.
    links = predictor._learner.feature_generator.get_feature_links()  # noqa: SLF001
    return [name for name in predictor.features() if links.get(name)]


def dropped_columns(predictor: "TabularPredictor") -> list[str]:
    """The columns that AutoGluon left out as useless: the same value in every row, or a different
    text in each."""
    # Nor is a column by which rows were kept aside a feature.
    used = {*used_columns(predictor), *predictor._learner.ignored_columns}  # noqa: SLF001
    return [name for name in predictor.original_features if name not in used]
