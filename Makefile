.DEFAULT_GOAL := help
.PHONY: help setup run test check bench new-tenant schema doctor lock
TSUNAGARI := .venv/bin/tsunagari

help:            ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-28s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: setup       ## everything on this machine: database, web, background; until Ctrl-C
	@exec $(TSUNAGARI) run

test: setup-dev  ## all tests, those in a real browser included
	@infra/scripts/test

check: setup-dev ## ruff, mypy --strict, import contracts, architecture tests
	@infra/scripts/check

bench: setup-dev ## the benchmarks, as ratios in one run
	@.venv/bin/python -m tests.benchmarks

new-tenant: setup ## a new platform from the template: make new-tenant slug=kochi
	@$(TSUNAGARI) tenant new $(slug)

schema: setup    ## print the GraphQL schema into services/web/graphql/schema.graphql
	@$(TSUNAGARI) schema

doctor: setup    ## which optional part is missing and what that degrades
	@$(TSUNAGARI) doctor

lock:            ## renew the lock files after a change of pyproject.toml or package.json (needs uv)
	@infra/scripts/lock

setup:
	@infra/scripts/setup requirements.lock

setup-dev:
	@infra/scripts/setup requirements-dev.lock
