// The test phone: draws the chats of the stand-ins and acts as a person through the control API.
"use strict";
const $ = (id) => document.getElementById(id);
const CHANNELS = { whatsapp: "WhatsApp", telegram: "Telegram", messenger: "Messenger", instagram: "Instagram", slack: "Slack", x: "X" };
let accounts = [], sequence = 0, drawn = "";

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
}
async function get(path) { return (await fetch(path)).json(); }
async function post(path, body) {
  const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const data = await answer.json();
  if (!answer.ok) throw new Error(data.error);
  return data;
}
const account = () => accounts.find((item) => item.key === $("account").value);
const person = () => ({ account: $("account").value, user: $("user").value.replace(/\D/g, ""), name: $("name").value });

async function act(path, body) {
  try {
    await post(path, { ...person(), ...body });
    $("problem").hidden = true;
  } catch (problem) {
    $("problem").textContent = `No se pudo enviar: ${problem.message}`;
    $("problem").hidden = false;
  }
}
const send = (kind, values) => act("/control/send", { kind, ...values });
const press = (bubble, option) => act("/control/press", { option: option.id, message_id: bubble.id });

function clockTime(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString("es-MX", { hour: "2-digit", minute: "2-digit" });
}
const TICKS = { accepted: "🕓", sent: "✓", delivered: "✓✓", read: "✓✓", failed: "⚠ no entregado" };
const KINDS = { audio: "🎤 Nota de voz", video: "🎬 Video", sticker: "⭐ Sticker", document: "📄 ", image: "🖼️ Imagen", unsupported: "Mensaje no admitido" };

function media(bubble) {
  const file = bubble.media;
  if (bubble.kind === "location") {
    return make("div", { className: "media" }, `📍 ${bubble.text || "Ubicación"}\n${file.latitude}, ${file.longitude}`);
  }
  if (bubble.kind === "image" && (file.id || file.link)) {
    const image = make("img", { alt: bubble.text || "Imagen", src: file.link || `/control/file/${file.id}` });
    return make("div", { className: "media" }, image);
  }
  if (KINDS[bubble.kind]) {
    const label = KINDS[bubble.kind] + (bubble.kind === "document" ? file.filename || file.link || "Documento" : "");
    const address = file.link || (file.id && `/control/file/${file.id}`);
    return make("div", { className: "media" }, address ? make("a", { href: address, target: "_blank", rel: "noreferrer" }, label) : label);
  }
  return null;
}

function draw(bubble) {
  const item = make("li", { className: bubble.outgoing ? "" : "mine" });
  const box = make("div", { className: "bubble" });
  if (bubble.header) box.append(make("div", { className: "head" }, bubble.header));
  const attached = media(bubble);
  if (attached) box.append(attached);
  if (bubble.text && bubble.kind !== "location") box.append(make("div", {}, bubble.text));
  if (bubble.footer) box.append(make("div", { className: "foot" }, bubble.footer));
  const meta = make("div", { className: "meta" }, `${bubble.edited ? "editado · " : ""}${clockTime(bubble.at)} `);
  if (TICKS[bubble.status]) meta.append(make("span", { className: bubble.status, title: bubble.status }, TICKS[bubble.status]));
  box.append(meta);
  item.append(box);
  if (!bubble.outgoing) return item;
  const options = make("div", { className: "options" });
  for (const link of bubble.links) options.append(make("a", { href: link.url, target: "_blank", rel: "noreferrer" }, `↗ ${link.title}`));
  if (bubble.kind === "list") {
    options.append(make("button", { type: "button", onclick: () => openList(bubble) }, `☰ ${bubble.list_button}`));
  } else if (bubble.kind === "location_request" && !bubble.options.length) {
    options.append(make("button", { type: "button", onclick: () => { $("tray").hidden = false; } }, "📍 Enviar ubicación"));
  } else {
    for (const option of bubble.options.filter((each) => !["keyboard", "location"].includes(each.section))) {
      const button = make("button", { type: "button", onclick: () => press(bubble, option) }, option.title);
      if (bubble.kind === "cards" && option.description) button.append(make("small", {}, ` ${option.description}`));
      options.append(button);
    }
  }
  if (options.children.length) item.append(options);
  return item;
}

function openList(bubble) {
  $("sheet-title").textContent = bubble.list_button;
  let section = "";
  $("sheet-rows").replaceChildren();
  for (const option of bubble.options) {
    if (option.section && option.section !== section) $("sheet-rows").append(make("h3", {}, option.section));
    section = option.section;
    const row = make("button", { type: "button" }, option.title);
    if (option.description) row.append(make("small", {}, option.description));
    row.onclick = () => { $("sheet").close(); press(bubble, option); };
    $("sheet-rows").append(row);
  }
  $("sheet").showModal();
}

function drawKeyboard(messages) {
  const last = messages.filter((bubble) => bubble.outgoing).at(-1);
  const buttons = last ? last.options.filter((each) => ["keyboard", "location"].includes(each.section)) : [];
  $("keyboard").replaceChildren(...buttons.map((option) => make("button", {
    type: "button",
    onclick: () => option.section === "location" ? ($("tray").hidden = false) : press(last, option),
  }, option.title)));
  $("keyboard").hidden = !buttons.length;
}

async function drawChat() {
  const chosen = account(), who = person();
  document.body.className = chosen.channel;
  $("title").textContent = chosen.name;
  $("subtitle").textContent = `${CHANNELS[chosen.channel]} · ${chosen.address}`;
  $("avatar").textContent = chosen.name[0].toUpperCase();
  $("user-label").textContent = chosen.channel === "whatsapp" ? "Tu número (con lada, sin +)" : `Tu id de ${CHANNELS[chosen.channel]}`;
  const chat = await get(`/control/chat?account=${encodeURIComponent(who.account)}&user=${who.user}`);
  const state = JSON.stringify([who.account, who.user, chat.messages]);
  if (state === drawn) return;
  drawn = state;
  $("bubbles").replaceChildren(...chat.messages.map(draw));
  drawKeyboard(chat.messages);
  $("bubbles").scrollTop = $("bubbles").scrollHeight;
  const notes = (await get("/control/notes")).filter((note) => note.kind === "typing" && note.user === who.user);
  const lastOut = chat.messages.filter((bubble) => bubble.outgoing).at(-1);
  $("typing").hidden = !notes.length || (lastOut && lastOut.at >= notes.at(-1).at);
}

async function drawChats() {
  const chats = await get("/control/chats");
  if (!chats.length) return;
  $("chats").replaceChildren(...chats.reverse().map((chat) => make("li", {}, make("button", {
    type: "button",
    onclick: () => { $("account").value = chat.account; $("user").value = chat.user; $("name").value = chat.name; drawChat(); },
  }, `${chat.name} · ${chat.account}`, make("small", {}, chat.last.slice(0, 60))))));
}

async function drawMails() {
  const mails = (await get("/mail")).reverse();
  $("mail-count").textContent = mails.length;
  $("mail-count").hidden = !mails.length;
  const rows = mails.map((mail) => make("li", {}, make("button", { type: "button", onclick: () => openMail(mail) },
    make("strong", {}, mail.subject), make("small", {}, `Para ${mail.recipients.join(", ")} · ${clockTime(mail.at)}`))));
  $("mails").replaceChildren(...(rows.length ? rows : [make("li", { className: "empty" }, "Aquí llegan los correos que manda la plataforma.")]));
}

function openMail(mail) {
  const parts = [make("h2", {}, mail.subject), make("p", {}, `De ${mail.from}`, make("br"), `Para ${mail.to || mail.recipients.join(", ")}`)];
  if (mail.html) parts.push(make("iframe", { sandbox: "allow-popups", srcdoc: mail.html, title: mail.subject }));
  if (mail.text) parts.push(linked(mail.text));
  mail.attachments.forEach((file, index) => parts.push(make("p", {}, "📎 ",
    make("a", { href: `/mail/${mail.id}/attachments/${index}`, target: "_blank", rel: "noreferrer" }, `${file.filename} (${file.size} bytes)`))));
  $("letter").replaceChildren(...parts);
}

function linked(text) {
  const pre = make("pre");
  for (const piece of text.split(/(https?:\/\/\S+)/)) {
    pre.append(/^https?:/.test(piece) ? make("a", { href: piece, target: "_blank", rel: "noreferrer" }, piece) : piece);
  }
  return pre;
}

async function drawRules() {
  const broken = (await get("/control/violations")).reverse();
  $("rule-count").textContent = broken.length;
  $("rule-count").hidden = !broken.length;
  const rows = broken.map((each) => make("li", {}, make("span", { className: "tag" }, `${each.kind} ${each.code}`), ` ${each.account} ${each.user}`,
    make("div", {}, each.detail), make("pre", {}, JSON.stringify(each.request, null, 1))));
  $("violations").replaceChildren(...(rows.length ? rows : [make("li", { className: "empty" }, "Ninguna. Así debe quedarse.")]));
}

const drawAll = () => Promise.all([drawChat(), drawChats(), drawMails(), drawRules()]);
async function follow() {
  for (;;) {
    try {
      sequence = (await get(`/control/changes?after=${sequence}&timeout=20`)).sequence;
      await drawAll();
    } catch { await new Promise((resolve) => setTimeout(resolve, 1000)); }
  }
}

function pickFile(kind) {
  $("file").accept = { image: "image/*", audio: "audio/*", document: ".pdf,.docx,.doc,.txt" }[kind];
  $("file").onchange = () => {
    const [file] = $("file").files;
    if (!file) return;
    const reader = new FileReader();
    reader.onload = () => send(kind, { content: reader.result.split(",")[1], content_type: file.type || "application/octet-stream", filename: file.name });
    reader.readAsDataURL(file);
    $("file").value = "";
    $("tray").hidden = true;
  };
  $("file").click();
}

function sendPlace(place) {
  const [latitude, longitude, ...name] = place.split(",");
  if (Number.isNaN(Number(latitude)) || Number.isNaN(Number(longitude))) return;
  send("location", { latitude: Number(latitude), longitude: Number(longitude), place: name.join(",").trim() });
  $("tray").hidden = true;
}

for (const tab of document.querySelectorAll("[role=tab]")) {
  tab.onclick = () => {
    for (const other of document.querySelectorAll("[role=tab]")) {
      other.setAttribute("aria-selected", String(other === tab));
      $(other.getAttribute("aria-controls")).hidden = other !== tab;
    }
  };
}
$("composer").onsubmit = (event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  if (text) send("text", { text });
  $("text").value = "";
};
$("attach").onclick = () => {
  $("tray").hidden = !$("tray").hidden;
  $("attach").setAttribute("aria-expanded", String(!$("tray").hidden));
};
for (const button of document.querySelectorAll("[data-place]")) button.onclick = () => sendPlace(button.dataset.place);
for (const button of document.querySelectorAll("[data-file]")) button.onclick = () => pickFile(button.dataset.file);
$("own-place").onclick = () => sendPlace(prompt("Latitud y longitud, con coma en medio:", "19.43,-99.13") || "");
$("contact").onclick = () => { send("contacts", { contact_name: $("name").value, phone: `+${person().user}` }); $("tray").hidden = true; };
$("sticker").onclick = () => { send("sticker", { content: "UklGRiQAAABXRUJQ", content_type: "image/webp" }); $("tray").hidden = true; };
$("new-person").onclick = () => {
  $("user").value = account().channel === "whatsapp" ? "52155" + String(Math.random()).slice(2, 10) : String(Math.random()).slice(2, 11);
  $("name").value = ["Luz Hernández", "Diego Ramírez", "Marisol Cruz", "Andrés Peña", "Guadalupe Solís"][Math.floor(Math.random() * 5)];
  drawChat();
};
$("who").onsubmit = (event) => event.preventDefault();
for (const id of ["account", "user", "name"]) $(id).onchange = drawChat;

(async () => {
  accounts = await get("/control/accounts");
  $("account").append(...Object.keys(CHANNELS).filter((channel) => accounts.some((item) => item.channel === channel)).map((channel) => make("optgroup", { label: CHANNELS[channel] },
    ...accounts.filter((item) => item.channel === channel).map((item) => make("option", { value: item.key }, `${item.name} · ${item.address}`)))));
  await drawAll();
  follow();
})();
