"use strict";
// What is around the console: the phones, the clock, who sits there, and the storm.
const $ = (selector) => document.querySelector(selector);
let offset = 0; // the simulated clock minus ours, in milliseconds
let customer = "0";
let pressed = false; // nothing is drawn anew under a click
for (const kind of ["pointerdown", "pointerup", "pointercancel"]) addEventListener(kind, () => { pressed = kind === "pointerdown"; }, true);

async function request(path, data) {
  let answer, text;
  try {
    answer = await fetch(path, data && { method: "POST", body: new URLSearchParams(data) });
    text = await answer.text();
  } catch { throw new Error("The helpdesk does not answer."); }
  if (!answer.ok) throw new Error(text.trim() || answer.statusText);
  const now = answer.headers.get("X-Now");
  if (now) offset = Number(now) - Date.now();
  return text;
}

function banner(text) {
  $("#banner").hidden = !text;
  $("#banner").textContent = text;
}
const act = (path, data) => request(path, { customer, ...data }).then((text) => { banner(text); refresh(); return true; }, (err) => { banner(err.message); return false; });

// One refresh at a time, so that an older answer never replaces a newer one; the screen stays at its end.
let wanted = false, refreshing = false;
async function refresh() {
  wanted = true;
  if (refreshing) return;
  refreshing = true;
  while (wanted) {
    wanted = false;
    try {
      const html = await request("/phone?customer=" + customer), screen = $("#screen");
      if (screen.dataset.html === html || pressed) continue;
      const end = screen.scrollHeight - screen.scrollTop - screen.clientHeight < 80;
      screen.innerHTML = screen.dataset.html = html;
      if (end) screen.scrollTop = screen.scrollHeight;
    } catch { setTimeout(refresh, 2000); }
  }
  refreshing = false;
}

$("#say").addEventListener("submit", async (event) => {
  event.preventDefault();
  const box = $("#say input"), text = box.value;
  if (text && await act("/phone/say", { text }) && box.value.startsWith(text)) box.value = box.value.slice(text.length);
});
$("#customer").addEventListener("change", ({ target }) => { customer = target.value; refresh(); });
$("#person")?.addEventListener("change", async ({ target }) => {
  await act("/person", { person: target.value });
  $("#console").contentWindow.location.reload();
});
document.addEventListener("click", async ({ target }) => {
  const { advance, gesture, tap, go } = target.dataset;
  if (advance) act("/clock", { by: advance });
  if (gesture) act("/phone/gesture", { gesture });
  if (tap) { target.disabled = true; act("/phone/tap", { label: tap }); }
  if (go) document.body.dataset.view = go;
  if (target.id !== "storm") return;
  target.disabled = true;
  banner("The storm is on: look at the console…");
  await act("/storm", {});
  target.disabled = false;
});

setInterval(() => {
  $("#clock").textContent = new Date(Date.now() + offset).toLocaleString([], { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
}, 1000);
const events = new EventSource("/events");
events.addEventListener("update", refresh);
setInterval(refresh, 2000); // read receipts come without a word
if (innerWidth < 860) document.body.dataset.view = "phone";
refresh();
