// The beginning: times everywhere, and the workspace where there is one.
import { $ } from "./net.js";
import { tell } from "./time.js";

$("#language").addEventListener("change", ({ target }) => target.form.submit());
tell();

if ($("#workspace")) {
  const [talk, stream, composer] = await Promise.all([import("./talk.js"), import("./stream.js"), import("./composer.js"), import("./keys.js")]);
  talk.ready();
  stream.listen();
  setInterval(composer.look, 1000);
  $("#workspace").dataset.ready = "";
}
if ($(".office")) import("./admin.js");
setInterval(tell, 1000);
