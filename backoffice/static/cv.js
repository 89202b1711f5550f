// A CV's page: the evidence of the field that is pointed at or focused stands out in the text; a click on the text shows its field.
(function () {
  "use strict";
  var fields = document.querySelectorAll("[data-evidence]");
  var marks = document.querySelectorAll("[data-of]");
  var kept = null;

  function show(id, scroll) {
    var first = null;
    marks.forEach(function (mark) {
      var on = id !== null && mark.dataset.of.split(" ").indexOf(id) >= 0;
      mark.classList.toggle("cv-on", on);
      if (on && !first) first = mark;
    });
    fields.forEach(function (field) { field.classList.toggle("cv-on", field.dataset.evidence === id); });
    if (first && scroll) {
      var calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
      first.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
    }
  }

  // On a phone the text stands far below: there only a tap leads to it.
  var wide = window.matchMedia("(min-width: 992px)");
  fields.forEach(function (field) {
    var id = field.dataset.evidence;
    field.addEventListener("mouseenter", function () { show(id, wide.matches); });
    field.addEventListener("mouseleave", function () { show(kept, false); });
    field.addEventListener("focus", function () { kept = id; show(id, wide.matches); });
    field.addEventListener("click", function (event) { event.preventDefault(); kept = id; show(id, true); });
  });
  // By a click and not by hovering: the text that a field scrolls to would else answer for what the pointer rests on.
  marks.forEach(function (mark) {
    mark.addEventListener("click", function () { kept = mark.dataset.of.split(" ").pop(); show(kept, false); });
  });
})();
