"""What work and finance at a distance leave in the books and among the indicators."""

from numba import njit

from model.channels.work import FINANCE
from model.indicators import POSITION
from model.ledger import BANKING_FEES, OTHER_SPENDING
from model.numerics import JIT
from model.records import F8, Record

_TELEWORKERS = POSITION["teleworkers_persons"]
_VACANCY = POSITION["vacancy_months"]
_HIRES = POSITION["online_hires_persons"]
_FINANCE = POSITION["smart_finance_users_persons"]


@njit(**JIT)
def book_work(books: Record, state: Record, rules: Record, services: Record, index: float) -> None:
    """Book the fees that households pay at branches, out of other spending, which was booked whole before.

    Banks count their customers and those of them who bank by phone.
    """
    paid = state.fees_krw.sum()
    at_branches = services.adults.sum() * (1.0 - services.national[FINANCE])
    served = at_branches * rules.fee_krw * index
    books.booked[BANKING_FEES] = paid
    books.received[BANKING_FEES] = served
    books.booked[OTHER_SPENDING] -= paid
    books.received[OTHER_SPENDING] -= served


@njit(**JIT)
def collect_work(state: Record, services: Record, row: F8) -> None:
    """Fill the columns of telework, hiring and smart finance."""
    row[_TELEWORKERS] = state.teleworkers
    row[_VACANCY] = state.vacancy_months
    row[_HIRES] = state.online_hires
    row[_FINANCE] = services.adults.sum() * services.national[FINANCE]
