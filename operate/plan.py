"""``codefree plan``: what CheckPair and PickInstance would say of files, without running them."""

from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.check.findings.vocabulary import COMMAND_LINE
from lambdas.check.pair_check import PairCheck, pair_check
from lambdas.check.single_check import single_check
from lambdas.check_pair import planned_training, profile_state
from lambdas.errors import BudgetTooSmall
from lambdas.instances.catalog import Catalog, snapshot_catalog
from lambdas.instances.explanation import SettingNames, budget_too_small
from lambdas.instances.price_list import PRICING_REGION, catalog_of, fetch_prices
from lambdas.instances.quotas import Forbidden, fetch_forbidden_types
from lambdas.pick_instance import Choice, choice_of
from lambdas.settings.chosen import Chosen
from lambdas.wish import Wish
from operate.language import spoken
from operate.source_file import SECONDS, source_of

OPTIONS = SettingNames(cost="--cost", minutes="--minutes")


class CannotPlan(Exception):
    """Nothing is within the budget, or the prices can't be read; the text says what to do."""


def check_files(train: Path, test: Path | None, asked: Chosen) -> PairCheck:
    """What the check finds in a pair, or in one file to be split, in the command line's words."""
    planned = planned_training(asked.wish, target_is_default="target" not in asked.fields)
    if test is None:
        check = single_check(source_of(train), planned, lambda: SECONDS)
    else:
        check = pair_check(source_of(train), source_of(test), planned, lambda: SECONDS)
    return check.told_in(COMMAND_LINE)


def choice_for(check: PairCheck, wish: Wish, catalog: Catalog, forbidden: Forbidden) -> Choice:
    """The choice for a pair that the check has passed.

    Raises:
        CannotPlan: nothing is within the budget.
    """
    assert check.profile
    profile = profile_state(check.profile)
    try:
        return choice_of(profile, wish, catalog, forbidden)
    except BudgetTooSmall as error:
        told = budget_too_small(profile, wish, catalog, forbidden, OPTIONS)
        raise CannotPlan(told) from error


def offered(region: str, profile: str | None) -> tuple[Catalog, Forbidden]:
    """Prices and quotas: the account's own with a ``profile``, the dated snapshot without.

    Raises:
        CannotPlan: they can't be read with that profile.
    """
    if profile is None:
        return snapshot_catalog(region), Forbidden()
    import boto3  # takes a while to load, and is seldom needed

    try:
        session = boto3.Session(profile_name=profile, region_name=region)
        listed = fetch_prices(session.client("pricing", region_name=PRICING_REGION), region)
        return catalog_of(listed, region), fetch_forbidden_types(session.client("service-quotas"))
    except (BotoCoreError, ClientError, LookupError) as error:
        raise CannotPlan(
            spoken(
                "The prices of {region} can't be read with the AWS profile {profile}: {error}. "
                "Without --profile, the dated snapshot is used.",
                region=region,
                profile=repr(profile),
                error=error,
            )
        ) from error
