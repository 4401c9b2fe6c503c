.PHONY: check lint types imports compiled test live
check: lint types imports compiled test
lint:
	ruff check .
types:
	mypy
imports:
	lint-imports
# As pip does with what it installs: where Python may not write bytecode itself, every process that a test starts would compile the package again (.4 s).
compiled:
	python -m compileall -q ims_xl
test:
	python -m pytest -n 2 --dist loadfile
# Two spreadsheets work out 300 and 20,000 documents, before and after other actions: minutes too.
live:
	PYTHONPATH=. python bench/live.py
