import { createRequire } from "node:module";
import { writeFileSync, readFileSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env, step, cannot, check, receive, inbound, inboundKinds, act, settle, chat, link, png } from "./lib.mjs";

// https://graph.facebook.com is built in; axios takes HTTPS_PROXY.
process.env.HTTPS_PROXY = process.env.https_proxy = env.base;
const require = createRequire(import.meta.url);
const { WABAClient } = require("whatsapp-business");
const { webhookHandler } = require("whatsapp-business/dist/src/webhooks/helpers.js");
const api = new WABAClient({ apiToken: env.token, phoneId: env.number, accountId: env.account });
await act("text", { text: "hi" });
await settle();
const last = (await chat())[0].id;
const send = (name, message) => step("send " + name, async () => check((await api.sendMessage({ to: env.to, ...message })).messages[0].id));
await send("text", { type: "text", text: { body: "Hello" } });
await send("image", { type: "image", image: { link, caption: "c" } });
await send("video", { type: "video", video: { link } });
await send("audio", { type: "audio", audio: { link } });
await send("document", { type: "document", document: { link } });
await send("sticker", { type: "sticker", sticker: { link } });
await send("location", { type: "location", location: { latitude: "37.4", longitude: "-122.1", name: "Here", address: "Street" } });
await send("contacts", { type: "contacts", contacts: [{ name: { formatted_name: "Pat Example", first_name: "Pat" } }] });
await send("reaction", { type: "reaction", reaction: { message_id: last, emoji: "👍" } });
await send("buttons", { type: "interactive", interactive: { type: "button", body: { text: "?" }, action: { buttons: [{ type: "reply", reply: { id: "a", title: "A" } }] } } });
await send("template", { type: "template", template: { name: "hello", language: { code: "en_US" } } });
await step("mark read", async () => check((await api.markMessageAsRead(last)).success));
const dir = mkdtempSync(join(tmpdir(), "clients-"));
writeFileSync(join(dir, "a.png"), png);
const media = await step("upload media", async () => (await api.uploadMedia({ file: join(dir, "a.png"), type: "image/png" })).id);
await step("media url and delete", async () => {
  check((await api.getMedia(media)).url);
  check((await api.deleteMedia(media)).success);
});
await step("profile", async () => {
  check((await api.updateBusinessProfile({ about: "We sell plants" })).success);
  check((await api.getBusinessProfile()).data[0].about === "We sell plants");
});
await step("numbers", async () => {
  check((await api.getBusinessPhoneNumbers()).data.length === 1);
  check((await api.getSingleBusinessPhoneNumber(env.number)).id === env.number);
  check((await api.updateIdentityCheckState({ enable_identity_key_check: false })).success);
  check((await api.setupTwoStepAuth({ phoneNumberId: env.number, pin: "123456" })).success);
  check((await api.registerPhone({ phoneNumberId: env.number, pin: "123456" })).success);
});
const seen = [];
const server = await receive(async (req, body, url) => {
  if (req.method === "GET") return url.searchParams.get("hub.verify_token") === env.verify ? { body: url.searchParams.get("hub.challenge") } : { status: 403 };
  webhookHandler(JSON.parse(body), { onMessageReceived: m => seen.push(m.type), onError: () => {}, onStatusReceived: () => {}, onTextMessageReceived: () => {} });
  return {};
});
await step("parse webhooks", async () => {
  await inbound();
  check(inboundKinds.every(k => seen.includes(k)), seen.join());
});
server.close();
