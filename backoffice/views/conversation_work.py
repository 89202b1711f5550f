"""What one does with a conversation: take it, reply, send a template, note something, give it back, close it."""

from __future__ import annotations

from flask import get_flashed_messages, redirect, render_template, request, url_for
from flask_admin import expose
from werkzeug.wrappers import Response

from backoffice import auth, work
from backoffice.errors import Refused, done, refusals_flashed
from backoffice.forms import FormReader, id_or_404
from contract.ids import new_id
from huntred.conversations import closing, handoff, notes, repository
from huntred.conversations.models import Conversation
from huntred.conversations.template_replies import send_template_reply


class ConversationWork:
    """Part of `ConversationsView`. What a script sends is answered without a page: 204, or 409 with the reason."""

    @expose("/<id>/take", methods=["POST"])
    def take(self, id: str) -> Response:
        conversation = self.conversation(id)
        auth.needs("reply")
        with refusals_flashed() as refused:
            handoff.take(work.work_of(conversation.unit), conversation.id, auth.acting_user(), now=work.now())
        if not refused:
            done("conversation_taken")
        return self._back(id)

    @expose("/<id>/reply", methods=["POST"])
    def reply(self, id: str) -> Response:
        conversation = self.conversation(id)
        auth.needs("reply")
        form = FormReader(request.form)
        with refusals_flashed() as refused:
            handoff.reply(
                work.work_of(conversation.unit),
                conversation.id,
                auth.acting_user(),
                form.text("text", longest=4096),
                now=work.now(),
                message_id=str(form.id("message_id") or new_id()),
            )
        return self._sent(id, refused)

    @expose("/<id>/template", methods=["POST"])
    def template(self, id: str) -> Response:
        """An approved template with its values, as `value_1`, `value_2` …"""
        conversation = self.conversation(id)
        auth.needs("reply")
        form = FormReader(request.form)
        with refusals_flashed() as refused:
            send_template_reply(
                work.work_of(conversation.unit),
                conversation.id,
                auth.acting_user(),
                form.required(form.id("template_id"), "template_id"),
                {number: form.text(f"value_{number}") for number in range(1, 21)},
                now=work.now(),
                message_id=str(form.id("message_id") or new_id()),
            )
        return self._sent(id, refused)

    @expose("/<id>/note", methods=["POST"])
    def note(self, id: str) -> Response:
        conversation = self.conversation(id)
        auth.needs("reply")
        with refusals_flashed() as refused:
            notes.write_note(
                work.work_of(conversation.unit),
                conversation.id,
                auth.acting_user(),
                FormReader(request.form).text("note"),
                now=work.now(),
            )
        return self._sent(id, refused)

    @expose("/<id>/give-back", methods=["POST"])
    def give_back(self, id: str) -> Response:
        conversation = self.conversation(id)
        auth.needs("reply")
        with refusals_flashed() as refused:
            uow = work.work_of(conversation.unit)
            if conversation.assigned_to != auth.acting_user() and auth.runs_unit():
                handoff.release(uow, conversation.id, now=work.now())
            else:
                handoff.give_back(uow, conversation.id, auth.acting_user(), now=work.now())
        if not refused:
            done("conversation_returned")
        return self._back(id)

    @expose("/<id>/close", methods=["POST"])
    def close(self, id: str) -> Response:
        conversation = self.conversation(id)
        auth.needs("reply")
        with refusals_flashed() as refused:
            closing.close(
                work.work_of(conversation.unit), conversation.id, auth.acting_user(), now=work.now(),
                for_others=auth.runs_unit(),
            )  # fmt: skip
        if not refused:
            done("conversation_closed")
        return self._back(id)

    def conversation(self, id: str) -> Conversation:
        return repository.get(work.current_work(), id_or_404(id))

    def _back(self, id: str) -> Response:
        return redirect(url_for("conversations.details", id=id))

    def _sent(self, id: str, refused: Refused) -> Response:
        if not request.headers.get("HX-Request"):
            return self._back(id)
        if refused:
            said = get_flashed_messages(with_categories=True)
            return Response(render_template("conversations/_refused.html", said=said), 409, mimetype="text/html")
        return Response(status=204)
