"""The files in a model's folder: the training saves them, evaluation and serving load them."""

PREDICTOR = "predictor"
RECORD = "training.json"
LEADERBOARD = "leaderboard.csv"
BASELINES = "baselines.joblib"
# How the train file was written, and what its columns hold.
TRAIN_FILE = "train_file.json"
# Which rows the model was trained on, as hashes.
KNOWN_ROWS = "known_rows.npz"
