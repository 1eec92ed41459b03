// The list of conversations and the way between them.
import { $, $$, base, request, say, alert, parsed } from "./net.js";
import { tell } from "./time.js";
import { put, fill } from "./patch.js";
import * as talk from "./talk.js";
import * as stream from "./stream.js";
import { still } from "./press.js";

const workspace = $("#workspace");
export const query = () => $("#rows")?.dataset.query ?? "";
let selected = talk.opened() || idOf(location.pathname);

function idOf(path) { return path.startsWith(base + "/c/") ? decodeURIComponent(path.slice((base + "/c/").length)) : ""; }

function mark() {
  for (const link of $$("#rows [data-open]")) {
    if (link.dataset.open === selected) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

// open turns to a conversation.
export async function open(id, push = true) {
  if (push && id !== selected) history.pushState(null, "", base + (id ? "/c/" + encodeURIComponent(id) : "/") + query());
  selected = id;
  mark();
  workspace.dataset.pane = id ? "talk" : "list";
  if (!id) return talk.close();
  document.dispatchEvent(new CustomEvent("console:turned", { detail: id }));
  await talk.show(id, stream.here());
}

// draw puts a list into the page, and keeps the fields that it is asked with if somebody is at them: a key pressed
// while the answer was under way, and what an input method has begun, would be lost with a field that is replaced.
function draw(html, keep) {
  const unfolded = $(".filters")?.open;
  if (!keep || !$(".search")) {
    fill($("#list"), html);
    if (unfolded) $(".filters").open = true;
    return;
  }
  const fresh = parsed(html);
  tell(fresh);
  $(".narrowed")?.remove();
  $("#counts").after(...$$(".narrowed", fresh));
  for (const part of ["#counts", ".filters summary", "#rows", "#empty"]) $(part).replaceWith($(part, fresh));
}

// view asks for another list.
let turn = 0, asking = false;
export const reading = () => asking;
export async function view(search, push = true, keep = Boolean(document.activeElement?.matches(".search :is(input, select)"))) {
  const mine = ++turn, since = stream.here(); // what happens while the answer is under way is told again
  asking = true;
  try {
    const html = await request("/list" + search + (search ? "&" : "?") + "selected=" + encodeURIComponent(selected));
    await still();
    if (mine !== turn) return;
    asking = false;
    draw(html, keep);
    mark();
    if (push) history.pushState(null, "", base + (selected ? "/c/" + encodeURIComponent(selected) : "/") + query());
    alert("list", "");
    stream.listen(since);
  } catch (err) {
    if (mine !== turn) return;
    if (push || !err.lost) alert("list", err.message);
    if (push || !(err.lost || err.status >= 500)) asking = false;
    else setTimeout(() => { if (mine === turn) view(search, false, keep); }, 2000);
  }
}

const failed = new Map(); // what was said at the top of the page, by conversation

// rows puts fragments into the list. Below its end nothing is put: it comes when the list goes on.
export function rows(fragments) {
  const list = $("#rows"), more = $("#more", list), last = more?.previousElementSibling?.dataset.order;
  const known = (f) => document.getElementById("r-" + f.id);
  put(list, fragments.filter((f) => !last || f.order <= last || known(f)), true);
  mark();
  $("#empty").hidden = $$(".row", list).length > 0;
  for (const row of fragments.map(known)) {
    if (row?.classList.contains("bad") && failed.get(row.dataset.id) !== row.dataset.order) {
      failed.set(row.dataset.id, row.dataset.order);
      const link = Object.assign(document.createElement("a"), { href: $("a", row).href, textContent: say("show") });
      link.dataset.open = row.dataset.id;
      alert("failed " + row.dataset.id, say("failed", { name: $(".name", row).textContent }), link);
    }
  }
}
export function gone(ids) {
  for (const id of ids) document.getElementById("r-" + id)?.remove();
  $("#empty").hidden = $$("#rows .row").length > 0;
}
export function counts(html) { fill($("#counts"), html); }

// refresh reads the list again after a break.
export const refresh = () => view(query(), false);

async function more(button) {
  const at = button.closest(".more");
  button.disabled = true;
  try {
    const html = parsed(await request(at.dataset.more));
    tell(html);
    if (at.isConnected) at.replaceWith(html);
    mark();
  } catch { button.disabled = false; }
}

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const at = (selector) => event.target.closest?.(selector);
  const link = at("[data-open]"), seen = at("[data-view]"), wide = at("[data-unnarrow]");
  if (link) { event.preventDefault(); alert("failed " + link.dataset.open, ""); open(link.dataset.open); }
  else if (seen ?? wide) { event.preventDefault(); clearTimeout(typed); view(new URL((seen ?? wide).href).search, true, false); }
  else if (at("[data-back]")) { event.preventDefault(); open(""); }
  else if (at("#more button")) more(at("#more button"));
});
function asked() {
  const wish = new URLSearchParams(new FormData($(".search")));
  wish.set("zone", new Date().getTimezoneOffset());
  for (const [key, value] of [...wish]) if (!value || (key === "zone" && !wish.get("from") && !wish.get("to"))) wish.delete(key);
  return "?" + wish;
}
document.addEventListener("submit", (event) => {
  if (!event.target.matches(".search")) return;
  event.preventDefault();
  clearTimeout(typed);
  view(asked());
});
let typed = 0;
document.addEventListener("input", ({ target }) => {
  if (!target.closest?.(".search")) return;
  turn++; // what was asked before answers another question
  clearTimeout(typed);
  typed = setTimeout(() => view(asked(), target.type !== "search"), 250);
});
addEventListener("popstate", () => {
  if (location.search !== query()) view(location.search, false, false);
  open(idOf(location.pathname), false);
});
document.addEventListener("console:open", ({ detail }) => open(detail));
addEventListener("scroll", ({ target }) => {
  if (target.id === "rows" && target.scrollHeight - target.scrollTop - target.clientHeight < 300) $("#more button:enabled")?.click();
}, true);
