"""`python -m ims_xl` is the same command as `ims-xl`."""

import sys

from ims_xl.faces.cli import program

if __name__ == "__main__":
    sys.exit(program())
