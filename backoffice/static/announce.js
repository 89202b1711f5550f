// On every page: who waits for a person, by title, sound and a line at the corner; and that a page is open.
// One page of all that a browser has open listens and sounds (a lock); it tells the others what it has heard.
(function () {
  "use strict";
  var box = document.getElementById("announce");
  if (!box) return;
  var token = document.querySelector('meta[name="csrf-token"]');
  var title = document.title, known = null, waiting = [];
  var channel = window.BroadcastChannel ? new BroadcastChannel("huntred") : null;
  var leading = false, source = null, last = "", soon = null, renewing = null;

  function read(name) {
    try { return JSON.parse(localStorage.getItem("announce:" + name)) || []; } catch (error) { return []; }
  }
  function keep(name, ids) {
    try { localStorage.setItem("announce:" + name, JSON.stringify(ids.slice(-200))); } catch (error) { /* told again */ }
  }

  // What is shown -----------------------------------------------------------------------------------------
  function show(state) {
    waiting = state.announce ? state.waiting : [];
    document.title = (waiting.length ? "(" + waiting.length + ") " : "") + title;
    box.textContent = "";
    // The inbox has them in its list; a line at the corner would lie over what one writes.
    if (document.querySelector("[data-inbox]")) return;
    var dismissed = read("dismissed");
    var told = waiting.filter(function (one) { return dismissed.indexOf(one.handoff) < 0; });
    if (told.length) box.appendChild(line(told));
  }
  function line(told) {
    var row = document.createElement("div"), link = document.createElement("a"), shut = document.createElement("button");
    row.className = "announce-line";
    var words = document.createElement("span");
    words.textContent = told.length === 1 ? (told[0].name || box.dataset.unnamed) + " " + box.dataset.one : told.length + " " + box.dataset.many;
    link.href = told.length === 1 ? box.dataset.open + told[0].conversation : box.dataset.all;
    link.className = "btn btn-sm btn-primary";
    link.textContent = box.dataset.openText;
    shut.type = "button";
    shut.className = "btn-close";
    shut.setAttribute("aria-label", box.dataset.dismissText);
    shut.addEventListener("click", function () { 
      keep("dismissed", read("dismissed").concat(told.map(function (one) { return one.handoff; })));
      row.remove();
    });
    row.append(words, link, shut);
    return row;
  }
  // Two short notes; a browser that wants a gesture first plays them at the next one that is told.
  var audio = null;
  function sound() {
    var Audio = window.AudioContext || window.webkitAudioContext;
    if (!Audio) return;
    audio = audio || new Audio();
    audio.resume().then(function () {
      [[0, 660], [0.18, 880]].forEach(function (note) {
        var tone = audio.createOscillator(), volume = audio.createGain(), at = audio.currentTime + note[0];
        tone.frequency.value = note[1];
        volume.gain.setValueAtTime(0.0001, at);
        volume.gain.exponentialRampToValueAtTime(0.2, at + 0.02);
        volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.3);
        tone.connect(volume).connect(audio.destination);
        tone.start(at);
        tone.stop(at + 0.32);
      });
      box.dataset.sounded = String(Number(box.dataset.sounded || 0) + 1);
    }).catch(function () { /* title and line have said it */ });
  }

  // Who listens -------------------------------------------------------------------------------------------
  function tell(message) { if (channel) channel.postMessage(message); }
  function ask() {
    return fetch(box.dataset.waiting, { headers: { "HX-Request": "true" }, credentials: "same-origin" })
      .then(function (reply) { return reply.ok ? reply.json() : null; })
      .then(function (state) {
        if (!state) return;
        show(state);
        tell({ kind: "waiting", state: state });
        var ids = state.waiting.map(function (one) { return one.handoff; }), heard = read("heard");
        var fresh = ids.filter(function (id) { return heard.indexOf(id) < 0; });
        // What waited before the first page was opened is shown, and not rung.
        if (fresh.length && known !== null && state.announce && state.sound) sound();
        if (fresh.length) keep("heard", heard.concat(fresh));
        known = ids;
      })
      .catch(function () { /* the next nudge tries again */ });
  }
  function nudged() {
    window.clearTimeout(soon);
    soon = window.setTimeout(function () {
      ask();
      tell({ kind: "nudge" });
      document.dispatchEvent(new CustomEvent("units-changed"));
    }, 150);
  }
  function listen() {
    window.clearTimeout(renewing);
    if (source) source.close();
    fetch(box.dataset.token, { headers: { "HX-Request": "true" }, credentials: "same-origin" })
      .then(function (reply) {
        if (reply.status === 401 || reply.status === 404) return null;
        return reply.ok ? reply.json() : Promise.reject(new Error("token"));
      })
      .then(function (answer) {
        if (!answer) return;
        source = new EventSource("/live?token=" + encodeURIComponent(answer.token) + "&last=" + encodeURIComponent(last));
        ["here", "changed"].forEach(function (kind) {
          source.addEventListener(kind, function (event) { last = event.lastEventId; box.dataset.listening = "on"; nudged(); });
        });
        source.addEventListener("expired", listen);
        source.onerror = function () { if (source.readyState === EventSource.CLOSED) later(); };
      })
      .catch(later);
  }
  function later() { window.clearTimeout(renewing); renewing = window.setTimeout(listen, 3000); }
  function lead() {
    leading = true;
    ask();
    listen();
    present();
    window.setInterval(present, 60000);
    return new Promise(function () { /* until this page is gone */ });
  }
  function present() {
    fetch(box.dataset.presence, {
      method: "POST", credentials: "same-origin", headers: { "X-CSRFToken": token ? token.content : "", "HX-Request": "true" }
    }).catch(function () { /* said again in a minute */ });
  }
  if (channel) {
    channel.onmessage = function (event) {
      var said = event.data;
      if (said.kind === "waiting" && !leading) show(said.state);
      if (said.kind === "nudge" && !leading) document.dispatchEvent(new CustomEvent("units-changed"));
      // Another page looks at other units than this one's stream: the next token is of what is chosen now.
      if (said.kind === "here" && leading) { if (said.scope !== box.dataset.scope) { box.dataset.scope = said.scope; last = ""; listen(); } ask(); }
    };
    tell({ kind: "here", scope: box.dataset.scope });
  }
  if (navigator.locks) navigator.locks.request("huntred-announce", lead); else lead();
  window.addEventListener("pagehide", function () { if (source) source.close(); });
})();
