/* The ranked people of a vacancy: details on demand, and two or three to compare. Without it, links still work. */
(function () {
  "use strict";

  document.addEventListener("toggle", function (event) {
    var details = event.target;
    if (!details.open || !details.matches("details[data-load]") || details.dataset.asked) return;
    details.dataset.asked = "1";
    window.htmx.ajax("GET", details.dataset.load, { target: details.querySelector("[data-loaded]"), swap: "innerHTML" });
  }, true);

  document.addEventListener("change", function (event) {
    var box = event.target;
    var form = box.form;
    if (box.name !== "person" || !form || !form.dataset.compare) return;
    var chosen = document.querySelectorAll('input[name="person"][form="' + form.id + '"]:checked');
    if (chosen.length > Number(form.dataset.compare)) box.checked = false;
    var count = Math.min(chosen.length, Number(form.dataset.compare));
    document.querySelector("[data-compare-count]").textContent = count ? "(" + count + ")" : "";
  });
})();
