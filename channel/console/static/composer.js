// The composer: the draft of the conversation in view, in the form that may be used now.
import { $, $$, say, now, send, request, alert } from "./net.js";
import { left } from "./time.js";
import { draftOf, tryOf, taken } from "./drafts.js";

let writing = ""; // the conversation whose draft is in the form
const underWay = new Set(); // conversations with a send that was not answered yet
const head = () => $("#talk .head");
const box = () => $("#text");

// show puts the draft of the conversation in view into the form.
export function show() {
  writing = head()?.dataset.id ?? "";
  const draft = draftOf(writing);
  if (box()) box().value = draft.text;
  look();
}

// look sets everything about the form but what is typed.
export function look() {
  const form = $("#reply"), at = head();
  if (!form || !at || at.dataset.id !== writing) return;
  const draft = draftOf(writing), closes = Number(at.dataset.closes), rest = closes - now(), open = rest > 60e3;
  const notice = $("#window-notice");
  notice.hidden = open && rest > 4 * 3600e3;
  notice.className = open ? "notice" : "notice bad";
  const text = open ? say("closes", { left: left(rest) }) : say(closes ? "closed" : "never");
  if (!notice.hidden && notice.textContent !== text) notice.textContent = text;
  document.dispatchEvent(new CustomEvent("console:window", { detail: { open, id: writing } }));
  $("#send-error").hidden = !draft.error;
  $("#send-error").textContent = draft.error;
  $("#quoting").hidden = !draft.quote;
  $("#quoted-text").textContent = draft.quoted;
  $(".send", form).disabled = underWay.has(writing);
  const most = Number(form.dataset.max), n = [...draft.text].length, counter = $("#counter");
  counter.hidden = n < most - 500;
  counter.textContent = n > most ? say("toolong", { n: n - most }) : n + " / " + most;
  counter.classList.toggle("over", n > most);
}

const nameOf = (id) => $(`[data-open="${CSS.escape(id)}"] .name`)?.textContent ?? say("customer");

function fail(id, text) {
  draftOf(id).error = text;
  if (id === writing) look();
  else alert("draft " + id, text && say("to", { name: nameOf(id), text }));
}

// deliver sends what a form of a conversation holds, whichever is in view when the answer comes. One at a
// time: what is finished meanwhile follows when the first was taken.
export async function deliver(id, kind, content) {
  const draft = draftOf(id);
  if (underWay.has(id)) {
    draft.next = { kind, content };
    return;
  }
  const sent = tryOf(id, kind, content);
  underWay.add(id);
  fail(id, "");
  alert("draft " + id, "");
  try {
    await send("/talk/" + id + "/" + kind, { ...content, key: sent.key });
    settled(id, kind, sent.key);
  } catch (err) {
    if (err.into) document.dispatchEvent(new CustomEvent("console:open", { detail: err.into }));
    const fields = (err.fields ?? []).map((f) => f.text).join(" ");
    if (draft.tries[kind] === sent) fail(id, err.lost ? say("lost") : [err.message, fields].filter(Boolean).join(" "));
    if (err.cause === "window_closed") document.dispatchEvent(new CustomEvent("console:closed", { detail: id }));
  }
  underWay.delete(id);
  const next = draft.next;
  draft.next = null;
  if (next && draft.tries[kind] !== sent) {
    if (next.content.text?.startsWith(sent.text)) next.content.text = next.content.text.slice(sent.text.length).trimStart();
    if (next.content.text !== "") deliver(id, next.kind, next.content);
  }
  look();
}

// settled clears the form of what was taken.
function settled(id, kind, key) {
  if (!taken(id, kind, key) || id !== writing) return;
  if (box() && box().value !== draftOf(id).text) box().value = draftOf(id).text;
  document.dispatchEvent(new CustomEvent("console:taken", { detail: { id, kind } }));
  look();
}

// find settles drafts of the conversation in view that were taken although no answer came.
export function find() {
  for (const [kind, { key }] of Object.entries(draftOf(writing).tries)) {
    if ($$("#messages [data-key]").some((m) => m.dataset.key === key)) settled(writing, kind, key);
  }
}

function submit() {
  const draft = draftOf(writing), text = draft.text.trim();
  if (!text) {
    if (!underWay.has(writing)) fail(writing, say("empty"));
    return;
  }
  deliver(writing, "reply", draft.quote ? { text, quote: draft.quote } : { text });
}

// quote answers to one message.
export function quote(id) {
  const draft = draftOf(writing), m = document.getElementById("m-" + id);
  draft.quote = id;
  draft.quoted = id ? ($(".text", m) ?? m)?.innerText.trim().slice(0, 200) ?? "" : "";
  look();
  box()?.focus();
}

// insert puts a text where the cursor is.
export function insert(text) {
  const b = box();
  if (!b) return;
  b.setRangeText(text, b.selectionStart, b.selectionEnd, "end");
  b.dispatchEvent(new Event("input", { bubbles: true }));
  b.focus();
}

// What the desk says about the draft is shown before it is sent.
let asked = 0, waiting = 0;
function advise() {
  clearTimeout(waiting);
  const turn = ++asked, id = writing, text = draftOf(id).text.trim();
  $("#advice").textContent = "";
  if (!text) return;
  waiting = setTimeout(async () => {
    try {
      const told = JSON.parse(await request("/talk/" + id + "/check", { method: "POST", body: new URLSearchParams({ text }) }));
      if (turn !== asked || id !== writing) return;
      const words = told.refused && told.refused.cause !== "window_closed" ? told.refused.text : told.text ? say("masked") : "";
      $("#advice").textContent = words;
    } catch { /* sending tells */ }
  }, 600);
}

document.addEventListener("input", ({ target }) => {
  if (target.id !== "text") return;
  draftOf(writing).text = target.value;
  look();
  advise();
});
let entered = false; // Enter was pressed: some keyboards put a line break into the box nevertheless
document.addEventListener("keydown", (event) => {
  if (event.target.id !== "text") return;
  entered = event.key === "Enter" && !event.shiftKey && !event.isComposing && !event.defaultPrevented;
  if (!entered) return;
  event.preventDefault();
  $("#reply").requestSubmit();
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
  else if (at("[data-again]")) {
    const draft = draftOf(writing), text = at("[data-again]").dataset.again;
    draft.text = draft.text ? draft.text + "\n" + text : text;
    show();
    box()?.focus();
  }
});
