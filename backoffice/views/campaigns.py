"""Campaigns by link: the list with what came of each, the form, one with its link and QR code, and the file."""

from __future__ import annotations

import io
from typing import Any

import qrcode
import qrcode.image.svg
from flask import Response, redirect, request, url_for
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response as AnyResponse

from backoffice import auth, csv_text, work
from backoffice.errors import done, refusals_flashed
from backoffice.forms import FormReader, id_or_404
from backoffice.queries import campaigns as queries
from huntred.conversations import repository as conversations
from huntred.reporting import campaigns as reporting
from huntred.reporting.campaigns import CampaignFigures
from huntred.tracking import rules, service
from huntred.tracking.models import Campaign
from huntred.units import service as units

_PLAIN = ("source", "medium", "greeting")
_COLUMNS = (
    "Campaña", "Unidad", "Origen", "Medio", "Enlace", "Activa", "Clics", "Clics de programas", "Conversaciones",
    "Registros", "Postulaciones", "Con entrevista", "Contratadas",
)  # fmt: skip


class CampaignsView(BaseView):
    """`/campaigns`"""

    @expose("/")
    def index(self) -> str:
        uow = work.current_work()
        found = queries.campaigns(uow.session, uow.scope.units)
        return self.render(
            "campaigns/index.html", campaigns=found, figures=_figures(), nobody=CampaignFigures(), share=rules.share,
        )  # fmt: skip

    @expose("/campaigns.csv")
    def file(self) -> Response:
        uow = work.current_work()
        figures, links, text = _figures(), work.wiring().links, io.StringIO(newline="")
        writer = csv_text.CsvWriter(text)
        writer.row(_COLUMNS)
        for campaign in queries.campaigns(uow.session, uow.scope.units):
            told = figures.get(campaign.id, CampaignFigures())
            writer.row([
                campaign.name, campaign.unit, campaign.source, campaign.medium, links.campaign_link(campaign.code),
                "sí" if campaign.active else "no", told.clicks, told.programs, told.conversations,
                told.registrations, told.applications, told.interviews, told.hires,
            ])  # fmt: skip
        return Response(
            text.getvalue().encode(csv_text.ENCODING), content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="huntred-campanas.csv"'},
        )  # fmt: skip

    @expose("/new", methods=["GET", "POST"])
    def new(self) -> str | AnyResponse:
        auth.needs("edit_vacancies")
        uow = work.current_work()
        unit = request.values.get("unit", "") or (uow.scope.units[0] if len(uow.scope.units) == 1 else "")
        if unit not in uow.scope.units:
            return self.render("campaigns/choose_unit.html")
        if request.method == "GET":
            return self._form(unit, None, {"campaign": "", "campaign_channel": _channels(unit)[0]})
        made = None
        with refusals_flashed() as refused:
            made = service.create(work.work_of(unit), _read(), auth.acting_user(), now=work.now())
        if refused or made is None:
            return self._form(unit, None, request.form, refused.error)
        done("campaign_saved")
        return redirect(url_for("campaigns.details", id=made.id))

    @expose("/<id>")
    def details(self, id: str) -> str:
        uow = work.current_work()
        campaign = service.get(uow, id_or_404(id))
        links = work.wiring().links
        return self.render(
            "campaigns/details.html", campaign=campaign, link=links.campaign_link(campaign.code),
            told=_figures().get(campaign.id, CampaignFigures()), share=rules.share,
            vacancy=queries.vacancy(uow.session, campaign.vacancy_id),
            target=service.target_of(uow, campaign, links.chat_page(campaign.unit)),
        )  # fmt: skip

    @expose("/<id>/edit", methods=["GET", "POST"])
    def edit(self, id: str) -> str | AnyResponse:
        campaign = service.get(work.current_work(), id_or_404(id))
        auth.needs("edit_vacancies")
        campaign_id, unit = campaign.id, campaign.unit
        if request.method == "GET":
            written: dict[str, Any] = {name: getattr(campaign, name) for name in _PLAIN}
            written |= {
                "campaign": campaign.name, "campaign_channel": campaign.channel, "campaign_start": campaign.start,
                "vacancy_id": campaign.vacancy_id or "",
            }  # fmt: skip
            return self._form(unit, campaign, written)
        with refusals_flashed() as refused:
            service.update(work.work_of(unit), campaign_id, _read())
        if refused:
            return self._form(unit, service.get(work.current_work(), campaign_id), request.form, refused.error)
        done("campaign_saved")
        return redirect(url_for("campaigns.details", id=campaign_id))

    @expose("/<id>/<any(pause, resume):step>", methods=["POST"])
    def step(self, id: str, step: str) -> AnyResponse:
        campaign = service.get(work.current_work(), id_or_404(id))
        auth.needs("edit_vacancies")
        service.set_active(work.work_of(campaign.unit), campaign.id, step == "resume")
        done("campaign_resumed" if step == "resume" else "campaign_paused")
        return redirect(url_for("campaigns.details", id=id))

    @expose("/<id>/qr.<any(png, svg):ending>")
    def qr(self, id: str, ending: str) -> Response:
        """The link as a picture: for the screen and documents, or to be printed at any size."""
        campaign = service.get(work.current_work(), id_or_404(id))
        code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4, box_size=16)
        code.add_data(work.wiring().links.campaign_link(campaign.code))
        drawn = io.BytesIO()
        if ending == "svg":
            code.make_image(image_factory=qrcode.image.svg.SvgPathFillImage).save(drawn)
        else:
            code.make_image().save(drawn)
        shown = "attachment" if request.args.get("download") else "inline"
        return Response(
            drawn.getvalue(), content_type="image/svg+xml" if ending == "svg" else "image/png",
            headers={"Content-Disposition": f'{shown}; filename="{campaign.code.lower()}.{ending}"'},
        )  # fmt: skip

    def _form(
        self, unit: str, campaign: Campaign | None, values: Any, error: Exception | None = None
    ) -> str:  # fmt: skip
        session = work.current_work().session
        takes = units.get(work.current_work(), unit).settings.get("takes_applications", True)
        return self.render(
            "campaigns/form.html", unit=unit, campaign=campaign, values=values, error=error,
            channels=_channels(unit), starts=[s for s in rules.STARTS if takes or s in {"", "register"}],
            vacancy_options=[
                (row.id, f"{row.number} · {row.title}")
                for row in queries.open_vacancies(session, unit, campaign.vacancy_id if campaign else None)
            ],
            words=queries.words(session, unit),
        )  # fmt: skip


def _channels(unit: str) -> list[str]:
    return rules.channels_of(conversations.addresses_of(work.current_work(), unit))


def _figures() -> dict[Any, CampaignFigures]:
    uow = work.current_work()
    generated = work.wiring().settings.environment != "production"
    return reporting.figures(uow.session, uow.scope.units, generated=generated)


def _read() -> service.CampaignForm:
    form = FormReader(request.form)
    start = form.text("campaign_start")
    return service.CampaignForm(
        name=" ".join(form.text("campaign").split()), channel=form.text("campaign_channel"),
        source=form.text("source"), medium=form.text("medium"), greeting=" ".join(form.text("greeting").split()),
        start=start, vacancy_id=form.id("vacancy_id") if start == "vacancy" else None,
    )  # fmt: skip
