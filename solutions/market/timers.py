"""What the market does at an instant."""

from programs.timing import kinds
from solutions.market.services.publishing import CLOSE
from solutions.market.services.reminders import REMIND, remind
from solutions.market.services.windows import WITHDRAW, close_city, withdraw_city

kinds.register(CLOSE, close_city)
kinds.register(WITHDRAW, withdraw_city)
kinds.register(REMIND, remind)
