// Fragments with an id replace what has the same id, or take their place in the order; what has the focus
// keeps it, and what is selected stays selected.
import { $, $$, parsed } from "./net.js";
import { tell } from "./time.js";

const place = (list, item) => $$(":scope > [data-order]", list).find((other) => other !== item && other.dataset.order > item.dataset.order);

// put sets fragments into a list that is sorted by data-order. It returns the elements that are new.
export function put(list, fragments, newestFirst) {
  const fresh = [];
  for (const { html } of fragments) {
    const item = parsed(html).firstElementChild, old = document.getElementById(item.id);
    tell(item);
    if (old && list.contains(old)) {
      replace(old, item);
      if (old.dataset.order === item.dataset.order) continue;
    } else fresh.push(item);
    const next = place(list, item), end = newestFirst ? $(":scope > .more", list) : null;
    if (next) next.before(item);
    else if (end) end.before(item);
    else list.append(item);
  }
  return fresh;
}

// replace swaps an element for a newer one, with the focus, and with what is unfolded or being played.
export function replace(old, item) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const at = focused && $$("a, button, input, summary, [tabindex]", old).indexOf(focused);
  const unfolded = $$("details", old).map((d) => d.open);
  const playing = $$("audio, video", old).filter((m) => !m.paused || m.currentTime > 0);
  $$("details", item).forEach((d, i) => { d.open = unfolded[i] ?? false; });
  for (const m of playing) $$("audio, video", item).find((n) => n.getAttribute("src") === m.getAttribute("src"))?.replaceWith(m);
  old.replaceWith(item);
  if (focused) ($$("a, button, input, summary, [tabindex]", item)[at] ?? item).focus?.({ preventScroll: true });
}

// fill replaces the content of a box.
export function fill(box, html) {
  const focused = box.contains(document.activeElement) && document.activeElement.id;
  box.replaceChildren(parsed(html));
  tell(box);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}
