// What happens while the page is open. The stream says where it stands with every event, so that after a
// break it goes on from there; a page that missed too much looks at everything again.
import { $, base, say, setClock } from "./net.js";
import * as inbox from "./inbox.js";
import * as talk from "./talk.js";
import * as composer from "./composer.js";
import * as panel from "./panel.js";
import { fill } from "./patch.js";
import { still } from "./press.js";

let events = null, cursor = $("#workspace").dataset.cursor, broken = false, again = 0;

function state(text) {
  const box = $("#state");
  box.hidden = !text;
  box.textContent = text;
}

function patch(p) {
  setClock(p.now);
  if (p.reset) {
    inbox.refresh();
    talk.refresh(cursor);
    return;
  }
  if (p.rows) inbox.rows(p.rows);
  if (p.gone) inbox.gone(p.gone);
  if (p.erased) { talk.erased(p.erased); inbox.gone(p.erased); }
  if (p.counts) inbox.counts(p.counts);
  if (talk.between()) return;
  if (p.head && $("#head")) { fill($("#head"), p.head); composer.look(); panel.stale(); talk.seen(); }
  if (p.present !== undefined) talk.present(p.present);
  if (p.messages) talk.messages(p.messages);
  if (p.says) talk.heard(p.says);
}

// here is where the stream stands: what is read after this has everything up to it.
export const here = () => cursor;

// listen follows what happens to the list and the conversation in view, from a place where the stream stood
// before.
export function listen(since = cursor) {
  cursor = since;
  events?.close();
  clearTimeout(again);
  const open = location.pathname.startsWith(base + "/c/") ? decodeURIComponent(location.pathname.slice((base + "/c/").length)) : "";
  const asked = new URLSearchParams(inbox.query());
  asked.set("open", open);
  asked.set("after", cursor);
  const mine = events = new EventSource(base + "/events?" + asked);
  mine.addEventListener("patch", async (event) => {
    await still();
    if (mine !== events) return;
    const p = JSON.parse(event.data);
    // While something is read the place is kept from which its news are to be told again: two that are read at the
    // same time begin at the same one, whichever comes first.
    if (event.lastEventId && (p.reset || !(talk.reading() || inbox.reading()))) cursor = event.lastEventId;
    patch(p);
  });
  mine.addEventListener("open", () => {
    if (mine !== events) return;
    broken = false;
    state("");
  });
  mine.addEventListener("error", () => {
    if (mine !== events) return;
    broken = true;
    state(say(navigator.onLine ? "stale" : "offline"));
    // Browsers give up after an answer that is no stream; an agent's page must not fall silent.
    if (mine.readyState === EventSource.CLOSED) again = setTimeout(() => listen(), 2000);
  });
}
document.addEventListener("console:follow", ({ detail }) => listen(detail ?? cursor));
addEventListener("online", () => { if (broken) listen(); });
addEventListener("offline", () => state(say("offline")));
addEventListener("pageshow", (event) => { if (event.persisted) listen(); });
addEventListener("pagehide", () => events?.close());
