"""Puts the back office together: Flask, the log-in, Flask-Admin's frame with our views, the public pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask, Response, g, redirect, request, url_for
from flask import session as cookie
from flask_admin import Admin
from flask_admin.theme import Bootstrap4Theme
from flask_babel import Babel
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from backoffice import auth, errors, formats, headers, language, pushing, work
from backoffice.api import routes as api
from backoffice.ports import Wiring
from backoffice.public import (
    calendar_feed,  # noqa: F401  # adds its route to the public ones
    campaign_link,
    reference_pages,
    statistics,  # noqa: F401  # likewise
)
from backoffice.public import pages as public
from backoffice.views import all_views, home
from huntred.cv import shelf
from huntred.exchange.service import BOUNDS as PEOPLE_BOUNDS
from huntred.importing.files import MOST_BYTES

_VENDOR = Path(__file__).parent / "static"


def create_app(wiring: Wiring) -> Flask:
    """Return the WSGI app. wiring: settings, engine, clock, ranker of this process."""
    settings = wiring.settings
    app: Flask = language.TwoLanguages(__name__)
    app.config.update(
        SECRET_KEY=settings.flask_secret_key,
        TESTING=settings.environment == "test",
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=2 * 1024 * 1024,
        SEND_FILE_MAX_AGE_DEFAULT=86400,
        BABEL_DEFAULT_LOCALE="es_ES",  # where Flask-Security's and Flask-Admin's Spanish lies; dates are es_MX
        BABEL_DEFAULT_TIMEZONE="America/Mexico_City",
        RATELIMIT_HEADERS_ENABLED=False,
    )
    if settings.session_cookie_secure:
        # Behind TLS there is a proxy: it tells the visitor's address.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]
    Babel(app, locale_selector=language.babel_locale)
    # Before the form is read for its token.
    app.before_request(_room_for_files)
    csrf = CSRFProtect(app)
    headers.init_app(app, secure=settings.session_cookie_secure)
    formats.init_app(app)
    errors.init_app(app)
    work.init_app(app, wiring)
    limiter = auth.init_app(app, wiring)
    app.register_blueprint(public.blueprint)
    campaign_link.limit(app, limiter)
    reference_pages.limit(app, limiter)
    api.init_app(app, csrf)
    app.context_processor(_page_context)
    pushing.init_app(app)
    app.add_url_rule("/unit", "switch_unit", _switch_unit, methods=["POST"])
    app.jinja_env.globals["asset"] = _asset

    admin = Admin(
        app,
        name="huntRED",
        url="/",
        index_view=home.HomeView(url="/", endpoint="home"),
        theme=Bootstrap4Theme(folder="bootstrap4"),
        csp_nonce_generator=app.jinja_env.globals["csp_nonce"],
    )
    for view in all_views():
        admin.add_view(view)
    return app


def _page_context() -> dict[str, Any]:
    """What every page's frame shows."""
    signed_in = getattr(current_user, "is_authenticated", False)
    units = g.get("units", [])
    scope = work.current_work().scope
    return {
        "now": work.now(),
        "account": current_user if signed_in else None,
        "designs": bool(scope.design),
        "pushes": work.wiring().push is not None,
        "units": units,
        "unit_of": {unit.code: unit for unit in units},
        "chosen_unit": next((u for u in units if (scope.units or scope.design) == (u.code,)), None),
    }


def _room_for_files() -> None:
    """Where a file is uploaded the body may be as large as a CV, and a little more for the form around it."""
    if request.endpoint == "people.upload_cv":
        request.max_content_length = shelf.MOST_BYTES + 64 * 1024
    elif request.endpoint == "imports.upload":
        request.max_content_length = MOST_BYTES + 64 * 1024
    elif request.endpoint == "people_imports.upload":
        request.max_content_length = PEOPLE_BOUNDS.bytes + 64 * 1024


def _switch_unit() -> Response:
    """The super administrator looks at one unit, or at all."""
    auth.needs_super()
    chosen = request.form.get("unit", "")
    codes = {unit.code for unit in g.units}
    cookie.pop("unit", None)
    if chosen in codes:
        cookie["unit"] = chosen
    return redirect(url_for("home.index"))  # type: ignore[return-value]


def _asset(name: str) -> str:
    """The address of a static file, which changes with the file; once a request: each icon of a page asks for it."""
    known: dict[str, str] = g.setdefault("assets", {})
    if name not in known:
        path = _VENDOR / name
        version = int(path.stat().st_mtime) if path.exists() else 0
        known[name] = url_for("static", filename=name, v=version)
    return known[name]
