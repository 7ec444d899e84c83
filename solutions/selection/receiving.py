"""Where applications that companies submit come in: learnt by the market app when the platform starts."""

from solutions.market.handover import register
from solutions.selection.services.receiving import CityReceiver

register(CityReceiver())
