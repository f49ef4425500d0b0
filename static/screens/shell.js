/* What every page does in the browser. No inline handlers: everything is bound here. */
"use strict";
(function () {
  var root = document.documentElement;
  root.classList.add("script");

  function all(selector, within) { return Array.prototype.slice.call((within || document).querySelectorAll(selector)); }

  // Navigation: a drawer on small screens, foldable on wide ones (remembered).
  var wide = window.matchMedia("(min-width: 992px)");
  function navigation(open) {
    root.classList.toggle("navigation-open", open && !wide.matches);
    all(".masthead-toggle").forEach(function (b) { b.setAttribute("aria-expanded", String(open)); });
  }
  try { if (window.localStorage.getItem("navigation") === "away") { root.classList.add("navigation-away"); } } catch (refused) { /* storage switched off */ }
  all(".masthead-toggle").forEach(function (b) { b.setAttribute("aria-expanded", String(wide.matches && !root.classList.contains("navigation-away"))); });

  document.addEventListener("click", function (event) {
    var target = event.target;
    if (!(target instanceof Element)) { return; }
    if (target.closest("[data-navigation-toggle]")) {
      if (wide.matches) {
        var away = root.classList.toggle("navigation-away");
        try { window.localStorage.setItem("navigation", away ? "away" : "here"); } catch (refused) { /* storage switched off */ }
        all(".masthead-toggle").forEach(function (b) { b.setAttribute("aria-expanded", String(!away)); });
      } else {
        navigation(!root.classList.contains("navigation-open"));
      }
      return;
    }
    var note = target.closest("[data-dismiss-note]");
    if (note) { note.closest(".note").remove(); return; }
    if (target.closest("[data-print]")) { window.print(); return; }
    var eye = target.closest("[data-eye]");
    if (eye) {
      var form = document.getElementById(eye.getAttribute("data-eye"));
      if (form) {
        form.hidden = !form.hidden;
        eye.setAttribute("aria-expanded", String(!form.hidden));
        if (!form.hidden) { form.querySelector("[name=reason]").focus(); }
      }
      return;
    }
    // a click elsewhere closes open panels
    all("details.filter-more[open], details.column-chooser[open]").forEach(function (one) {
      if (!one.contains(target)) { one.open = false; }
    });
    all(".eye-form").forEach(function (one) { if (!one.hidden && !one.contains(target)) { one.hidden = true; } });
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") { return; }
    navigation(false);
    all("details.filter-more[open], details.column-chooser[open]").forEach(function (one) { one.open = false; one.querySelector("summary").focus(); });
    all(".eye-form").forEach(function (one) { one.hidden = true; });
  });

  // Filters apply themselves; empty ones stay out of the address.
  document.addEventListener("change", function (event) {
    var target = event.target;
    if (!(target instanceof Element)) { return; }
    if (target.closest("[data-submit-on-change]")) { target.form.requestSubmit(); return; }
    var form = target.closest("[data-filter-form]");
    if (form && !target.closest(".filter-panel") && target.tagName === "SELECT") { form.requestSubmit(); }
  });
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.matches("[data-filter-form]")) {
      all("input, select", form).forEach(function (one) { if (one.name && one.value === "") { one.disabled = true; } });
    }
  }, true);

  // A form is sent once, however often it is clicked.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (event.defaultPrevented) { return; }
    if (form.hasAttribute("hx-post") || form.hasAttribute("hx-get")) { return; }
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    delete form.dataset.touched;
    root.classList.add("busy");
    window.setTimeout(function () { all("button", form).forEach(function (b) { b.disabled = true; }); }, 0);
    window.setTimeout(function () { settle(form); }, 8000);
  });
  function settle(form) {
    delete form.dataset.sent;
    root.classList.remove("busy");
    all("button", form).forEach(function (b) { b.disabled = false; });
    all("[data-filter-form] :disabled").forEach(function (one) { one.disabled = false; });
  }
  window.addEventListener("pageshow", function () { all("form").forEach(function (form) { if (form.dataset.sent) { settle(form); } }); root.classList.remove("busy"); });
  document.addEventListener("htmx:beforeRequest", function () { root.classList.add("busy"); });
  document.addEventListener("htmx:afterRequest", function () { root.classList.remove("busy"); });

  // Typed but not saved: ask before leaving.
  document.addEventListener("input", function (event) {
    var form = event.target instanceof Element && event.target.closest("[data-guard-unsaved]");
    if (form) { form.dataset.touched = "1"; }
  });
  window.addEventListener("beforeunload", function (event) {
    if (document.querySelector("[data-guard-unsaved][data-touched]")) { event.preventDefault(); event.returnValue = ""; }
  });

  // Bulk bar.
  function counted() {
    var bar = document.querySelector("[data-bulk-bar]");
    if (!bar) { return; }
    var rows = all("[data-select-row]");
    var ticked = rows.filter(function (one) { return one.checked; });
    var whole = bar.querySelector("[data-bulk-all]");
    rows.forEach(function (one) { one.closest("tr").classList.toggle("chosen", one.checked); });
    if (whole && ticked.length < rows.length) { whole.checked = false; }
    bar.hidden = ticked.length === 0;
    bar.querySelector("[data-bulk-count]").textContent = whole && whole.checked ? Number(whole.dataset.total).toLocaleString("en-US") : String(ticked.length);
    all("[data-select-page]").forEach(function (one) {
      one.checked = rows.length > 0 && ticked.length === rows.length;
      one.indeterminate = ticked.length > 0 && ticked.length < rows.length;
    });
  }
  document.addEventListener("change", function (event) {
    var target = event.target;
    if (!(target instanceof Element)) { return; }
    if (target.matches("[data-select-page]")) { all("[data-select-row]").forEach(function (one) { one.checked = target.checked; }); }
    if (target.matches("[data-bulk-all]") && target.checked) { all("[data-select-row]").forEach(function (one) { one.checked = true; }); }
    if (target.matches("[data-select-page], [data-select-row], [data-bulk-all]")) { counted(); }
  });
  counted();

  // Tabs: selection follows what htmx fetched; arrows move.
  document.addEventListener("htmx:afterRequest", function (event) {
    var tab = event.target;
    if (!(tab instanceof Element) || !tab.matches("[role=tab]") || !event.detail.successful) { return; }
    all("[role=tab]", tab.parentNode).forEach(function (one) { one.setAttribute("aria-selected", String(one === tab)); });
    var part = document.getElementById("tab-part");
    if (part) { part.setAttribute("aria-labelledby", tab.id); }
  });
  document.addEventListener("keydown", function (event) {
    var tab = event.target instanceof Element && event.target.closest("[role=tab]");
    if (!tab || (event.key !== "ArrowRight" && event.key !== "ArrowLeft")) { return; }
    var tabs = all("[role=tab]", tab.parentNode);
    var next = tabs[(tabs.indexOf(tab) + (event.key === "ArrowRight" ? 1 : tabs.length - 1)) % tabs.length];
    next.focus();
    event.preventDefault();
  });
  document.addEventListener("htmx:historyCacheMiss", function () { window.location.reload(); });

  // Cut cells show the whole on hover.
  document.addEventListener("mouseover", function (event) {
    var cell = event.target instanceof Element && event.target.closest(".screen-table td, .queue-first, .queue-second");
    if (cell && !cell.title && cell.scrollWidth > cell.clientWidth) { cell.title = cell.textContent.trim(); }
  });

  // Jobs that ended lead on where the page says so.
  document.addEventListener("htmx:afterSwap", function () {
    var ended = document.querySelector("[data-job-next]");
    if (ended) { window.location.assign(ended.getAttribute("data-job-next")); }
  });
})();
