# Rasa's environment: the gateway and the Rasa processes. The models are trained while the image is built.
FROM python:3.10-slim-bookworm
ENV PYTHONUNBUFFERED=1 OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MALLOC_ARENA_MAX=2 \
    SQLALCHEMY_SILENCE_UBER_WARNING=1 TF_CPP_MIN_LOG_LEVEL=2 RASA_TELEMETRY_ENABLED=false \
    TF_INTRA_OP_PARALLELISM_THREADS=1 TF_INTER_OP_PARALLELISM_THREADS=1
WORKDIR /platform
RUN pip install --no-cache-dir uv && useradd --create-home --uid 1000 platform
COPY requirements/bot.txt requirements/bot.txt
RUN uv venv --python python3.10 .venv/bot \
    && uv pip install --no-cache --require-hashes --no-deps --python .venv/bot/bin/python -r requirements/bot.txt
COPY contract contract
COPY bot bot
COPY data data
COPY domain domain
COPY config.yml endpoints.yml credentials.yml ./
RUN .venv/bot/bin/python -m bot.train --models models \
    && mkdir -p var/media && chown -R platform:platform var
USER platform
