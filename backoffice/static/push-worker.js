// What the browser runs while no page of ours is open: shows what it is told, and opens what it is about.
// It fetches nothing and keeps nothing: what is shown comes encrypted with the message (huntred/push).
(function () {
  "use strict";
  self.addEventListener("install", function () { self.skipWaiting(); });
  self.addEventListener("activate", function (event) { event.waitUntil(self.clients.claim()); });

  self.addEventListener("push", function (event) {
    var told = {};
    try { told = event.data.json(); } catch (error) { /* a browser shows something for each message all the same */ }
    event.waitUntil(self.registration.showNotification(told.title || "huntRED", {
      body: told.body || "", tag: told.tag || "huntred", renotify: true, lang: "es-MX", icon: "/static/icon.svg",
      data: { path: told.path || "/" }
    }));
  });

  self.addEventListener("notificationclick", function (event) {
    event.notification.close();
    var url = new URL(event.notification.data.path, self.location.origin);
    if (url.origin !== self.location.origin) return;
    event.waitUntil(self.clients.matchAll({ type: "window", includeUncontrolled: true }).then(function (pages) {
      var open = pages.find(function (page) { return new URL(page.url).pathname === url.pathname; });
      // Another page of ours stays as it is: somebody may be writing there.
      return open ? open.focus() : self.clients.openWindow(url.href);
    }));
  });
})();
