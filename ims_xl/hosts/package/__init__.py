"""The lossless host: edits the parts of a workbook that are ours to edit and copies every other byte. Its door is `book.PackageBook`."""
