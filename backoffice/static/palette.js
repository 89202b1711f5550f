// The search over everything (⌘K, Ctrl K): a dialog with a combobox. Pages of the menu are offered beside what is found.
(function () {
  "use strict";
  var dialog = document.getElementById("palette");
  if (!dialog || !dialog.showModal) return;
  var input = dialog.querySelector("input"), list = document.getElementById("palette-list");
  var told = dialog.querySelector("[data-palette-told]");
  var waiting = null, asked = 0, active = null;
  // Enter before the answer is there opens what the answer brings, not what stood there before.
  var stale = false, enter = false;

  function fold(text) { return text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase().trim(); }
  function options() { return Array.prototype.slice.call(list.querySelectorAll('[role="option"]')); }

  function choose(option) {
    if (active) active.setAttribute("aria-selected", "false");
    active = option || null;
    if (!active) { input.removeAttribute("aria-activedescendant"); return; }
    active.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", active.id);
    active.scrollIntoView({ block: "nearest" });
  }

  // The menu's own links, so that nothing is offered that this user may not open.
  function pages(text) {
    var group = document.createElement("div"), title = document.createElement("div");
    group.className = "hits"; group.setAttribute("role", "group"); group.setAttribute("aria-labelledby", "hits-pages");
    title.className = "hits-title"; title.id = "hits-pages"; title.setAttribute("role", "presentation");
    title.textContent = list.dataset.pages;
    group.appendChild(title);
    document.querySelectorAll("#menu a.nav-link").forEach(function (link, position) {
      if (text && fold(link.textContent).indexOf(text) < 0) return;
      var option = document.createElement("a"), icon = link.querySelector("svg"), name = document.createElement("span");
      option.className = "hit"; option.href = link.href; option.id = "page-" + position; option.tabIndex = -1;
      option.setAttribute("role", "option"); option.setAttribute("aria-selected", "false");
      if (icon) option.appendChild(icon.cloneNode(true));
      name.className = "hit-main"; name.textContent = link.textContent.trim();
      option.appendChild(name);
      group.appendChild(option);
    });
    return group.childElementCount > 1 ? group : null;
  }

  function show(html, text) {
    list.innerHTML = html;
    var own = pages(text);
    if (own) { list.appendChild(own); var empty = list.querySelector(".palette-empty"); if (empty) empty.remove(); }
    input.setAttribute("aria-expanded", options().length ? "true" : "false");
    var count = list.querySelector("[data-palette-count]");
    told.textContent = count && text.length > 1 ? count.textContent : "";
    choose(options()[0]);
    stale = false;
    if (enter) { enter = false; go(); }
  }

  function go() {
    if (active) active.click();
    else location.assign(dialog.dataset.page + "?text=" + encodeURIComponent(input.value));
  }

  function search() {
    var text = input.value.trim(), mine = ++asked;
    if (text.length < 2) { show("", fold(text)); return; }
    dialog.dataset.busy = "1";
    fetch(dialog.dataset.address + "?text=" + encodeURIComponent(text), { headers: { "HX-Request": "true" }, credentials: "same-origin" })
      .then(function (reply) {
        if (reply.status === 401) { location.reload(); return null; }
        return reply.ok ? reply.text() : Promise.reject(new Error(String(reply.status)));
      })
      .then(function (html) { if (html !== null && mine === asked) show(html, fold(text)); })
      .catch(function () { if (mine === asked) { list.textContent = ""; told.textContent = dialog.dataset.failed; stale = enter = false; } })
      .then(function () { if (mine === asked) delete dialog.dataset.busy; });
  }

  function open() {
    if (dialog.open) { input.select(); return; }
    dialog.showModal();
    input.select();
    enter = false;
    search();
  }

  document.addEventListener("keydown", function (event) {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open();
    }
  });
  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-palette-open]")) { event.preventDefault(); open(); }
    else if (event.target === dialog || event.target.closest("[data-palette-close]")) dialog.close();
  });
  input.addEventListener("input", function () {
    stale = true;
    window.clearTimeout(waiting);
    waiting = window.setTimeout(search, 120);
  });
  input.addEventListener("keydown", function (event) {
    if (event.isComposing) return;
    var all = options(), at = all.indexOf(active);
    if (event.key === "ArrowDown") choose(all[(at + 1) % all.length]);
    else if (event.key === "ArrowUp") choose(all[(at - 1 + all.length) % all.length]);
    else if (event.key === "Home" && event.ctrlKey) choose(all[0]);
    else if (event.key === "End" && event.ctrlKey) choose(all[all.length - 1]);
    else if (event.key === "Enter") {
      if (stale) enter = true;
      else if (active && event.ctrlKey) window.open(active.href, "_blank", "noopener");
      else go();
    } else return;
    event.preventDefault();
  });
  list.addEventListener("mousemove", function (event) {
    var option = event.target.closest('[role="option"]');
    if (option && option !== active) choose(option);
  });
  // The key as this machine has it.
  if (!/Mac|iPhone|iPad/.test(navigator.platform)) {
    document.querySelectorAll("[data-palette-key]").forEach(function (key) { key.textContent = "Ctrl K"; });
  }
})();
