"""What a run of the stack would be without settings, what settings may ask for, and at what price
the stack's region offers its machines."""

import functools
import time
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.errors import BudgetTooSmall
from lambdas.instances.catalog import Catalog, snapshot_catalog
from lambdas.instances.explanation import SettingNames, budget_too_small, why
from lambdas.instances.price_list import catalog_of, fetch_prices
from lambdas.instances.quotas import Forbidden, fetch_forbidden_types
from lambdas.pick_instance import choice_of
from lambdas.settings.chosen import Allowed
from lambdas.settings.setting import MOST_MINUTES
from lambdas.state import ProfileState
from lambdas.wish import Wish
from operate.account import Account, CannotDo
from operate.language import spoken
from operate.place import Place

_PRICES_KEPT_SECONDS = 6 * 3600
_SETTINGS = SettingNames(cost="cost", minutes="minutes")


@dataclass(frozen=True)
class StackWish:
    """The stack's parameters as a wish, and the limits of what settings may ask for."""

    wish: Wish
    allowed: Allowed


@dataclass(frozen=True)
class Cost:
    """What a run is expected to cost, and at most, in USD; and why on that machine."""

    usual: float
    most: float
    why: str


def stack_wish(place: Place) -> StackWish:
    """What the stack at ``place`` was deployed with.

    Raises:
        CannotDo: there is no such stack.
    """
    now = place.deployment.now()
    if now is None:
        raise CannotDo(
            spoken(
                "There is no stack {stack} {place}. Choose another with --stack-name.",
                stack=place.stack,
                place=place.account.place,
            )
        )
    most_minutes = float(now.parameters.get("MostMinutes", MOST_MINUTES))
    wish = Wish.from_parameters(now.parameters)
    return StackWish(wish, Allowed(wish.cost, most_minutes))


def cost_of(account: Account, profile: ProfileState, wish: Wish) -> Cost:
    """What a run on files like these would cost.

    Raises:
        CannotDo: nothing is within the budget; the text says what would be.
    """
    # The prices' date is told in the language that is spoken.
    catalog, forbidden = _offered(account)
    try:
        choice = choice_of(profile, wish, catalog, forbidden)
    except BudgetTooSmall as error:
        told = budget_too_small(profile, wish, catalog, forbidden, _SETTINGS)
        raise CannotDo(told) from error
    told = why(choice.best, choice.need, catalog.as_of, wish, _SETTINGS)
    return Cost(choice.best.usual, choice.best.cap, told)


def _offered(account: Account) -> tuple[Catalog, Forbidden]:
    region: str = account.s3.meta.region_name
    listed, forbidden = _asked(account, region, int(time.time() // _PRICES_KEPT_SECONDS))
    return catalog_of(listed, region) if listed else snapshot_catalog(region), forbidden


@functools.lru_cache(maxsize=4)
def _asked(account: Account, region: str, _period: int) -> tuple[Any, Forbidden]:
    """The region's prices, None where only the dated snapshot has them, and the quotas."""
    try:
        listed = fetch_prices(account.pricing, region)
    except (BotoCoreError, ClientError, LookupError, ValueError):
        listed = None
    return listed, fetch_forbidden_types(account.quotas)
