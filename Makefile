.PHONY: check lint types imports test
check: lint types imports test
lint:
	ruff check .
types:
	mypy
imports:
	lint-imports
test:
	python -m pytest -n 2
