// Before the first paint: the theme that was chosen, else the system's; and that scripts run, so that what they would
// hide is never drawn (data-later).
(function () {
  var chosen = null;
  try { chosen = localStorage.getItem("theme"); } catch (error) { chosen = null; }
  var dark = chosen ? chosen === "dark" : window.matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.classList.add("js");
  document.documentElement.setAttribute("data-bs-theme", dark ? "dark" : "light");
})();
