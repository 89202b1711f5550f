"""Conversations: the live list, one as a chat, take, reply, give back."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response

from backoffice import auth, files, live_tokens, work
from backoffice.errors import done, refusals_flashed
from backoffice.forms import FormReader, id_or_404
from backoffice.queries import conversations as queries
from contract.ids import new_id
from huntred.conversations import handoff, media, repository
from huntred.conversations.models import Conversation

_HANDLINGS = ("queued", "with_person", "bot")


class ConversationsView(BaseView):
    """`/conversations`"""

    @expose("/")
    def index(self) -> str:
        return self.render("conversations/index.html", live=live_tokens.for_units(), **self._list())

    @expose("/list")
    def list(self) -> str:
        """The list alone: what the live stream refreshes."""
        return self.render("conversations/_list.html", **self._list())

    @expose("/live-token")
    def live_token(self) -> dict[str, str]:
        """A fresh token for a page that stays open; of one conversation where one is named."""
        named = request.args.get("conversation")
        if not named:
            return {"token": live_tokens.for_units()}
        conversation = repository.get(work.current_work(), id_or_404(named))
        return {"token": live_tokens.for_conversation(conversation.id)}

    @expose("/<id>")
    def details(self, id: str) -> str:
        conversation = self._conversation(id)
        return self.render(
            "conversations/details.html",
            live=live_tokens.for_conversation(conversation.id),
            **self._chat(conversation),
        )

    @expose("/<id>/chat")
    def chat(self, id: str) -> str:
        """Messages and state alone: what the live stream refreshes."""
        return self.render("conversations/_chat.html", **self._chat(self._conversation(id)))

    @expose("/<id>/archivo/<media_id>")
    def file(self, id: str, media_id: str) -> Response:
        """A file that was sent in this conversation: shown where it is picture or sound, else handed down."""
        conversation = self._conversation(id)
        sent = media.file_of(work.current_work(), conversation, id_or_404(media_id))
        return files.answer(sent, Path(work.wiring().settings.media_dir))

    @expose("/<id>/take", methods=["POST"])
    def take(self, id: str) -> Response:
        conversation = self._conversation(id)
        auth.needs("reply")
        with refusals_flashed() as refused:
            handoff.take(work.work_of(conversation.unit), conversation.id, auth.acting_user(), now=work.now())
        if not refused:
            done("conversation_taken")
        return self._back(id)

    @expose("/<id>/reply", methods=["POST"])
    def reply(self, id: str) -> Response:
        conversation = self._conversation(id)
        auth.needs("reply")
        form = FormReader(request.form)
        with refusals_flashed():
            handoff.reply(
                work.work_of(conversation.unit),
                conversation.id,
                auth.acting_user(),
                form.text("text", longest=4096),
                now=work.now(),
                message_id=str(form.id("message_id") or new_id()),
            )
        # No fragment: the page stays where it was (huntred.js), with the cursor in the reply.
        return redirect(url_for("conversations.details", id=id))

    @expose("/<id>/give-back", methods=["POST"])
    def give_back(self, id: str) -> Response:
        conversation = self._conversation(id)
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

    def _conversation(self, id: str) -> Conversation:
        return repository.get(work.current_work(), id_or_404(id))

    def _back(self, id: str) -> Response:
        return redirect(url_for("conversations.details", id=id) + "#end")

    def _list(self) -> dict[str, object]:
        form = FormReader(request.args)
        handling = form.text("handling")
        handling = handling if handling in _HANDLINGS else ""
        uow = work.current_work()
        page = repository.page(
            uow, handling=handling, text=form.text("text", longest=100), cursor=form.text("cursor"), limit=30
        )
        names = queries.names(uow.session, [row.conversation for row in page.items])
        return {
            "page": page,
            "names": names,
            "assigned": queries.user_names(uow.session, [row.conversation.assigned_to for row in page.items]),
            "handling": handling,
            "handlings": _HANDLINGS,
            "text": form.text("text", longest=100),
            "totals": queries.totals(uow.session),
        }

    def _chat(self, conversation: Conversation) -> dict[str, object]:
        uow = work.current_work()
        said = repository.messages_of(uow, conversation.id, cursor=request.args.get("cursor", ""), limit=80)
        users: list[UUID | None] = [item.message.user_id for item in said.items]
        return {
            "conversation": conversation,
            "chat": queries.chat(uow.session, conversation),
            "profile": queries.profile(uow.session, conversation),
            "handoff": queries.open_handoff(uow.session, conversation.id),
            "last_handoffs": queries.handoffs(uow.session, conversation.id),
            "said": list(reversed(said.items)),
            "older": said.next_cursor,
            "at_end": not request.args.get("cursor"),
            "files": media.files(uow, [_file_id(item.message.payload) for item in said.items]),
            "user_names": queries.user_names(uow.session, [*users, conversation.assigned_to]),
            "waiting_replies": queries.waiting_replies(uow.session, conversation.id),
            "mine": conversation.handling == "with_person" and conversation.assigned_to == auth.acting_user(),
            "may_release": auth.runs_unit(),
            "may_reply": auth.may("reply"),
            "message_id": new_id(),
        }


def _file_id(payload: dict[str, Any]) -> str:
    return str((payload.get("media") or {}).get("id", ""))
