"""What a person would write without Codefree: fit, evaluate, nothing else."""

import sys

import pandas as pd
from autogluon.tabular import TabularPredictor

train, test, target, preset, seconds, folder = sys.argv[1:]
predictor = TabularPredictor(target, path=folder)
predictor.fit(pd.read_csv(train), presets=preset, time_limit=float(seconds))
print(predictor.evaluate(pd.read_csv(test)))
