"""From links and facts to one decision a document: gather the facts, see what is allowed, let the first rule that fits decide."""

from ims_xl.decisions.allowing import allowed
from ims_xl.decisions.deciding import decide
from ims_xl.decisions.gathering import gather_facts
from ims_xl.decisions.reductions import check_reductions
from ims_xl.decisions.typed import check_typed

__all__ = ["allowed", "check_reductions", "check_typed", "decide", "gather_facts"]
