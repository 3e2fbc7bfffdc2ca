"""What a person would write without Codefree: fit, evaluate, nothing else.

With a last argument ``same`` AutoGluon is told what Codefree tells it beside the preset, so that
both train the same models: what Codefree takes longer then are its own costs.
"""

import sys
from contextlib import suppress
from typing import Any

import pandas as pd
from autogluon.tabular import TabularPredictor

train, test, target, preset, seconds, folder, *same = sys.argv[1:]
table = pd.read_csv(train)
predictor = TabularPredictor(target, path=folder)
options: dict[str, Any] = {}
if same:
    from training.fitting.fit_options import fit_options

    with suppress(ImportError):  # an older version lets forests take what they take
        from training.fitting.forest_time import keep_forests_in_time

        keep_forests_in_time(len(table))
    problem_type = "binary" if table[target].nunique() == 2 else "multiclass"
    options = fit_options(preset, problem_type, *table.shape, float(seconds))
predictor.fit(table, presets=preset, time_limit=float(seconds), **options)
print(predictor.evaluate(pd.read_csv(test)))
