// The composer: the draft of the conversation in view, in the form that may be used now.
import { $, $$, say, now, send, request, alert } from "./net.js";
import { left } from "./time.js";
import { draftOf, tryOf, taken } from "./drafts.js";
import * as picker from "./picker.js";
import * as files from "./files.js";
import { composing } from "./press.js";

let writing = ""; // the conversation whose draft is in the form
const underWay = new Set(); // conversations with a send that was not answered yet
const head = () => $("#talk .head");
const box = () => $("#text");
export const current = () => writing;
export const isOpen = () => Number(head()?.dataset.closes ?? 0) - now() > 60e3;

// mode is how the draft goes out: free text only while the window is open.
export function mode() {
  const { mode } = draftOf(writing), there = (m) => $(`[data-mode="${m}"]`);
  if (mode === "note" && there("note")) return "note";
  if (there("template") && (mode === "template" || !isOpen())) return "template";
  return there("reply") ? "reply" : "note";
}
const field = () => (mode() === "note" ? "note" : "text");

// show puts the draft of the conversation in view into the form. What somebody wrote before this script ran is
// part of the draft.
export function show() {
  writing = head()?.dataset.id ?? "";
  const early = $("#reply")?.dataset.mode === undefined && box()?.value, draft = draftOf(writing);
  if (early) draft[field()] = [draft[field()], early].filter(Boolean).join("\n");
  files.show();
  look();
}

addEventListener("pageshow", (event) => {
  if (!event.persisted || !$("#reply")) return;
  $("#reply").dataset.mode = "";
  show();
  find();
});

// look sets everything about the form but what is being typed.
export function look() {
  const form = $("#reply"), at = head();
  if (!form || !at || at.dataset.id !== writing) return;
  const draft = draftOf(writing), closes = Number(at.dataset.closes), rest = closes - now(), open = isOpen(), how = mode();
  if (form.dataset.mode !== how) {
    form.dataset.mode = how;
    box().value = draft[field()];
    box().placeholder = how === "note" ? box().dataset.note : box().dataset.answer;
    for (const b of $$("[data-mode]", $("#composer"))) if (b.matches("button")) b.ariaPressed = String(b.dataset.mode === how);
  }
  form.hidden = how === "template";
  $$("[data-reply]", form).forEach((one) => { one.hidden = how !== "reply"; });
  $(`button[data-mode="reply"]`)?.toggleAttribute("disabled", !open);
  if ($("#picker")) $("#picker").hidden = how !== "template";
  if (how === "template") picker.show(writing);
  const notice = $("#window-notice");
  notice.hidden = how === "note" || (open && rest > 4 * 3600e3);
  notice.className = open ? "notice" : "notice bad";
  const text = open ? say("closes", { left: left(rest) }) : say(closes ? "closed" : "never");
  if (!notice.hidden && notice.textContent !== text) notice.textContent = text;
  $("#send-error").hidden = !draft.error;
  if ($("#send-error").textContent !== draft.error) $("#send-error").textContent = draft.error;
  $("#quoting").hidden = !draft.quote || how !== "reply";
  $("#quoted-text").textContent = draft.quoted;
  const later = $("#later"), word = $(".send span", form);
  if (later) later.hidden = !draft.at || how !== "reply";
  if (draft.at && document.activeElement !== $("#later-at")) $("#later-at").value = local(draft.at);
  const called = how === "note" ? word.dataset.word : draft.at ? word.dataset.later : word.dataset.send;
  if (word.textContent !== called) word.textContent = called;
  for (const b of $$("#composer [type=submit]")) b.disabled = underWay.has(writing);
  const most = how === "note" ? 16000 : draft.files.length ? 1024 : Infinity, n = [...draft[field()]].length, counter = $("#counter");
  counter.hidden = n < most - 500;
  counter.textContent = n > most ? say("toolong", { n: n - most }) : n + " / " + most;
  counter.classList.toggle("over", n > most);
}

// local writes a time as a field for one wants it, in the agent's zone.
const local = (at) => new Date(at - new Date(at).getTimezoneOffset() * 60e3).toISOString().slice(0, 16);
function later(at) {
  draftOf(writing).at = at;
  look();
  advise();
}

const nameOf = (id) => $(`[data-open="${CSS.escape(id)}"] .name`)?.textContent ?? say("customer");

export function fail(id, text) {
  draftOf(id).error = text;
  if (id === writing) look();
  else alert("draft " + id, text && say("to", { name: nameOf(id), text }));
}

// deliver sends one message of a conversation, whichever is in view when the answer comes, and reports
// whether it was taken.
async function deliver(id, what, path, content) {
  const draft = draftOf(id), sent = tryOf(id, what, content);
  fail(id, "");
  try {
    await send("/talk/" + id + path, { ...content, key: sent.key });
    settled(id, what, sent.key);
    return true;
  } catch (err) {
    if (err.into) document.dispatchEvent(new CustomEvent("console:open", { detail: err.into }));
    const fields = (err.fields ?? []).map((f) => f.text).join(" ");
    if (draft.tries[what] === sent) fail(id, err.lost ? say("lost") : [err.message, fields].filter(Boolean).join(" "));
    return draft.tries[what] !== sent; // the page has seen that it was taken
  }
}

// run does one thing at a time for a conversation.
export async function run(id, work) {
  if (underWay.has(id)) return;
  underWay.add(id);
  look();
  try { await work(); } finally { underWay.delete(id); }
  look();
}
export const post = (id, what, path, content) => run(id, () => deliver(id, what, path, content));

// settled clears the form of what was taken.
function settled(id, what, key) {
  if (!taken(id, what, key) || id !== writing) return;
  const text = draftOf(id)[field()];
  if (box() && box().value !== text) box().value = text;
  files.show();
  if (what === "template" || what === "macro") picker.clear();
  look();
}

// find settles drafts of the conversation in view that were taken although no answer came.
export function find() {
  for (const [what, { key }] of Object.entries(draftOf(writing).tries)) {
    if ($$("#messages [data-key]").some((m) => m.dataset.key === key)) settled(writing, what, key);
  }
}

// answer sends what the draft holds: its files, the first of them with the text, or the text.
async function answer(id, text) {
  const draft = draftOf(id), quote = { ...(draft.quote && { quote: draft.quote }), ...(draft.at && { at: draft.at }) };
  const list = [...draft.files], bearer = list.find((f) => f.kind !== "audio");
  if (text && !bearer && !await deliver(id, "reply", "/reply", { text, ...quote })) return;
  for (const f of list) {
    const caption = f === bearer && text ? { text } : {};
    if (!await deliver(id, "file " + f.id, "/reply", { file: f.id, kind: f.kind, name: f.name, ...caption, ...quote })) return;
  }
  const next = draft.next.startsWith(text) ? draft.next.slice(text.length).trimStart() : draft.next;
  draft.next = "";
  if (next) await answer(id, next);
}

export function submit() {
  const id = writing, draft = draftOf(id), note = mode() === "note", text = draft[field()].trim();
  if (underWay.has(id)) {
    if (!note) draft.next = text;
    return;
  }
  if (!text && (note || !draft.files.length)) return fail(id, say("empty"));
  if (!note && draft.files.some((f) => !f.id)) return fail(id, say("file.wait"));
  draft.next = "";
  run(id, () => (note ? deliver(id, "note", "/do/note", { text }) : answer(id, text)));
}

// quote answers to one message.
export function quote(id) {
  const draft = draftOf(writing), m = document.getElementById("m-" + id);
  draft.quote = id;
  draft.quoted = id ? ($(".text", m) ?? m)?.innerText.trim().slice(0, 200) ?? "" : "";
  if (id) draft.mode = "reply";
  look();
  box()?.focus();
}

// requote follows a message that the draft in view answers to, and that was changed.
export function requote(id, text) {
  const draft = draftOf(writing);
  if (draft.quote !== id) return;
  draft.quoted = text.slice(0, 200);
  look();
}

// change takes an answer that waits for its time back into the draft.
async function change(button) {
  const { change: id, text, at } = button.dataset, talk = writing;
  button.disabled = true;
  try {
    await send("/message/" + id + "/cancel");
  } catch (err) {
    button.disabled = false;
    return fail(talk, err.message);
  }
  const draft = draftOf(talk);
  Object.assign(draft, { mode: "reply", at: Number(at), text: draft.text ? draft.text + "\n" + text : text });
  if (talk !== writing) return;
  $("#reply").dataset.mode = "";
  look();
  box().focus();
}

// insert puts a text where the cursor is, or in place of everything.
export function insert(text, whole) {
  const b = box();
  if (!b) return;
  b.setRangeText(text, whole ? 0 : b.selectionStart, whole ? b.value.length : b.selectionEnd, "end");
  b.dispatchEvent(new Event("input", { bubbles: true }));
  b.focus();
}
export function turn(to) {
  if (!$("#reply")) return;
  Object.assign(draftOf(writing), { mode: to, error: "" });
  look();
  (to === "template" ? $("#picker-q, #template input:not([type=hidden])") : box())?.focus();
}

// What the desk says about the draft is shown before it is sent; and the customer sees that somebody writes.
let asked = 0, waiting = 0, typed = { id: "", at: 0 };
function advise() {
  clearTimeout(waiting);
  const turn = ++asked, id = writing, { at } = draftOf(id), text = draftOf(id).text.trim();
  $("#advice").textContent = "";
  if (!text || mode() !== "reply") return;
  waiting = setTimeout(async () => {
    if ($("#reply")?.hasAttribute("data-typing") && (typed.id !== id || Date.now() - typed.at > 20e3)) {
      typed = { id, at: Date.now() };
      send("/talk/" + id + "/do/typing").catch(() => {});
    }
    try {
      const told = JSON.parse(await request("/talk/" + id + "/check", { method: "POST", body: new URLSearchParams(at ? { text, at } : { text }) }));
      if (turn !== asked || id !== writing) return;
      const closed = told.refused?.cause === "window_closed", refused = told.refused && !closed ? told.refused.text : closed && told.open ? say("later.window") : "";
      $("#advice").textContent = refused || (told.text ? say("masked") : "");
    } catch { /* sending tells */ }
  }, 600);
}

document.addEventListener("input", ({ target }) => {
  if (target.id !== "text") return;
  draftOf(writing)[field()] = target.value;
  look();
  advise();
});
document.addEventListener("change", ({ target }) => {
  if (target.id === "later-at" && target.value) later(new Date(target.value).getTime());
});
let entered = false; // Enter was pressed: some keyboards put a line break into the box nevertheless
document.addEventListener("keydown", (event) => {
  if (event.target.id !== "text") return;
  entered = event.key === "Enter" && !event.shiftKey && !composing(event);
  if (!entered || event.defaultPrevented) return;
  event.preventDefault();
  submit();
});
document.addEventListener("beforeinput", (event) => {
  if (event.target.id === "text" && entered && event.inputType === "insertLineBreak") event.preventDefault();
});
document.addEventListener("submit", (event) => {
  if (event.target.id !== "reply") return;
  event.preventDefault();
  submit();
});

const emoji = "😀 😊 😉 😍 🤔 😅 😢 😮 🙏 👍 👎 👌 👏 💪 🎉 ❤️ ✅ ❌ ⚠️ ⏰ 📦 🚚 📷 📄 💳 🔧 🚲 ☎️ ✉️ 📍".split(" ");
document.addEventListener("click", ({ target }) => {
  const at = (selector) => target.closest?.(selector);
  if (at("#emoji-button")) {
    const list = $("#emoji"), shown = list.hidden;
    if (!list.children.length) list.append(...emoji.map((e) => Object.assign(document.createElement("button"), { type: "button", textContent: e, className: "one" })));
    list.hidden = !shown;
    $("#emoji-button").ariaExpanded = String(shown);
  } else if (at("#emoji .one")) insert(at(".one").textContent);
  else if (at("[data-quote]")) quote(at("[data-quote]").dataset.quote);
  else if (at("[data-unquote]")) quote("");
  else if (at("#later-button")) {
    later(draftOf(writing).at || Math.ceil((now() + 30 * 60e3) / 1800e3) * 1800e3);
    $("#later-at").focus();
  } else if (at("[data-unlater]")) { later(0); box().focus(); }
  else if (at("[data-change]")) change(at("[data-change]"));
  else if (at("button[data-mode]")) turn(at("[data-mode]").dataset.mode);
  else if (at("[data-template]")) turn("template");
  else if (at("[data-again]")) {
    const text = at("[data-again]").dataset.again;
    turn("reply");
    insert(box().value ? "\n" + text : text);
  }
});
