// An open conversation: its messages, how far it is scrolled, and what can be done about a message.
import { $, $$, request, send, alert, parsed, say, hear } from "./net.js";
import { tell, days } from "./time.js";
import { put, fill } from "./patch.js";
import * as composer from "./composer.js";
import * as panel from "./panel.js";

export const opened = () => $("#talk .talk-in")?.dataset.id ?? "";
const list = () => $("#messages");

// A list that stands at its end stays there: when it grows, when the composer does, when it comes into
// sight. A list that somebody scrolled stays where it is.
let following = true;
const extent = (l) => l.clientHeight + " " + l.scrollHeight;
function toEnd() {
  const l = list();
  if (!l) return;
  l.dataset.extent = extent(l);
  if (following) l.scrollTop = l.scrollHeight;
  $("#to-end").hidden = following || !l.dataset.fresh;
}
addEventListener("scroll", ({ target: l }) => {
  if (l.id !== "messages") return;
  // A list that changed its size has moved by itself: nobody scrolled away from its end.
  if (following && l.dataset.extent !== extent(l)) return toEnd();
  following = l.scrollHeight - l.scrollTop - l.clientHeight < 60;
  if (following) delete l.dataset.fresh;
  $("#to-end").hidden = following || !l.dataset.fresh;
  if (following) seen(true);
  if (l.scrollTop < 200) older();
}, true);
const sizes = new ResizeObserver(() => {
  $("#talk .talk-in")?.style.setProperty("--composer", ($("#composer")?.offsetHeight ?? 130) + "px");
  toEnd();
});

// ready gets a conversation ready that was put into the page.
export function ready() {
  following = true;
  sizes.disconnect();
  for (const box of [list(), $("#composer")]) if (box) sizes.observe(box);
  for (const picture of $$("#messages img, #messages video")) picture.addEventListener("load", toEnd, { once: true });
  if (list()) days(list());
  tell($("#talk"));
  composer.show();
  composer.find();
  panel.turned();
  toEnd();
  seen();
}

// seen says how far the agent has read, once the newest messages were in sight of somebody: the page has the
// focus, or somebody does something on it.
let told = "";
export function seen(attended) {
  const head = $("#talk .head");
  if (!head || document.hidden || !following || !list()?.clientHeight || !(attended === true || document.hasFocus())) return;
  const mark = head.dataset.id + " " + head.dataset.inbound;
  if (told === mark) return;
  told = mark;
  send("/talk/" + head.dataset.id + "/do/seen", { n: head.dataset.inbound }).catch(() => { told = ""; });
}
for (const kind of ["focus", "visibilitychange", "pageshow"]) addEventListener(kind, () => seen(), true);
for (const kind of ["pointermove", "pointerdown", "wheel", "keydown"]) addEventListener(kind, () => seen(true), { capture: true, passive: true });

// Who else is in the conversation is shown, and this agent is shown to them.
export function present(text) {
  const box = $("#present");
  if (!box) return;
  box.hidden = !text;
  box.textContent = text;
}
let there = { id: "", activity: "", at: 0 };
function be(id, activity) {
  if (there.id === id && there.activity === activity && Date.now() - there.at < 14e3) return;
  if (there.id && there.id !== id) send("/talk/" + there.id + "/do/present", { activity: "" }).catch(() => {});
  there = { id, activity, at: Date.now() };
  if (id) send("/talk/" + id + "/do/present", { activity }).catch(() => {});
}
let typed = 0;
document.addEventListener("input", ({ target }) => { if (target.id === "text") { typed = Date.now(); be(opened(), "writing"); } });
setInterval(() => be(document.hidden ? "" : opened(), Date.now() - typed < 10e3 ? "writing" : "viewing"), 3000);

// show turns to a conversation. Until it is there nothing can be written to the one before, nor done to it, and the stream
// tells nothing of either; then it goes on from where it stood when the conversation was asked for (since), so that
// nothing is missed. A failed request keeps what was chosen, and says so.
let turn = 0, arriving = false, again = 0, times = 0; // again: the time it is being read again, 0 if it is not
export const between = () => arriving;
export const reading = () => arriving || again > 0;
const follow = (since) => document.dispatchEvent(new CustomEvent("console:follow", { detail: since }));
export async function show(id, since) {
  const mine = ++turn;
  arriving = true;
  again = 0;
  $("#talk").ariaBusy = "true";
  if (opened() !== id) for (const box of $$("#composer, #talk .does")) box.remove();
  try {
    const html = await request("/talk/" + encodeURIComponent(id));
    if (mine !== turn) return;
    $("#talk").replaceChildren(parsed(html));
    alert("talk", "");
    ready();
  } catch (err) {
    if (mine !== turn) return;
    if (err.lost || err.status >= 500) {
      setTimeout(() => { if (mine === turn) show(id, since); }, 2000);
      return;
    }
    const hint = Object.assign(document.createElement("p"), { className: "hint", textContent: err.status === 404 ? say("gone") : err.message });
    $("#talk").replaceChildren(hint);
  } finally {
    if (mine === turn) $("#talk").ariaBusy = "false";
  }
  arriving = false;
  follow(since);
}

// close leaves the conversation in view.
export function close() {
  turn++;
  arriving = false;
  again = 0;
  $("#talk").replaceChildren(Object.assign(document.createElement("p"), { className: "hint", textContent: say("none") }));
  panel.turned();
  follow();
}

// refresh reads an open conversation again after a break, and keeps what is being written. What is further back
// than it reads is fetched anew when somebody looks there.
export async function refresh(since) {
  const id = opened();
  if (!id || arriving) return;
  const mine = again = ++times;
  try {
    const fresh = parsed(await request("/talk/" + encodeURIComponent(id)));
    if (mine !== again) return;
    again = 0;
    fill($("#head"), $("#head", fresh).innerHTML);
    for (const old of $$("#older, .message", list())) if (old.id === "older" || !fresh.getElementById(old.id)) old.remove();
    messages($$(".message", fresh).map((m) => ({ html: m.outerHTML })));
    if ($("#older", fresh)) list().prepend($("#older", fresh));
    composer.look();
    follow(since);
  } catch (err) {
    if (mine !== again) return;
    if (err.lost || err.status >= 500) setTimeout(() => { if (mine === again) refresh(since); }, 2000);
    else again = 0;
  }
}

// messages puts fragments into the open conversation.
export function messages(fragments) {
  const l = list();
  if (!l || !fragments.length) return;
  const top = l.scrollTop, height = l.scrollHeight;
  const first = $(".message", l)?.dataset.order ?? "";
  // What is before the first message in view comes with it.
  const wanted = $("#older", l) ? fragments.filter(({ html }) => parsed(html).firstElementChild.dataset.order >= first) : fragments;
  const fresh = put(l, wanted, false);
  for (const { html, quote } of fragments) if (quote) requote(parsed(html).firstElementChild.dataset.id, quote);
  for (const m of fresh) {
    m.dataset.fresh = "";
    for (const picture of $$("img, video", m)) picture.addEventListener("load", toEnd, { once: true });
  }
  days(l);
  if (fresh.some((m) => m.classList.contains("in"))) l.dataset.fresh = "1";
  if (!following) l.scrollTop = top + (top < 5 ? l.scrollHeight - height : 0);
  composer.find();
  toEnd();
}

// requote changes what a message says where it is quoted.
function requote(id, text) {
  for (const quoted of $$(`#messages [data-quoted="${CSS.escape(id)}"] > span`)) quoted.textContent = text;
  composer.requote(id, text);
}

// erased takes away what is nowhere any more.
export function erased(ids) {
  for (const id of ids) document.getElementById("m-" + id)?.remove();
}

// older fetches what was said before.
let fetching = false;
async function older() {
  const more = $("#older");
  if (!more || fetching) return;
  fetching = true;
  const l = list();
  try {
    const html = parsed(await request(more.dataset.more));
    if (!l.isConnected) return;
    const height = l.scrollHeight, top = l.scrollTop;
    tell(html);
    more.replaceWith(html);
    days(l);
    l.scrollTop = top + l.scrollHeight - height;
  } catch { /* the button is still there */ } finally { fetching = false; }
}

export async function act(path, data) {
  try {
    await send(path, data);
    alert("act", "");
    return true;
  } catch (err) {
    alert("act", err.message);
    return false;
  }
}

document.addEventListener("click", ({ target }) => {
  const at = (selector) => target.closest?.(selector);
  if (at("#older button")) older();
  else if (at("#to-end")) { following = true; toEnd(); delete list().dataset.fresh; $("#to-end").hidden = true; }
  else if (at("[data-settle]")) { const b = at("[data-settle]"); b.disabled = true; act("/message/" + b.dataset.settle).then((ok) => { if (!ok) b.disabled = false; }); }
  else if (at("[data-quoted]")) {
    const m = document.getElementById("m-" + at("[data-quoted]").dataset.quoted);
    m?.scrollIntoView({ block: "center" });
    m?.classList.add("target");
    setTimeout(() => m?.classList.remove("target"), 1500);
  }
});

export const heard = (texts) => { for (const text of texts) hear(say("heard", { text })); };
