/* Work queues by keyboard: digits decide, j and k move; undo disappears after its minute. */
"use strict";
(function () {
  var queue = document.querySelector("[data-queue]");
  var undo = document.querySelector("[data-undo-seconds]");
  if (undo) { window.setTimeout(function () { undo.remove(); }, Number(undo.dataset.undoSeconds) * 1000); }
  if (!queue) { return; }

  var here = queue.querySelector(".queue-list a.here");
  if (here) { here.parentNode.parentNode.parentNode.scrollTop = here.offsetTop - here.parentNode.parentNode.parentNode.offsetTop - 120; }
  var reason = queue.querySelector("#decision-reason");

  function needsReason(button) { return button.hasAttribute("data-asks-reason") && reason && !reason.value.trim(); }

  queue.addEventListener("click", function (event) {
    var button = event.target instanceof Element && event.target.closest("[data-key]");
    if (button && needsReason(button)) { event.preventDefault(); reason.required = true; reason.focus(); reason.reportValidity(); }
  });

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) { return; }
    if (event.target instanceof Element && event.target.closest("input, select, textarea, [contenteditable]")) { return; }
    if (event.key === "j" && queue.dataset.next) { window.location.assign(queue.dataset.next); return; }
    if (event.key === "k" && queue.dataset.previous) { window.location.assign(queue.dataset.previous); return; }
    if (event.key === "u" && undo && document.contains(undo)) { undo.requestSubmit(); return; }
    if (event.repeat || !/^[1-9]$/.test(event.key)) { return; }
    var button = queue.querySelector('[data-key="' + event.key + '"]');
    if (button && !button.disabled) { event.preventDefault(); button.click(); }
  });
})();
