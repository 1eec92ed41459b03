// What somebody presses is pressed once, and is what was there when they pressed it.

// The second half of a double click, and a key that is held down, would press whatever the first one has put
// there meanwhile: Reopen where Resolve was, another customer where a row has moved.
let before = 0; // which one of a row the click before was
addEventListener("click", (event) => {
  const goesOn = event.detail > 1 && event.detail === before + 1;
  before = event.detail;
  if (!goesOn || !event.target.closest?.("button:not(.one), [data-open], [data-macro]")) return;
  event.preventDefault();
  event.stopPropagation();
}, true);
addEventListener("keydown", (event) => {
  if (!event.repeat || event.key !== "Enter" || event.shiftKey || event.target.matches?.("textarea:not(#text)")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

// While a button of the mouse or a finger is down nothing is redrawn: a click on what was replaced under it
// would be lost.
let pressed = false;
const waiting = [];
function release() {
  pressed = false;
  for (const go of waiting.splice(0)) go();
}
addEventListener("pointerdown", () => { pressed = true; }, true);
for (const kind of ["pointerup", "pointercancel"]) addEventListener(kind, () => setTimeout(release, 50), true); // the click comes first
addEventListener("pointermove", (event) => { if (pressed && !event.buttons) release(); }, true); // it was let go elsewhere
addEventListener("keydown", () => { if (pressed) release(); }, true);

// still waits until the page may be redrawn.
export const still = () => (pressed ? new Promise((go) => waiting.push(go)) : undefined);

// composing says that a key belongs to an input method, which offers characters: its Enter chooses one.
export const composing = (event) => event.isComposing || event.keyCode === 229;
