"""Where everything lies in the stack's bucket, by its key.

The names that begin a key have rights and lifecycles of their own in infra/template.yaml. A folder
ends with a slash, so that no other key begins like it.
"""

UPLOADS = "data/"
ROWS = "predict/"
DRAFTS = "drafts/"
RESULTS = "results/"
PREDICTIONS = "predictions/"
CLAIMS = "runs/claims/"
TAKEN_PAIRS = "runs/taken/"
WAITING_RUNS = "waiting/"
WAITING_ROWS = "waiting-rows/"
# What the name of a page about a failure ends with.
FAILURE = "_failure"
TRAINING_CODE = "source/sourcedir.tar.gz"
LEDGER = "spending/ledger.json"


def run_folder(run: str) -> str:
    """What a run or a prediction reads, and what its steps keep for each other."""
    return f"runs/{run}/"


def pair_key(run: str) -> str:
    """Which uploads a run reads."""
    return f"{run_folder(run)}pair.json"


def rows_key(run: str) -> str:
    """Which upload a prediction reads."""
    return f"{run_folder(run)}rows.json"


def rows_check_key(run: str) -> str:
    """The page with all that was found in the rows of a prediction."""
    return f"{run_folder(run)}check.html"


def filled_page_key(run: str) -> str:
    """The page of a prediction with what its job could not know."""
    return f"{run_folder(run)}page.html"


def job_folder(run: str) -> str:
    """What the job of a prediction leaves, before it is published."""
    return f"jobs/{run}/"


def champion_folder(run: str) -> str:
    """The approved model that a run's model is compared with."""
    return f"{run_folder(run)}champion/"


def line_key(run: str) -> str:
    """The place in line that a run has had."""
    return f"{run_folder(run)}line.json"


def language_key(run: str) -> str:
    """The language of a run or a prediction that does not speak the stack's."""
    return f"{run_folder(run)}language.txt"


def claim_key(identity: str) -> str:
    """Which execution works on a pair, or a file of rows, of this identity."""
    return f"{CLAIMS}{identity}.json"


def taken_pair_key(mark: str) -> str:
    """That an execution has seen the uploads that have this mark."""
    return f"{TAKEN_PAIRS}{mark}.json"


def waiting_run_key(place: str) -> str:
    """The run that waits at this place in line."""
    return f"{WAITING_RUNS}{place}.json"


def waiting_rows_key(dataset: str, file_name: str) -> str:
    """That a file of rows waits until the dataset has an approved model."""
    return f"{WAITING_ROWS}{dataset}/{file_name}.json"


def published_key(dataset: str, file: str) -> str:
    """Which prediction stands in the place of a file's results; ``file`` is without ``.csv``."""
    return f"runs/published/{dataset}/{file}.json"


def mails_key(day: str) -> str:
    """Which failures were mailed on a day (ISO 8601)."""
    return f"runs/mails/{day}.json"


def success_mails_key(day: str) -> str:
    """Which successes were mailed on a day (ISO 8601)."""
    return f"runs/mails/{day}-successes.json"


def prices_key(region: str) -> str:
    """The cached price list of a region."""
    return f"runs/prices/{region}.json"


def digests_folder(run: str) -> str:
    """The digests of a run's models."""
    return f"digests/{run}/"


def digest_key(run: str, job: str) -> str:
    """The digest of the model that a training job made."""
    return f"{digests_folder(run)}{job}.json"


def dataset_results_folder(dataset: str) -> str:
    """The results of all runs of a dataset."""
    return f"{RESULTS}{dataset}/"


def results_folder(dataset: str, run: str) -> str:
    """The results of a run."""
    return f"{dataset_results_folder(dataset)}{run}/"


def failure_page_key(dataset: str, run: str) -> str:
    """The page that explains why a run failed."""
    return f"{results_folder(dataset, run)}failure.html"


def predictions_key(dataset: str, file: str) -> str:
    """The predictions for the rows of a file, which is named without ``.csv``."""
    return f"{PREDICTIONS}{dataset}/{file}.csv"


def predictions_page_key(dataset: str, file: str) -> str:
    """The page about them."""
    return f"{PREDICTIONS}{dataset}/{file}.html"


def predictions_failure_key(dataset: str, file: str) -> str:
    """The page that explains why there are none."""
    return f"{PREDICTIONS}{dataset}/{file}{FAILURE}.html"


def check_key(dataset: str, run: str) -> str:
    """What the check has found in the files that a run was trained on."""
    return f"{results_folder(dataset, run)}check.json"


def model_key(folder: str, job: str) -> str:
    """The model that a training job left in the ``folder`` of its run's results."""
    return f"{folder}{job}/output/model.tar.gz"
