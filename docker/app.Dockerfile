# The app environment: actions, back office, relay, worker, beat, and the one-shot commands.
FROM node:22-bookworm-slim AS frontend
WORKDIR /platform
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts

FROM python:3.11-slim-bookworm
ENV PYTHONUNBUFFERED=1 OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MALLOC_ARENA_MAX=2
WORKDIR /platform
RUN pip install --no-cache-dir uv && useradd --create-home --uid 1000 platform
COPY requirements/app.txt requirements/app.txt
# The same place as on a plain machine: the table of processes names it.
RUN uv venv --python python3.11 .venv/app \
    && uv pip install --no-cache --require-hashes --no-deps --python .venv/app/bin/python -r requirements/app.txt
COPY contract contract
COPY huntred huntred
COPY ml ml
COPY actions actions
COPY backoffice backoffice
COPY runtime runtime
COPY domain domain
COPY data data
COPY package.json package-lock.json ./
COPY --from=frontend /platform/node_modules node_modules
RUN .venv/app/bin/python -c "from pathlib import Path; from runtime import frontend; frontend.copy(Path('.'))" \
    && rm -rf node_modules && mkdir -p var/media && chown -R platform:platform var
USER platform
