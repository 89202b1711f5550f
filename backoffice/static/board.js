// The board: dragging by mouse and finger, the keyboard, the dialog «Mover a…», and what others change meanwhile.
// The server decides every move; a refusal (409, 422) is shown and the columns are fetched as they are now.
(function () {
  "use strict";

  // The form to move one, wherever it stands: a reason brings its draft, which whoever moves may change.
  document.addEventListener("change", function (event) {
    var form = event.target.closest(".move-form");
    if (!form || !event.target.matches("[name=reject_reason], [name=tell]")) return;
    var text = form.elements.message, reason = form.elements.reject_reason;
    if (!text || !reason) return;
    var draft = reason.selectedOptions[0] ? reason.selectedOptions[0].dataset.draft || "" : "";
    if (!text.value.trim() || text.value === text.dataset.draft) text.value = draft;
    text.dataset.draft = draft;
  });

  var area = document.getElementById("board-area");
  if (!area) return;
  var mayMove = area.dataset.mayMove === "1";
  var dialog = document.getElementById("board-dialog"), said = document.getElementById("board-said");
  var toasts = document.getElementById("board-toasts"), live = document.getElementById("board-live");
  var bulk = document.getElementById("bulk");
  var csrf = document.querySelector('meta[name="csrf-token"]').content;
  var words = {};
  document.getElementById("board-words").content.querySelectorAll("[data-word]").forEach(function (word) {
    words[word.dataset.word] = word.textContent;
  });
  var pressed = false, dragging = false, sending = 0, stale = false, focused = "";

  function word(name) {
    var text = words[name];
    for (var i = 1; i < arguments.length; i++) text = text.replace("%" + i, arguments[i]);
    return text;
  }
  function say(text) { said.textContent = ""; window.setTimeout(function () { said.textContent = text; }, 30); }
  function toast(content) {
    var box = document.createElement("div"), close = document.createElement("button");
    box.className = "alert alert-danger alert-dismissible";
    var body = document.createElement("div");
    body.textContent = content.trim();
    close.type = "button"; close.className = "btn-close"; close.setAttribute("aria-label", words.close);
    close.addEventListener("click", function () { box.remove(); });
    box.append(body, close);
    toasts.replaceChildren(box);
  }
  function columns() { return Array.from(area.querySelectorAll(".board-column")); }
  function cardsOf(column) { return Array.from(column.querySelectorAll(".board-card")); }
  function columnOf(card) { return card.closest(".board-column"); }
  function card(id) { return document.getElementById("card-" + id); }
  function ask(url, options) {
    options = options || {};
    options.headers = Object.assign({ "HX-Request": "true", "X-CSRFToken": csrf }, options.headers || {});
    options.credentials = "same-origin";
    return fetch(url, options).then(function (answer) {
      if (answer.status === 401) { location.reload(); return new Promise(function () {}); }
      return answer.text().then(function (text) { return { status: answer.status, text: text }; });
    });
  }

  // The columns as they are now, with as many cards as are open; what was chosen, focused and scrolled to stays.
  function refresh() {
    if (pressed || dragging || sending || dialog.open) { stale = true; return Promise.resolve(); }
    stale = false;
    var url = new URL(area.dataset.columns, location.href);
    columns().forEach(function (column) {
      url.searchParams.set("shown_" + column.dataset.stage, cardsOf(column).length);
    });
    return ask(url).then(function (answer) {
      if (answer.status !== 200) return;
      if (pressed || dragging || sending) { stale = true; return; }
      var chosen = Array.from(area.querySelectorAll("[name=card]:checked")).map(function (box) { return box.value.split(":")[0]; });
      var left = board() ? board().scrollLeft : 0, tops = {};
      columns().forEach(function (column) { tops[column.dataset.stage] = column.querySelector("[data-cards]").scrollTop; });
      var active = area.contains(document.activeElement) ? document.activeElement : null;
      var on = active && active.closest(".board-card"), kind = active && active.className;
      if (on) focused = on.dataset.card;
      area.innerHTML = answer.text;
      if (window.htmx) window.htmx.process(area);
      if (board()) board().scrollLeft = left;
      columns().forEach(function (column) { column.querySelector("[data-cards]").scrollTop = tops[column.dataset.stage] || 0; });
      chosen.forEach(function (id) { var one = card(id); if (one) one.querySelector("[name=card]").checked = true; });
      setUp();
      if (on && card(focused)) {
        var inside = kind && kind !== on.className ? card(focused).getElementsByClassName(kind)[0] : null;
        (inside || card(focused)).focus({ preventScroll: true });
      }
      count();
    }, function () { stale = true; });
  }
  function board() { return area.querySelector(".board"); }
  function afterwards() { if (stale) refresh(); }

  // Moving ----------------------------------------------------------------------------------------------
  function send(one, stage) {
    var name = one.dataset.name, target = stage.dataset.name, id = one.dataset.card;
    var body = new URLSearchParams({ to_stage: stage.dataset.stage, expected_version: one.dataset.version });
    one.classList.add("board-busy");
    say(word("moving", target));
    sending++;
    return ask("/applications/" + id + "/move", { method: "POST", body: body }).then(function (answer) {
      sending--;
      if (answer.status === 200) { focused = id; say(word("moved", name, target)); return refresh().then(function () { refocus(id); }); }
      if (answer.status === 409) { toast(answer.text); return refresh().then(function () { refocus(id); }); }
      if (answer.status === 422) return refresh().then(function () { show(answer.text, id); });
      toast(word("offline"));
      return refresh();
    }, function () { sending--; toast(word("offline")); stale = true; return refresh(); });
  }
  function refocus(id) {
    var one = card(id);
    if (!one) return;
    rove(one);
    one.focus({ preventScroll: true });
    one.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  function moveTo(one, stage) {
    // Why somebody does not continue is asked first.
    if (stage.dataset.kind === "rejected") return open(one, stage.dataset.stage);
    return send(one, stage);
  }
  function open(one, toStage) {
    var url = new URL(one.querySelector("[data-move]").href);
    if (toStage) url.searchParams.set("to_stage", toStage);
    return ask(url).then(function (answer) {
      if (answer.status === 200) show(answer.text, one.dataset.card); else { toast(word("offline")); refresh(); }
    }, function () { toast(word("offline")); });
  }
  function show(html, id) {
    dialog.innerHTML = html;
    dialog.dataset.card = id;
    if (!dialog.open) dialog.showModal();
    var first = dialog.querySelector("[name=over_limit], .is-invalid, [name=to_stage]:checked");
    if (first) first.focus();
  }
  dialog.addEventListener("click", function (event) {
    if (event.target === dialog || event.target.closest("[data-close]")) dialog.close();
  });
  dialog.addEventListener("close", function () {
    var id = dialog.dataset.card;
    dialog.replaceChildren();
    afterwards();
    refocus(id);
  });
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (dialog.contains(form)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      var id = dialog.dataset.card, one = card(id), chosen = form.querySelector("[name=to_stage]:checked");
      var target = chosen ? chosen.parentElement.textContent.trim() : "";
      ask(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) }).then(function (answer) {
        if (answer.status === 422) { show(answer.text, id); return; }
        stale = true;
        if (answer.status === 200) say(word("moved", one ? one.dataset.name : "", target));
        else toast(answer.status === 409 ? answer.text : word("offline"));
        dialog.close();
      }, function () { toast(word("offline")); });
    } else if (form.matches("[data-board-undo]")) {
      event.preventDefault();
      event.stopImmediatePropagation();
      ask(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" }).then(
        function () { location.reload(); }, function () { toast(word("offline")); });
    }
  }, true);

  // Dragging --------------------------------------------------------------------------------------------
  // From the first touch on a card until it is let go of, nobody takes it away from under the finger.
  document.addEventListener("pointerdown", function (event) {
    if (event.button === 0 && event.target.closest("#board-area .board-card")) pressed = true;
  }, true);
  ["pointerup", "pointercancel"].forEach(function (kind) {
    document.addEventListener(kind, function () {
      if (!pressed) return;
      pressed = false;
      window.setTimeout(afterwards, 0); // what is let go of is sent first
    }, true);
  });
  // A card that is held at an edge of the board makes it go on to the columns behind, as fast on every screen. Sortable's
  // own scrolling is off: once begun, it goes on though the finger has left the edge and rests.
  var EDGE_PX = 56, PX_A_MS = 0.6, LONGEST_FRAME_MS = 50;
  var pointer = null, frame = null;
  ["pointermove", "touchmove"].forEach(function (kind) {
    document.addEventListener(kind, function (event) {
      if (dragging) pointer = event.touches ? event.touches[0].clientX : event.clientX;
    }, { passive: true, capture: true });
  });
  function scrollAlong(now) {
    if (!dragging) return;
    var there = board().getBoundingClientRect(), way = frame === null ? 0 : Math.min(now - frame, LONGEST_FRAME_MS) * PX_A_MS;
    frame = now;
    if (pointer !== null && pointer > there.right - EDGE_PX) board().scrollLeft += way;
    else if (pointer !== null && pointer < there.left + EDGE_PX) board().scrollLeft -= way;
    requestAnimationFrame(scrollAlong);
  }
  // Sortable looks 20 times a second where the card is, a slow phone more seldom: where it was let go of counts.
  function listUnder(event) {
    var at = event.changedTouches ? event.changedTouches[0] : event;
    var there = document.elementFromPoint(at.clientX, at.clientY);
    return there && there.closest("#board-area [data-cards]");
  }
  function setUp() {
    columns().forEach(function (column) {
      var list = column.querySelector("[data-cards]");
      if (!mayMove || !window.Sortable) return;
      new window.Sortable(list, {
        group: "board", sort: false, draggable: ".board-card", filter: "input, .board-card-menu", preventOnFilter: false,
        forceFallback: true, fallbackOnBody: true, fallbackTolerance: 5, delay: 220, delayOnTouchOnly: true, touchStartThreshold: 8,
        scroll: false, animation: 120, chosenClass: "board-held", ghostClass: "board-ghost", fallbackClass: "board-carried",
        onStart: function () { dragging = true; frame = null; board().classList.add("board-dragging"); requestAnimationFrame(scrollAlong); },
        onEnd: function (event) {
          dragging = false;
          pointer = null;
          board().classList.remove("board-dragging");
          var to = listUnder(event.originalEvent) || event.to, stage = columnOf(to);
          var stays = to === event.from || stage.dataset.kind === "rejected";
          if (stays && event.to !== event.from) event.from.insertBefore(event.item, event.from.children[event.oldIndex] || null);
          if (!stays && event.to !== to) to.append(event.item);
          if (to === event.from) afterwards(); else moveTo(event.item, stage);
        }
      });
    });
    var first = area.querySelector('.board-card[tabindex="0"]') || card(focused) || area.querySelector(".board-card");
    if (first) rove(first);
  }

  // Keyboard: one card of the board is in the tab order; arrows lead to the others. ----------------------
  function rove(one) {
    area.querySelectorAll('.board-card[tabindex="0"]').forEach(function (other) { other.tabIndex = -1; });
    one.tabIndex = 0;
  }
  function go(one) { if (one) { rove(one); one.focus(); one.scrollIntoView({ block: "nearest", inline: "nearest" }); } }
  function beside(one, step) {
    var all = columns(), at = all.indexOf(columnOf(one)), row = cardsOf(all[at]).indexOf(one);
    for (at += step; at >= 0 && at < all.length; at += step) {
      var there = cardsOf(all[at]);
      if (there.length) return there[Math.min(row, there.length - 1)];
    }
    return null;
  }
  area.addEventListener("keydown", function (event) {
    var one = event.target;
    if (!one.classList.contains("board-card") || event.ctrlKey || event.metaKey || event.altKey) return;
    var side = { ArrowLeft: -1, ArrowRight: 1 }[event.key], list = cardsOf(columnOf(one)), at = list.indexOf(one);
    var done = true;
    if (side && event.shiftKey) {
      var all = columns(), stage = all[all.indexOf(columnOf(one)) + side];
      if (mayMove && stage) moveTo(one, stage); else say(words.edge);
    } else if (side) go(beside(one, side));
    else if (event.key === "ArrowDown") go(list[at + 1]);
    else if (event.key === "ArrowUp") go(list[at - 1]);
    else if (event.key === "Home") go(list[0]);
    else if (event.key === "End") go(list[list.length - 1]);
    else if (event.key === "Enter") one.querySelector(".board-card-name").click();
    else if (mayMove && (event.key === "m" || event.key === "M")) open(one, "");
    else if (mayMove && event.key === " ") { var box = one.querySelector("[name=card]"); box.checked = !box.checked; count(); }
    else done = false;
    if (done) event.preventDefault();
  });
  area.addEventListener("focusin", function (event) {
    if (event.target.classList.contains("board-card")) rove(event.target);
  });
  area.addEventListener("click", function (event) {
    var menu = event.target.closest("[data-move]");
    if (!menu || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    open(menu.closest(".board-card"), "");
  });

  // Several ---------------------------------------------------------------------------------------------
  function count() {
    if (!bulk) return;
    var chosen = area.querySelectorAll("[name=card]:checked").length;
    bulk.querySelector(".board-chosen").textContent = chosen === 0 ? "" : chosen === 1 ? words.one : word("many", chosen);
  }
  area.addEventListener("change", count);
  if (bulk) bulk.addEventListener("reset", function () { window.setTimeout(count, 0); });

  // What others change ----------------------------------------------------------------------------------
  document.body.addEventListener("refreshed", function (event) {
    if (event.target !== live) return;
    var now = live.querySelector("[data-stamp]"), shown = board();
    if (now && shown && now.dataset.stamp !== shown.dataset.stamp) refresh();
  });
  // More cards of a column came in: they can be dragged and reached as the others.
  document.body.addEventListener("htmx:afterSwap", function (event) { if (area.contains(event.target)) count(); });

  setUp();
  count();
})();
