// What agents have begun to write: one draft for each conversation. A draft stays with its customer
// while others are looked at and when the page is loaded again, and goes when the desk has taken it. What
// is sent carries a key, which stays the same while the content does: pressing Enter ten times, or again
// after an answer got lost, sends one message.

const drafts = new Map(); // by conversation
const blank = () => ({ mode: "reply", text: "", note: "", quote: "", quoted: "", at: 0, files: [], template: "", fields: {}, tries: {}, next: "", error: "" });

export function draftOf(id) {
  if (!drafts.has(id)) drafts.set(id, blank());
  return drafts.get(id);
}
const formOf = (draft) => JSON.stringify([draft.template, draft.fields]);
const isBlank = (d) => !d.text && !d.note && !d.quote && !d.template && !d.files.length && !Object.keys(d.tries).length;

// A page that is left puts its drafts into the storage of the tab, where the next one takes them. Browsers
// write that to disk: what may hold a card number stays behind.
const digits = (draft) => {
  const tried = Object.values(draft.tries).map((sent) => [sent.text, sent.form]);
  return (JSON.stringify([draft.text, draft.note, draft.fields, tried]).match(/\p{Nd}/gu) ?? []).length;
};
const slot = "console drafts " + document.documentElement.dataset.base;
addEventListener("pagehide", () => {
  for (const [, draft] of drafts) draft.files = draft.files.filter((f) => f.id); // others are still on their way
  const kept = [...drafts].filter(([, draft]) => !isBlank(draft) && digits(draft) < 12);
  if (!kept.length) return;
  sessionStorage.setItem(slot, JSON.stringify(kept));
  for (const [id] of kept) drafts.delete(id); // a page that comes back takes what the one after it has left
});
function take() {
  try {
    for (const [id, draft] of JSON.parse(sessionStorage.getItem(slot) ?? "[]")) drafts.set(id, { ...blank(), ...draft, next: "", error: "" });
  } catch { /* of another version */ }
  sessionStorage.removeItem(slot);
}
take();
addEventListener("pageshow", (event) => { if (event.persisted) take(); });

// tryOf returns the attempt to send this content of a draft, as a text, a file or a form. Content that was
// changed is another message and gets another key.
export function tryOf(id, what, content) {
  const draft = draftOf(id), body = new URLSearchParams(content).toString();
  if (draft.tries[what]?.body !== body) draft.tries[what] = { key: crypto.randomUUID(), body, text: content.text, form: formOf(draft) };
  return draft.tries[what];
}

const after = (text, sent) => (sent !== undefined && text.trimStart().startsWith(sent) ? text.trimStart().slice(sent.length).trimStart() : text);

// taken forgets what was sent, and keeps what was typed after it. It reports whether there was something
// to forget.
export function taken(id, what, key) {
  const draft = draftOf(id), sent = draft.tries[what];
  if (sent?.key !== key) return false;
  delete draft.tries[what];
  if (what === "note") draft.note = after(draft.note, sent.text);
  else draft.text = after(draft.text, sent.text);
  if (what === "reply" || what.startsWith("file ")) Object.assign(draft, { quote: "", quoted: "", at: 0 });
  if (what.startsWith("file ")) draft.files = draft.files.filter((f) => "file " + f.id !== what);
  if (what === "template" && formOf(draft) === sent.form) Object.assign(draft, { template: "", fields: {}, mode: "reply" });
  draft.error = "";
  return true;
}
