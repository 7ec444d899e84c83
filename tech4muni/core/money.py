"""Amounts of money in words."""

from decimal import Decimal

from django.utils import formats


def money_words(amount: Decimal, currency: str) -> str:
    """An amount with its currency, such as `24,000 EUR`: thousands grouped, cents only where there are any."""
    places = 0 if amount == amount.to_integral_value() else 2
    return f"{formats.number_format(amount, places, force_grouping=True)} {currency}"
