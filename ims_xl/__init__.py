"""ims-xl: the GST Invoice Management System against the books, in Excel."""

__version__ = "0.1.0"
