"use strict";
// The page is rendered on the server; this file fetches fragments when something
// changed, counts down windows, and sends forms. What is being written is in drafts.js.
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
let selected = location.hash.slice(1);
let clockOffset = 0; // the server's (simulated) clock minus ours, in milliseconds

async function request(path, options) {
  let answer, text;
  try {
    answer = await fetch(path, { signal: AbortSignal.timeout(30e3), ...options });
    text = await answer.text();
  } catch {
    throw Object.assign(new Error("The helpdesk does not answer."), { lost: true });
  }
  if (!answer.ok) throw Object.assign(new Error(text.trim() || answer.statusText), { status: answer.status });
  const now = answer.headers.get("X-Now");
  if (now) clockOffset = Number(now) - Date.now();
  return text;
}
const post = (path, data) => request(path, { method: "POST", body: new URLSearchParams(data) });
const pathOf = (id) => "/conversations/" + encodeURIComponent(id);

// --- what is shown

// Lists that stand at their end stay there: when they grow, when the form below them
// does, and when they come into sight.
const following = { messages: true, screen: true };
const nearEnd = (list) => list.scrollHeight - list.scrollTop - list.clientHeight < 80;
const extent = (list) => list.clientHeight + " " + list.scrollHeight;
function toEnd(list) {
  if (!list) return;
  list.dataset.extent = extent(list);
  if (following[list.id]) list.scrollTop = list.scrollHeight;
}
addEventListener("scroll", ({ target: list }) => {
  if (!(list.id in following)) return;
  // A list that changed its size has moved by itself: nobody scrolled away from its end.
  if (following[list.id] && list.dataset.extent !== extent(list)) toEnd(list);
  else following[list.id] = nearEnd(list);
}, true);
const sizes = new ResizeObserver(() => { toEnd($("#messages")); toEnd($("#screen")); });
for (const box of [$("#conversation"), $("#screen")]) if (box) sizes.observe(box);

// swap replaces a fragment if it changed.
function swap(box, html) {
  if (box.dataset.html === html) return;
  if (pressed) { wanted = true; return; }
  const list = () => (box.id === "screen" ? box : $("#messages", box));
  const top = list()?.scrollTop;
  const focused = box.contains(document.activeElement) && (document.activeElement.dataset.open || document.activeElement.id);
  box.innerHTML = html;
  box.dataset.html = html;
  if (focused) $$("[data-open], [id]", box).find((e) => e.dataset.open === focused || e.id === focused)?.focus();
  if (!list()) return;
  list().scrollTop = top;
  toEnd(list());
}

const hint = (title, text) => '<div class="hint"><p><strong>' + title + "</strong></p><p>" + text + "</p></div>";
const gone = hint("This conversation does not exist any more", "Choose another one from the tickets.");
const nothing = hint("Nothing selected", "Tickets appear on the left when a customer writes.");

// refresh asks for everything that is shown. What does not come stays as it was: a request
// that failed must not bring another customer into view.
async function refresh() {
  const id = selected;
  const [list, talk, phone] = await Promise.allSettled([
    request("/tickets?selected=" + encodeURIComponent(id)), id ? request(pathOf(id)) : nothing, $("#screen") ? request("/phone") : "",
  ]);
  if (list.value) swap($("#ticket-list"), list.value);
  if (phone.value) swap($("#screen"), phone.value);
  if (id === selected) {
    const first = id ? null : $("[data-open]");
    if (first) open(first.dataset.open, false);
    else if (talk.value) swap($("#conversation"), talk.value);
    else if (talk.reason.status === 404) swap($("#conversation"), gone);
    settle();
  } else wanted = true;
  tick();
  const failed = [list, talk, phone].some((part) => part.reason && part.reason.status !== 404);
  if (failed) setTimeout(refreshSoon, 2000);
  banner("stale", failed ? "The helpdesk does not answer. What you see may be out of date." : "");
}

// One refresh at a time, so that an older answer never replaces a newer one; and none
// while a finger is down, since a click needs the element that it began on.
let wanted = false, refreshing = false, pressed = false;
async function refreshSoon() {
  wanted = true;
  if (refreshing) return;
  refreshing = true;
  while (wanted && !pressed) {
    await new Promise((done) => setTimeout(done, 40));
    if (pressed) break;
    wanted = false;
    await refresh();
  }
  refreshing = false;
}
addEventListener("pointerdown", () => { pressed = true; }, true);
for (const end of ["pointerup", "pointercancel", "blur"]) {
  addEventListener(end, () => setTimeout(() => { pressed = false; if (wanted) refreshSoon(); }), true);
}

// open turns to a conversation. Until it is there nothing can be written.
function open(id, show = true) {
  if (id !== selected || !shown()) {
    selected = id;
    freely = true;
    following.messages = true;
    banner(id, "");
    history.replaceState(null, "", "#" + id);
    $("#conversation").innerHTML = hint("One moment…", "");
    $("#conversation").dataset.html = "";
    compose();
  }
  if (show) view("talk");
  refreshSoon();
}
addEventListener("hashchange", () => { const id = location.hash.slice(1); if (id && id !== selected) open(id); });

function view(name) { document.body.dataset.view = name; }

// banner shows what concerns the page and not one conversation; the reasons do not
// overwrite each other.
const banners = {};
function banner(reason, text) {
  banners[reason] = text;
  const box = $("#banner"), all = Object.values(banners).filter(Boolean).join(" ");
  box.hidden = !all;
  box.textContent = all;
}

const now = () => Date.now() + clockOffset;
function duration(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  const h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60;
  if (h > 0) return h + " h " + String(m).padStart(2, "0") + " min";
  return m > 0 ? m + " min " + String(s % 60).padStart(2, "0") + " s" : s + " s";
}
function tick() {
  for (const box of $$("[data-closes]")) {
    if (box.classList.contains("talk-head")) continue;
    const closes = Number(box.dataset.closes);
    if (closes) box.textContent = closes > now() ? duration(closes - now()) : "closed";
  }
  const clock = $("#clock");
  if (clock) clock.textContent = new Date(now()).toLocaleString([], { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  compose();
}
setInterval(tick, 1000);

// --- the composer

let writing = ""; // the conversation whose draft is in the forms
let freely = true; // the agent wants to write freely, if the window allows it
let wasOpen = true;
const shown = () => $(".talk-head")?.dataset.conversation || "";

// compose shows the draft of the conversation in view, in the form that may be used now:
// free text while the window is open, templates at any time.
function compose() {
  const head = $(".talk-head");
  $("#composer").hidden = !head;
  if (writing !== shown()) {
    writing = shown();
    $("#reply textarea").value = draftOf(writing).text;
    clearTemplate();
  }
  if (!head) return;
  const closes = Number(head.dataset.closes);
  const open = closes > now() + 60000;
  if (open && !wasOpen) freely = true;
  wasOpen = open;
  const notice = $("#notice");
  const left = closes - now();
  notice.hidden = open && left > 4 * 3600e3;
  notice.className = open ? "notice soon" : "notice";
  notice.textContent = open
    ? "The customer service window closes in " + duration(left) + ". Afterwards only templates can be sent."
    : "The customer service window is closed" + (head.dataset.closedAt ? " since " + head.dataset.closedAt : "") + ". WhatsApp would refuse free text now. Send an approved template; when the customer answers, the window opens again.";
  const free = open && freely;
  $("#reply").hidden = !free;
  $("#template").hidden = free;
  $("#hide-templates").hidden = !open;
  for (const kind of ["reply", "template"]) $("#" + kind + " button[type=submit]").disabled = underWay.has(kind + writing);
  const error = draftOf(writing).error;
  $("#error").hidden = !error;
  $("#error").textContent = error;
  if (!free && !loading && !filled) loadTemplates();
}

// fail tells what went wrong with the draft of a conversation.
function fail(id, text) {
  draftOf(id).error = text;
  compose();
}

// send delivers one form of a conversation, whichever is in view when the answer comes.
// One at a time: an answer that is finished meanwhile follows when the first was taken.
const underWay = new Set();
async function send(id, kind, content) {
  const draft = draftOf(id);
  if (underWay.has(kind + id)) { draft.next = content.text ?? ""; return; }
  const sent = tryOf(id, kind, content);
  underWay.add(kind + id);
  fail(id, "");
  banner(id, "");
  try {
    await post(pathOf(id) + "/" + kind, { ...content, key: sent.key });
    settled(id, kind, sent.key);
  } catch (err) {
    const text = err.lost ? "No answer came, so that nobody knows whether this was taken. Send it again as it is: the customer gets it once." : err.message;
    if (draft.tries[kind] === sent) fail(id, text);
    if (draft.tries[kind] === sent && id !== writing) banner(id, "To " + nameOf(id) + ": " + text);
    if (id === writing && kind === "reply" && /window/.test(text)) freely = false;
  }
  underWay.delete(kind + id);
  const next = draft.next, rest = next.startsWith(sent.text) ? next.slice(sent.text.length).trimStart() : next;
  draft.next = "";
  if (rest && draft.tries[kind] !== sent) send(id, kind, { text: rest });
  compose();
  refreshSoon();
}
const nameOf = (id) => $$("[data-open]").find((link) => link.dataset.open === id)?.querySelector("strong")?.textContent || "a customer";

// settled clears a form whose content was taken.
function settled(id, kind, key) {
  if (!taken(id, kind, key) || id !== writing) return;
  const box = $("#reply textarea"), text = draftOf(id).text;
  if (box.value !== text) box.value = text;
  if (kind === "template" && !draftOf(id).template) {
    freely = true;
    clearTemplate(-1); // the next one has to be chosen: a second click sends nothing
  }
}

// settle finds drafts in the conversation that were taken although no answer came.
function settle() {
  const tries = Object.entries(draftOf(shown()).tries);
  for (const [kind, { key }] of tries) if ($$("[data-key]").some((m) => m.dataset.key === key)) settled(shown(), kind, key);
}

$("#reply").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("#reply textarea").value.trim();
  if (text) send(writing, "reply", { text });
  else if (!underWay.has("reply" + writing)) fail(writing, "Write something first.");
});
$("#reply textarea").addEventListener("input", (event) => { draftOf(writing).text = event.target.value; });
let entered = false; // Enter was pressed: some keyboards put a line break into the box nevertheless
$("#reply textarea").addEventListener("keydown", (event) => {
  entered = event.key === "Enter" && !event.shiftKey && !event.isComposing;
  if (entered) { event.preventDefault(); $("#reply").requestSubmit(); }
});
$("#reply textarea").addEventListener("beforeinput", (event) => {
  if (entered && event.inputType === "insertLineBreak") event.preventDefault();
});

// --- templates

let templates = [];
let filled = false; // the form is filled in for the customer of the draft
let loading = false; // the templates are being fetched
let asked = 0; // counts requests of the form: an older answer must not replace a newer one
let choice = 0; // which template is chosen at first, -1 for none

function clearTemplate(first = 0) {
  asked++;
  filled = loading = false;
  choice = first;
  for (const part of ["#template select", "#fields", "#preview"]) $(part).replaceChildren();
}
async function loadTemplates() {
  const turn = ++asked;
  loading = true;
  try {
    const list = JSON.parse(await request("/templates"));
    if (turn !== asked) return;
    templates = list;
    const select = $("#template select"), draft = draftOf(writing);
    select.replaceChildren(...templates.map((t) => new Option(t.Title, t.Key)));
    select.selectedIndex = choice;
    if (templates.some((t) => t.Key === draft.template)) select.value = draft.template;
    await fields();
  } catch (err) {
    if (turn === asked) fail(writing, err.message);
  } finally { if (turn === asked) loading = false; }
}
async function fields() {
  const turn = ++asked, id = writing, key = $("#template select").value;
  filled = false;
  loading = true;
  let html = templates.length ? "" : '<p class="muted">There is no approved template that can be filled in here.</p>', wrong = "";
  try {
    if (key) html = await request("/templates/fields?key=" + encodeURIComponent(key) + "&conversation=" + encodeURIComponent(id));
  } catch (err) { wrong = err.message; }
  if (turn !== asked) return;
  if (wrong) fail(id, wrong); // and the next tick tries again
  loading = false;
  if (wrong) return;
  $("#fields").innerHTML = html;
  for (const [name, value] of Object.entries(draftOf(id).fields)) {
    const field = $$("#fields input").find((input) => input.name === name);
    if (field) field.value = value;
  }
  filled = templates.length > 0;
  if (key) await preview();
}
async function preview() {
  const turn = ++asked, id = writing;
  let html = "", wrong = "";
  try { html = await post("/templates/preview", new FormData($("#template"))); } catch (err) { wrong = err.message; }
  if (turn !== asked) return;
  $("#preview").innerHTML = html;
  fail(id, wrong);
}

$("#show-templates").addEventListener("click", () => { freely = false; compose(); });
$("#hide-templates").addEventListener("click", () => { freely = true; fail(writing, ""); });
$("#template select").addEventListener("change", (event) => {
  Object.assign(draftOf(writing), { template: event.target.value, fields: {} });
  fields();
});
$("#fields").addEventListener("input", (event) => {
  const draft = draftOf(writing);
  draft.template = $("#template select").value;
  draft.fields[event.target.name] = event.target.value;
  preview();
});
$("#template").addEventListener("submit", (event) => {
  event.preventDefault();
  if (filled) send(writing, "template", Object.fromEntries(new FormData($("#template"))));
});

// --- the phone, the clock, and what is clicked

const act = (path, data) => post(path, data).then(() => { banner("act", ""); refreshSoon(); }, (err) => banner("act", err.message));

$("#say")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const box = $("#say input"), button = $("#say button[type=submit]"), text = box.value;
  if (button.disabled) return;
  button.disabled = true;
  try {
    await post("/phone/say", { text });
    if (box.value.startsWith(text)) box.value = box.value.slice(text.length); // what was typed meanwhile stays
    banner("act", "");
    refreshSoon();
  } catch (err) { banner("act", err.message); }
  button.disabled = false;
});

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-open], [data-go], [data-advance], [data-tap], [data-settle], #card");
  if (!target) return;
  if (target.dataset.open) { event.preventDefault(); open(target.dataset.open); }
  if (target.dataset.go) view(target.dataset.go);
  if (target.dataset.advance) act("/clock", { by: target.dataset.advance });
  if (target.dataset.tap) { target.disabled = true; act("/phone/tap", { label: target.dataset.tap }); }
  if (target.dataset.settle) act(pathOf(shown()) + "/" + target.dataset.settle, {});
  if (target.id === "card") { const field = $("#say input"); field.value = (field.value + " My card is 4111 1111 1111 1111").trim(); field.focus(); }
});

// listen refreshes the page whenever something changed. Browsers give up after an answer
// that is no stream of events; an agent's page must not fall silent.
function listen() {
  const events = new EventSource("/events");
  for (const what of ["update", "open", "error"]) events.addEventListener(what, refreshSoon);
  events.addEventListener("error", () => { if (events.readyState === EventSource.CLOSED) setTimeout(listen, 2000); });
}
listen();
view(innerWidth < 860 && $("#phone") ? "phone" : "tickets");
refreshSoon();
