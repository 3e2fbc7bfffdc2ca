"""Where things lie in the bucket: stacks that are in use hold objects under these very keys."""

from lambdas.bucket import layout


def test_no_key_has_moved() -> None:
    assert layout.UPLOADS == "data/"
    assert layout.TRAINING_CODE == "source/sourcedir.tar.gz"
    assert layout.LEDGER == "spending/ledger.json"
    assert layout.pair_key("R") == "runs/R/pair.json"
    assert layout.line_key("R") == "runs/R/line.json"
    assert layout.claim_key("I") == "runs/claims/I.json"
    assert layout.taken_pair_key("M") == "runs/taken/M.json"
    assert layout.waiting_run_key("P") == "waiting/P.json"
    assert layout.mails_key("2026-11-25") == "runs/mails/2026-11-25.json"
    assert layout.prices_key("us-east-1") == "runs/prices/us-east-1.json"
    assert layout.digest_key("R", "J") == "digests/R/J.json"
    assert layout.results_folder("N", "R") == "results/N/R/"
    assert layout.failure_page_key("N", "R") == "results/N/R/failure.html"
    assert layout.model_key("results/N/R/", "J") == "results/N/R/J/output/model.tar.gz"


def test_what_is_kept_in_a_folder_begins_with_it() -> None:
    assert layout.pair_key("R").startswith(layout.run_folder("R"))
    assert layout.claim_key("I").startswith(layout.CLAIMS)
    assert layout.taken_pair_key("M").startswith(layout.TAKEN_PAIRS)
    assert layout.waiting_run_key("P").startswith(layout.WAITING_RUNS)
    assert layout.digest_key("R", "J").startswith(layout.digests_folder("R"))
    assert layout.results_folder("N", "R").startswith(layout.dataset_results_folder("N"))
    assert layout.dataset_results_folder("N").startswith(layout.RESULTS)
