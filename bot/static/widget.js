/* The web chat: a custom element with a shadow root of its own, so that neither the site's style nor ours leaks.

   On any site:   <script src="https://GATEWAY/widget.js" data-widget="WIDGET" defer></script>
   Several:       one such line each, or <huntred-chat widget="WIDGET"></huntred-chat> where it should stand.
   A whole page:  mode="page", as /chat/WIDGET does.

   The gateway puts style and words in place of the two marks below. */
(() => {
  "use strict";
  if (customElements.get("huntred-chat")) {
    // The script is there once more for another widget.
    embed(document.currentScript);
    return;
  }

  const STYLE = "@STYLE@";
  const WORDS = "@WORDS@";
  const HOME = new URL(document.currentScript ? document.currentScript.src : location.href).origin;
  const MOST = 4096;
  let launched = 0;

  function embed(script) {
    const widget = script && script.dataset.widget;
    if (!widget) return;
    const put = () => {
      const chat = document.createElement("huntred-chat");
      chat.setAttribute("widget", widget);
      if (script.dataset.start) chat.setAttribute("start", script.dataset.start);
      document.body.append(chat);
    };
    if (document.body) put(); else addEventListener("DOMContentLoaded", put);
  }

  const el = (tag, className, text) => {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text !== undefined) node.textContent = text;
    return node;
  };

  const icon = (path) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    const drawn = document.createElementNS("http://www.w3.org/2000/svg", "path");
    drawn.setAttribute("d", path);
    svg.append(drawn);
    return svg;
  };
  const BUBBLE = "M4 5.5A2.5 2.5 0 0 1 6.5 3h11A2.5 2.5 0 0 1 20 5.5v8a2.5 2.5 0 0 1-2.5 2.5H11l-4.2 3.6a.5.5 0 0 1-.8-.4V16A2.5 2.5 0 0 1 4 13.5z";
  const ARROW = "M4.3 4.2a.8.8 0 0 1 1.1-.9l14.3 7.9a.9.9 0 0 1 0 1.6L5.4 20.7a.8.8 0 0 1-1.1-.9l1.6-6.4L13 12 5.9 10.6z";
  const CROSS = "M6.4 5 12 10.6 17.6 5 19 6.4 13.4 12l5.6 5.6-1.4 1.4-5.6-5.6L6.4 19 5 17.6l5.6-5.6L5 6.4z";

  const newId = () => (crypto.randomUUID ? crypto.randomUUID()
    : Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join(""));

  // Black or white, whichever reads better on this colour.
  function textOn(colour) {
    const found = /^#?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour || "");
    if (!found) return "#ffffff";
    const [r, g, b] = found.slice(1).map((part) => {
      const value = parseInt(part, 16) / 255;
      return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    const light = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    return (1.05 / (light + 0.05)) >= ((light + 0.05) / 0.053) ? "#ffffff" : "#0b1118";
  }

  // Text with line breaks, *strong* words and addresses that can be opened; never HTML.
  function rich(text) {
    const whole = document.createDocumentFragment();
    const pattern = /(https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]])|(?<![\w*])\*([^*\n]+)\*(?![\w*])/g;
    let at = 0;
    for (const found of text.matchAll(pattern)) {
      whole.append(text.slice(at, found.index));
      if (found[1]) {
        const link = el("a", "", found[1]);
        link.href = found[1];
        link.target = "_blank";
        link.rel = "noopener noreferrer";
        whole.append(link);
      } else {
        whole.append(el("strong", "", found[2]));
      }
      at = found.index + found[0].length;
    }
    whole.append(text.slice(at));
    return whole;
  }

  class HuntredChat extends HTMLElement {
    connectedCallback() {
      if (this.shadowRoot) return;
      this.widget = this.getAttribute("widget") || "";
      this.page = this.getAttribute("mode") === "page";
      this.place = this.page ? 0 : launched++;
      this.look = { name: "", tagline: "", light: "#334155", dark: "#94a3b8", logo: "", formal: false };
      this.messages = new Map();
      this.pending = new Map();
      this.tries = 0;
      const root = this.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      root.adoptedStyleSheets = [sheet];
      this.build(root);
      this.paint();
      if (this.page) this.show();
      else this.fetchLook();
      addEventListener("online", () => this.connect(true));
    }

    word(key, values = {}) {
      const text = (this.look.formal && WORDS[key + "_formal"]) || WORDS[key] || key;
      return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
    }

    build(root) {
      this.shell = el("div", this.page ? "shell page" : "shell floating");
      this.shell.style.setProperty("--place", String(this.place));
      this.launcher = el("button", "launcher");
      this.launcher.type = "button";
      this.launcher.append(icon(BUBBLE));
      this.launcher.hidden = true;
      this.launcher.setAttribute("aria-expanded", "false");
      this.launcher.addEventListener("click", () => (this.panel.hidden ? this.show() : this.hide()));
      this.panel = el("section", "panel");
      this.panel.hidden = true;
      this.panel.setAttribute("role", this.page ? "main" : "dialog");

      const head = el("header");
      this.badge = el("span", "badge");
      this.badge.setAttribute("aria-hidden", "true");
      const names = el("div", "names");
      this.heading = el(this.page ? "h1" : "h2");
      this.subtitle = el("p");
      names.append(this.heading, this.subtitle);
      head.append(this.badge, names);
      if (!this.page) {
        this.closer = el("button", "close");
        this.closer.type = "button";
        this.closer.append(icon(CROSS));
        this.closer.addEventListener("click", () => this.hide());
        head.append(this.closer);
      }

      this.state = el("p", "state");
      this.state.setAttribute("role", "status");
      this.log = el("div", "log");
      this.log.setAttribute("role", "log");
      this.log.setAttribute("aria-live", "polite");
      this.log.tabIndex = 0;

      this.form = el("form");
      this.field = el("textarea");
      this.field.rows = 1;
      this.field.maxLength = MOST;
      this.field.enterKeyHint = "send";
      this.field.autocomplete = "off";
      this.sender = el("button", "send");
      this.sender.type = "submit";
      this.sender.append(icon(ARROW));
      this.form.append(this.field, this.sender);
      this.form.addEventListener("submit", (event) => { event.preventDefault(); this.sendText(); });
      this.field.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.sendText(); }
      });
      this.field.addEventListener("input", () => this.grow());
      this.panel.addEventListener("keydown", (event) => {
        if (event.key === "Escape" && !this.page) { event.stopPropagation(); this.hide(); }
      });

      this.panel.append(head, this.state, this.log, this.form);
      this.shell.append(this.panel);
      if (!this.page) this.shell.append(this.launcher);
      root.append(this.shell);
    }

    paint() {
      const { name, tagline, light, dark, logo } = this.look;
      const style = this.shell.style;
      style.setProperty("--light", light);
      style.setProperty("--on-light", textOn(light));
      style.setProperty("--dark", dark);
      style.setProperty("--on-dark", textOn(dark));
      this.heading.textContent = name;
      this.subtitle.textContent = tagline || this.word("bot_note");
      this.badge.replaceChildren();
      if (logo) {
        const image = el("img");
        image.src = logo;
        image.alt = "";
        this.badge.append(image);
      } else {
        this.badge.textContent = (name.trim()[0] || "·").toUpperCase();
      }
      this.panel.setAttribute("aria-label", this.word("title", { name }));
      this.log.setAttribute("aria-label", this.word("log", { name }));
      this.launcher.setAttribute("aria-label", this.word("open", { name }));
      this.launcher.title = this.word("open", { name });
      if (this.closer) this.closer.setAttribute("aria-label", this.word("close"));
      this.field.placeholder = this.word("placeholder");
      this.field.setAttribute("aria-label", this.word("placeholder"));
      this.sender.setAttribute("aria-label", this.word("send"));
    }

    async fetchLook() {
      try {
        const answer = await fetch(`${HOME}/chat/${encodeURIComponent(this.widget)}/look.json`, { credentials: "omit" });
        if (!answer.ok) return;
        this.look = await answer.json();
        this.paint();
        this.launcher.hidden = false;
      } catch {
        // Not reachable, or not for this site: nothing is shown that could not be used.
        setTimeout(() => this.fetchLook(), 20000);
      }
    }

    show() {
      this.panel.hidden = false;
      this.launcher.setAttribute("aria-expanded", "true");
      this.wanted = true;
      this.connect();
      this.field.focus({ preventScroll: true });
      this.scrollDown();
    }

    hide() {
      this.panel.hidden = true;
      this.launcher.setAttribute("aria-expanded", "false");
      this.launcher.focus();
    }

    // ---- the socket

    key() { return `huntred-chat:${HOME}:${this.widget}`; }

    token(value) {
      try {
        if (value === undefined) return localStorage.getItem(this.key()) || this.memory || "";
        localStorage.setItem(this.key(), value);
      } catch { /* No storage here: the chat lives as long as the page. */ }
      this.memory = value ?? this.memory;
      return this.memory || "";
    }

    connect(now = false) {
      if (!this.wanted || (this.socket && this.socket.readyState <= WebSocket.OPEN)) return;
      if (this.timer && !now) return;
      clearTimeout(this.timer);
      this.timer = undefined;
      this.say(this.tries ? "reconnecting" : "connecting");
      const address = HOME.replace(/^http/, "ws") + `/chat/${encodeURIComponent(this.widget)}/socket`;
      const socket = new WebSocket(address);
      this.socket = socket;
      socket.addEventListener("open", () => {
        const start = this.getAttribute("start") || (this.page && new URLSearchParams(location.search).get("ref")) || "";
        socket.send(JSON.stringify({ type: "hello", token: this.token(), start }));
      });
      socket.addEventListener("message", (event) => this.hear(JSON.parse(event.data)));
      socket.addEventListener("close", () => {
        if (this.socket !== socket) return;
        this.live = false;
        this.tries += 1;
        this.say("reconnecting");
        const wait = Math.min(10000, 400 * 2 ** Math.min(this.tries, 5)) * (0.7 + Math.random() * 0.6);
        this.timer = setTimeout(() => { this.timer = undefined; this.connect(); }, wait);
      });
    }

    hear(data) {
      if (data.type === "session") {
        this.token(data.token);
        this.look = data.look;
        this.live = true;
        this.tries = 0;
        this.say("");
        this.messages.clear();
        for (const message of data.history) this.messages.set(message.id, message);
        // What the gateway knows already is no longer ours to bring.
        for (const id of [...this.pending.keys()]) if (this.messages.has(id)) this.pending.delete(id);
        this.paint();
        this.redraw();
        for (const sent of this.pending.values()) this.transmit(sent);
      } else if (data.type === "message") {
        if (this.messages.has(data.message.id)) return;
        this.messages.set(data.message.id, data.message);
        this.redraw();
      } else if (data.type === "stored") {
        const sent = this.pending.get(data.id);
        this.pending.delete(data.id);
        if (sent) this.messages.set(data.id, sent.message);
        this.say("");
        this.redraw();
      } else if (data.type === "wait") {
        this.say("slow_down");
        const sent = this.pending.get(data.id);
        if (sent) setTimeout(() => this.transmit(sent), data.seconds * 1000);
      } else if (data.type === "error") {
        const sent = this.pending.get(data.id);
        if (sent) sent.message.failed = true;
        this.say(data.code === "too_long" ? "too_long" : "not_sent");
        this.redraw();
      }
    }

    say(key) {
      this.state.textContent = key ? this.word(key) : "";
      this.state.hidden = !key;
    }

    transmit(sent) {
      if (this.live && this.pending.has(sent.body.id) && !sent.message.failed) this.socket.send(JSON.stringify(sent.body));
    }

    send(body, text, kind = body.type) {
      const id = newId();
      const message = { id, direction: "in", kind, text, at: Date.now() / 1000 };
      const sent = { body: { ...body, id }, message };
      this.pending.set(id, sent);
      this.redraw(true);
      this.transmit(sent);
      if (!this.live) this.connect(true);
    }

    sendText() {
      const text = this.field.value.trim();
      if (!text) return;
      this.field.value = "";
      this.grow();
      this.send({ type: "text", text }, text);
      this.field.focus();
    }

    sendLocation(button) {
      const sorry = () => { button.disabled = false; this.say("no_location"); };
      if (!navigator.geolocation) { sorry(); return; }
      button.disabled = true;
      navigator.geolocation.getCurrentPosition((found) => {
        const { latitude, longitude } = found.coords;
        this.send({ type: "location", latitude, longitude }, "", "location");
      }, sorry, { timeout: 15000 });
    }

    // ---- drawing

    redraw(force = false) {
      const nearEnd = force || this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 160;
      const all = [...this.messages.values(), ...[...this.pending.values()].map((sent) => sent.message)]
        .sort((one, other) => one.at - other.at);
      const last = all[all.length - 1];
      // What was drawn and has not changed stays, so that a screen reader hears only what is new.
      const kept = new Map([...this.log.children].map((node) => [node.dataset.id, node]));
      let day = "";
      const wanted = [];
      for (const message of all) {
        const date = new Date(message.at * 1000);
        const label = this.day(date);
        if (label !== day) {
          day = label;
          wanted.push([`day-${label}`, "", () => el("p", "day", label)]);
        }
        const state = [this.pending.has(message.id), !!message.failed, message === last].join();
        wanted.push([message.id, state, () => this.bubble(message, message === last)]);
      }
      let before = null;
      for (const [id, state, draw] of wanted) {
        let node = kept.get(id);
        kept.delete(id);
        if (!node || node.dataset.state !== state) {
          const fresh = draw();
          fresh.dataset.id = id;
          fresh.dataset.state = state;
          if (node) node.replaceWith(fresh);
          node = fresh;
        }
        const next = before ? before.nextSibling : this.log.firstChild;
        if (node !== next) this.log.insertBefore(node, next);
        before = node;
      }
      for (const node of kept.values()) node.remove();
      if (nearEnd) this.scrollDown();
    }

    day(date) {
      const midnight = (value) => new Date(value.getFullYear(), value.getMonth(), value.getDate()).getTime();
      const days = Math.round((midnight(new Date()) - midnight(date)) / 86400000);
      if (days === 0) return this.word("today");
      if (days === 1) return this.word("yesterday");
      return date.toLocaleDateString("es-MX", { weekday: "long", day: "numeric", month: "long" });
    }

    bubble(message, last) {
      const own = message.direction === "in";
      const item = el("article", own ? "item own" : "item");
      const body = el("div", "bubble");
      if (message.author === "consultant") body.append(el("p", "author", this.word("consultant")));
      if (message.header) body.append(el("p", "header", message.header));
      if (message.kind === "image" && message.url) body.append(this.image(message));
      const text = message.text || (own ? this.word({ location: "location", image: "image" }[message.kind] || "file") : "");
      if (text) {
        const paragraph = el("p", "text");
        paragraph.append(rich(text));
        body.append(paragraph);
      }
      if ((message.kind === "link" || message.kind === "document") && message.url) body.append(this.link(message));
      if (message.footer) body.append(el("p", "footer", message.footer));
      item.append(body);
      if (!own && last) {
        if (message.kind === "location_request") item.append(this.locationButton());
        if (message.options) item.append(message.multiple ? this.checks(message) : this.buttons(message));
      }
      const time = el("time", "", new Date(message.at * 1000).toLocaleTimeString("es-MX", { hour: "2-digit", minute: "2-digit" }));
      if (message.failed) time.textContent = this.word("not_sent");
      else if (this.pending.has(message.id)) time.textContent = this.word("waiting");
      item.append(time);
      return item;
    }

    image(message) {
      const image = el("img", "picture");
      image.src = message.url;
      image.alt = message.text || this.word("image");
      image.addEventListener("load", () => this.scrollDown());
      return image;
    }

    link(message) {
      const address = el("a", "action", message.url_title || message.filename
        || this.word(message.kind === "document" ? "download" : "open_link"));
      if (/^https?:\/\//i.test(message.url)) address.href = message.url;
      address.target = "_blank";
      address.rel = "noopener noreferrer";
      return address;
    }

    locationButton() {
      const group = el("div", "options");
      const button = el("button", "option", this.word("share_location"));
      button.type = "button";
      button.addEventListener("click", () => this.sendLocation(button));
      group.append(button);
      return group;
    }

    buttons(message) {
      const long = message.options.some((option) => option.description || option.section) || message.options.length > 4;
      const group = el("div", long ? "options list" : "options");
      group.setAttribute("role", "group");
      group.setAttribute("aria-label", this.word("options"));
      let section = "";
      for (const option of message.options) {
        if (option.section && option.section !== section) {
          section = option.section;
          group.append(el("p", "section", section));
        }
        const button = el("button", "option");
        button.type = "button";
        button.append(el("span", "name", option.title));
        if (option.description) button.append(el("span", "description", option.description));
        button.addEventListener("click", () => {
          this.send({ type: "option", option_id: option.id, text: option.title }, option.title);
          this.field.focus({ preventScroll: true });
        });
        group.append(button);
      }
      return group;
    }

    checks(message) {
      const group = el("form", "options list checks");
      group.setAttribute("aria-label", this.word("options"));
      for (const option of message.options) {
        const label = el("label", "option");
        const box = el("input");
        box.type = "checkbox";
        box.value = option.title;
        const words = el("span", "words");
        words.append(el("span", "name", option.title));
        if (option.description) words.append(el("span", "description", option.description));
        label.append(box, words);
        group.append(label);
      }
      const done = el("button", "confirm", this.word("send_choice"));
      done.type = "submit";
      done.disabled = true;
      group.addEventListener("change", () => { done.disabled = !group.querySelector("input:checked"); });
      group.addEventListener("submit", (event) => {
        event.preventDefault();
        const text = [...group.querySelectorAll("input:checked")].map((box) => box.value).join(", ");
        if (text) this.send({ type: "text", text }, text);
      });
      group.append(done);
      return group;
    }

    grow() {
      this.field.style.height = "auto";
      this.field.style.height = `${Math.min(this.field.scrollHeight, 140)}px`;
    }

    scrollDown() { requestAnimationFrame(() => { this.log.scrollTop = this.log.scrollHeight; }); }
  }

  customElements.define("huntred-chat", HuntredChat);
  embed(document.currentScript);
})();
