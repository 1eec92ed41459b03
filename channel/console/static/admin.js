// The pages of administrators: they work without this, and are fresher and quicker with it.
import { $, $$, request } from "./net.js";
import { fill } from "./patch.js";
import { still } from "./press.js";

// refresh replaces the content of a box by what the server shows now, keeping what is unfolded.
async function refresh(box) {
  if (document.hidden || box.contains(document.activeElement) && document.activeElement.matches("input, select, textarea")) return;
  try {
    const html = await request(box.dataset.refresh);
    await still();
    const unfolded = $$("details", box).map((d) => d.open);
    const at = [scrollX, scrollY];
    fill(box, html);
    $$("details", box).forEach((d, i) => { d.open = unfolded[i] ?? false; });
    scrollTo(...at);
  } catch (err) {
    if (!err.lost && err.status !== 401 && err.status !== 403) throw err;
  }
}
for (const box of $$("[data-refresh]")) setInterval(() => refresh(box), 10e3);

document.addEventListener("change", ({ target }) => {
  const all = target.dataset?.all;
  if (all) for (const one of $$(`input[name="${all}"]`, target.form)) one.checked = target.checked;
  if (target.hasAttribute?.("data-go")) target.form.requestSubmit();
});

// A form is sent once, however often somebody presses.
document.addEventListener("submit", ({ target, submitter }) => {
  if (target.method !== "post" || !$(".office")?.contains(target)) return;
  setTimeout(() => { for (const b of $$("button", target)) b.disabled = true; }); // after the browser has read the form
  if (submitter) submitter.ariaBusy = "true";
});
addEventListener("pageshow", () => { for (const b of $$(".office button[disabled]")) b.disabled = false; });
