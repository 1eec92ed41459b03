// What every module needs: elements, sentences, the server and its clock.
const root = document.documentElement;
export const base = root.dataset.base;
export const $ = (selector, at = document) => at.querySelector(selector);
export const $$ = (selector, at = document) => [...at.querySelectorAll(selector)];

const words = JSON.parse($("#words").textContent);
export const say = (key, values = {}) => (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

let offset = Number(root.dataset.now) - Date.now(); // the server's clock minus ours
export const setClock = (at) => { offset = at - Date.now(); };
export const now = () => Date.now() + offset;

// request asks the server. An error has the answer of the server, or lost if there was none.
export async function request(path, options = {}) {
  let answer, text;
  try {
    answer = await fetch(base + path, {
      signal: AbortSignal.timeout(options.patience ?? 30e3), ...options,
      headers: { "X-Console": "1", ...options.headers }, redirect: "error",
    });
    text = await answer.text();
  } catch {
    throw Object.assign(new Error(say("unreachable")), { lost: true });
  }
  const clock = Number(answer.headers.get("X-Now"));
  if (clock) setClock(clock);
  if (answer.ok) return text;
  let told = {};
  try { told = JSON.parse(text); } catch { /* a proxy said it */ }
  throw Object.assign(new Error([told.text ?? say("fault"), told.do].filter(Boolean).join(" ")), { ...told, status: answer.status });
}

// send changes something.
export const send = (path, data = {}) =>
  request(path, { method: "POST", body: data instanceof FormData ? data : new URLSearchParams(data) });

// alert shows what concerns no form in view; the same reason replaces what it said before, "" takes it away.
export function alert(reason, text, action) {
  const box = $("#alerts");
  $$("[data-reason]", box).find((one) => one.dataset.reason === reason)?.remove();
  if (!text) return;
  const one = document.createElement("div"), what = document.createElement("span"), close = document.createElement("button");
  one.dataset.reason = reason;
  what.textContent = text;
  what.dir = "auto";
  close.type = "button";
  close.className = "icon-button";
  close.textContent = "×";
  close.ariaLabel = say("close");
  close.onclick = () => one.remove();
  one.append(what, ...(action ? [action] : []), close);
  box.append(one);
}

// hear tells a screen reader.
export function hear(text) {
  const line = document.createElement("p");
  line.textContent = text;
  $("#heard").append(line);
  setTimeout(() => line.remove(), 10e3);
}

// parsed puts HTML of the server into a template, to take elements from.
export function parsed(html) {
  const t = document.createElement("template");
  t.innerHTML = html;
  return t.content;
}
