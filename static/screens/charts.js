/* Draws the chart panels from their JSON, as SVG; everything also stands in the table beside it. */
"use strict";
(function () {
  var COLOURS = ["#1f4e8c", "#6a9bd1", "#2f7d57", "#b07a10", "#7a2350", "#5f6c7b"];
  var INK = "#1d2733", BELOW = "#96660a", QUIET = "#5f6c7b", LINE = "#e6eaef", TYPE = '"Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", sans-serif';
  var charts = {};

  function figure(value, places) { return value === null || value === undefined ? "—" : Number(value).toLocaleString("en-US", { minimumFractionDigits: places || 0, maximumFractionDigits: 2 }); }
  function decimals(values) { return Math.max.apply(null, values.map(function (one) { return one === null ? 0 : Math.min((String(one).split(".")[1] || "").length, 2); }).concat(0)); }

  function extent(text) { return Array.prototype.reduce.call(text, function (sum, one) { return sum + (one > "\u2e7f" ? 12 : 7); }, 0); }
  function slot(spec, width) { return (width - 60) / spec.categories.length - 6; }

  // Bars lie down where they are many, or a word of their names would not stand below them.
  function lying(spec, width) {
    if (spec.series.some(function (one) { return one.line; })) { return false; }
    if (spec.categories.length > 6) { return !spec.inTime; }
    var words = spec.categories.join(" ").replace(/[\u2e80-\uffff]/g, " $& ").split(" ");
    return Math.max.apply(null, words.map(extent)) > slot(spec, width);
  }

  function option(spec, width) {
    var many = lying(spec, width), few = spec.categories.length <= 8;
    var names = { type: "category", data: spec.categories, axisTick: { show: false }, axisLine: { lineStyle: { color: "#aab5c1" } }, axisLabel: { color: INK, fontSize: 12, interval: many || few ? 0 : "auto", hideOverlap: !many && !few, width: many ? 110 : few ? slot(spec, width) : undefined, overflow: few ? "break" : "truncate" }, inverse: many };
    var values = { type: "value", name: spec.unit, nameGap: many ? 6 : 12, nameTextStyle: { color: QUIET, fontSize: 12, align: "left" }, axisLabel: { color: QUIET, fontSize: 12, hideOverlap: true, formatter: function (v) { return figure(v); } }, splitLine: { lineStyle: { color: LINE } } };
    if (spec.target !== null) {
      var top = Math.max.apply(null, spec.series.reduce(function (found, one) { return found.concat(one.values.map(Number)); }, [0]));
      if (spec.target > top) { values.max = spec.unit === "%" && spec.target <= 100 ? 100 : Math.ceil(spec.target * 1.05); }
    }
    var series = spec.series.map(function (one, at) {
      var places = decimals(one.values);
      var drawn = { name: one.name, type: one.line ? "line" : "bar", data: one.values, barMaxWidth: many ? 14 : 36, symbolSize: 6, emphasis: { focus: "series" }, stack: spec.stacked && !one.line ? "all" : undefined };
      if (spec.series.length === 1 && !one.line && spec.categories.length <= 30) { drawn.label = { show: true, position: many ? (spec.target !== null ? "insideRight" : "right") : "top", color: many && spec.target !== null ? "#fff" : INK, fontSize: 11, formatter: function (p) { return figure(p.value, places); } }; }
      if (spec.series.length === 1 && spec.target !== null && !one.line) {
        drawn.data = one.values.map(function (value) { return value !== null && value < spec.target ? { value: value, itemStyle: { color: BELOW } } : value; });
      }
      if (at === 0 && spec.target !== null) {
        drawn.markLine = { symbol: "none", silent: true, lineStyle: { color: "#7a2350", type: "dashed", width: 1.5 }, label: { formatter: spec.targetLabel + " " + figure(spec.target) + (spec.unit === "%" ? "%" : ""), color: "#7a2350", fontSize: 11, position: many ? "start" : "insideEndTop" }, data: [many ? { xAxis: spec.target } : { yAxis: spec.target }] };
      }
      return drawn;
    });
    return {
      color: COLOURS,
      textStyle: { fontFamily: TYPE },
      animation: false,
      aria: { enabled: true },
      grid: { left: 8, right: many ? Math.max(56, extent(spec.unit) + 8) : 16, top: spec.series.length > 1 ? 44 : 34, bottom: 8, containLabel: true },
      legend: spec.series.length > 1 ? { top: 0, right: 0, itemWidth: 12, itemHeight: 8, textStyle: { color: INK, fontSize: 12 } } : { show: false },
      tooltip: { trigger: "axis", renderMode: "richText", confine: true, axisPointer: { type: "shadow" }, textStyle: { fontSize: 12 }, valueFormatter: function (v) { return figure(v) + (spec.unit || ""); } },
      xAxis: many ? values : names,
      yAxis: many ? names : values,
      series: series
    };
  }

  function height(spec, width) { return lying(spec, width) ? Math.max(300, spec.categories.length * (14 + 8 * Math.min(spec.series.length, 2)) + 70) : 300; }

  function draw(holder) {
    var key = holder.dataset.chart;
    var spec = JSON.parse(document.getElementById(key + "-spec").textContent);
    var width = holder.clientWidth;
    holder.style.minHeight = height(spec, width) + "px";
    var chart = window.echarts.init(holder, null, { renderer: "svg", locale: document.documentElement.lang.slice(0, 2) === "zh" ? "ZH" : "EN" });
    chart.setOption(option(spec, width));
    holder.setAttribute("role", "img");
    if (spec.links.length) {
      chart.on("click", function (point) { if (spec.links[point.dataIndex]) { window.location.assign(spec.links[point.dataIndex]); } });
    }
    chart.refit = function () {
      if (!holder.clientWidth) { return; }
      holder.style.minHeight = height(spec, holder.clientWidth) + "px";
      chart.resize();
      chart.setOption(option(spec, holder.clientWidth), true);
    };
    charts[key] = chart;
    holder.setAttribute("data-drawn", "");
  }

  function save(key) {
    var svg = charts[key].getDom().querySelector("svg");
    var box = svg.getBoundingClientRect();
    var copy = svg.cloneNode(true);
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    var picture = new Image();
    picture.onload = function () {
      var canvas = document.createElement("canvas");
      canvas.width = box.width * 2;
      canvas.height = box.height * 2;
      var paper = canvas.getContext("2d");
      paper.fillStyle = "#fff";
      paper.fillRect(0, 0, canvas.width, canvas.height);
      paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
      var link = document.createElement("a");
      link.download = document.getElementById(key + "-question").textContent.trim() + ".png";
      link.href = canvas.toDataURL("image/png");
      link.click();
    };
    picture.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(new XMLSerializer().serializeToString(copy));
  }

  document.addEventListener("click", function (event) {
    var toggle = event.target instanceof Element && event.target.closest("[data-chart-toggle]");
    if (toggle) {
      var key = toggle.dataset.chartToggle, table = document.getElementById(key + "-table"), holder = document.getElementById(key + "-chart");
      table.hidden = !table.hidden;
      holder.hidden = !table.hidden;
      toggle.setAttribute("aria-pressed", String(!table.hidden));
      var label = toggle.textContent;
      toggle.textContent = toggle.dataset.otherLabel;
      toggle.dataset.otherLabel = label;
      if (!holder.hidden) { charts[key].refit(); }
      return;
    }
    var saver = event.target instanceof Element && event.target.closest("[data-chart-save]");
    if (saver && charts[saver.dataset.chartSave]) { save(saver.dataset.chartSave); }
  });
  Array.prototype.forEach.call(document.querySelectorAll("[data-chart]"), draw);
  function fit() { Object.keys(charts).forEach(function (key) { charts[key].refit(); }); }
  fit();
  window.addEventListener("resize", fit);
})();
