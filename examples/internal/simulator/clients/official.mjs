// Meta's own SDK for Node, archived by Meta.
import { createRequire } from "node:module";
import { env, step, cannot, check, act, settle, chat, link } from "./lib.mjs";

Object.assign(process.env, { WA_PHONE_NUMBER_ID: env.number, CLOUD_API_ACCESS_TOKEN: env.token, CLOUD_API_VERSION: "v26.0", WA_BASE_URL: "localhost", M4D_APP_ID: env.app, M4D_APP_SECRET: env.secret, WABA_ID: env.account, WEBHOOK_VERIFICATION_TOKEN: env.verify });
const WhatsApp = createRequire(import.meta.url)("whatsapp");
const wa = new WhatsApp(Number(env.number));
wa.requester.port = Number(env.tls.split(":").pop()); // it speaks HTTPS only, on port 443
await act("text", { text: "hi" });
await settle();
const last = (await chat())[0].id, to = Number(env.to);
const send = (name, f) => step("send " + name, async () => {
  const r = await (await f()).responseBodyToJSON();
  check(r.messages?.[0]?.id || r.success, JSON.stringify(r));
});
await send("text", () => wa.messages.text({ body: "Hello" }, to));
await send("reply", () => wa.messages.text({ body: "Yes" }, to, last));
await send("image", () => wa.messages.image({ link, caption: "c" }, to));
await send("video", () => wa.messages.video({ link }, to));
await send("audio", () => wa.messages.audio({ link }, to));
await send("document", () => wa.messages.document({ link, filename: "a.pdf" }, to));
await send("sticker", () => wa.messages.sticker({ link }, to));
await send("location", () => wa.messages.location({ latitude: 37.4, longitude: -122.1, name: "Here", address: "Street" }, to));
await send("contacts", () => wa.messages.contacts([{ name: { formatted_name: "Pat Example", first_name: "Pat" } }], to));
await send("buttons", () => wa.messages.interactive({ type: "button", body: { text: "?" }, action: { buttons: [{ type: "reply", reply: { id: "a", title: "A" } }] } }, to));
await send("template", () => wa.messages.template({ name: "hello", language: { code: "en_US", policy: "deterministic" } }, to));
await send("mark read", () => wa.messages.status({ status: "read", message_id: last }));
await send("two-step PIN", () => wa.twoStepVerification.setPin(123456));
wa.requester.client.clearSockets();
