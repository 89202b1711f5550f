"""Settings of the app side. With `contract/settings.py` the only reader of the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from contract.settings import Reader


@dataclass(frozen=True)
class AppSettings:
    """What actions, backoffice, relay, worker and beat need."""

    database_url: str
    redis_url: str
    units: tuple[str, ...]
    environment: str
    encryption_keys: dict[str, bytes]
    lookup_key: bytes
    link_secret: str
    flask_secret_key: str
    password_salt: str
    actions_secret: str
    bind_host: str
    actions_port: int
    backoffice_port: int
    public_gateway_url: str
    public_backoffice_url: str
    mail_from: str
    media_dir: str
    log_level: str
    instance: str
    archive_days: int
    archive_tracker_days: int
    session_cookie_secure: bool
    enable_ml_features: bool
    ml_min_data_points: int
    metrics_token: str = ""
    embedding_model: str = "huntred-titles"
    embedding_next: str = ""
    qdrant_url: str = ""
    qdrant_api_key: str = ""
    api_requests_per_minute: int = 600
    webhooks_allow_loopback: bool = False
    job_pages_inside: str = ""
    vapid_private_key: bytes = b""

    @property
    def webhooks_reach_loopback(self) -> bool:
        """Webhooks, and web push to a service of the tests. Never in production, whatever is set."""
        return self.webhooks_allow_loopback and self.environment != "production"

    @property
    def job_pages_reach(self) -> frozenset[str]:
        """host:port of this machine's from which job pages may be read; never in production, whatever is set."""
        listed = self.job_pages_inside.lower().split(",") if self.environment != "production" else []
        return frozenset(filter(None, (place.strip() for place in listed)))


def read_app_settings(environment: Mapping[str, str] | None = None) -> AppSettings:
    """Read the app environment's settings. Raises SettingsInvalid naming every fault."""
    reader = Reader(environment)
    settings = AppSettings(
        database_url=reader.url("DATABASE_URL", "postgresql://role:password@host:port/name", ("postgresql",)),
        redis_url=reader.url("REDIS_URL", "redis://:password@host:port/0", ("redis", "rediss")),
        units=reader.units(),
        environment=reader.choice("ENVIRONMENT", ("development", "test", "production"), "development"),
        encryption_keys=reader.keys("ENCRYPTION_KEYS"),
        lookup_key=reader.key("LOOKUP_KEY"),
        link_secret=reader.secret("LINK_SECRET", "the secret that signs links"),
        flask_secret_key=reader.secret("FLASK_SECRET_KEY", "the secret of the back office's sessions"),
        password_salt=reader.secret("SECURITY_PASSWORD_SALT", "the salt of the password hashes"),
        actions_secret=reader.secret("ACTIONS_SECRET", "the secret shared with Rasa"),
        bind_host=reader.text("BIND_HOST", "an address", "127.0.0.1"),
        actions_port=reader.integer("ACTIONS_PORT", "a TCP port", 5055, 1),
        backoffice_port=reader.integer("BACKOFFICE_PORT", "a TCP port", 5081, 1),
        public_gateway_url=reader.url(
            "PUBLIC_GATEWAY_URL", "the address of the gateway", ("http", "https"), "http://127.0.0.1:5080"
        ),
        public_backoffice_url=reader.url(
            "PUBLIC_BACKOFFICE_URL", "the address of the back office", ("http", "https"), "http://127.0.0.1:5081"
        ),
        mail_from=reader.text("MAIL_FROM", "an address", "no-responder@huntred.example"),
        media_dir=reader.text("MEDIA_DIR", "a folder", "var/media"),
        instance=reader.text("INSTANCE", "what tells several workers apart, e.g. 2", ""),
        archive_days=reader.integer("ARCHIVE_DAYS", "days, 30 or more, that inbox and outbox keep", 45, 30),
        archive_tracker_days=reader.integer("ARCHIVE_TRACKER_DAYS", "days that the tracker keeps old sessions", 30, 1),
        log_level=reader.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO"),
        session_cookie_secure=reader.flag("SESSION_COOKIE_SECURE", "true behind TLS", False),
        enable_ml_features=reader.flag("ENABLE_ML_FEATURES", "false to predict nothing at all", True),
        ml_min_data_points=reader.integer(
            "ML_MIN_DATA_POINTS", "how many ended cases a unit must have, 50 or more", 50, 50
        ),
        metrics_token=reader.text("METRICS_TOKEN", "the token with which /metrics is read from elsewhere", ""),
        embedding_model=reader.text(
            "EMBEDDING_MODEL", "the model that vacancies are found by, or model@revision", "huntred-titles"
        ),
        embedding_next=reader.text(
            "EMBEDDING_NEXT", "the model that is to replace it, encoded beside it until then", ""
        ),
        qdrant_url=reader.url("QDRANT_URL", "the address of a Qdrant that holds the vectors", ("http", "https"), ""),
        qdrant_api_key=reader.text("QDRANT_API_KEY", "the key of that Qdrant", ""),
        api_requests_per_minute=reader.integer(
            "API_REQUESTS_PER_MINUTE", "how many requests a program's token has a minute", 600, 1
        ),
        webhooks_allow_loopback=reader.flag(
            "WEBHOOKS_ALLOW_LOOPBACK", "true to let webhooks call this machine, for development only", False
        ),
        job_pages_inside=reader.text(
            "JOB_PAGES_INSIDE", "host:port of this machine's that job pages are read from, for development only", ""
        ),
        vapid_private_key=reader.p256_key("VAPID_PRIVATE_KEY"),
    )
    reader.done()
    return settings
