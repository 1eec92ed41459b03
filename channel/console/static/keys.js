// The keys. None of them works while somebody types.
import { $, $$, say } from "./net.js";
import * as composer from "./composer.js";
import * as panel from "./panel.js";
import * as talk from "./talk.js";
import { composing } from "./press.js";

const links = () => $$("#rows [data-open]");
function step(by) {
  const all = links(), at = all.findIndex((l) => l === document.activeElement), open = all.findIndex((l) => l.ariaCurrent || l.getAttribute("aria-current"));
  const next = all[Math.max(0, Math.min(all.length - 1, (at >= 0 ? at : open >= 0 ? open : by > 0 ? -1 : all.length) + by))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}
function help() {
  let dialog = $("#keys");
  if (!dialog) {
    dialog = document.createElement("dialog");
    dialog.id = "keys";
    const title = document.createElement("h2"), list = document.createElement("dl"), close = document.createElement("button");
    title.textContent = say("keys");
    title.id = "keys-title";
    dialog.setAttribute("aria-labelledby", "keys-title");
    for (const [key, , what] of keys) {
      const line = document.createElement("div"), name = document.createElement("dt"), does = document.createElement("dd");
      name.append(Object.assign(document.createElement("kbd"), { textContent: key }));
      does.textContent = say(what);
      line.append(name, does);
      list.append(line);
    }
    close.type = "button";
    close.textContent = say("close");
    close.dataset.close = "";
    dialog.append(title, list, close);
    document.body.append(dialog);
  }
  dialog.showModal();
}

const keys = [
  ["j", () => step(1), "key.next"],
  ["k", () => step(-1), "key.previous"],
  ["o", () => (links().includes(document.activeElement) ? document.activeElement : links()[0])?.click(), "key.open"],
  ["r", () => composer.turn(composer.isOpen() ? "reply" : "template"), "key.reply"],
  ["n", () => composer.turn("note"), "key.note"],
  ["/", () => $("#search").focus(), "key.search"],
  ["e", () => $("#settle")?.click(), "key.resolve"],
  ["a", () => $('[data-act="take"]')?.click(), "key.take"],
  ["i", () => $("#panel-button")?.click(), "key.panel"],
  ["?", help, "key.help"],
  ["Esc", () => leave(), "key.leave"],
];

function leave() {
  const at = document.activeElement;
  if (at?.closest?.("#composer, .search, #panel")) {
    at.blur();
    ($(`#rows [data-open="${CSS.escape(talk.opened())}"]`) ?? $("#content")).focus();
  } else if (talk.opened()) document.dispatchEvent(new CustomEvent("console:open", { detail: "" }));
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || composing(event) || $("dialog[open]")) return;
  const typing = event.target.closest?.("input, textarea, select");
  const found = keys.find(([key]) => key === (event.key === "Escape" ? "Esc" : event.key));
  if (!found || (typing && found[0] !== "Esc")) return;
  event.preventDefault();
  if (!event.repeat || "jk".includes(found[0])) found[1](); // one that is held down does not go on and on
});
