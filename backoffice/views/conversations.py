"""The inbox: all conversations of the units, by who has them; one as a chat; who they are beside it.

Each part of the page has a route of its own, which the live stream or a change of state fetches anew.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from flask import request
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response

from backoffice import auth, conversation_page, files, live_tokens, work
from backoffice.forms import FormReader, id_or_404
from backoffice.queries import conversations as queries
from backoffice.views.conversation_work import ConversationWork
from huntred.conversations import media, repository

# As the tabs stand: who waits, mine, the team's, the assistant's, what is done with.
_STATES = ("queued", "mine", "with_person", "bot", "closed")


class ConversationsView(ConversationWork, BaseView):
    """`/conversations`; what changes something stands in `conversation_work.py`."""

    @expose("/")
    def index(self) -> str:
        return self.render("conversations/index.html", **self._list())

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
        conversation = self.conversation(id)
        return self.render(
            "conversations/details.html",
            live=live_tokens.for_conversation(conversation.id),
            **self._list(conversation.id),
            **{
                **conversation_page.chat(conversation, request.args.get("cursor", "")),
                **conversation_page.composer(conversation),
                **conversation_page.person(conversation),
            },
        )

    @expose("/<id>/chat")
    def chat(self, id: str) -> str:
        """Messages and state alone: what the live stream refreshes."""
        return self.render(
            "conversations/_chat.html",
            **conversation_page.chat(self.conversation(id), request.args.get("cursor", "")),
        )

    @expose("/<id>/composer")
    def composer(self, id: str) -> str:
        """Where one writes: fetched anew where who has it, or the vendor's window, has changed."""
        return self.render("conversations/_composer.html", **conversation_page.composer(self.conversation(id)))

    @expose("/<id>/person")
    def person(self, id: str) -> str:
        return self.render("conversations/_person.html", **conversation_page.person(self.conversation(id)))

    @expose("/<id>/archivo/<media_id>")
    def file(self, id: str, media_id: str) -> Response:
        """A file that was sent in this conversation: shown where it is picture or sound, else handed down."""
        conversation = self.conversation(id)
        sent = media.file_of(work.current_work(), conversation, id_or_404(media_id))
        return files.answer(sent, Path(work.wiring().settings.media_dir))

    def _list(self, selected: UUID | None = None) -> dict[str, Any]:
        form = FormReader(request.args)
        handling = form.text("handling")
        handling = handling if handling in _STATES else ""
        uow = work.current_work()
        page = repository.page(
            uow,
            handling=handling,
            user_id=auth.acting_user(),
            text=form.text("text", longest=100),
            # The chat's own cursor is another one.
            cursor=form.text("cursor") if selected is None else "",
            limit=30,
        )
        return {
            "page": page,
            "names": queries.names(uow.session, [row.conversation for row in page.items]),
            "assigned": queries.user_names(uow.session, [row.conversation.assigned_to for row in page.items]),
            "handling": handling,
            "states": _STATES,
            "text": form.text("text", longest=100),
            "most_counted": repository.MOST_COUNTED,
            "totals": repository.totals(uow, auth.acting_user()),
            "selected": selected or form.id("selected"),
        }
