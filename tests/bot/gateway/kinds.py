"""One example, or several, of every row of `Connector.kinds()`: what the vendor sends."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from tests.bot.gateway.mails import BOX, bounce, mail

Example = Any
PAGE = "more:{outbox}:10"


def _wa(kind: str, part: Any = None, **more: Any) -> Any:
    message = {"from": "{user}", "id": "wamid.{n}", "timestamp": "1772463600", "type": kind, **more}
    if part is not None:
        message[kind] = part
    return {"messages": [message]}


def _wa_status(state: str, **more: Any) -> Any:
    return {"statuses": [{"id": "wamid.out", "status": state, "timestamp": "1772463601", "recipient_id": "{user}",
                          "biz_opaque_callback_data": "{outbox}", **more}]}  # fmt: skip


def _wa_field(field: str, **value: Any) -> Any:
    return {"field": field, "value": value}


_NAMED = {"message_template_id": 5, "message_template_name": "prueba", "message_template_language": "es_MX"}
_FILE = {"id": "media-{n}", "mime_type": "application/octet-stream", "sha256": "x"}
_LIST = {"type": "list_reply", "list_reply": {"id": "o1", "title": "Uno"}}
_MORE = {"type": "list_reply", "list_reply": {"id": PAGE, "title": "Más"}}
_FAILED = {"errors": [{"code": 131026, "title": "Message undeliverable"}]}

WHATSAPP: dict[str, list[Example]] = {
    "text": [_wa("text", {"body": "hola"})],
    "interactive.button_reply": [_wa("interactive", {"type": "button_reply", "button_reply": {"id": "o1", "title": "Sí"}})],
    "interactive.list_reply": [_wa("interactive", _LIST)],
    "interactive.list_reply of more options": [_wa("interactive", _MORE)],
    "button (of a template)": [_wa("button", {"payload": "o1", "text": "Sí"})],
    **{kind: [_wa(kind, _FILE)] for kind in ("image", "audio", "video", "document", "sticker")},
    "location": [_wa("location", {"latitude": 19.4, "longitude": -99.1})],
    "contacts": [_wa("contacts", [{"name": {"formatted_name": "Ana"}, "phones": [{"phone": "+525512345678"}]}])],
    "reaction": [_wa("reaction", {"message_id": "wamid.x", "emoji": "👍"})],
    "edit": [_wa("edit", {"original_message_id": "wamid.x", "message": {"type": "text", "text": {"body": "sí"}}})],
    "revoke": [_wa("revoke", {"original_message_id": "wamid.x"})],
    "request_welcome": [_wa("request_welcome")],
    "system (a new number)": [_wa("system", {"type": "user_changed_number", "wa_id": "9{user}"})],
    "unsupported, interactive.* (any other)": [
        _wa("unsupported", errors=[{"code": 131051, "title": "Message type unknown"}]),
        _wa("interactive", {"type": "nfm_reply", "nfm_reply": {}}), _wa("order", {}), _wa("poll", {}),
    ],
    "status sent, delivered, read, played, failed": [
        *(_wa_status(state) for state in ("sent", "delivered", "read", "played")), _wa_status("failed", **_FAILED),
    ],
    "status (any other)": [_wa_status("deleted"), _wa_status("warning")],
    "message_template_status_update, message_template_quality_update, template_category_update": [
        _wa_field("message_template_status_update", event="PAUSED", reason="NONE", **_NAMED),
        _wa_field("message_template_quality_update", new_quality_score="YELLOW", **_NAMED),
        _wa_field("template_category_update", new_category="MARKETING", **_NAMED),
    ],
    "account_update, account_alerts, account_review_update, business_capability_update": [
        _wa_field("account_update", event="DISABLED_UPDATE", ban_info={"waba_ban_state": "SCHEDULE_FOR_DISABLE"}),
        _wa_field("account_alerts", alert_severity="WARNING"), _wa_field("account_review_update", decision="APPROVED"),
        _wa_field("business_capability_update", max_daily_conversation_per_phone=1000),
    ],
    "phone_number_quality_update, phone_number_name_update": [
        _wa_field("phone_number_quality_update", display_phone_number="525500000101", event="FLAGGED"),
        _wa_field("phone_number_name_update", display_phone_number="525500000101", decision="APPROVED"),
    ],
    "errors of the account": [{"errors": [{"code": 130429, "title": "Rate limit hit"}]}],
    "field (any other)": [_wa_field("flows", event="FLOW_STATUS_CHANGE"), _wa_field("security", event="PIN_CHANGED")],
}  # fmt: skip


def _tg(**part: Any) -> Any:
    return {"message": {"message_id": "#{n}", "date": 1772463600, "chat": {"id": "#{user}", "type": "private"},
                        "from": {"id": "#{user}", "first_name": "Ana"}, **part}}  # fmt: skip


def _tg_press(data: str) -> Any:
    return {"callback_query": {"id": "{n}", "from": {"id": "#{user}", "first_name": "Ana"}, "data": data,
                               "message": {"message_id": 1, "chat": {"id": "#{user}", "type": "private"}}}}  # fmt: skip


_TG_FILE = {"file_id": "f{n}", "file_unique_id": "u{n}"}
_TG_PLACE = {"latitude": 19.4, "longitude": -99.1}
_GROUP = {"id": -5, "type": "group"}

TELEGRAM: dict[str, list[Example]] = {
    "message: text": [_tg(text="hola")],
    "message: /start": [_tg(text="/start"), _tg(text="/start abc")],
    "message: photo": [_tg(photo=[_TG_FILE])],
    "message: voice, audio": [_tg(voice=_TG_FILE), _tg(audio=_TG_FILE)],
    "message: video, video_note, animation": [_tg(video=_TG_FILE), _tg(video_note=_TG_FILE),
                                              _tg(animation=_TG_FILE, document=_TG_FILE)],
    "message: document": [_tg(document=_TG_FILE)],
    "message: sticker": [_tg(sticker=_TG_FILE)],
    "message: location, venue": [_tg(location=_TG_PLACE), _tg(location=_TG_PLACE, venue={"title": "Casa"})],
    "message: contact": [_tg(contact={"phone_number": "+525512345678", "first_name": "Ana"})],
    "message: anything else": [_tg(dice={"value": 1}), _tg(poll={}), _tg(story={}), _tg(game={})],
    "message in a group or channel": [_tg(text="x", chat=_GROUP), _tg(text="x", chat={"id": -6, "type": "channel"})],
    "edited_message": [{"edited_message": _tg(text="sí")["message"]}],
    "message_reaction": [{"message_reaction": {
        "chat": {"id": "#{user}", "type": "private"}, "message_id": 1, "user": {"id": "#{user}", "first_name": "Ana"},
        "date": 1772463600, "old_reaction": [], "new_reaction": [{"type": "emoji", "emoji": "👍"}]}}],
    "any other update": [{"my_chat_member": {"chat": {"id": 5}}}, {"poll": {}}, {"inline_query": {}}],
    "callback_query": [_tg_press("o1")],
    "callback_query: more options": [_tg_press(PAGE)],
}  # fmt: skip


def _meta(**part: Any) -> Any:
    return {"sender": {"id": "{user}"}, "timestamp": 1772463600123, **part}


def _said(**part: Any) -> Any:
    return _meta(message={"mid": "m_{n}", **part})


def _attached(kind: str, **payload: Any) -> Any:
    return _said(attachments=[{"type": kind, "payload": {"url": "https://files.example/a", **payload}}])


META: dict[str, list[Example]] = {
    "message.text": [_said(text="hola")],
    "message.quick_reply": [_said(text="Sí", quick_reply={"payload": "o1"})],
    "message.quick_reply of more options": [_said(text="Más", quick_reply={"payload": PAGE})],
    "message.attachments image": [_attached("image")],
    "message.attachments audio": [_attached("audio")],
    "message.attachments video": [_attached("video")],
    "message.attachments file": [_attached("file")],
    "message.attachments sticker": [_attached("image", sticker_id=369239263222822)],
    "message.attachments (any other)": [_attached("template")],
    "message.is_deleted": [_said(is_deleted=True)],
    "message.is_unsupported": [_said(is_unsupported=True)],
    "message.is_echo": [_said(text="nuestro", is_echo=True)],
    "message_edit": [_meta(message_edit={"mid": "m_x", "text": "sí", "num_edit": 1})],
    "postback": [_meta(postback={"mid": "m_{n}", "title": "Sí", "payload": "o1"})],
    "postback of get started, or with a referral": [
        _meta(postback={"mid": "m_{n}", "title": "Empezar", "payload": "GET_STARTED"}),
        _meta(postback={"mid": "m_{n}", "title": "Sí", "payload": "o1", "referral": {"ref": "abc"}}),
    ],
    "referral": [_meta(referral={"ref": "abc", "source": "SHORTLINK", "type": "OPEN_THREAD"})],
    "reaction": [_meta(reaction={"mid": "m_x", "action": "react", "emoji": "👍"})],
    "read": [_meta(read={"watermark": 1993000000000, "mid": "m_out"})],
    "(any other)": [_meta(optin={"ref": "x"}), _meta(game_play={})],
}
MESSENGER = {
    **META,
    "message.attachments location": [_attached("location", coordinates={"lat": 19.4, "long": -99.1})],
    "message.attachments fallback (a link)": [_said(attachments=[{"type": "fallback", "title": "Un sitio", "url": "https://a.mx"}])],
    "message.is_echo of ours, with metadata": [_said(text="nuestro", is_echo=True, metadata="{outbox}")],
    "delivery": [_meta(delivery={"watermark": 1993000000000, "mids": ["m_out"]})],
}
INSTAGRAM = {
    **META,
    "message.reply_to story": [_said(text="¡Qué bien!", reply_to={"story": {"id": "1", "url": "https://a.mx"}})],
    "message.attachments story_mention, share, ig_post, ig_reel, ephemeral": [
        _attached(kind) for kind in ("story_mention", "share", "ig_post", "ig_reel", "ephemeral")
    ],
}


def _slack(**event: Any) -> bytes | Any:
    told = {"type": "message", "channel": "D{user}", "channel_type": "im", "user": "U{user}", "text": "hola",
            "ts": "17900{n}.000100", **event}  # fmt: skip
    return {"type": "event_callback", "team_id": "T0DEMO003", "api_app_id": "A1", "event_id": "Ev{n}",
            "event": told}  # fmt: skip


def _slack_file(mimetype: str) -> Any:
    return _slack(subtype="file_share", files=[{"id": "F{n}", "name": "a", "mimetype": mimetype}])


def _slack_press(action: Any, **more: Any) -> Any:
    action = {"action_id": "a{n}", "action_ts": "17900{n}.5", "block_id": "b", **action}
    return {"form": {"type": "block_actions", "team": {"id": "T0DEMO003"}, "user": {"id": "U{user}", "name": "ana"},
                     "container": {"channel_id": "D{user}", "message_ts": "1.2"}, "actions": [action], **more}}  # fmt: skip


def _slack_titled(text: str) -> Any:
    return {"type": "plain_text", "text": text}


def _slack_ticked() -> Any:
    from bot.rendering.slack import CHECKS, DONE

    state = {"values": {"b": {f"{CHECKS}0": {"type": "checkboxes", "selected_options": [{"value": "1:o1"}]}}}}
    return _slack_press({"type": "button", "action_id": DONE, "value": "x", "text": _slack_titled("Listo")}, state=state)


_SLACK_EDITED = {"user": "U{user}", "text": "sí", "ts": "1.2", "edited": {"user": "U{user}", "ts": "1.3"}}
_SLACK_ITEM = {"type": "message", "channel": "D{user}", "ts": "1.2"}

SLACK: dict[str, list[Example]] = {
    "url_verification": [{"type": "url_verification", "challenge": "abc"}],
    "event message.im: text, me_message, thread_broadcast": [
        _slack(), _slack(subtype="me_message"), _slack(subtype="thread_broadcast", thread_ts="1.2")],
    "event message.im: file_share, an image": [_slack_file("image/png")],
    "event message.im: file_share, audio": [_slack_file("audio/mp4")],
    "event message.im: file_share, video": [_slack_file("video/mp4")],
    "event message.im: file_share, another file": [_slack_file("application/pdf")],
    "event message.im: another subtype": [_slack(subtype="reminder_add")],
    "event message_changed": [_slack(subtype="message_changed", message=_SLACK_EDITED, previous_message={"text": "no"})],
    "event message_deleted": [_slack(subtype="message_deleted", deleted_ts="1.2", previous_message={"user": "U{user}", "ts": "1.2"})],
    "event reaction_added, reaction_removed": [
        _slack(type="reaction_added", reaction="thumbsup", item=_SLACK_ITEM, event_ts="1.{n}"),
        _slack(type="reaction_removed", reaction="thumbsup", item=_SLACK_ITEM, event_ts="1.{n}")],
    "event app_home_opened: the first on Messages": [_slack(type="app_home_opened", tab="messages", event_ts="1.{n}")],
    "event app_home_opened: again, or another tab": [_slack(type="app_home_opened", tab="home", event_ts="1.{n}")],
    "event message of our own bot": [_slack(bot_id="B1"), _slack(subtype="bot_message")],
    "event app_mention": [_slack(type="app_mention")],
    "event message in a channel or group": [_slack(channel_type="channel"), _slack(channel_type="group")],
    "event, any other": [_slack(type="team_join"), _slack(type="tokens_revoked")],
    "block_actions: button, static_select": [
        _slack_press({"type": "button", "value": "o1", "text": _slack_titled("Sí")}),
        _slack_press({"type": "static_select", "selected_option": {"value": "o1", "text": _slack_titled("Sí")}})],
    "block_actions: more options": [_slack_press({"type": "button", "value": PAGE, "text": _slack_titled("Más")})],
    "block_actions: the button under check boxes": [_slack_ticked()],
    "block_actions: a tick, a link button": [
        _slack_press({"type": "checkboxes", "selected_options": []}),
        _slack_press({"type": "button", "url": "https://a.mx", "text": _slack_titled("Ver")})],
    "interactivity of another type": [{"form": {"type": "shortcut", "team": {"id": "T0DEMO003"}, "user": {"id": "U1"}}}],
}  # fmt: skip


def _x(sender: str = "{user}", recipient: str = "900000000000000101", **data: Any) -> Any:
    created = {"target": {"recipient_id": recipient}, "sender_id": sender, "message_data": {"text": "hola", **data}}
    return {"direct_message_events": [
        {"type": "message_create", "id": "{n}", "created_timestamp": "1790000000123", "message_create": created}]}  # fmt: skip


def _x_media(kind: str) -> Any:
    return _x(attachment={"type": "media", "media": {"id": 1, "type": kind, "media_url_https": "https://a.mx/1"}})


_X_PLACE = {"type": "location", "location": {"shared_coordinate": {"coordinates": {"coordinates": [-99.1, 19.4]}}}}
X: dict[str, list[Example]] = {
    "GET crc_token": [{"get": {"crc_token": "9b45"}}],
    "direct_message_events: text": [_x()],
    "direct_message_events: quick_reply_response": [_x(quick_reply_response={"type": "options", "metadata": "o1"})],
    "direct_message_events: photo": [_x_media("photo")],
    "direct_message_events: video, animated_gif": [_x_media("video"), _x_media("animated_gif")],
    "direct_message_events: location": [_x(attachment=_X_PLACE)],
    "direct_message_events: another attachment": [_x(attachment={"type": "sticker"})],
    "direct_message_events: our own message": [_x(sender="900000000000000101", recipient="{user}")],
    "direct_message_mark_read_events": [{"direct_message_mark_read_events": [
        {"created_timestamp": "1790000000123", "sender_id": "{user}", "last_read_event_id": "x_out"}]}],
    "direct_message_indicate_typing_events": [{"direct_message_indicate_typing_events": [{}]}],
    "posts, likes, follows, blocks, mutes": [{name: [{}]} for name in (
        "tweet_create_events", "favorite_events", "follow_events", "block_events", "mute_events")],
    "user_event: revoke": [{"user_event": {"revoke": {"user_id": "1"}}}],
    "anything else": [{"something_new_events": [{}]}],
}  # fmt: skip

MAIL: dict[str, list[Example]] = {
    "text, HTML": [mail(), mail("", html="<p>Hola</p>")],
    "image": [mail("", subject="Re: x", files=(("a.png", "image/png", b"x"),))],
    "audio": [mail("", subject="Re: x", files=(("a.ogg", "audio/ogg", b"x"),))],
    "video": [mail("", subject="Re: x", files=(("a.mp4", "video/mp4", b"x"),))],
    "any other file": [mail("", subject="Re: x", files=(("a.pdf", "application/pdf", b"x"),))],
    "bounce": ["bounce"],
    "automatic reply, mailing list, newsletter": [
        mail(Auto_Submitted="auto-replied"), mail(List_Id="<a.example>"), mail(Precedence="bulk")],
    "mail of our own": [mail(sender=BOX)],
    "forged sender (DMARC)": [mail(Authentication_Results="mx.example; dmarc=fail")],
    "unreadable": [b"\xff\xfe\x00"],
    "empty mail": [mail("", subject="Re: x")],
    "any mail of a person to a mailbox for vacancies": [mail("Solicitamos cajera.", message_id="<for-vacancies@example.mx>")],
}  # fmt: skip

WEB: dict[str, list[Example]] = {
    "hello of a new visitor": ["new"],
    "hello with a token": ["known"],
    "text": [{"type": "text", "text": "hola"}],
    "option": [{"type": "option", "option_id": "o1"}],
    "location": [{"type": "location", "latitude": 19.4, "longitude": -99.1}],
    "ping": [{"type": "ping"}],
    "anything else": [{"type": "dance"}],
}

EXAMPLES: dict[str, dict[str, list[Example]]] = {
    "whatsapp": WHATSAPP, "telegram": TELEGRAM, "messenger": MESSENGER, "instagram": INSTAGRAM, "slack": SLACK, "x": X,
    "email": MAIL, "web": WEB,
}  # fmt: skip


def filled(example: Example, n: int, user: str, outbox: int) -> Any:
    """Return the example as event number n of this person. outbox: a row of ours; `#{…}` becomes a number."""
    text = json.dumps(example)
    for name, value in (("n", str(n)), ("user", user), ("outbox", str(outbox))):
        text = text.replace('"#{' + name + '}"', value).replace("{" + name + "}", value)
    return json.loads(text)


def form(payload: Any) -> bytes:
    """Return an interaction as Slack posts it."""
    return urlencode({"payload": json.dumps(payload)}).encode()


def bounce_of(message_id: str) -> bytes:
    return bounce(message_id)
