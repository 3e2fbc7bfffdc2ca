"""The Price List API, which moto lacks."""

from local.gaps.pricing.price_list import SERVICE

__all__ = ["SERVICE"]
