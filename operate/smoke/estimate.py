"""The most that smoke can cost, as the product itself reckons it, before anything is made."""

import math
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.check_pair import profile_state
from lambdas.errors import BudgetTooSmall
from lambdas.instances.candidates import BILLED_BESIDE_THE_LIMIT_SECONDS
from lambdas.instances.catalog import Catalog, snapshot_catalog
from lambdas.instances.price_list import catalog_of, fetch_prices
from lambdas.instances.quotas import Forbidden, fetch_forbidden_types
from lambdas.pick_instance import Choice, choice_of
from lambdas.settings.chosen import Chosen
from lambdas.state import ProfileState
from lambdas.wish import Wish
from operate.account import Account, CannotDo
from operate.plan import check_files
from operate.smoke.pair import TARGET, pair

WISH = Wish(
    target=TARGET,
    problem_type="regression",
    eval_metric="auto",
    presets="medium_quality",
    minutes=0.5,
    cost=1,
    spot=False,
)
# Three runs, and one of them rerun, which may cost as much once more.
_TIMES_A_RUN = 4
# The functions, the workflow, the bucket: docs/cost.md counts 0.0014 USD for a small check.
_BESIDE_USD = 0.05
_DEAREST_RUN_CENTS = 500


@dataclass(frozen=True)
class Estimate:
    """What is to be confirmed: USD for a run and for all, and by whose prices."""

    run: float
    most: float
    usual: float
    instance: str
    as_of: str

    def in_words(self) -> str:
        """For the question."""
        return (
            f"Three small runs and one rerun, each starting on {self.instance} and taking about "
            f"six minutes, cost about {self.usual:.2f} USD, and at most {self.most:.2f}: the stack "
            f"limits each run to {self.run:.2f} and all runs of one day (UTC) to the total "
            f"({self.as_of})."
        )


def estimate(account: Account) -> Estimate:
    """The least money with which a run that is out of memory can go on with more.

    Raises:
        CannotDo: the account may use no two types that are large enough.
    """
    profile = _profile()
    catalog, forbidden = _offered(account)
    for cents in range(1, _DEAREST_RUN_CENTS):
        choice = _choice(profile, cents / 100, catalog, forbidden)
        if choice and _has_room_for_more_memory(choice):
            return _estimate(choice)
    raise CannotDo(
        "The account's quotas do not allow two training instance types with different memory "
        "sizes. Request a quota of 1 for ml.m5.large and ml.m5.xlarge, for training job usage and "
        "for processing job usage, in the Service Quotas console (SageMaker)."
    )


def _estimate(choice: Choice) -> Estimate:
    return Estimate(
        run=choice.wish.cost,
        most=math.ceil(100 * (_TIMES_A_RUN * choice.wish.cost + _BESIDE_USD)) / 100,
        usual=_TIMES_A_RUN * choice.best.usual,
        instance=choice.best.train.name,
        as_of=choice.catalog.as_of,
    )


def _choice(
    profile: ProfileState, usd: float, catalog: Catalog, forbidden: Forbidden
) -> Choice | None:
    """Where a run with ``usd`` would begin; None where they are too few."""
    try:
        return choice_of(profile, replace(WISH, cost=usd), catalog, forbidden)
    except BudgetTooSmall:
        return None


def _has_room_for_more_memory(choice: Choice) -> bool:
    """Whether money is left for another try, though the first one should use all of its time."""
    first, need = choice.best.train, choice.need
    billed = need.train_seconds + BILLED_BESIDE_THE_LIMIT_SECONDS
    spent = choice.catalog.cost(first.training_price, billed, need.volume_gb)
    return any(
        way.train.memory_gib > first.memory_gib and spent + way.cap <= choice.wish.cost
        for way in choice.candidates
    )


def _profile() -> ProfileState:
    """What CheckPair finds in the made table."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for key, body in pair(1).files.items():
            paths.append(Path(folder, Path(key).name))
            paths[-1].write_bytes(body)
        test, train = paths
        check = check_files(train, test, Chosen(WISH))
    if check.profile is None or check.errors:
        raise CannotDo(f"The made table does not pass the check: {check.errors}")
    return profile_state(check.profile)


def _offered(account: Account) -> tuple[Catalog, Forbidden]:
    """Prices and quotas, each as a run takes them: where they can't be read there is a snapshot."""
    region = account.s3.meta.region_name
    try:
        catalog = catalog_of(fetch_prices(account.pricing, region), region)
    except (BotoCoreError, ClientError, LookupError, ValueError):
        catalog = snapshot_catalog(region)
    return catalog, fetch_forbidden_types(account.quotas)
