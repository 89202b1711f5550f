// The calendar: an interview is dragged, or carried by keys, to another time, which opens the dialog that proposes it.
// Nothing moves here: the server answers, and the candidate decides.
(function () {
  "use strict";
  var area = document.getElementById("cal-area");
  if (!area) return;
  var mayMove = area.dataset.mayMove === "1";
  var dialog = document.getElementById("cal-dialog"), said = document.getElementById("cal-said"), live = document.getElementById("cal-live");
  var csrf = document.querySelector('meta[name="csrf-token"]').content, words = {};
  document.getElementById("cal-words").content.querySelectorAll("[data-word]").forEach(function (word) { words[word.dataset.word] = word.textContent; });
  var ghost = null, carried = null, stale = false, QUARTER = 15;

  function say(text) { said.textContent = ""; window.setTimeout(function () { said.textContent = text; }, 30); }
  function two(number) { return (number < 10 ? "0" : "") + number; }
  function clock(minutes) { return two(Math.floor(minutes / 60)) + ":" + two(minutes % 60); }
  function days() { return Array.from(area.querySelectorAll("[data-day]")); }
  function grid() { return area.querySelector(".cal-grid"); }
  function events() { return Array.from(area.querySelectorAll(".cal-event")).filter(function (one) { return one.offsetParent; }); }
  function startOf(one) {
    var parts = one.dataset.start.split("T"), time = parts[1].split(":");
    return { day: parts[0], minutes: Number(time[0]) * 60 + Number(time[1]) };
  }
  function ask(url, options) {
    options = options || {};
    options.headers = { "HX-Request": "true", "X-CSRFToken": csrf };
    options.credentials = "same-origin";
    return fetch(url, options).then(function (answer) {
      if (answer.status === 401) { location.reload(); return new Promise(function () {}); }
      return answer.text().then(function (text) { return { answer: answer, text: text }; });
    });
  }

  // The dialog -------------------------------------------------------------------------------------------
  function propose(one, day, minutes) {
    var url = new URL(one.dataset.move, location.href);
    if (day) url.searchParams.set("to", day + "T" + clock(minutes));
    url.searchParams.set("back", location.pathname + location.search);
    return ask(url).then(function (got) {
      if (got.answer.status !== 200) { say(words.offline); return; }
      dialog.innerHTML = got.text;
      dialog.dataset.id = one.dataset.id;
      if (!dialog.open) dialog.showModal();
      dialog.querySelector("[type=submit]").focus();
    }, function () { say(words.offline); });
  }
  dialog.addEventListener("click", function (event) {
    if (event.target === dialog || event.target.closest("[data-close]")) { event.preventDefault(); dialog.close(); }
  });
  dialog.addEventListener("close", function () {
    var one = area.querySelector('[data-id="' + dialog.dataset.id + '"]');
    dialog.replaceChildren();
    drop();
    if (stale) take();
    if (one) one.focus();
  });
  dialog.addEventListener("submit", function (event) {
    var form = event.target;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) }).then(function (got) {
      var to = got.answer.headers.get("HX-Redirect");
      if (to) { location.assign(to); return; }
      if (got.answer.status === 200) dialog.innerHTML = got.text; else say(words.offline);
    }, function () { say(words.offline); });
  }, true);

  // Where it would go ------------------------------------------------------------------------------------
  function drop() {
    if (ghost) ghost.remove();
    days().forEach(function (day) { day.classList.remove("cal-drop"); });
    if (carried) carried.one.classList.remove("cal-dragged");
    area.classList.remove("cal-dragging");
    ghost = carried = null;
  }
  function place(one, day, minutes) {
    var section = area.querySelector('[data-day="' + day + '"]');
    if (!section) return false;
    var column = section.querySelector(".cal-column"), length = Number(one.dataset.minutes);
    if (carried === null) { carried = { one: one }; one.classList.add("cal-dragged"); }
    if (column && grid()) {
      var first = Number(grid().dataset.firstHour) * 60, rows = area.querySelectorAll(".cal-hour").length * 60 / QUARTER;
      var row = Math.round((minutes - first) / QUARTER), span = Math.max(1, Math.ceil(length / QUARTER));
      if (row < 0 || row + span > rows) return false;
      if (!ghost) ghost = document.createElement("div");
      ghost.className = "cal-ghost at-" + row + " len-" + span;
      ghost.textContent = clock(minutes);
      column.append(ghost);
    } else {
      days().forEach(function (other) { other.classList.toggle("cal-drop", other === section); });
    }
    carried.day = day;
    carried.minutes = minutes;
    return true;
  }
  function spot(one, x, y, lift) {
    var section = days().find(function (day) {
      var box = day.getBoundingClientRect();
      return x >= box.left && x < box.right && (!grid() ? y >= box.top && y < box.bottom : true);
    });
    if (!section) return;
    var column = section.querySelector(".cal-column"), minutes = startOf(one).minutes;
    if (column && grid()) {
      var box = column.getBoundingClientRect(), hour = area.querySelector(".cal-hour").getBoundingClientRect().height;
      minutes = Number(grid().dataset.firstHour) * 60 + Math.round((y - lift - box.top) / (hour / 4)) * QUARTER;
    }
    place(one, section.dataset.day, minutes);
  }

  // By mouse, and by a finger that is held ---------------------------------------------------------------
  var pressed = null, dragged = false;
  area.addEventListener("pointerdown", function (event) {
    var one = event.target.closest(".cal-event[data-move]");
    dragged = false;
    if (!one || event.button !== 0 || area.querySelector(".cal-view-agenda") || window.matchMedia("(max-width: 767.98px)").matches) return;
    drop();
    pressed = { one: one, x: event.clientX, y: event.clientY, lift: event.clientY - one.getBoundingClientRect().top, active: false };
    if (event.pointerType === "touch") pressed.timer = window.setTimeout(function () { if (pressed) begin(); }, 250);
  });
  function begin() { pressed.active = dragged = true; area.classList.add("cal-dragging"); }
  document.addEventListener("pointermove", function (event) {
    if (!pressed) return;
    var far = Math.abs(event.clientX - pressed.x) + Math.abs(event.clientY - pressed.y) > 6;
    if (!pressed.active) {
      if (!far) return;
      if (pressed.timer) { window.clearTimeout(pressed.timer); pressed = null; return; }
      begin();
    }
    spot(pressed.one, event.clientX, event.clientY, pressed.lift);
  });
  document.addEventListener("touchmove", function (event) { if (pressed && pressed.active) event.preventDefault(); }, { passive: false });
  function release(cancelled) {
    if (!pressed) return;
    window.clearTimeout(pressed.timer);
    var was = pressed;
    pressed = null;
    if (!was.active) return;
    settle(was.one, cancelled);
  }
  function settle(one, cancelled) {
    var from = startOf(one);
    if (cancelled || !carried || !carried.day || (carried.day === from.day && carried.minutes === from.minutes)) { drop(); if (stale) take(); return; }
    propose(one, carried.day, carried.minutes);
  }
  document.addEventListener("pointerup", function () { release(false); });
  document.addEventListener("pointercancel", function () { release(true); });
  area.addEventListener("click", function (event) {
    if (dragged) { event.preventDefault(); dragged = false; }
  }, true);
  area.addEventListener("dragstart", function (event) { event.preventDefault(); });

  // By keyboard ------------------------------------------------------------------------------------------
  function beside(one, step) {
    var all = days(), at = all.findIndex(function (day) { return day.contains(one); });
    for (at += step; at >= 0 && at < all.length; at += step) {
      var first = Array.from(all[at].querySelectorAll(".cal-event")).find(function (other) { return other.offsetParent; });
      if (first) return first;
    }
    return null;
  }
  function carry(one, key) {
    var now = carried && carried.day ? carried : startOf(one), all = days().map(function (day) { return day.dataset.day; });
    var day = now.day, minutes = now.minutes, at = all.indexOf(day);
    if (key === "ArrowLeft") day = all[at - 1];
    else if (key === "ArrowRight") day = all[at + 1];
    else if (!grid()) day = all[at + (key === "ArrowUp" ? -7 : 7)];
    else minutes += key === "ArrowUp" ? -QUARTER : QUARTER;
    if (!day || !place(one, day, minutes)) return;
    var label = area.querySelector('[data-day="' + day + '"]').getAttribute("aria-label");
    say(words.to.replace("%1", label).replace("%2", clock(minutes)));
  }
  area.addEventListener("keydown", function (event) {
    var one = event.target;
    if (!one.classList.contains("cal-event") || event.ctrlKey || event.metaKey || event.altKey) return;
    var list = events(), at = list.indexOf(one), arrow = event.key.indexOf("Arrow") === 0, done = true, to = null;
    if (carried && event.key === "Escape") { drop(); say(words.kept); if (stale) take(); }
    else if (carried && event.key === "Enter") settle(one, false);
    else if (arrow && (event.shiftKey || carried)) { if (mayMove && one.dataset.move) carry(one, event.key); else say(words.fixed); }
    else if (event.key === "ArrowDown") to = list[at + 1];
    else if (event.key === "ArrowUp") to = list[at - 1];
    else if (arrow) to = beside(one, event.key === "ArrowLeft" ? -1 : 1);
    else if (event.key === "m" || event.key === "M") { if (one.dataset.move) propose(one, "", 0); else say(words.fixed); }
    else done = false;
    if (to) to.focus();
    if (done) { event.preventDefault(); event.stopPropagation(); }
  });
  area.addEventListener("focusout", function (event) { if (carried && !pressed && event.target === carried.one && !dialog.open && event.relatedTarget) drop(); });
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || dialog.open) return;
    if (event.target.closest("input, select, textarea, [contenteditable], dialog")) return;
    var link = document.querySelector('[data-key="' + event.key.toLowerCase().replace(/[^a-z0-9]/g, "") + '"]');
    if (link) { event.preventDefault(); link.click(); }
  });

  // What others change -----------------------------------------------------------------------------------
  function take() {
    var fresh = live.querySelector("[data-stamp]"), shown = area.querySelector("[data-stamp]");
    stale = false;
    if (!fresh || (shown && fresh.dataset.stamp === shown.dataset.stamp)) { live.replaceChildren(); return; }
    if (pressed || carried || dialog.open) { stale = true; return; }
    var focused = area.contains(document.activeElement) ? document.activeElement.dataset.id : "";
    area.replaceChildren.apply(area, Array.from(live.childNodes));
    var again = focused && area.querySelector('[data-id="' + focused + '"]');
    if (again) again.focus({ preventScroll: true });
  }
  document.body.addEventListener("refreshed", function (event) { if (event.target === live) take(); });
})();
