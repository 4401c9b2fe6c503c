.PHONY: check lint types imports test live
check: lint types imports test
lint:
	ruff check .
types:
	mypy
imports:
	lint-imports
test:
	python -m pytest -n 2 --dist loadfile
# Two spreadsheets work out 300 and 20,000 documents, before and after other actions: minutes too.
live:
	PYTHONPATH=. python bench/live.py
