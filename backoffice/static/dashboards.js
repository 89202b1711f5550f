// Draws the plots of a dashboard from the tables under them, which hold the figures; a bar leads to where its number in
// the table leads. Without this file the drawing that the server sent stays.
(function () {
  "use strict";
  if (!window.echarts) return;
  var drawn = [], language = document.documentElement.lang, percent = language === "en" ? "%" : " %";

  function colours() {
    var body = getComputedStyle(document.body);
    function of(name) { return body.getPropertyValue(name).trim(); }
    return {
      series: [0, 1, 2, 3].map(function (number) { return of("--series-" + number); }),
      text: body.color, soft: of("--ink-soft"), line: of("--line"), surface: of("--surface"), font: body.fontFamily
    };
  }

  // The table as numbers: names, and for each drawn column its values, texts and links.
  function read(table) {
    var heads = Array.prototype.slice.call(table.querySelectorAll("thead th"), 1);
    var rows = Array.prototype.slice.call(table.querySelectorAll("tbody tr"));
    var series = [];
    heads.forEach(function (head, place) {
      if (!head.hasAttribute("data-drawn")) return;
      series.push({
        name: head.textContent.trim(),
        data: rows.map(function (row) {
          var cell = row.querySelectorAll("td")[place], link = cell.querySelector("a");
          var value = cell.getAttribute("data-value");
          return { value: value === "" ? null : Number(value), said: cell.textContent.trim().replace(/\s+/g, " "), link: link ? link.href : "" };
        })
      });
    });
    return {
      time: table.getAttribute("data-axis") === "time", share: table.getAttribute("data-measure") === "share",
      names: rows.map(function (row) { return row.querySelector("th").textContent.trim(); }), series: series
    };
  }

  function options(figures, look, wide, still) {
    var stacked = figures.series.length > 1, phone = wide < 480;
    var names = {
      type: "category", data: figures.names, inverse: !figures.time, axisTick: { show: false },
      axisLine: { show: figures.time, lineStyle: { color: look.line } },
      axisLabel: {
        color: look.soft, fontSize: 12, interval: figures.time ? "auto" : 0, hideOverlap: figures.time,
        width: figures.time ? undefined : (phone ? 112 : 170), overflow: figures.time ? "none" : "truncate"
      }
    };
    var numbers = {
      type: "value", minInterval: figures.share ? undefined : 1, splitNumber: 4, axisLine: { show: false },
      axisLabel: { show: figures.time, color: look.soft, fontSize: 12, formatter: function (value) { return figures.share ? Math.round(value * 1000) / 10 + percent : value.toLocaleString(language); } },
      splitLine: { show: figures.time, lineStyle: { color: look.line } }
    };
    function total(place) {
      return figures.series.reduce(function (sum, one) { return sum + (one.data[place].value || 0); }, 0);
    }
    return {
      animation: !still && !window.matchMedia("(prefers-reduced-motion: reduce)").matches, animationDuration: 250,
      textStyle: { fontFamily: look.font }, color: look.series,
      grid: figures.time ? { left: 4, right: 12, top: 12, bottom: 2, containLabel: true } : { left: 4, right: 64, top: 0, bottom: 0, containLabel: true },
      // Rich text and no HTML: the page's policy allows no style in markup.
      tooltip: {
        trigger: "axis", renderMode: "richText", confine: true, axisPointer: { type: "shadow" },
        backgroundColor: look.surface, borderColor: look.line, textStyle: { color: look.text, fontSize: 12 },
        formatter: function (found) {
          var place = found[0].dataIndex, lines = [figures.names[place]];
          figures.series.forEach(function (one) { lines.push(one.name + ": " + one.data[place].said); });
          return lines.join("\n");
        }
      },
      xAxis: figures.time ? names : numbers, yAxis: figures.time ? numbers : names,
      series: figures.series.map(function (one, number) {
        return {
          type: "bar", name: one.name, stack: stacked ? "all" : undefined, barMaxWidth: figures.time ? 40 : 20, barMinHeight: 0,
          itemStyle: { borderRadius: stacked ? 0 : 3 },
          cursor: "pointer",
          data: one.data,
          label: {
            show: !figures.time && number === figures.series.length - 1, position: "right", color: look.text, fontSize: 12,
            formatter: function (at) { return stacked ? total(at.dataIndex).toLocaleString(language) : one.data[at.dataIndex].said; }
          }
        };
      })
    };
  }

  function draw(section) {
    var canvas = section.querySelector("[data-canvas]"), table = section.querySelector("table");
    if (!canvas || !table) return;
    var figures = read(table);
    canvas.textContent = "";
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", section.querySelector("h2").textContent);
    var chart = window.echarts.init(canvas, null, { renderer: "svg" });
    chart.setOption(options(figures, colours(), canvas.clientWidth, false));
    chart.on("click", function (at) { if (at.data && at.data.link) window.location.assign(at.data.link); });
    drawn.push({ chart: chart, canvas: canvas, figures: figures });
    var button = section.querySelector("[data-png]");
    button.hidden = false;
    button.setAttribute("aria-label", section.querySelector("h2").textContent + " " + button.dataset.png);
    button.addEventListener("click", function () { picture(section, canvas, figures); });
  }

  // A picture is drawn anew on a canvas: twice as sharp, on the page's ground, with its title.
  function picture(section, canvas, figures) {
    var look = colours(), wide = Math.max(canvas.clientWidth, 640), tall = Math.max(canvas.clientHeight, 120) + 64;
    var box = document.createElement("div");
    var chart = window.echarts.init(box, null, { renderer: "canvas", width: wide, height: tall, devicePixelRatio: 2 });
    var option = options(figures, look, wide, true);
    var many = figures.series.length > 1;
    option.title = { text: section.querySelector("h2").textContent, left: 12, top: 10, textStyle: { color: look.text, fontSize: 15, fontWeight: 600, fontFamily: look.font } };
    if (many) option.legend = { left: 8, top: 34, itemWidth: 12, itemHeight: 10, textStyle: { color: look.soft, fontFamily: look.font } };
    option.grid.top = (many ? 62 : 44);
    option.grid.bottom = 10;
    option.grid.left = 12;
    chart.setOption(option);
    var link = document.createElement("a");
    link.href = chart.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: look.surface });
    link.download = "huntred-" + section.getAttribute("data-plot") + ".png";
    chart.dispose();
    link.click();
  }

  // A board has many plots: each is drawn when it comes near, so that the page answers at once.
  var sections = document.querySelectorAll("[data-plots] [data-plot]");
  if ("IntersectionObserver" in window) {
    var near = new IntersectionObserver(function (entries) {
      entries.forEach(function (entry) {
        if (!entry.isIntersecting) return;
        near.unobserve(entry.target);
        draw(entry.target);
      });
    }, { rootMargin: "400px" });
    sections.forEach(function (section) { near.observe(section); });
  } else {
    sections.forEach(draw);
  }

  var resized = null;
  window.addEventListener("resize", function () {
    window.clearTimeout(resized);
    resized = window.setTimeout(function () { drawn.forEach(function (one) { one.chart.resize(); }); }, 120);
  });
  new MutationObserver(function () {
    drawn.forEach(function (one) { one.chart.setOption(options(one.figures, colours(), one.canvas.clientWidth, true), true); });
  }).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
})();
