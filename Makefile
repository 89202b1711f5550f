# The two commands are `make up` and `make test`. Everything else is listed by `make help`.
PYTHON ?= python3
RUN = $(PYTHON) runtime/bootstrap.py
APP = $(PYTHON) runtime/bootstrap.py --app-only
.DEFAULT_GOAL := help
.PHONY: simulate new-bu benchmark-matching benchmark-predictions benchmark-nlu test-nlu connect vectors backup restore upgrade help up down status logs check standins train publish rollback ranking-retrain ranking-back models shell test lint lint-dialogue format types clean lock user

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | sort | awk -F'\t' '{printf "  make %-22s %s\n", $$1, $$2}'
	@echo "  Options: make up BU=amigro,huntu · make logs PROCESS=gateway [FOLLOW=1] · make test ONLY=lint,app"

up:  ## install what is missing, start everything, keep it running (BU=amigro,huntu for fewer units)
	@$(RUN) --tests runtime up --units "$(BU)"

down:  ## end what make up started in another terminal
	@$(APP) runtime down

status:  ## which process is how, and how much memory it takes
	@$(APP) runtime status

logs:  ## the end of a process's log: PROCESS=gateway, FOLLOW=1 to go on
	@$(APP) runtime logs $(if $(FOLLOW),--follow,) -- "$(PROCESS)"

check:  ## what is wrong with this installation and how to mend it
	@$(RUN) runtime check

standins:  ## WhatsApp, Telegram and a mail server to try things on, with a page to write on (make up starts them too)
	@$(RUN) --tests tests.standins

train:  ## train the units whose data changed (BU=… for some, FORCE=1 for all)
	@$(RUN) runtime train --units "$(BU)" $(if $(FORCE),--force,)

publish:  ## let what runs go on with a trained model, without a stop: BU=amigro [MODEL=…]
	@$(APP) runtime publish --units "$(BU)" --model "$(MODEL)"

rollback:  ## take the model published last back: BU=amigro
	@$(APP) runtime rollback -- "$(or $(BU),amigro)"

ranking-retrain:  ## learn what the units weigh from what they decided, now and not on Sunday (BU=… for some)
	@$(APP) runtime ranking-retrain --units "$(BU)"

ranking-back:  ## weigh again as before the current weights: BU=amigro
	@$(APP) runtime ranking-back -- "$(or $(BU),amigro)"

models:  ## which models were published (BU=… for some)
	@$(APP) runtime models --units "$(BU)"

vectors:  ## how far the open vacancies are encoded, with each model (EMBEDDING_MODEL, EMBEDDING_NEXT)
	@$(APP) runtime vectors

shell:  ## rasa shell on a unit's model and the running action server (BU=amigro)
	@$(APP) runtime shell -- "$(or $(BU),amigro)"

connect:  ## connect a channel, or repair it: CHANNEL=whatsapp BU=amigro (telegram, messenger, instagram, slack, x, email)
	@$(APP) runtime connect --channel "$(CHANNEL)" --unit "$(BU)"

user:  ## a user of the back office: EMAIL=…, ROLE=super_admin or consultant, BU=amigro
	@$(APP) runtime user "$(EMAIL)" --role "$(or $(ROLE),consultant)" --units "$(BU)"

backup:  ## copy database, files and erasures to TO=folder or s3://bucket/prefix while everything runs
	@$(APP) runtime backup --to "$(TO)"

restore:  ## bring a backup back: FROM=…, TIME=2026-11-22T21:00:00Z for an earlier moment, FORCE=1 over what is there
	@$(APP) runtime restore --from "$(FROM)" --time "$(TIME)" $(if $(FORCE),--force,)

upgrade:  ## after new code was fetched: back up, migrate, train; undone where a step fails
	@$(RUN) runtime upgrade --to "$(TO)"

test:  ## everything that CI runs (ONLY=lint,types,imports,app,bot,lint-dialogue,train,dialogue,e2e,coverage for a part)
	@$(RUN) --tests runtime.suite --only "$(ONLY)"

benchmark-matching:  ## titles (MAP, MRR), the index to 1,000,000 vectors, CVs, what retrieval loses, the action and the page (MODEL=…)
	@$(RUN) --tests benchmarks.matching $(if $(MODEL),--model "$(MODEL)",)
	@$(RUN) --tests benchmarks.cv
	@$(RUN) --tests benchmarks.matching_recall --rows "$(or $(ROWS),10000)"
	@$(RUN) --tests benchmarks.matching_action --rows "$(or $(ROWS),100000)"

benchmark-predictions:  ## how well each unit's own past foretells, beside its base rate (SIMULATED=100: the gate itself)
	@$(RUN) --tests benchmarks.predictions --simulated "$(or $(SIMULATED),0)"

lint-dialogue:  ## draw every response on every channel: limits, options within reach, languages, error texts
	@$(RUN) --tests runtime.suite --only lint-dialogue

test-nlu:  ## judge a unit's understanding by messages of your own: FILE=…yml (Rasa's NLU format) BU=amigro
	@$(RUN)
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 .venv/bot/bin/python -m bot.judge_nlu --unit "$(or $(BU),amigro)" -- "$(FILE)"

simulate:  ## simulated people talk to the real models, actions and database: BU=amigro CONVERSATIONS=500 SEED=1
	@$(RUN) --tests tests.simulation --units "$(BU)" --conversations "$(or $(CONVERSATIONS),500)" --seed "$(or $(SEED),1)"

new-bu:  ## the files of a new unit: NAME=agro TITLE="Agro"
	@$(APP) runtime.new_unit --title "$(TITLE)" -- "$(NAME)"

benchmark-nlu:  ## compare pipelines of understanding by cross-validation (ONLY=… for some, FOLDS=1 for the first of five)
	@$(RUN)
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 .venv/bot/bin/python -m benchmarks.nlu --only "$(ONLY)" --judged "$(or $(FOLDS),5)"

lint:  ## ruff and the import rules
	@$(RUN) --tests runtime.suite --only lint,imports

types:  ## mypy
	@$(RUN) --tests runtime.suite --only types

format:  ## ruff mends what it can
	@$(RUN) --tests ruff check --fix .

lock:  ## compile the locks anew from requirements/*.in
	cd requirements && uv pip compile --python-version 3.11 --generate-hashes app.in -o app.txt --no-emit-index-url --no-emit-find-links
	cd requirements && uv pip compile --python-version 3.10 --generate-hashes --override bot-overrides.txt bot.in -o bot.txt --no-emit-index-url --no-emit-find-links
	cd requirements && uv pip compile --python-version 3.11 --generate-hashes --override models-overrides.txt models.in -o models.txt --no-emit-index-url --no-emit-find-links
	cd requirements && uv pip compile --python-version 3.11 --generate-hashes test.in -o test.txt --no-emit-index-url --no-emit-find-links

clean:  ## remove what can be made again (never var/: it holds your data and secrets)
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .coverage* coverage results node_modules backoffice/static/vendor
	find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +
