"use strict";
// The page of the simulator. It asks for everything once a second and draws what changed.

const $ = id => document.getElementById(id);
const el = (tag, cls, ...children) => {
  const e = document.createElement(tag);
  if (cls) e.className = cls;
  e.append(...children.filter(c => c !== undefined && c !== ""));
  return e;
};
const button = (label, click, cls) => {
  const b = el("button", cls, label);
  b.type = "button";
  b.onclick = click;
  return b;
};

let who = 0, now = 0, quoting = null, editing = null;
const drawn = {};

// changed reports whether a part of the page has to be drawn again.
const changed = (part, value) => {
  const text = JSON.stringify(value);
  if (drawn[part] === text) return false;
  drawn[part] = text;
  return true;
};

async function call(method, path, body) {
  let answer;
  try {
    const r = await fetch("/control/" + path, { method, headers: { "Content-Type": "application/json" }, body: body && JSON.stringify(body) });
    answer = await r.json();
  } catch {
    answer = { error: "The simulator does not answer; is it still running?" };
  }
  if (method !== "GET" || answer.error) say(answer.error);
  if (answer.error) throw new Error(answer.error);
  return answer;
}
const say = text => { $("notice").hidden = !text; $("notice").textContent = text || ""; };
const post = (path, body) => call("POST", path, body || {}).then(v => { refresh(); return v; }, () => {});
const act = (gesture, words) => post("users/" + who + "/" + gesture, words);

// --- customers

const span = ms => {
  const m = Math.floor(ms / 60000);
  return m < 60 ? m + " min" : Math.floor(m / 60) + " h " + String(m % 60).padStart(2, "0") + " min";
};
function windowLine(p) {
  if (!p.window_ends) return el("small", "window closed", "has not written yet");
  const left = new Date(p.window_ends) - now;
  if (left <= 0) return el("small", "window closed", "window closed");
  return el("small", "window" + (left < 3600000 ? " soon" : ""), "window open " + span(left));
}
function drawPeople(people) {
  if (!changed("people", [who, people, Math.floor(now / 60000)])) return;
  $("people").replaceChildren(...people.map(p => {
    const b = button("", () => turnTo(p.n), "person");
    b.setAttribute("aria-pressed", p.n === who);
    b.append(el("span", "avatar", p.name.slice(0, 1)), el("strong", "", p.name), el("small", "", p.last || "+" + p.phone), windowLine(p));
    return b;
  }));
}

// --- phone

// What is being written stays with the person who writes it.
const drafts = {};
function putDown() {
  if (!editing) drafts[who] = $("text").value;
  quoting = editing = null;
}
function pickUp() { $("text").value = drafts[who] || ""; drawQuoting(); }
function turnTo(n) {
  putDown();
  who = n;
  pickUp();
  show("phone");
  refresh();
}

const kinds = { image: "Photo", video: "Video", audio: "Audio", document: "Document", sticker: "Sticker" };
const clockOf = at => new Date(at).toISOString().slice(11, 16);

function bubble(m, list) {
  const b = el("div", "bubble" + (m.mine ? " mine" : ""));
  if (m.deleted) { b.classList.add("deleted"); b.append("This message was deleted"); return b; }
  const quoted = m.reply_to && list.find(x => x.id === m.reply_to);
  if (quoted) b.append(el("div", "quote", quoted.text || kinds[quoted.kind] || quoted.kind));
  if (m.forwarded) b.append(el("div", "foot", "Forwarded"));
  if (m.header) b.append(el("b", "", m.header));
  if (m.media) b.append(el("div", "file " + m.media.kind, m.media.filename || (m.media.voice ? "Voice message" : kinds[m.media.kind] || m.media.kind)));
  if (m.place) b.append(el("div", "file", m.place.name || m.place.latitude + ", " + m.place.longitude));
  for (const name of m.people || []) b.append(el("div", "file", name));
  for (const id of m.products || []) b.append(el("div", "file", "Product " + id));
  if (m.text) b.append(el("span", "", m.text));
  else if (!m.media && !m.place && !m.header && !m.people) b.append(el("span", "foot", m.kind.replaceAll("_", " ")));
  if (m.footer) b.append(el("div", "foot", m.footer));
  const ticks = m.mine ? el("span", "ticks " + m.ticks, "✓✓") : "";
  b.append(el("div", "meta", (m.edited ? "edited " : "") + clockOf(m.at), ticks));
  if (m.reactions) { b.classList.add("reacted"); b.append(el("span", "reactions", m.reactions.join(" "))); }

  const acts = el("div", "acts", button("Reply", () => { quoting = m; editing = null; drawQuoting(); }), button("👍", () => act("react", { id: m.id, emoji: "👍" })));
  if (m.mine && m.text) acts.append(button("Edit", () => { putDown(); editing = m; $("text").value = m.text; drawQuoting(); }));
  if (m.mine) acts.append(button("Delete", () => act("delete", { id: m.id })));
  b.append(acts);

  const taps = el("div", "taps");
  for (const x of m.buttons || []) taps.append(tappable(x));
  for (const c of m.cards || []) {
    taps.append(el("span", "", c.body || c.product || "Card"));
    for (const x of c.buttons || []) taps.append(tappable(x));
  }
  for (const s of m.sections || []) {
    if (s.title) taps.append(el("span", "", s.title));
    for (const r of s.rows) taps.append(button(r.title + (r.description ? " · " + r.description : ""), () => act("choose", { label: r.title })));
  }
  if (taps.childNodes.length) b.append(taps);
  return b;
}
function tappable(x) {
  if (x.kind === "reply" || x.kind === "quick_reply") return button(x.label, () => act("tap", { label: x.label }));
  if (x.kind === "flow") return button(x.label, () => {
    const answers = prompt("Answers of the form, as JSON", '{"rating":"5"}');
    if (answers) act("flow", { text: answers });
  });
  return el("span", "", x.label + (x.url ? " (" + x.url + ")" : ""));
}
function drawQuoting() {
  const m = quoting || editing;
  $("quoting").hidden = !m;
  if (m) { $("quoting").firstElementChild.textContent = (editing ? "Edit: " : "Reply to: ") + (m.text || m.kind); $("text").focus(); }
}
function drawChat(p, chat) {
  $("presence").textContent = chat.typing ? "typing…" : "business account, seen by " + p.name;
  for (const b of document.querySelectorAll("[data-toggle]")) b.setAttribute("aria-pressed", p[b.dataset.toggle]);
  if (!changed("chat", [who, chat.messages])) return;
  const screen = $("chat"), low = screen.scrollHeight - screen.scrollTop - screen.clientHeight < 60 || drawn.who !== who;
  drawn.who = who;
  let day = "";
  screen.replaceChildren(...(chat.messages || []).flatMap(m => {
    const d = new Date(m.at).toUTCString().slice(0, 16), head = d === day ? [] : [el("div", "day", d)];
    day = d;
    return [...head, bubble(m, chat.messages)];
  }));
  if (!chat.messages?.length) screen.append(el("div", "hint", "Write something. Your program gets a webhook and may answer freely for 24 hours."));
  if (low) screen.scrollTop = screen.scrollHeight;
}

// --- program

function drawFindings(findings) {
  if (!changed("findings", findings)) return;
  const card = $("rules");
  card.className = "card " + (findings.length ? "broken" : "ok");
  card.replaceChildren(
    el("div", "verdict", findings.length ? "Your program broke " + findings.length + (findings.length === 1 ? " rule" : " rules") : "No rule broken so far"),
    ...findings.map(f => el("div", "finding", el("div", "", el("code", "", f.rule), el("small", "", f.detail)), el("span", "muted", "×" + f.times))));
}
function drawAccess(s) {
  const rows = [["Base URL", s.base_url], ["Access token", s.access_token], ["Phone number id", s.phone_number_id], ["Phone number", "+" + s.phone],
    ["WABA id", s.waba_id], ["App id", s.app_id], ["App secret", s.app_secret], ["Verify token", s.verify_token]];
  if (!changed("access", rows)) return;
  $("access").replaceChildren(...rows.flatMap(([k, v]) => {
    const copy = button("Copy", () => navigator.clipboard.writeText(v).then(() => { copy.textContent = "Copied"; setTimeout(() => { copy.textContent = "Copy"; }, 1200); }, () => {}), "quiet");
    const dd = el("dd", "", v);
    dd.title = v;
    copy.setAttribute("aria-label", "Copy " + k);
    return [el("dt", "", k), dd, copy];
  }));
}
const pretty = text => { try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; } };

// drawTraffic adds what is new on top, so that an opened row stays open.
let newest = 0;
function drawTraffic(traffic) {
  const list = $("traffic");
  if (!traffic.length) { list.replaceChildren(el("div", "empty", "Nothing yet: neither a call of your program nor a webhook.")); return; }
  if (!newest) list.replaceChildren();
  for (const x of traffic.filter(x => x.n > newest).reverse()) list.prepend(trafficRow(x));
  newest = traffic[0].n;
  while (list.childNodes.length > traffic.length) list.lastChild.remove();
}
function trafficRow(x) {
  const bad = x.status < 200 || x.status > 299;
  const at = el("time", "", new Date(x.at).toISOString().slice(11, 19));
  const what = el("span", "what", x.about ? el("b", "", x.about + " ") : "", x.note ? el("span", "bad", x.note + " ") : "", el("code", "", x.line));
  what.title = x.line + (x.note ? ": " + x.note : "");
  const d = el("details", "", el("summary", "", at, el("span", "kind " + x.kind, x.kind === "graph" ? "API call" : "webhook"), what,
    el("span", "status" + (bad ? " bad" : ""), String(x.status || "none")), el("span", "took", x.took)));
  d.ontoggle = async () => {
    if (!d.open || d.childNodes.length > 1) return;
    const full = await call("GET", "traffic/" + x.n).catch(() => undefined);
    if (!full) return;
    if (full.request) d.append(el("div", "label", x.kind === "graph" ? "Your program asked" : "Your program was told"), el("pre", "", pretty(full.request)));
    d.append(el("div", "label", "Answer"), el("pre", "", pretty(full.response) || "(empty)"));
  };
  return d;
}
function drawTemplates(templates) {
  if (!changed("templates", templates)) return;
  $("templates").replaceChildren(...templates.map(t =>
    el("div", "row", el("code", "", t.name), el("span", "muted", t.language), el("span", "spacer"), el("span", "status" + (t.status === "APPROVED" ? "" : " bad"), t.status.toLowerCase()))));
}

// --- all of it

async function refresh() {
  const of = who;
  const [s, chat] = await Promise.all([call("GET", "state"), call("GET", "users/" + of + "/chat")]);
  if (of !== who) return; // another person was chosen meanwhile
  now = new Date(s.now);
  $("clock").textContent = now.toUTCString().slice(0, 22);
  $("receiver").textContent = s.webhook ? "Webhook connected" : "No webhook yet";
  $("receiver").className = "chip" + (s.webhook ? "" : " none");
  $("business").textContent = s.business;
  $("access-card").classList.toggle("first", !s.webhook);
  if (s.webhook && changed("webhook", s.webhook)) $("url").value = s.webhook;
  drawPeople(s.people);
  drawChat(s.people[who], chat);
  drawFindings(s.findings);
  drawAccess(s);
  drawTraffic(s.traffic);
  drawTemplates(s.templates);
}
const show = view => { document.body.dataset.view = view; };

$("writer").onsubmit = e => {
  e.preventDefault();
  const text = $("text").value.trim(), by = who, quoted = quoting, edited = editing, m = quoted || edited;
  if (!text) return;
  const done = m ? act(edited ? "edit" : "reply", { id: m.id, text }) : act("text", { text });
  if (!edited) $("text").value = "";
  putDown();
  pickUp();
  done.then(ok => { // what did not go out comes back
    if (ok || $("text").value && who === by) return;
    if (who !== by) { if (!edited) drafts[by] ||= text; return; }
    quoting = quoted;
    editing = edited;
    $("text").value = text;
    drawQuoting();
  });
};
$("quoting").lastElementChild.onclick = () => { putDown(); pickUp(); };
$("adder").onsubmit = async e => {
  e.preventDefault();
  const name = $("newname").value.trim(), hide = $("hidden").checked;
  const p = await post("users", hide ? { name, hide_phone: true, username: "user." + Math.random().toString(36).slice(2, 8) + "x" } : { name });
  if (p) { $("newname").value = ""; turnTo(p.n); }
};
$("hook").onsubmit = e => { e.preventDefault(); post("webhook", { url: $("url").value }); };
$("probe").onclick = () => post("probe");
for (const b of document.querySelectorAll("[data-gesture]")) b.onclick = () => act(b.dataset.gesture);
for (const b of document.querySelectorAll("[data-toggle]")) b.onclick = () => {
  const on = b.getAttribute("aria-pressed") === "true";
  if (!on) act(b.dataset.on); else if (b.dataset.off) act(b.dataset.off); else say("The customer unblocks you by writing.");
};
for (const b of document.querySelectorAll("[data-advance]")) b.onclick = () => post("clock", { advance: b.dataset.advance });
for (const b of document.querySelectorAll("[data-intercept]")) b.onclick = () => post("intercept", JSON.parse(b.dataset.intercept));
for (const b of document.querySelectorAll("[data-faults]")) b.onclick = async () => {
  const kind = b.dataset.faults, all = kind === "all";
  const rates = all ? { duplicate: .3, reorder: .3, lose: .3, malform: .1, future: .1, forge: .1 } : kind ? { [kind]: .3 } : {};
  if (await post("faults", rates)) for (const o of document.querySelectorAll("[data-faults]")) o.setAttribute("aria-pressed", o === b);
};
for (const b of document.querySelectorAll("[data-go]")) b.onclick = () => show(b.dataset.go);

refresh().catch(() => {});
setInterval(() => { if (!document.hidden) refresh().catch(() => {}); }, 1000);
