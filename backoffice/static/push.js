// "Tell me on this device": asks for leave on a click only, subscribes this browser and hands it to the server.
// On the inbox the same file shows the hint where this browser is not told yet.
(function () {
  "use strict";
  var able = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
  var hint = document.querySelector("[data-push-hint]"), box = document.querySelector("[data-push]");
  var token = document.querySelector('meta[name="csrf-token"]');

  function current() {
    return navigator.serviceWorker.getRegistration("/").then(function (registration) {
      return registration ? registration.pushManager.getSubscription() : null;
    });
  }

  if (hint && able && Notification.permission !== "denied" && !dismissed()) {
    current().then(function (subscription) { hint.hidden = Boolean(subscription); });
    hint.querySelector("button").addEventListener("click", function () {
      hint.hidden = true;
      try { localStorage.setItem("push-hint", "no"); } catch (error) { /* shown again the next time */ }
    });
  }
  function dismissed() {
    try { return localStorage.getItem("push-hint") === "no"; } catch (error) { return false; }
  }

  if (!box) return;
  var form = box.querySelector("[data-push-form]"), button = box.querySelector("[data-push-button]");
  function show(name) {
    ["can", "unable", "denied", "failed"].forEach(function (one) { box.querySelector("[data-push-" + one + "]").hidden = one !== name; });
    if (name === "unable") button.disabled = true;
  }
  if (!able) { show("unable"); return; }
  if (Notification.permission === "denied") show("denied");
  current().then(function (subscription) {
    if (!subscription) return;
    fetch(box.dataset.which, {
      method: "POST", credentials: "same-origin", headers: { "X-CSRFToken": token ? token.content : "", "HX-Request": "true" },
      body: new URLSearchParams({ endpoint: subscription.endpoint })
    }).then(function (reply) { return reply.ok ? reply.json() : { device: "" }; }).then(function (known) {
      var row = known.device && document.querySelector('[data-device="' + known.device + '"]');
      if (!row) return;
      row.querySelector("[data-this-device]").hidden = false;
      form.hidden = true;
      // Who removes this device wants the browser to know nothing of it either.
      row.querySelector('form[action$="/remove"]').addEventListener("submit", function () { subscription.unsubscribe(); });
    });
  }).catch(function () { /* the button still works */ });

  function bytes(text) {
    var plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (char) { return char.charCodeAt(0); });
  }
  // A subscription that was made with another key of ours is of no use: it is ended first.
  function subscribe(registration) {
    var key = bytes(box.dataset.key), wanted = { userVisibleOnly: true, applicationServerKey: key };
    return registration.pushManager.getSubscription().then(function (old) {
      var used = old && old.options.applicationServerKey ? new Uint8Array(old.options.applicationServerKey) : null;
      var same = used && used.length === key.length && used.every(function (byte, at) { return byte === key[at]; });
      return old && !same ? old.unsubscribe() : null;
    }).then(function () { return registration.pushManager.subscribe(wanted); });
  }
  button.addEventListener("click", function () {
    button.disabled = true;
    Notification.requestPermission().then(function (answer) {
      if (answer !== "granted") { button.disabled = false; show(answer === "denied" ? "denied" : "can"); return null; }
      return navigator.serviceWorker.register(box.dataset.worker, { scope: "/" })
        .then(function () { return navigator.serviceWorker.ready; })
        .then(subscribe)
        .then(function (subscription) {
          var given = subscription.toJSON();
          form.elements.endpoint.value = given.endpoint;
          form.elements.p256dh.value = given.keys.p256dh;
          form.elements.auth.value = given.keys.auth;
          form.submit();
        });
    }).catch(function () { button.disabled = false; show("failed"); });
  });
})();
