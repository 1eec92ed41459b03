"use strict";
// The page is rendered on the server; this file fetches fragments when something
// changed, counts down windows, and sends forms.
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
let selected = location.hash.slice(1);
let clockOffset = 0; // the server's (simulated) clock minus ours, in milliseconds
let templates = [];
let formOf = ""; // the conversation whose customer the template form is filled in for
let loading = false; // the templates are being fetched
let asked = 0; // counts requests of the template form: an older answer must not replace a newer one
let freely = true; // the agent wants to write freely, if the window allows it
let wasOpen = true;

async function request(path, options) {
  const answer = await fetch(path, options);
  const text = await answer.text();
  if (!answer.ok) throw new Error(text.trim() || answer.statusText);
  const now = answer.headers.get("X-Now");
  if (now) clockOffset = Number(now) - Date.now();
  return text;
}
const post = (path, data) => request(path, { method: "POST", body: new URLSearchParams(data) });

const nearEnd = (list) => list.scrollHeight - list.scrollTop - list.clientHeight < 80;

// swap replaces a fragment only if it changed, and keeps long lists at their end.
function swap(box, html, scroller) {
  if (box.dataset.html === html) return;
  if (pressed) { wanted = true; return; }
  const list = () => (scroller ? $(scroller) : box);
  const before = list();
  const atEnd = !before || nearEnd(before);
  const top = before ? before.scrollTop : 0;
  const focused = box.contains(document.activeElement) && document.activeElement.dataset.open;
  box.innerHTML = html;
  box.dataset.html = html;
  if (focused) $$("[data-open]", box).find((link) => link.dataset.open === focused)?.focus();
  const after = list();
  if (after) after.scrollTop = atEnd ? after.scrollHeight : top;
}

async function refresh() {
  const list = await request("/tickets?selected=" + encodeURIComponent(selected));
  swap($("#ticket-list"), list);
  if (!selected) {
    const first = $("[data-open]");
    if (first) return open(first.dataset.open, false);
  }
  if (selected) {
    try {
      swap($("#conversation"), await request("/conversations/" + encodeURIComponent(selected)), "#messages");
    } catch {
      selected = "";
    }
  }
  if (!selected) swap($("#conversation"), '<div class="hint"><p><strong>Nothing selected</strong></p><p>Tickets appear on the left when a customer writes.</p></div>');
  if ($("#screen")) swap($("#screen"), await request("/phone"));
  compose();
  tick();
}

// The composer below grows and shrinks: a list that stood at its end stays there.
let following = true;
addEventListener("scroll", (event) => { if (event.target.id === "messages") following = nearEnd(event.target); }, true);
new ResizeObserver(() => { const list = $("#messages"); if (list && following) list.scrollTop = list.scrollHeight; }).observe($("#conversation"));

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
    try { await refresh(); } catch { /* the next event tries again */ }
  }
  refreshing = false;
}
addEventListener("pointerdown", () => { pressed = true; }, true);
for (const end of ["pointerup", "pointercancel", "blur"]) {
  addEventListener(end, () => setTimeout(() => { pressed = false; if (wanted) refreshSoon(); }), true);
}

function open(id, show = true) {
  selected = id;
  freely = true;
  history.replaceState(null, "", "#" + id);
  $("#conversation").dataset.html = "";
  if (show) view("talk");
  refreshSoon();
}

function view(name) { document.body.dataset.view = name; }

// compose shows the form that may be used now: free text while the window is open,
// templates at any time.
function compose() {
  const head = $(".talk-head");
  $("#composer").hidden = !head;
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
  if (!free && !loading && (formOf !== selected || !templates.length)) loadTemplates().catch((err) => fail(err.message));
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

async function loadTemplates() {
  loading = true;
  try {
    formOf = selected;
    templates = JSON.parse(await request("/templates"));
    $("#template select").replaceChildren(...templates.map((t) => new Option(t.Title, t.Key)));
    await fields();
  } finally { loading = false; }
}
async function fields() {
  const turn = ++asked;
  const html = templates.length ? await request("/templates/fields?key=" + encodeURIComponent($("#template select").value) + "&conversation=" + encodeURIComponent(selected)) : "";
  if (turn !== asked) return;
  $("#fields").innerHTML = html;
  if (templates.length) await preview();
}
async function preview() {
  const turn = ++asked;
  let html = "", wrong = "";
  try { html = await post("/templates/preview", new FormData($("#template"))); } catch (err) { wrong = err.message; }
  if (turn !== asked) return;
  $("#preview").innerHTML = html;
  fail(wrong);
}
function fail(message) { const box = $("#error"); box.hidden = !message; box.textContent = message; }

function submit(form, path, done) {
  if (!form) return;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = $("button[type=submit]", form);
    button.disabled = true;
    try {
      await post(path(), new FormData(form));
      fail("");
      done();
      refreshSoon();
    } catch (err) {
      fail(err.message);
      if (form.id === "reply" && /window/.test(err.message)) { freely = false; compose(); }
    } finally { button.disabled = false; }
  });
}
submit($("#reply"), () => "/conversations/" + selected + "/reply", () => $("#reply").reset());
submit($("#template"), () => "/conversations/" + selected + "/template", () => { freely = true; });
submit($("#say"), () => "/phone/say", () => $("#say").reset());

$("#reply textarea").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); $("#reply").requestSubmit(); }
});
$("#show-templates").addEventListener("click", () => { freely = false; compose(); });
$("#hide-templates").addEventListener("click", () => { freely = true; fail(""); compose(); });
$("#template select").addEventListener("change", fields);
$("#fields").addEventListener("input", preview);
document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-open], [data-go], [data-advance], [data-tap], #card");
  if (!target) return;
  if (target.dataset.open) { event.preventDefault(); open(target.dataset.open); }
  if (target.dataset.go) view(target.dataset.go);
  if (target.dataset.advance) post("/clock", { by: target.dataset.advance }).then(refreshSoon, (err) => fail(err.message));
  if (target.dataset.tap) post("/phone/tap", { label: target.dataset.tap, message: target.dataset.message }).then(refreshSoon, (err) => fail(err.message));
  if (target.id === "card") { const field = $("#say input"); field.value = "My card is 4111 1111 1111 1111"; field.focus(); }
});

const events = new EventSource("/events");
events.addEventListener("update", refreshSoon);
events.addEventListener("open", refreshSoon);
view(innerWidth < 860 && $("#phone") ? "phone" : "tickets");
refreshSoon();
