"""What the literature reached on its meeting-scheduling instances, to compare with.

Source: M. Bofill, J. Coll, M. Garcia, J. Giráldez-Cru, G. Pesant, J. Suy, M. Villaret: Constraint solving approaches to
the business-to-business meeting scheduling problem. Journal of Artificial Intelligence Research 74 (2022), 263-301. The
figures are the least numbers of breaks of all participants where no two participants differ by more than two.
"""

from collections.abc import Mapping
from typing import Final

INFEASIBLE: Final = None
# By the name of the file without `.dzn`: the least number of breaks; INFEASIBLE where the paper proves that no plan is.
OPTIMA: Final[Mapping[str, int | None]] = {
    "forum-13crafb.fixed040-Forb": INFEASIBLE,
    "forum-13crafc.fixed040-Forb": 50,
    "forum-14.fixed040-Forb": INFEASIBLE,
    "forumt-14crafe.fixed020-Forb": 9,
    "forumt-14crafe.fixed040-Forb": INFEASIBLE,
    "tic-14crafa.fixed040-Forb": INFEASIBLE,
    "ticf-13crafb.fixed040-Forb": INFEASIBLE,
    "ticf-13crafc.fixed040-Forb": 49,
    "forum-13crafb.forb0003": 5,
    "forum-13crafb.forb0007": 5,
    "forum-13crafc.forb0003": 1,
    "forum-13crafc.forb0007": 1,
    "forumt-14crafd.forb0007": INFEASIBLE,
    "tic-14crafa.forb0003": 0,
    "tic-14crafa.forb0007": INFEASIBLE,
    "ticf-13crafa.forb0003": 0,
    "forum-13crafb.original": 6,
    "forum-13crafc.original": 1,
    "forumt-14.original": 5,
    "forumt-14crafc.original": 5,
    "tic-12.original": 0,
    "tic-12crafc.original": 0,
    "tic-13.original": 0,
    "tic-13crafc.original": 4,
    "tic-14crafa.original": 0,
    "ticf-13crafa.original": 0,
    "forum-13crafb.prec15": INFEASIBLE,
    "forum-13crafb.prec25": INFEASIBLE,
    "forumt-14.prec15": 5,
    "forumt-14crafe.prec15": 5,
    "tic-12crafc.prec15": 0,
    "tic-13crafc.prec25": 4,
    "ticf-13crafc.prec15": 1,
    "ticf-13crafc.prec25": INFEASIBLE,
}
# Seconds to the proven optimum: the paper's best, on its own machine, where it names them.
SECONDS: Final[Mapping[str, float]] = {
    "forum-13crafb.original": 23.3,
    "forum-13crafc.original": 2.3,
    "forumt-14.original": 0.5,
    "forumt-14crafc.original": 0.9,
    "tic-12.original": 0.1,
    "tic-12crafc.original": 0.3,
    "tic-13.original": 0.4,
    "tic-13crafc.original": 5.8,
    "tic-14crafa.original": 1.0,
    "ticf-13crafa.original": 2.2,
}
