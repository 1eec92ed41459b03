// Times in the agent's zone and language, and windows that count down.
import { $, $$, say, now } from "./net.js";

const lang = document.documentElement.lang;
const shape = (options) => new Intl.DateTimeFormat(lang, options);
const forms = {
  time: shape({ hour: "2-digit", minute: "2-digit" }),
  day: shape({ weekday: "long", day: "numeric", month: "long" }),
  short: shape({ day: "numeric", month: "short" }),
  date: shape({ dateStyle: "medium", timeStyle: "short" }),
};
const near = new Intl.RelativeTimeFormat(lang, { numeric: "auto", style: "narrow" });

const dayOf = (at) => new Date(at).toDateString();

// ago is how long something is past, as short as it can be said.
function ago(at) {
  const minutes = Math.round((now() - at) / 60e3);
  if (minutes < 1) return near.format(0, "minute");
  if (minutes < 60) return near.format(-minutes, "minute");
  if (minutes < 24 * 60) return near.format(-Math.round(minutes / 60), "hour");
  return minutes < 7 * 24 * 60 ? near.format(-Math.round(minutes / 1440), "day") : forms.short.format(at);
}

// write fills in the times below an element.
export function write(at = document) {
  for (const box of $$("time[data-as]", at)) {
    const when = Date.parse(box.dateTime), how = box.dataset.as;
    const text = how === "ago" ? ago(when) : (forms[how] ?? forms.date).format(when);
    if (box.textContent !== text) box.textContent = text;
    if (!box.title) box.title = forms.date.format(when);
  }
}

// left says how long something lasts.
export function left(ms) {
  const s = Math.max(0, Math.floor(ms / 1000)), h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60;
  if (h) return say("left.h", { h, m: String(m).padStart(2, "0") });
  return m ? say("left.m", { m, s: String(s % 60).padStart(2, "0") }) : say("left.s", { s });
}

const phases = [[0, "closed"], [15 * 60e3, "closing_15m"], [3600e3, "closing_1h"], [4 * 3600e3, "closing_4h"], [Infinity, "open"]];
const day = 24 * 3600e3;

// count moves windows on.
export function count(at = document) {
  for (const ring of $$(".ring[data-closes]", at)) {
    const closes = Number(ring.dataset.closes), rest = Math.max(0, closes - now());
    if (!closes) continue;
    const phase = phases.find(([most]) => rest <= most)[1];
    if (!ring.classList.contains(phase)) ring.className = "ring " + phase;
    $(".left", ring)?.setAttribute("stroke-dasharray", (100 * Math.min(1, rest / day)).toFixed(1) + " 100");
    const text = !rest ? "×" : rest > 3600e3 ? Math.floor(rest / 3600e3) : Math.ceil(rest / 60e3) + "′";
    if ($(".ring-text", ring).textContent !== String(text)) $(".ring-text", ring).textContent = text;
  }
  for (const box of $$("[data-left]", at)) {
    const closes = Number(box.dataset.left);
    if (closes) box.textContent = closes > now() ? left(closes - now()) : say("closedword");
  }
}

// days puts the days between the messages of a list.
export function days(list) {
  for (const old of $$(".day", list)) old.remove();
  let before = "";
  for (const m of $$(".message", list)) {
    const at = Number(m.dataset.at) * 1000, day = dayOf(at);
    if (day === before) continue;
    before = day;
    const line = document.createElement("li"), text = document.createElement("span");
    line.className = "day";
    text.textContent = day === dayOf(now()) ? say("today") : day === dayOf(now() - 864e5) ? say("yesterday") : forms.day.format(at);
    line.append(text);
    m.before(line);
  }
}

let today = dayOf(now());
export function tell(at = document) {
  write(at);
  count(at);
  if (at !== document || today === dayOf(now())) return;
  today = dayOf(now());
  if ($("#messages")) days($("#messages"));
}
