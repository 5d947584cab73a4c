# make lint test, before every commit
PYTHON ?= python

.PHONY: lint test slow

lint:
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .

test:
	$(PYTHON) -m pytest -q

slow:
	$(PYTHON) -m pytest -q -m slow
