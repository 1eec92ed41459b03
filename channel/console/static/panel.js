// The panel beside a conversation, and what an agent does to one besides answering.
import { $, request, alert, say } from "./net.js";
import { fill } from "./patch.js";
import * as talk from "./talk.js";
import { still } from "./press.js";

const panel = $("#panel");
let wide = localStorage.getItem("console panel") === "open" && innerWidth > 1080; // nothing about a customer is in it

let turn = 0; // counts requests: an older answer must not replace a newer one
async function load() {
  const id = talk.opened(), mine = ++turn;
  if (!id || panel.hidden) return;
  try {
    const html = await request("/panel/" + id);
    await still();
    if (mine !== turn) return;
    if (talk.opened() === id && !panel.contains(document.activeElement)) fill(panel, html);
    else if (talk.opened() === id && $(".panel-in", panel)?.dataset.id !== id) fill(panel, html);
  } catch (err) {
    if (mine !== turn) return;
    if (!err.lost) alert("panel", err.message);
    else stale(2000);
  }
}

function toggle(open, focus) {
  wide = open;
  localStorage.setItem("console panel", open ? "open" : "");
  panel.hidden = !open || !talk.opened();
  if (panel.hidden) panel.replaceChildren();
  load();
  if (focus) (open ? panel : $("#panel-button"))?.focus();
}

// turned shows the panel of the conversation that came into view.
export function turned() {
  panel.hidden = !wide || !talk.opened();
  if ($(".panel-in", panel)?.dataset.id !== talk.opened()) panel.replaceChildren();
  load();
}
let waiting = 0;
export function stale(soon = 400) { clearTimeout(waiting); waiting = setTimeout(load, soon); }

// act does something to the conversation in view.
export const act = (what, data) => talk.act("/talk/" + talk.opened() + "/do/" + what, data);

export function resolve() {
  const dialog = $("#resolving");
  if (!dialog) return act("resolve");
  dialog.showModal();
  $("input", dialog).select();
}

document.addEventListener("click", ({ target }) => {
  const at = (selector) => target.closest?.(selector);
  if (at("[data-panel]")) toggle(panel.hidden, true);
  else if (at("[data-act]")) {
    const what = at("[data-act]").dataset.act;
    if (what === "resolve") resolve();
    else act(what);
  } else if (at("[data-close]")) at("dialog").close();
});
document.addEventListener("change", ({ target }) => { if (target.hasAttribute?.("data-now")) target.form.requestSubmit(); });
document.addEventListener("submit", async (event) => {
  const form = event.target, what = form.dataset?.do, path = form.dataset?.post;
  if (!what && !path) return;
  event.preventDefault();
  if (form.dataset.busy) { form.dataset.busy = "again"; return; } // one after the other
  form.dataset.busy = "once";
  const data = Object.fromEntries(new FormData(form));
  form.closest("dialog")?.close();
  const ok = what ? await act(what, data) : await talk.act(path, data);
  const again = form.dataset.busy === "again", choice = $("[data-now]", form);
  delete form.dataset.busy;
  if (again && choice && form.isConnected) return form.requestSubmit();
  if (!ok && !choice) return; // what was typed is still there; a choice that was refused is not
  if (form.dataset.then === "leave") {
    document.dispatchEvent(new CustomEvent("console:open", { detail: "" }));
    alert("act", say("erased"));
  }
  if (panel.contains(document.activeElement)) document.activeElement.blur();
  stale();
});
