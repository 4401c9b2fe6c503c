"""Two ledgers in, links out: which portal document is which booking, how sure that is, and why."""

from ims_xl.matching.engine import link_documents

__all__ = ["link_documents"]
