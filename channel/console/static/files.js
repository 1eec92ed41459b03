// Files of a draft: picked, dragged or pasted. Each is uploaded at once, and goes out with the answer.
import { $, $$, say, request } from "./net.js";
import { draftOf } from "./drafts.js";
import * as composer from "./composer.js";

// show lists the files of the draft in view.
export function show() {
  const list = $("#files");
  if (!list) return;
  const { files } = draftOf(composer.current());
  list.hidden = !files.length;
  list.replaceChildren(...files.map((f) => {
    const item = document.createElement("li"), name = document.createElement("span"), drop = document.createElement("button");
    if (f.preview) item.append(Object.assign(new Image(), { src: f.preview, alt: "" }));
    name.textContent = f.id ? f.name : say("file.sending", { name: f.name });
    name.dir = "auto";
    drop.type = "button";
    drop.className = "icon-button";
    drop.textContent = "×";
    drop.ariaLabel = say("file.remove", { name: f.name });
    drop.onclick = () => {
      const draft = draftOf(composer.current());
      draft.files = draft.files.filter((other) => other !== f);
      show();
      composer.look();
      $("#text").focus();
    };
    item.append(name, drop);
    return item;
  }));
}

async function add(id, file) {
  const draft = draftOf(id), entry = { id: "", name: file.name, kind: "" };
  if (file.type.startsWith("image/")) Object.defineProperty(entry, "preview", { value: URL.createObjectURL(file) }); // not to be kept
  draft.files.push(entry);
  draft.error = "";
  show();
  composer.look();
  const body = new FormData();
  body.append("file", file, file.name);
  try {
    const known = JSON.parse(await request("/talk/" + id + "/file", { method: "POST", body, patience: 300e3 }));
    Object.assign(entry, known);
  } catch (err) {
    draft.files = draft.files.filter((f) => f !== entry);
    composer.fail(id, say("file.failed", { name: file.name, text: err.message }));
  }
  show();
  composer.look();
}

function take(list) {
  const id = composer.current();
  if (!$("#file-button") || composer.mode() !== "reply") return false;
  for (const file of list) add(id, file);
  return list.length > 0;
}

document.addEventListener("click", ({ target }) => { if (target.closest?.("#file-button")) $("#file").click(); });
document.addEventListener("change", ({ target }) => {
  if (target.id !== "file") return;
  take([...target.files]);
  target.value = "";
});
document.addEventListener("paste", (event) => { if (event.target.id === "text" && take([...event.clipboardData.files])) event.preventDefault(); });
for (const kind of ["dragover", "drop", "dragleave"]) {
  document.addEventListener(kind, (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault(); // a file beside the box must not replace the page
    const talk = event.target.closest?.("#talk");
    $$("#composer .box").forEach((box) => box.classList.toggle("drop", kind === "dragover" && Boolean(talk)));
    if (kind === "drop" && talk) take([...event.dataTransfer.files]);
  });
}
