// What the pages do beyond HTML. No inline handlers anywhere: everything hangs on data attributes.
(function () {
  "use strict";
  var token = document.querySelector('meta[name="csrf-token"]');

  document.body.addEventListener("htmx:configRequest", function (event) {
    if (token) event.detail.headers["X-CSRFToken"] = token.content;
  });

  // Theme ------------------------------------------------------------------------------------------------
  document.addEventListener("click", function (event) {
    if (!event.target.closest("[data-theme-toggle]")) return;
    var root = document.documentElement;
    var next = root.getAttribute("data-bs-theme") === "dark" ? "light" : "dark";
    root.setAttribute("data-bs-theme", next);
    try { localStorage.setItem("theme", next); } catch (error) { /* private windows keep nothing */ }
  });

  // Forms ------------------------------------------------------------------------------------------------
  document.addEventListener("change", function (event) {
    var form = event.target.closest("form[data-autosubmit]");
    if (form) form.requestSubmit();
  });
  document.addEventListener("submit", function (event) {
    var form = event.target;
    var ask = form.getAttribute("data-ask");
    if (ask && !window.confirm(ask)) { event.preventDefault(); return; }
    // A download leaves the page as it is: it may be asked for again.
    if (form.method === "post" && !form.hasAttribute("data-download")) {
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = "1";
    }
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target.matches("[data-enter-sends]")) {
      event.preventDefault();
      if (event.target.value.trim()) event.target.form.requestSubmit();
    }
    if (event.key === "Enter" && event.target.closest(".ts-wrapper")) event.preventDefault();
  });
  document.addEventListener("click", function (event) {
    var add = event.target.closest("[data-add-row]");
    if (add) {
      var name = add.getAttribute("data-add-row");
      var list = document.querySelector('[data-repeat="' + name + '"]');
      list.appendChild(document.getElementById("row-" + name).content.cloneNode(true));
      list.lastElementChild.querySelector("input").focus();
    }
    var remove = event.target.closest("[data-remove-row]");
    if (remove) remove.closest(".repeat-row").remove();
    var more = event.target.closest("[data-show-more]");
    if (more) {
      more.closest(".card").querySelectorAll("[data-more]").forEach(function (row) { row.classList.remove("d-none"); });
      more.parentElement.remove();
    }
  });
  // A list's menus: one at a time, closed by a click beside or Escape.
  document.addEventListener("click", function (event) {
    document.querySelectorAll("details.list-menu[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  document.addEventListener("keydown", function (event) {
    var menu = event.key === "Escape" && event.target.closest && event.target.closest("details.list-menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });
  // Ticked rows: the bar appears with the first one.
  function countTicks() {
    document.querySelectorAll("form[data-mass]").forEach(function (form) {
      // Not form.id: ticks may be named so, and hide it.
      var ticked = document.querySelectorAll('td.cell-check input[form="' + form.getAttribute("id") + '"]:checked').length;
      form.hidden = ticked === 0;
      form.querySelector("[data-mass-count]").textContent = ticked;
    });
  }
  document.addEventListener("change", function (event) {
    if (event.target.matches("[data-check-all]")) {
      event.target.closest("table").querySelectorAll('td.cell-check input').forEach(function (tick) { tick.checked = event.target.checked; });
    }
    if (event.target.matches("[data-check-all], td.cell-check input")) countTicks();
  });
  window.addEventListener("pageshow", countTicks);
  function showFor(select) {
    document.querySelectorAll("[data-show-for]").forEach(function (part) {
      part.removeAttribute("data-later");
      part.hidden = part.getAttribute("data-show-for").split(" ").indexOf(select.value) < 0;
    });
  }
  document.querySelectorAll("[data-shows]").forEach(function (select) {
    select.addEventListener("change", function () { showFor(select); });
    showFor(select);
  });
  if (window.TomSelect) {
    document.querySelectorAll("select[data-choose]").forEach(function (select) {
      // A field takes the select's place, and its label; what stays of the select is for nobody to find.
      select.setAttribute("aria-hidden", "true");
      new window.TomSelect(select, { refreshThrottle: 0, maxOptions: 500, allowEmptyOption: true,
        render: { no_results: function () { var d = document.createElement("div"); d.className = "no-results"; d.textContent = document.body.dataset.noResults; return d; } } });
    });
  }

  // Chat -------------------------------------------------------------------------------------------------
  function toEnd() {
    var box = document.getElementById("chat-scroll");
    if (box) box.scrollTop = box.scrollHeight;
  }
  function nearEnd() {
    var box = document.getElementById("chat-scroll");
    return !box || box.scrollHeight - box.scrollTop - box.clientHeight < 120;
  }
  toEnd();

  // Live -------------------------------------------------------------------------------------------------
  // The stream only nudges: what has changed is fetched like any page, with the same rights.
  function live(part) {
    var last = "", source = null, waiting = null, stopped = false;
    function refresh() {
      var keep = part.dataset.keep && document.querySelector(part.dataset.keep);
      var draft = keep ? { value: keep.value, start: keep.selectionStart, focus: document.activeElement === keep } : null;
      var atEnd = nearEnd(), box = document.getElementById("chat-scroll"), top = box ? box.scrollTop : 0;
      return fetch(part.dataset.refresh, { headers: { "HX-Request": "true" }, credentials: "same-origin" })
        .then(function (reply) {
          if (reply.status === 401) { location.reload(); return null; }
          return reply.ok ? reply.text() : null;
        })
        .then(function (html) {
          if (html === null) return;
          if (keep) { draft.value = keep.value; draft.start = keep.selectionStart; }
          part.innerHTML = html;
          if (window.htmx) window.htmx.process(part);
          var again = part.dataset.keep && document.querySelector(part.dataset.keep);
          if (draft && again) {
            again.value = draft.value;
            if (draft.focus) { again.focus(); again.setSelectionRange(draft.start, draft.start); }
          }
          box = document.getElementById("chat-scroll");
          if (box) { if (atEnd) toEnd(); else box.scrollTop = top; }
          part.dispatchEvent(new CustomEvent("refreshed", { bubbles: true }));
        })
        .catch(function () { /* the next nudge tries again */ });
    }
    // Where nudges come thick and fast (data-pause) the part is fetched at most once in so many milliseconds.
    var pause = Number(part.dataset.pause || 0), fetched = 0;
    function soon() {
      if (pause && waiting) return;
      window.clearTimeout(waiting);
      waiting = window.setTimeout(function () { waiting = null; fetched = Date.now(); refresh(); },
        Math.max(120, fetched + pause - Date.now()));
    }
    function open(streamToken) {
      if (stopped) return;
      source = new EventSource("/live?token=" + encodeURIComponent(streamToken) + "&last=" + encodeURIComponent(last));
      source.addEventListener("here", function (event) { last = event.lastEventId; part.dataset.liveState = "on"; soon(); });
      source.addEventListener("changed", function (event) { last = event.lastEventId; part.dataset.liveState = "on"; soon(); });
      source.addEventListener("expired", renew);
      source.onerror = function () {
        part.dataset.liveState = "off";
        if (source.readyState === EventSource.CLOSED) renew();
      };
    }
    function renew() {
      if (source) source.close();
      window.setTimeout(function () {
        fetch(part.dataset.liveToken, { headers: { "HX-Request": "true" }, credentials: "same-origin" })
          .then(function (reply) {
            if (reply.status === 401 || reply.status === 404) { stopped = true; return null; }
            return reply.ok ? reply.json() : Promise.reject(new Error("token"));
          })
          .then(function (answer) { if (answer) open(answer.token); })
          .catch(function () { renew(); });
      }, 1500);
    }
    open(part.dataset.live);
    window.addEventListener("pagehide", function () { stopped = true; if (source) source.close(); });
  }
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-copy]");
    if (!button) return;
    var field = document.querySelector(button.dataset.copy), label = button.querySelector("span");
    field.select();
    // Without TLS there is no clipboard: what is selected can be copied by hand.
    (navigator.clipboard ? navigator.clipboard.writeText(field.value) : Promise.reject()).then(
      function () { label.textContent = button.dataset.copied; }, function () { field.focus(); });
  });
  document.querySelectorAll("[data-live]").forEach(live);
})();
