"""``codefree plan``: what CheckPair and PickInstance would say of a pair, without running it."""

import math
from pathlib import Path
from typing import IO, get_args

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from lambdas.check.pair_check import PairCheck, pair_check
from lambdas.check.reading.source import Source
from lambdas.check_pair import planned_training, profile_state
from lambdas.errors import BudgetTooSmall
from lambdas.instances.catalog import Catalog, snapshot_catalog
from lambdas.instances.price_list import PRICING_REGION, catalog_of, fetch_prices
from lambdas.instances.quotas import Forbidden, fetch_forbidden_types
from lambdas.pick_instance import Choice, choice_of
from lambdas.wish import WantedType, Wish

# On one's own machine nothing ends the check but its end.
_SECONDS = 24 * 3600.0
# What the template's parameters take, and what they would need a GPU for.
PRESETS = (
    "best_quality",
    "best_quality_v150",
    "high_quality",
    "high_quality_v150",
    "good_quality",
    "medium_quality",
    "optimize_for_deployment",
    "extreme_quality",
)
_FEWEST_MINUTES = 0.1
_MOST_MINUTES = 2880


class CannotPlan(Exception):
    """Nothing is within the budget, or the prices can't be read; the text says what to do."""


def unusable(wish: Wish) -> str:
    """What the stack would refuse of the wish, in words; empty where it would take it."""
    if wish.presets not in PRESETS:
        return f"There is no preset {wish.presets!r}. Choose one of {', '.join(PRESETS)}."
    if wish.problem_type not in get_args(WantedType):
        known = ", ".join(get_args(WantedType))
        return f"There is no problem type {wish.problem_type!r}. Choose one of {known}."
    if not _FEWEST_MINUTES <= wish.minutes <= _MOST_MINUTES:
        return f"--minutes must be at least {_FEWEST_MINUTES} and at most {_MOST_MINUTES}."
    if not 0.01 <= wish.cost < math.inf:
        return "--cost must be an amount in USD, at least 0.01."
    return ""


def check_files(train: Path, test: Path, wish: Wish) -> PairCheck:
    """What the check finds in the two files."""
    return pair_check(_source(train), _source(test), planned_training(wish), lambda: _SECONDS)


def chosen(check: PairCheck, wish: Wish, catalog: Catalog, forbidden: Forbidden) -> Choice:
    """The choice for a pair that the check has passed.

    Raises:
        CannotPlan: nothing is within the budget.
    """
    assert check.profile
    try:
        return choice_of(profile_state(check.profile), wish, catalog, forbidden)
    except BudgetTooSmall as error:
        raise CannotPlan(str(error)) from error


def offered(region: str, profile: str | None) -> tuple[Catalog, Forbidden]:
    """Prices and quotas: the account's own with a ``profile``, the dated snapshot without.

    Raises:
        CannotPlan: they can't be read with that profile.
    """
    if profile is None:
        return snapshot_catalog(region), Forbidden()
    try:
        session = boto3.Session(profile_name=profile, region_name=region)
        listed = fetch_prices(session.client("pricing", region_name=PRICING_REGION), region)
        return catalog_of(listed, region), fetch_forbidden_types(session.client("service-quotas"))
    except (BotoCoreError, ClientError, LookupError) as error:
        raise CannotPlan(
            f"The prices of {region} can't be read with the AWS profile {profile!r}: {error}. "
            "Without --profile, the dated snapshot is used."
        ) from error


def _source(path: Path) -> Source:
    def opened(limits: tuple[int, int] | None) -> IO[bytes]:
        body = path.open("rb")
        body.seek(limits[0] if limits else 0)
        return body

    return Source(path.name, path.stat().st_size, opened)
