# Two commands set up everything on a machine with Python 3.11 to 3.13, git and make:
#   make demo [BACKEND=tensorflow|jax|torch]   runs every pretrained model on sample inputs
#   make test                                  runs the whole suite on all three backends
# Each builds its own environment under .venv/ and keeps it until what it was built from changes.
# PYTHON=... names the interpreter to build it with.

BACKEND ?= tensorflow
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
	&& echo $$p && break; done)

# The name of a finished environment's stamp depends on all that the environment depends on.
KEY := $(shell { $(PYTHON) -VV; pwd; cat Makefile pyproject.toml constraints.txt; } 2>&1 | cksum | cut -d' ' -f1)
TEST_ENV := .venv/test
TEST_EXTRAS := tensorflow,jax,torch,datasets,train,dev
DEMO_ENV := .venv/demo-$(BACKEND)
DEMO_EXTRAS := $(BACKEND),chess
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check --no-input --no-compile --constraint constraints.txt

.PHONY: help demo test lint clean

help:
	@sed -n '1,/^$$/s/^# //p' Makefile

demo: $(DEMO_ENV)/ready-$(KEY)
	KERAS_BACKEND=$(BACKEND) $(DEMO_ENV)/bin/gru-zoo demo

test: $(TEST_ENV)/ready-$(KEY)
	$(TEST_ENV)/bin/python tools/suite.py

lint: $(TEST_ENV)/ready-$(KEY)
	$(TEST_ENV)/bin/python tools/suite.py --lint-only

clean:
	rm -rf .venv

# torch goes first and alone: the constraint then decides which build of it is installed, and
# whatever needs torch later takes the one that is there. All modules are compiled, on all cores:
# where Python may not write bytecode, each process would do so again. Some packages ship files of
# another Python's syntax, which fail and are never imported.
define new_env
	@test -n "$(PYTHON)" || { echo "No Python 3.11 to 3.13 found. Install one, or name it: make PYTHON=/path/to/python" >&2; exit 1; }
	@echo "Building $(1): takes a few minutes, once."
	@rm -rf $(1)
	@$(PYTHON) -m venv $(1)
	@$(if $(findstring torch,$(2)),$(1)/bin/python $(PIP_INSTALL) torch)
	@$(1)/bin/python $(PIP_INSTALL) --editable ".[$(2)]"
	@$(1)/bin/python -m compileall -qq -j 0 $(1)/lib || :
	@touch $@
endef

$(TEST_ENV)/ready-$(KEY):
	$(call new_env,$(TEST_ENV),$(TEST_EXTRAS))

$(DEMO_ENV)/ready-$(KEY):
	$(if $(filter $(BACKEND),tensorflow jax torch),,$(error Expected BACKEND=tensorflow, jax or torch. Received: BACKEND=$(BACKEND)))
	$(call new_env,$(DEMO_ENV),$(DEMO_EXTRAS))
