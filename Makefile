.PHONY: check lint types imports test live ribbon-month
check: lint types imports test
lint:
	ruff check .
types:
	mypy
imports:
	lint-imports
test:
	python -m pytest -n 2 --ignore=tests/excel/test_month_by_ribbon.py
# Two spreadsheets work out 300 and 20,000 documents, before and after other actions: minutes too.
live:
	PYTHONPATH=. python bench/live.py
# A whole month by ribbon buttons on LibreOffice: minutes, so it has a target of its own.
ribbon-month:
	python -m pytest tests/excel/test_month_by_ribbon.py
