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
const say = (text, good) => { $("notice").hidden = !text; $("notice").textContent = text || ""; $("notice").classList.toggle("good", !!good); };
const post = (path, body) => call("POST", path, body || {}).then(v => { refresh(); return v; }, () => {});
const act = (gesture, words) => post("users/" + who + "/" + gesture, words);

// --- customers

const span = ms => {
  const m = Math.floor(ms / 60000);
  return m < 60 ? m + " min" : Math.floor(m / 60) + " h " + String(m % 60).padStart(2, "0") + " min";
};
function windowLine(p) {
  if (!p.window_ends) return el("small", "window none", "has not written yet");
  const left = new Date(p.window_ends) - now;
  if (left <= 0) return el("small", "window closed", "window closed");
  return el("small", "window" + (left < 3600000 ? " soon" : ""), "window open " + span(left));
}
let beside = []; // people whose phones stand beside the one in use
function drawPeople(people) {
  const q = $("search").value.trim().toLowerCase().replace(/^\+/, "");
  if (!changed("people", [who, q, people, Math.floor(now / 60000)])) return;
  const found = people.filter(p => [p.name, p.phone, p.bsuid, p.username || ""].some(t => t.toLowerCase().includes(q)));
  $("nobody").hidden = found.length > 0;
  $("people").replaceChildren(...found.map(p => {
    const b = button("", () => turnTo(p.n), "person");
    b.setAttribute("aria-pressed", p.n === who);
    b.append(el("span", "avatar", p.name.slice(0, 1)), el("strong", "", p.name), el("small", "", p.last || (p.username ? "@" + p.username : "+" + p.phone)), windowLine(p));
    return b;
  }));
}

function aside(n) {
  const b = button("×", () => { beside = beside.filter(o => o !== n); refresh(); }, "plain");
  b.setAttribute("aria-label", "Put this phone away");
  return b;
}

// drawBeside draws the phones that stand beside the one in use: a chat and a line to
// write, and a click on the name to take it in hand.
async function drawBeside(people) {
  if (changed("pinner", [who, beside, people.map(p => p.name)])) {
    const none = new Option("Another phone beside…", "");
    $("pinner").replaceChildren(none, ...people.filter(p => p.n !== who && !beside.includes(p.n)).map(p => new Option(p.name, p.n)));
  }
  const wanted = beside.filter(n => n !== who && people[n]);
  document.body.classList.toggle("many", wanted.length > 0);
  for (const e of [...$("beside").children]) if (!wanted.includes(Number(e.dataset.n))) e.remove();
  await Promise.all(wanted.map(async n => {
    let phone = $("beside").querySelector(`[data-n="${n}"]`);
    if (!phone) {
      phone = el("div", "device small");
      phone.dataset.n = n;
      const input = el("input"), form = el("form", "line", input, el("button", "round", "➤"));
      input.placeholder = "Message";
      input.setAttribute("aria-label", "Message of " + people[n].name);
      form.lastChild.setAttribute("aria-label", "Send");
      form.onsubmit = e => {
        e.preventDefault();
        const text = input.value.trim();
        if (text) post("users/" + n + "/text", { text }).then(ok => { if (ok) input.value = ""; });
      };
      phone.append(el("div", "device-bar", el("span", "avatar", people[n].name.slice(0, 1)), button(people[n].name, () => turnTo(n), "name"), el("span", "spacer"), aside(n)), el("div", "screen"), form);
      $("beside").append(phone);
    }
    const chat = await call("GET", "users/" + n + "/chat");
    if (!changed("beside" + n, chat.messages) && phone.dataset.drawn) return;
    phone.dataset.drawn = "1";
    const screen = phone.querySelector(".screen");
    screen.replaceChildren(...(chat.messages || []).map(m => bubble(m, chat.messages, n)));
    screen.scrollTop = screen.scrollHeight;
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

function bubble(m, list, by = who) {
  const act = (gesture, words) => post("users/" + by + "/" + gesture, words);
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

  const acts = el("div", "acts", by === who ? button("Reply", () => { quoting = m; editing = null; drawQuoting(); }) : "", button("👍", () => act("react", { id: m.id, emoji: "👍" })));
  if (m.mine && m.text && by === who) acts.append(button("Edit", () => { putDown(); editing = m; $("text").value = m.text; drawQuoting(); }));
  if (m.mine) acts.append(button("Delete", () => act("delete", { id: m.id })));
  b.append(acts);

  const taps = el("div", "taps");
  for (const x of m.buttons || []) taps.append(tappable(x, act));
  for (const c of m.cards || []) {
    taps.append(el("span", "", c.body || c.product || "Card"));
    for (const x of c.buttons || []) taps.append(tappable(x, act));
  }
  if (m.sections) taps.append(button("☰ " + (m.list || "Options"), () => openList(m, act)));
  if (taps.childNodes.length) b.append(taps);
  return b;
}
// openList shows the rows of a list message, as the phone does when its button is tapped.
function openList(m, act) {
  $("choices-title").textContent = m.list || "Options";
  $("choices-rows").replaceChildren(...m.sections.flatMap(s => [
    s.title ? el("h3", "", s.title) : "",
    ...s.rows.map(r => {
      const b = button("", () => { $("choices").close(); act("choose", { label: r.title }); }, "row-choice");
      b.append(el("strong", "", r.title), r.description ? el("small", "", r.description) : "");
      return b;
    })].filter(Boolean)));
  $("choices").showModal();
}
function tappable(x, act) {
  if (x.kind === "reply" || x.kind === "quick_reply") return button(x.label, () => act("tap", { label: x.label }));
  if (x.kind === "flow") return button(x.label, () => fillFlow(act));
  if (x.kind === "review_and_pay") return button(x.label, () => act("pay"));
  return el("span", "", x.label + (x.url ? " (" + x.url + ")" : ""));
}
// fillFlow opens a form and asks for the answers: screen by screen if it has an endpoint,
// with the ways a phone has of going back and of refusing what it cannot show.
async function fillFlow(act) {
  const at = await act("open-flow");
  if (!at) return;
  const asks = !!at.screen, before = [];
  $("form-data").value = asks ? "{}" : '{"rating":"5"}';
  for (const id of ["form-shows", "form-back", "form-report"]) $(id).hidden = !asks;
  const go = async next => {
    if (!next) return; // refused, and the page says why
    if (!next.screen || next.screen === "SUCCESS") { $("form").close(); return; }
    Object.assign(at, next);
    showScreen();
  };
  const showScreen = () => {
    $("form-title").textContent = asks ? "Screen " + at.screen : "Form";
    $("form-shows").textContent = "shows " + JSON.stringify(at.data);
    $("form-back").disabled = !before.length;
  };
  $("form-fields").onsubmit = async e => {
    e.preventDefault();
    const text = $("form-data").value;
    let data;
    try { data = JSON.parse(text); } catch { say("That is no JSON: " + text); return; }
    if (!asks) { if (await act("flow", { text })) $("form").close(); return; }
    const from = at.screen, next = await act("submit-flow", { screen: from, data });
    if (next && next.screen !== from) before.push(from);
    go(next);
  };
  $("form-back").onclick = async () => {
    const next = await act("back-flow", { screen: before.at(-1) });
    if (next) before.pop();
    go(next);
  };
  $("form-report").onclick = async () => { if (await act("report-flow", { screen: at.screen })) say("The endpoint was told that the phone cannot show this screen.", true); };
  showScreen();
  $("form").showModal();
}
function drawQuoting() {
  const m = quoting || editing;
  $("quoting").hidden = !m;
  if (m) { $("quoting").firstElementChild.textContent = (editing ? "Edit: " : "Reply to: ") + (m.text || m.kind); $("text").focus(); }
}
function drawChat(p, chat, connected) {
  $("presence").textContent = chat.typing ? "typing…" : "business account, seen by " + p.name;
  for (const b of document.querySelectorAll("[data-toggle]")) b.setAttribute("aria-pressed", p[b.dataset.toggle]);
  if (!changed("chat", [who, chat.messages, connected])) return;
  const screen = $("chat"), low = screen.scrollHeight - screen.scrollTop - screen.clientHeight < 60 || drawn.who !== who;
  drawn.who = who;
  let day = "";
  screen.replaceChildren(...(chat.messages || []).flatMap(m => {
    const d = new Date(m.at).toUTCString().slice(0, 16), head = d === day ? [] : [el("div", "day", d)];
    day = d;
    return [...head, bubble(m, chat.messages)];
  }));
  if (!chat.messages?.length) screen.append(el("div", "hint", connected
    ? "Write something. Your program gets a webhook and may answer freely for 24 hours."
    : "Connect your program under “Webhooks to your program”, then write something. Without it, messages open the window, but nobody is told."));
  if (low) screen.scrollTop = screen.scrollHeight;
}

// --- program

function drawFindings(findings) {
  if (!changed("findings", findings)) return;
  const card = $("rules"), broken = findings.filter(f => !f.advice), advice = findings.length - broken.length;
  card.className = "card " + (broken.length ? "broken" : "ok");
  const verdict = broken.length ? "Your program broke " + broken.length + (broken.length === 1 ? " rule" : " rules") : "No rule broken so far";
  const head = el("div", "verdict", verdict + (advice ? ", and there is advice" : ""));
  if (findings.length) head.append(button("Clear", () => post("audit/clear"), "quiet"));
  card.replaceChildren(head, ...findings.sort((a, b) => a.advice - b.advice).map(f => {
    const text = el("div", "", el("code", "", f.rule), f.advice ? el("span", "chip none", "advice") : "", el("small", "", f.detail));
    for (const c of f.cases || []) {
      const line = el("small", "case", [c.what, c.where].filter(Boolean).join(" · ") + " ");
      if (c.n) line.append(button("show call " + c.n, () => showCall(c.n), "link"));
      text.append(line);
    }
    return el("div", "finding" + (f.advice ? " mild" : ""), text, el("span", "muted", "×" + f.times));
  }));
}
function drawAccess(s) {
  const rows = [["Base URL", s.base_url], ["Access token", s.access_token], ["Phone number id", s.phone_number_id], ["Phone number", "+" + s.phone],
    ["WABA id", s.waba_id], ["App id", s.app_id], ["App secret", s.app_secret], ["Verify token", s.verify_token]];
  if (!changed("access", rows)) return;
  $("access").replaceChildren(...rows.flatMap(([k, v]) => {
    const copy = button("Copy", () => navigator.clipboard.writeText(v).then(() => { copy.textContent = "Copied"; setTimeout(() => { copy.textContent = "Copy"; }, 1200); }, () => {}), "quiet");
    const dd = el("dd", "", el("span", "", v), copy);
    dd.firstChild.title = v;
    copy.setAttribute("aria-label", "Copy " + k);
    return [el("dt", "", k), dd];
  }));
  drawSnippets(s.snippets);
}
let language = "curl";
function drawSnippets(list) {
  $("languages").replaceChildren(...list.map(x => {
    const b = button(x.name, () => { language = x.name; drawSnippets(list); $("languages").querySelector("[aria-selected=true]").focus(); });
    b.setAttribute("role", "tab");
    b.setAttribute("aria-selected", x.name === language);
    b.setAttribute("aria-controls", "snippet");
    return b;
  }));
  const code = list.find(x => x.name === language).code;
  const copy = button("Copy", () => navigator.clipboard.writeText(code).then(() => { copy.textContent = "Copied"; }, () => {}), "quiet copy");
  $("snippet").replaceChildren(block(code), copy);
}
// block is a text that may have to be scrolled, with the keyboard too.
const block = text => { const pre = el("pre", "", text); pre.tabIndex = 0; return pre; };
const pretty = text => { try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; } };

// drawTraffic asks for what is new by cursor and adds it on top, so that an opened row
// stays open; older rows come on demand.
let newest = 0, oldest = 0, kind = "", drawing = false;
const visible = x => x.kind !== "control" && (!kind || x.kind === kind);
async function drawTraffic(count) {
  const list = $("traffic");
  if (drawing) return; // one at a time, or a row would come twice
  drawing = true;
  try {
    if (!newest && count > 100) newest = oldest = count - 100;
    while (newest < count) {
      const page = await call("GET", "traffic?after=" + newest);
      if (page.next === newest) break;
      for (const x of page.traffic.filter(visible)) list.prepend(trafficRow(x));
      newest = page.next;
    }
  } finally {
    drawing = false;
  }
  $("older").hidden = oldest === 0;
  const empty = list.querySelector(".empty"), rows = list.querySelector("details");
  if (!rows && !empty) list.append(el("div", "empty", "Nothing yet: neither a call of your program nor a webhook."));
  if (rows && empty) empty.remove();
}
async function drawOlder() {
  const from = Math.max(0, oldest - 100), page = await call("GET", "traffic?after=" + from + "&limit=" + (oldest - from));
  oldest = from;
  $("traffic").append(...page.traffic.filter(visible).reverse().map(trafficRow));
  $("older").hidden = oldest === 0;
}
async function showCall(n) {
  show("program");
  let row = $("traffic").querySelector(`[data-n="${n}"]`);
  if (!row) {
    row = trafficRow(await call("GET", "traffic/" + n));
    $("traffic").append(row);
  }
  row.open = true;
  row.scrollIntoView({ block: "center" });
  row.firstChild.focus();
}
function trafficRow(x) {
  const bad = x.status < 200 || x.status > 299;
  const at = el("time", "", new Date(x.at).toISOString().slice(11, 19));
  const what = el("span", "what", x.about ? el("b", "", x.about + " ") : "", x.note ? el("span", "bad", x.note + " ") : "", el("code", "", x.line));
  what.title = x.line + (x.note ? ": " + x.note : "");
  const d = el("details", "", el("summary", "", at, el("span", "kind " + x.kind, x.kind === "graph" ? "API call" : "webhook"), what,
    el("span", "status" + (bad ? " bad" : ""), String(x.status || "none")), el("span", "took", x.took)));
  d.dataset.n = x.n;
  d.ontoggle = async () => {
    if (!d.open || d.childNodes.length > 1) return;
    const full = await call("GET", "traffic/" + x.n).catch(() => undefined);
    if (!full) return;
    if (full.request) d.append(el("div", "label", x.kind === "graph" ? "Your program asked" : "Your program was told"), block(pretty(full.request)));
    d.append(el("div", "label", "Answer"), block(pretty(full.response) || "(empty)"));
  };
  return d;
}
function drawTemplates(templates) {
  if (!changed("templates", templates)) return;
  $("templates").replaceChildren(...templates.map(t =>
    el("div", "row", el("code", "", t.name), el("span", "muted", t.language), el("span", "spacer"), el("span", "status" + (t.status === "APPROVED" ? "" : " bad"), t.status.toLowerCase()))));
}

const flowStatuses = ["DRAFT", "PUBLISHED", "THROTTLED", "BLOCKED", "DEPRECATED"];
function drawFlows(flows) {
  if (!changed("flows", flows)) return;
  $("flows").replaceChildren(...flows.map(f => {
    const status = el("select", "", ...flowStatuses.map(s => new Option(s.toLowerCase(), s, false, s === f.status)));
    status.setAttribute("aria-label", "Status of " + f.name);
    status.onchange = () => post("flows/" + f.id + "/status", { status: status.value });
    const check = f.endpoint ? button("Check", async () => { if (await post("flows/" + f.id + "/check")) say("The endpoint of " + f.name + " is well.", true); }, "quiet") : "";
    return el("div", "row", el("code", "", f.name), el("span", "muted", f.id), el("span", "spacer"), check, status);
  }));
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
  if (s.webhook && changed("webhook", s.webhook)) $("url").value = s.webhook;
  drawPeople(s.people);
  drawChat(s.people[who], chat, !!s.webhook);
  drawFindings(s.findings);
  drawAccess(s);
  await Promise.all([drawTraffic(s.traffic_count), drawBeside(s.people)]);
  drawTemplates(s.templates);
  drawFlows(s.flows);
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
$("flow-adder").onsubmit = async e => {
  e.preventDefault();
  if (await post("flows", { name: $("flow-name").value.trim(), endpoint: $("flow-endpoint").value.trim() })) e.target.reset();
};
$("probe").onclick = async () => {
  const v = await post("probe");
  if (!v) return;
  const good = v.attacks.every(a => !a.let_in);
  $("verdict").replaceChildren(el("p", good ? "good" : "bad", v.verdict[0].toUpperCase() + v.verdict.slice(1)),
    ...v.attacks.map(a => el("p", "attack" + (a.let_in ? " bad" : ""), (a.let_in ? "let in: " : "refused: ") + a.how + (a.status ? ", answered " + a.status : ", no answer"))));
};
for (const b of document.querySelectorAll("[data-gesture]")) b.onclick = () => {
  const words = JSON.parse(b.dataset.words || "{}");
  if (b.dataset.ask) {
    const answer = prompt(b.dataset.question);
    if (!answer) return;
    words[b.dataset.ask] = answer;
  }
  act(b.dataset.gesture, words);
};
$("form-close").onclick = () => $("form").close();
$("pinner").onchange = () => {
  if ($("pinner").value !== "") beside = [...beside, Number($("pinner").value)];
  refresh().catch(() => {});
};
$("search").oninput = () => refresh().catch(() => {});
$("older").onclick = () => drawOlder().catch(() => {});
$("reset").onclick = async () => { if (await post("reset")) location.reload(); };
for (const b of document.querySelectorAll("[data-kind]")) b.onclick = () => {
  kind = b.dataset.kind;
  for (const o of document.querySelectorAll("[data-kind]")) o.setAttribute("aria-pressed", o === b);
  newest = oldest = 0;
  $("traffic").replaceChildren();
  refresh().catch(() => {});
};

// The weather, each kind with what it does to webhooks.
const weather = {
  duplicate: "A webhook comes again although you answered 200. Keep what you have seen.",
  reorder: "An item is held back for up to 5 seconds and overtaken. Trust timestamps, not arrival.",
  lose: "An attempt never arrives; it is tried again, for seven days.",
  delay: "An item is late by up to a minute.",
  split: "A batch is cut into several webhooks.",
  malform: "A malformed item travels beside good ones. Take the good ones.",
  future: "Fields and kinds that do not exist yet come along. Let them pass.",
  forge: "The same webhook comes with a wrong signature. Refuse it.",
};
const sliders = Object.entries(weather).map(([name, text]) => {
  const input = el("input"), value = el("output", "", "0 %"), id = "weather-" + name;
  Object.assign(input, { type: "range", min: 0, max: 100, step: 5, value: 0, id });
  const label = el("label", "", name);
  label.htmlFor = id;
  input.oninput = () => { value.textContent = input.value + " %"; };
  input.onchange = () => setWeather(Object.fromEntries(sliders.map(s => [s.name, s.input.value / 100])), null);
  $("sliders").append(el("div", "slider", label, input, value, el("small", "", text)));
  return { name, input, value };
});
async function setWeather(rates, pressed) {
  if (!await post("faults", rates)) return;
  for (const s of sliders) { s.input.value = (rates[s.name] || 0) * 100; s.value.textContent = s.input.value + " %"; }
  for (const o of document.querySelectorAll("[data-faults]")) o.setAttribute("aria-pressed", o === pressed);
}
for (const b of document.querySelectorAll("[data-toggle]")) b.onclick = () => {
  const on = b.getAttribute("aria-pressed") === "true";
  if (b.dataset.toggle === "agent") act("agent", { on: !on });
  else if (!on) act(b.dataset.on); else if (b.dataset.off) act(b.dataset.off); else say("The customer unblocks you by writing.");
};
for (const b of document.querySelectorAll("[data-advance]")) b.onclick = () => post("clock", { advance: b.dataset.advance });
for (const b of document.querySelectorAll("[data-intercept]")) b.onclick = () => post("intercept", JSON.parse(b.dataset.intercept));
for (const b of document.querySelectorAll("[data-faults]")) b.onclick = async () => {
  const kind = b.dataset.faults, all = kind === "all";
  const rates = all ? { duplicate: .3, reorder: .3, lose: .3, malform: .1, future: .1, forge: .1 } : kind ? { [kind]: .3 } : {};
  setWeather(rates, b);
};
for (const b of document.querySelectorAll("[data-go]")) b.onclick = () => show(b.dataset.go);

refresh().catch(() => {});
setInterval(() => { if (!document.hidden) refresh().catch(() => {}); }, 1000);
