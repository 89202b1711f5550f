// The inbox: the list follows what happens in the units, writing goes without a new page, "/" finds quick replies.
(function () {
  "use strict";
  var inbox = document.querySelector("[data-inbox]");
  if (!inbox) return;
  var chat = document.getElementById("chat"), composer = document.getElementById("composer");
  var person = document.getElementById("person"), list = document.getElementById("list");
  var token = document.querySelector('meta[name="csrf-token"]');

  function fit() {
    inbox.style.setProperty("--inbox-top", Math.round(inbox.getBoundingClientRect().top + window.scrollY) + "px");
  }
  fit();
  window.addEventListener("resize", fit);
  document.addEventListener("closed.bs.alert", fit);

  function fetched(part) {
    return fetch(part.dataset.refresh, { headers: { "HX-Request": "true" }, credentials: "same-origin" })
      .then(function (reply) { return reply.ok ? reply.text() : null; })
      .catch(function () { return null; });
  }

  // The list ------------------------------------------------------------------------------------------------
  document.addEventListener("units-changed", function () {
    fetched(list).then(function (html) {
      if (html === null) return;
      var focused = document.activeElement && list.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
      var top = list.scrollTop;
      list.innerHTML = html;
      list.scrollTop = top;
      if (focused) { var again = list.querySelector('a[href="' + CSS.escape(focused).replace(/\\\//g, "/") + '"]'); if (again) again.focus(); }
    });
  });
  var current = list && list.querySelector('[aria-current="true"]');
  if (current && current.scrollIntoView) current.scrollIntoView({ block: "nearest" });
  if (!chat) return;

  // Beside and below the chat -------------------------------------------------------------------------------
  // Each is fetched anew only where the chat says that what it shows has changed: a draft stays where it is.
  function follow() {
    var head = chat.querySelector(".inbox-head");
    if (!head) return;
    if (composer.dataset.key !== head.dataset.composerKey) swap(composer, head.dataset.composerKey).then(ready);
    if (person.dataset.key !== head.dataset.personKey) swap(person, head.dataset.personKey);
    count();
  }
  function swap(part, key) {
    return fetched(part).then(function (html) { if (html !== null) { part.innerHTML = html; part.dataset.key = key; } });
  }
  chat.addEventListener("refreshed", follow);

  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-person-toggle]")) {
      var open = inbox.classList.toggle("show-person");
      document.querySelectorAll("[data-person-toggle][aria-expanded]").forEach(function (b) { b.setAttribute("aria-expanded", String(open)); });
    }
  });

  // The vendor's window: its minutes go on while nothing else happens.
  function count() {
    var shown = chat.querySelector("[data-until]");
    if (!shown) return;
    var left = Math.floor((new Date(shown.dataset.until) - Date.now()) / 60000);
    if (left < 0) { refreshChat(); return; }
    var hours = Math.floor(left / 60);
    shown.querySelector("[data-left]").textContent = (hours ? hours + " h " : "") + (left % 60) + " min";
  }
  window.setInterval(count, 30000);

  function refreshChat() {
    var box = document.getElementById("chat-scroll"), top = box ? box.scrollTop : 0;
    var atEnd = !box || box.scrollHeight - top - box.clientHeight < 120;
    return fetched(chat).then(function (html) {
      if (html === null) return;
      chat.innerHTML = html;
      box = document.getElementById("chat-scroll");
      if (box) box.scrollTop = atEnd ? box.scrollHeight : top;
      follow();
    });
  }

  // Writing -------------------------------------------------------------------------------------------------
  var place = "draft:" + inbox.dataset.conversation;
  function draft(value) {
    try { if (value === undefined) return sessionStorage.getItem(place) || ""; if (value) sessionStorage.setItem(place, value); else sessionStorage.removeItem(place); } catch (error) { /* not kept */ }
    return "";
  }
  function ready() {
    var reply = document.getElementById("reply-text");
    if (reply && !reply.value) reply.value = draft();
    composer.querySelectorAll("[data-body]").forEach(preview);
  }
  ready();
  composer.addEventListener("click", function (event) {
    var tab = event.target.closest("[data-pane]");
    if (!tab) return;
    composer.querySelectorAll("[data-pane]").forEach(function (one) {
      var chosen = one === tab;
      one.setAttribute("aria-selected", String(chosen));
      document.getElementById("pane-" + one.dataset.pane).hidden = !chosen;
    });
    var field = document.querySelector("#pane-" + tab.dataset.pane + " textarea");
    if (field) field.focus();
  });
  // Before huntred.js sees it: what a script sends needs no new page.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.matches("[data-sends]") || event.defaultPrevented) return;
    event.preventDefault();
    event.stopPropagation();
    if (form.dataset.sending) return;
    form.dataset.sending = "1";
    var problem = composer.querySelector(".composer-problem"), box = document.getElementById("chat-scroll");
    problem.hidden = true;
    fetch(form.action, {
      method: "POST", body: new FormData(form), credentials: "same-origin",
      headers: { "HX-Request": "true", "X-CSRFToken": token ? token.content : "" }
    }).then(function (reply) {
      if (reply.status === 401) { location.reload(); return null; }
      if (reply.ok) {
        form.querySelectorAll("textarea").forEach(function (field) { field.value = ""; });
        if (form.classList.contains("reply") && !form.classList.contains("reply-note")) draft("");
        var id = form.querySelector('[name="message_id"]');
        if (id) id.value = window.crypto.randomUUID ? window.crypto.randomUUID() : "";
        var shut = form.closest("details");
        if (shut) shut.open = false;
        if (box) box.scrollTop = box.scrollHeight;
        return refreshChat();
      }
      return reply.text().then(function (text) { problem.innerHTML = reply.status === 409 ? text : ""; problem.hidden = !problem.textContent.trim(); if (problem.hidden) throw new Error(String(reply.status)); });
    }).catch(function () {
      problem.textContent = problem.dataset.failed;
      problem.hidden = false;
    }).then(function () { delete form.dataset.sending; var field = form.querySelector("textarea"); if (field) field.focus({ preventScroll: true }); });
  }, true);

  // Quick replies after "/", colleagues after "@" ---------------------------------------------------------------
  var LISTS = { "reply-text": { list: "quick-list", sign: /^\/(\S*)$/ }, "note-text": { list: "mention-list", sign: /(?:^|\s)@([^\s@]*)$/ } };
  function fold(text) { return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase(); }
  function offered(field) { return LISTS[field.id] ? document.getElementById(LISTS[field.id].list) : null; }
  function suggest(field, all) {
    var options = offered(field);
    if (!options) return;
    var typed = LISTS[field.id].sign.exec(field.value.slice(0, field.selectionStart));
    if (!typed && !all) { shut(field); return; }
    var wanted = typed ? fold(typed[1]) : "", shown = 0;
    options.querySelectorAll("[role=option]").forEach(function (option) {
      option.hidden = fold(option.dataset.shortcut).indexOf(wanted) < 0;
      option.setAttribute("aria-selected", String(!option.hidden && !shown));
      if (!option.hidden) shown += 1;
    });
    options.querySelector(".quick-none").hidden = shown > 0;
    options.hidden = false;
    field.setAttribute("aria-controls", options.id);
    mark(field);
  }
  function mark(field) {
    var chosen = offered(field).querySelector('[aria-selected="true"]');
    if (chosen) { field.setAttribute("aria-activedescendant", chosen.id); chosen.scrollIntoView({ block: "nearest" }); } else field.removeAttribute("aria-activedescendant");
  }
  function shut(field) { var options = offered(field); if (options) options.hidden = true; field.removeAttribute("aria-activedescendant"); }
  function take(field, option) {
    var end = field.selectionStart, before = field.value.slice(0, end), found = LISTS[field.id].sign.exec(before);
    var start = found ? end - found[1].length - 1 : end;
    field.value = field.value.slice(0, start) + option.dataset.text + field.value.slice(end);
    field.selectionStart = field.selectionEnd = start + option.dataset.text.length;
    shut(field);
    field.focus();
    if (field.id === "reply-text") draft(field.value);
  }
  composer.addEventListener("input", function (event) {
    if (event.target.id === "reply-text") draft(event.target.value);
    if (LISTS[event.target.id]) suggest(event.target, false);
    var form = event.target.closest("form");
    var body = form && form.querySelector("[data-body]");
    if (body) preview(body);
  });
  composer.addEventListener("keydown", function (event) {
    var field = event.target, options = LISTS[field.id] && offered(field);
    if (!options || options.hidden) return;
    var shown = Array.prototype.filter.call(options.querySelectorAll("[role=option]"), function (o) { return !o.hidden; });
    var at = shown.findIndex(function (o) { return o.getAttribute("aria-selected") === "true"; });
    if (event.key === "Escape") { shut(field); event.preventDefault(); }
    if ((event.key === "Enter" || event.key === "Tab") && shown[at]) { event.preventDefault(); event.stopPropagation(); take(field, shown[at]); }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      var next = (at + (event.key === "ArrowDown" ? 1 : shown.length - 1)) % (shown.length || 1);
      shown.forEach(function (o, i) { o.setAttribute("aria-selected", String(i === next)); });
      mark(field);
    }
  });
  composer.addEventListener("mousedown", function (event) {
    var option = event.target.closest(".quick-list [role=option]");
    if (option) { event.preventDefault(); take(option.closest(".reply-box").querySelector("textarea"), option); }
  });
  composer.addEventListener("click", function (event) {
    if (event.target.closest("[data-quick-open]")) { var field = document.getElementById("reply-text"); field.focus(); suggest(field, true); }
  });
  composer.addEventListener("focusout", function (event) { if (LISTS[event.target.id]) shut(event.target); });

  // A template with what was filled in so far.
  function preview(body) {
    var form = body.closest("form");
    body.textContent = body.dataset.body.replace(/\{\{(\d+)\}\}/g, function (whole, number) {
      var field = form.querySelector('[name="value_' + number + '"]');
      return field && field.value.trim() ? field.value.trim() : "…";
    });
  }
})();
