"""Where things are in a model's folder, for the training that saves them and for who loads them."""

PREDICTOR = "predictor"
RECORD = "training.json"
LEADERBOARD = "leaderboard.csv"
BASELINES = "baselines.joblib"
# How the train file was written, and what its columns hold.
TRAIN_FILE = "train_file.json"
