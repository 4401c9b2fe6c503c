"""A believable client, invented from a seed: the portal's IMS and GSTR-2B JSON and a Tally-like register with real-life dirt.

`write_sample(folder)` -> the three files and the truth behind them, the same bytes for the same seed. Nothing in it belongs to anybody.
"""

from ims_xl.sample.client import SampleClient, write_sample

__all__ = ["SampleClient", "write_sample"]
