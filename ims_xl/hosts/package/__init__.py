"""The lossless host: edits the parts of a workbook that are ours to edit and copies every other byte."""

from ims_xl.hosts.package.book import PackageBook

__all__ = ["PackageBook"]
