# Every target is a verb; `make help` lists them. LAB names the lab cluster; CLUSTER=current uses the present
# kubeconfig context instead of a lab.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

LAB_COMMAND := e2e/lab/lab
BIN := node_modules/.bin

# Node 24 is among the packages: whatever a tool's first line calls node is that one.
export PATH := $(CURDIR)/$(BIN):$(PATH):/usr/local/go/bin

.PHONY: help
help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Not npm ci: it refuses a lock file without the packages of other operating systems. The lock file is kept to, and kept.
node_modules: package.json package-lock.json
	npm install --no-save --no-progress --loglevel=error
	@touch node_modules

.PHONY: demo
demo: node_modules ## Lab cluster, images, install, a sample app, and a loss that you can watch come and go.
	scripts/demo

.PHONY: test
test: node_modules ## Everything: lint, verify, unit tests, agent tests, end-to-end tests on the lab.
	scripts/test

.PHONY: unit
unit: node_modules ## Unit and property tests: no cluster, no root, under 30 s.
	$(BIN)/vitest run

.PHONY: e2e
e2e: node_modules ## End-to-end tests on the lab.
	scripts/test e2e

.PHONY: bench
bench: install ## How long the admission of an experiment takes with 1,000 pods matched, on the lab.
	$(LAB_COMMAND) netns node bench/admission.ts

.PHONY: agent
agent: node_modules ## The agent's own tests, on a kernel with netem and without a cluster.
	images/injector/test

.PHONY: lint
lint: node_modules ## Types, lint, formatting, module borders, shell scripts.
	scripts/lint

.PHONY: format
format: node_modules ## Format all sources.
	$(BIN)/biome format --write .

.PHONY: generate
generate: node_modules ## Make types and JSON Schema from the CRD, and the tables of docs/reference.md.
	npm run --silent generate
	$(BIN)/node scripts/reference.ts

.PHONY: verify
verify: node_modules ## Fail when a generated file differs from its source.
	npm run --silent verify:generated

.PHONY: lab
lab: ## Start or repair the lab cluster.
	$(LAB_COMMAND) up

.PHONY: images
images: node_modules lab ## Build both images from their Dockerfiles and load them.
	scripts/images

.PHONY: install
install: images ## Install CRD, rights and controller.
	scripts/install

.PHONY: uninstall
uninstall: ## Remove what install has installed; running experiments are ended first.
	scripts/uninstall

.PHONY: dev
dev: node_modules ## Run the controller from the sources against the lab; end it with Ctrl-C.
	scripts/dev

.PHONY: clean
clean: ## End the lab and remove what was built here.
	$(LAB_COMMAND) down
	rm -rf build
