// The template picker and the prepared answers.
import { $, $$, say, request, parsed } from "./net.js";
import { fill } from "./patch.js";
import { draftOf } from "./drafts.js";
import * as composer from "./composer.js";
import { still, composing } from "./press.js";

let shown = ""; // the conversation that the picker is filled for
let turn = 0; // counts requests: an older answer must not replace a newer one
let loading = ""; // the conversation whose picker is under way

async function load(id, path, draw) {
  const mine = ++turn;
  clearTimeout(waiting); // what was typed before belongs to what is replaced
  loading = id;
  try {
    const html = await request("/talk/" + id + path);
    await still();
    if (mine !== turn || composer.current() !== id || !$("#picker")) return;
    draw(html);
  } catch (err) {
    if (mine !== turn) return;
    shown = "";
    composer.fail(id, err.message);
  } finally {
    if (mine === turn) loading = "";
  }
}

// choices puts the templates into the picker. The fields that they are looked for with stay, with what is being typed.
function choices(html) {
  const picker = $("#picker"), list = $("#choices", picker);
  if (list) list.replaceWith($("#choices", parsed(html)));
  else fill(picker, html);
}

// show fills the picker for a conversation, with the form of the draft if there is one.
export function show(id) {
  if (shown === id && (loading === id || $("#picker").children.length)) return;
  shown = id;
  const draft = draftOf(id);
  if (draft.template) pick(id, draft.template);
  else load(id, "/templates", choices);
}
export function clear() {
  shown = loading = "";
  turn++;
  clearTimeout(waiting);
  $("#picker")?.replaceChildren();
}

function list() {
  if (!$("#picker-q")) return;
  const q = new URLSearchParams({ q: $("#picker-q").value, language: $("#picker-language")?.value ?? "", category: $("#picker-category")?.value ?? "" });
  load(composer.current(), "/templates?" + q, choices);
}

function pick(id, key, focus) {
  const draft = draftOf(id);
  if (draft.template !== key) Object.assign(draft, { template: key, fields: {} });
  load(id, "/form?template=" + encodeURIComponent(key), (html) => {
    fill($("#picker"), html);
    for (const input of $$("#template .fields input")) if (input.name in draft.fields) input.value = draft.fields[input.name];
    if (Object.keys(draft.fields).length) preview();
    if (focus) $("#template .fields input, #template [type=submit]")?.focus();
  });
}

async function preview() {
  const mine = ++turn, id = composer.current(), form = $("#template");
  if (!form) return;
  try {
    const html = await request("/talk/" + id + "/preview", { method: "POST", body: new URLSearchParams(new FormData(form)) });
    await still();
    if (mine === turn && id === composer.current() && $("#preview")) fill($("#preview"), html);
  } catch (err) { if (mine === turn) composer.fail(id, err.message); }
}

let waiting = 0;
const soon = (what) => { clearTimeout(waiting); waiting = setTimeout(what, 200); };
document.addEventListener("input", ({ target }) => {
  if (target.closest?.(".picker-head")) soon(list);
  else if (target.closest?.("#template")) {
    draftOf(composer.current()).fields[target.name] = target.value;
    soon(preview);
  } else if (target.id === "text") {
    entered = "";
    soon(macros);
  }
});
document.addEventListener("submit", (event) => {
  if (event.target.id !== "template") return;
  event.preventDefault();
  composer.post(composer.current(), "template", "/template", Object.fromEntries(new FormData(event.target)));
});
document.addEventListener("click", ({ target }) => {
  const at = (selector) => target.closest?.(selector), id = composer.current();
  if (at("[data-pick]")) pick(id, at("[data-pick]").dataset.pick, true);
  else if (at("[data-unpick]")) {
    Object.assign(draftOf(id), { template: "", fields: {} });
    clear();
    show(id);
  } else if (at("[data-macro]")) choose(at("[data-macro]").dataset.macro);
  else if (at("[data-run]")) composer.post(id, "macro", "/macro", { macro: at("[data-run]").dataset.run });
});

// --- prepared answers, by "/"

const options = () => $$("#macros [data-macro]");
let entered = "", asking = 0; // the text that Enter was pressed on before its list came; counts requests
async function macros() {
  const box = $("#text"), list = $("#macros"), id = composer.current();
  if (!box || !list) return;
  const text = box.value, mine = ++asking;
  if (!text.startsWith("/") || composer.mode() !== "reply") { list.hidden = true; return; }
  let html = "";
  try { html = await request("/talk/" + id + "/macros?q=" + encodeURIComponent(text.slice(1))); } catch { /* no list: Enter sends what is written */ }
  if (mine !== asking || composer.current() !== id || box.value !== text) return;
  fill(list, html);
  list.dataset.of = text; // what the list answers; it goes with the list when another conversation is shown
  list.hidden = !html;
  mark(0);
  if (entered !== text) return;
  entered = "";
  enter();
}
// enter does what Enter means to a text that starts with "/": its first prepared answer, or the text.
function enter() {
  const one = !$("#macros").hidden && options().find((o) => o.ariaSelected === "true");
  if (one) choose(one.dataset.macro);
  else composer.submit();
}
function mark(n) {
  const all = options();
  all.forEach((o, i) => { o.ariaSelected = String(i === n); });
  if (all[n]) $("#text").setAttribute("aria-activedescendant", all[n].id);
  all[n]?.scrollIntoView({ block: "nearest" });
}
// choose takes a prepared answer, of the list under "/" or of the picker. What was typed to find it goes.
async function choose(macro) {
  const id = composer.current(), mode = composer.mode(), text = mode === "reply" ? $("#text").value : "";
  try {
    const told = JSON.parse(await request("/talk/" + id + "/macro?macro=" + encodeURIComponent(macro)));
    const now = $("#text")?.value;
    if (composer.current() !== id || composer.mode() !== mode || !now?.startsWith(text)) return; // somebody has gone on
    $("#macros").hidden = true;
    if (told.text && mode !== "reply") {
      composer.turn("reply");
      return composer.insert(now ? "\n" + told.text : told.text);
    }
    if (told.text) return composer.insert(told.text + now.slice(text.length), true);
    if (mode === "reply") composer.insert(now.slice(text.length), true);
    clear();
    const seen = document.createElement("div"), line = document.createElement("p"), other = document.createElement("button"), go = document.createElement("button");
    fill(seen, '<div class="wallpaper"><div class="preview">' + told.html + "</div></div>");
    line.className = "actions end";
    Object.assign(other, { type: "button", className: "quiet", textContent: say("macro.other") });
    other.dataset.unpick = "";
    Object.assign(go, { type: "button", textContent: say("macro.go") });
    go.dataset.run = macro;
    line.append(other, go);
    $("#picker").replaceChildren(seen, line);
    shown = id;
    composer.turn("template");
    go.focus();
  } catch (err) { composer.fail(id, err.message); }
}
addEventListener("keydown", (event) => { // before the composer hears of Enter
  const list = $("#macros"), text = event.target.value;
  if (event.target.id !== "text" || !list || composer.mode() !== "reply") return;
  if (event.key === "Enter" && !event.shiftKey && !composing(event) && text.startsWith("/")) {
    event.preventDefault();
    if (list.dataset.of === text) return enter();
    entered = text; // an older list, or none yet, must not decide what goes out
    clearTimeout(waiting);
    macros();
    return;
  }
  if (list.hidden) return;
  const all = options(), n = all.findIndex((o) => o.ariaSelected === "true");
  const to = { ArrowDown: n + 1, ArrowUp: n - 1 + all.length }[event.key];
  if (to !== undefined && all.length) { event.preventDefault(); mark(to % all.length); }
  else if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); list.hidden = true; list.dataset.of = text; }
}, true);
