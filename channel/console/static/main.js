// The beginning: times everywhere, and the workspace where there is one.
import { $ } from "./net.js";
import { tell } from "./time.js";
import { look } from "./composer.js";

$("#language").addEventListener("change", ({ target }) => target.form.submit());
tell();
setInterval(() => { tell(); look(); }, 1000);
if ($("#workspace")) {
  const [talk, stream] = await Promise.all([import("./talk.js"), import("./stream.js")]);
  talk.ready();
  stream.listen();
}
