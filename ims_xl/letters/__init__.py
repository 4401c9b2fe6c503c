"""Supplier letters as files: an e-mail draft (.eml, text, HTML and the rows as .xlsx) and plain text for a messenger, one pair a supplier.

A later run adds and refreshes, never doubles, and keeps a file that a person edited. Nothing is ever sent from here.
"""

from ims_xl.letters.writing import Written, write_letters, write_templates

__all__ = ["Written", "write_letters", "write_templates"]
