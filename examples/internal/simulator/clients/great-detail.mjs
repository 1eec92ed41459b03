import Client from "@great-detail/whatsapp";
import { env, step, cannot, check, receive, inbound, inboundKinds, act, settle, chat, link, png, control } from "./lib.mjs";

const sdk = new Client({ prefixUrl: env.base, graphVersion: "v26.0", request: { headers: { Authorization: "Bearer " + env.token }, retry: 0 } });
await act("text", { text: "hi" });
await settle();
const last = (await chat())[0].id, n = env.number;
const send = (name, message) => step("send " + name, async () => {
  const r = await sdk.message.createMessage({ phoneNumberID: n, to: env.to, ...message }).json();
  check(r.messages[0].id);
});
await send("text", { type: "text", text: { body: "Hello" } });
await send("reply", { type: "text", text: { body: "Yes" }, context: { message_id: last } });
const media = await step("upload media", async () => (await sdk.media.upload({ phoneNumberID: n, mimeType: "image/png", file: new Blob([png], { type: "image/png" }), filename: "a.png" }).json()).id);
await send("image", { type: "image", image: { id: media, caption: "c" } });
await send("video", { type: "video", video: { link } });
await send("audio", { type: "audio", audio: { link } });
await send("document", { type: "document", document: { link, filename: "a.pdf" } });
await send("sticker", { type: "sticker", sticker: { link } });
await send("location", { type: "location", location: { latitude: 37.4, longitude: -122.1, name: "Here", address: "Street" } });
await send("contacts", { type: "contacts", contacts: [{ name: { formatted_name: "Pat Example", first_name: "Pat" } }] });
await send("reaction", { type: "reaction", reaction: { message_id: last, emoji: "👍" } });
await send("buttons", { type: "interactive", interactive: { type: "button", body: { text: "?" }, action: { buttons: [{ type: "reply", reply: { id: "a", title: "A" } }] } } });
await send("list", { type: "interactive", interactive: { type: "list", body: { text: "?" }, action: { button: "Pick", sections: [{ rows: [{ id: "a", title: "A" }] }] } } });
await send("template", { type: "template", template: { name: "hello", language: { code: "en_US" } } });
await step("mark read", async () => check((await sdk.message.createStatus({ phoneNumberID: n, message_id: last, status: "read", typing_indicator: { type: "text" } }).json()).success));
await step("media url, download, delete", async () => {
  const r = await sdk.media.getURL({ mediaID: media, phoneNumberID: n }).json();
  await cannot("download media", "it sends no token with the download; its own fault, Meta answers 401 too", () => sdk.media.download({ mediaURL: r.url }).arrayBuffer());
  const file = await sdk.media.download({ mediaURL: r.url, request: { headers: { Authorization: "Bearer " + env.token } } }).arrayBuffer();
  check(Buffer.from(file).equals(png));
  check((await sdk.media.delete({ mediaID: media, phoneNumberID: n }).json()).success);
});
await step("numbers", async () => {
  check((await sdk.phoneNumbers.getPhoneNumber({ phoneNumberID: n }).json()).id === n);
  check((await sdk.phoneNumbers.getPhoneNumber({ phoneNumberID: n, fields: ["verified_name", "new_certificate", "throughput", "health_status"] }).json()).throughput.level);
  check((await sdk.phoneNumbers.listPhoneNumbers({ businessAccountID: env.account }).json()).data.length === 1);
  check((await sdk.phoneNumbers.updatePhoneNumber({ phoneNumberID: n, new_display_name: "Lucky Shrub" }).json()).success);
});
await step("profile", async () => {
  check((await sdk.businessProfile.updateBusinessProfile({ phoneNumberID: n, messaging_product: "whatsapp", about: "We sell plants", websites: ["https://example.com"] }).json()).success);
  check((await sdk.businessProfile.getBusinessProfile({ phoneNumberID: n, fields: ["about", "websites"] }).json()).data[0].about === "We sell plants");
});
await step("account and subscriptions", async () => {
  check((await sdk.whatsappBusinessAccount.get(env.account).json()).id === env.account);
  check((await sdk.subscribedApps.createSubscription({ businessAccountID: env.account }).json()).success);
  check((await sdk.subscribedApps.listSubscriptions({ businessAccountID: env.account }).json()).data.length === 1);
});
await step("templates", async () => {
  const made = await sdk.template.create(env.account, { name: "great_detail", language: "en_US", category: "UTILITY", components: [{ type: "BODY", text: "Hello." }] }).json();
  check(made.id);
  check((await sdk.template.get(made.id, {}).json()).name === "great_detail");
  check((await sdk.template.list(env.account, { name_or_content: "great_detail" }).json()).data.length === 1);
  await sdk.template.listLibrary({ search: "delivery" }).json();
  check((await sdk.template.delete(env.account, { name: "great_detail" }).json()).success);
});
await step("errors have Meta's code", async () => {
  const r = await sdk.message.createMessage({ phoneNumberID: n, to: env.to, type: "template", template: { name: "nobody", language: { code: "en" } } }).catch(e => e.response);
  check((await r.json()).error.code === 132001);
});
const seen = [];
const server = await receive(async (req, body, url) => {
  const request = { method: req.method, query: Object.fromEntries(url.searchParams), body, headers: req.headers };
  if (req.method === "GET") {
    const reg = await sdk.webhook.register(request);
    return reg.verifyToken === env.verify ? { body: reg.accept() } : { status: 403 };
  }
  const event = await sdk.webhook.eventNotification(request).catch(() => undefined);
  if (!event || !(await event.checkSignature(env.secret).catch(() => false))) return { status: 401 };
  for (const e of event.eventNotification.entry) for (const c of e.changes) for (const m of c.value.messages || []) seen.push(m.type);
  return {};
});
await step("parse webhooks", async () => {
  await inbound();
  check(inboundKinds.every(k => seen.includes(k)), seen.join());
});
await step("refuse forged webhooks", async () => check((await control("POST", "probe", {})).attacks.every(a => !a.let_in)));
server.close();
