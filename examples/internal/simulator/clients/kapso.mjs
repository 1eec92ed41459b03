import { WhatsAppClient } from "@kapso/whatsapp-cloud-api";
import { normalizeWebhook, verifySignature } from "@kapso/whatsapp-cloud-api/server";
import { env, step, cannot, check, receive, inbound, inboundKinds, act, settle, chat, link, png, control } from "./lib.mjs";

const api = new WhatsAppClient({ accessToken: env.token, baseUrl: env.base, graphVersion: "v26.0" });
await act("text", { text: "hi" });
await settle();
const last = (await chat())[0].id;
const base = { phoneNumberId: env.number, to: env.to };
const send = (name, f) => step("send " + name, async () => check((await f()).messages[0].id));
await send("text", () => api.messages.sendText({ ...base, body: "Hello", previewUrl: true }));
const media = await step("upload media", async () => (await api.media.upload({ phoneNumberId: env.number, type: "image/png", file: new Blob([png], { type: "image/png" }), fileName: "a.png" })).id);
await send("image", () => api.messages.sendImage({ ...base, image: { id: media, caption: "c" } }));
await send("audio", () => api.messages.sendAudio({ ...base, audio: { link } }));
await send("document", () => api.messages.sendDocument({ ...base, document: { link, filename: "a.pdf" } }));
await send("video", () => api.messages.sendVideo({ ...base, video: { link } }));
await send("sticker", () => api.messages.sendSticker({ ...base, sticker: { link } }));
await send("location", () => api.messages.sendLocation({ ...base, location: { latitude: 37.4, longitude: -122.1, name: "Here", address: "Street" } }));
await send("contacts", () => api.messages.sendContacts({ ...base, contacts: [{ name: { formattedName: "Pat Example", firstName: "Pat" } }] }));
await send("reaction", () => api.messages.sendReaction({ ...base, reaction: { messageId: last, emoji: "👍" } }));
await send("buttons", () => api.messages.sendInteractiveButtons({ ...base, bodyText: "?", buttons: [{ id: "a", title: "A" }] }));
await send("list", () => api.messages.sendInteractiveList({ ...base, bodyText: "?", buttonText: "Pick", sections: [{ title: "s", rows: [{ id: "a", title: "A" }] }] }));
await send("link button", () => api.messages.sendInteractiveCtaUrl({ ...base, bodyText: "?", parameters: { displayText: "Open", url: "https://example.com" } }));
await cannot("send location request", "it sends action.parameters, which Meta's page does not have; its own fault", () => api.messages.sendInteractiveLocationRequest({ ...base, bodyText: "?", parameters: { requestMessage: "Where?" } }));
await send("template", () => api.messages.sendTemplate({ ...base, template: { name: "hello", language: { code: "en_US" } } }));
await step("mark read", async () => check((await api.messages.markRead({ phoneNumberId: env.number, messageId: last })).success));
await step("media url, delete", async () => {
  check((await api.media.get({ mediaId: media, phoneNumberId: env.number })).url);
  check(Buffer.from(await api.media.download({ mediaId: media, phoneNumberId: env.number, auth: "always" })).equals(png));
  check((await api.media.delete({ mediaId: media, phoneNumberId: env.number })).success);
});
await step("templates", async () => {
  const made = await api.templates.create({ businessAccountId: env.account, name: "kapso_test", language: "en_US", category: "UTILITY", components: [{ type: "BODY", text: "Hello." }] });
  check(made.id);
  check((await api.templates.list({ businessAccountId: env.account, name: "kapso_test" })).data.length === 1);
  check((await api.templates.delete({ businessAccountId: env.account, name: "kapso_test" })).success);
});
await step("profile and settings", async () => {
  check((await api.phoneNumbers.businessProfile.update({ phoneNumberId: env.number, about: "We sell plants", messagingProduct: "whatsapp" })).success);
  check((await api.phoneNumbers.businessProfile.get({ phoneNumberId: env.number })).data.length === 1);
});
await step("flows", async () => {
  const flow = await api.flows.create({ wabaId: env.account, name: "rating", categories: ["SURVEY"] });
  check(flow.id);
  const json = { version: "7.2", screens: [{ id: "RATE", title: "Rate us", terminal: true, success: true, data: {}, layout: { type: "SingleColumnLayout", children: [{ type: "Footer", label: "Send", onClickAction: { name: "complete", payload: {} } }] } }] };
  check((await api.flows.updateAsset({ flowId: flow.id, json })).success);
  check((await api.flows.publish({ flowId: flow.id })).success);
  check((await api.flows.preview({ flowId: flow.id })).preview.previewUrl);
  check((await api.messages.sendInteractiveFlow({ ...base, bodyText: "?", parameters: { flowId: flow.id, flowCta: "Rate", flowToken: "t", flowMessageVersion: "3", flowAction: "navigate", flowActionPayload: { screen: "RATE" } } })).messages[0].id);
  check((await api.flows.deprecate({ flowId: flow.id })).success);
});
const seen = [];
const server = await receive(async (req, body, url) => {
  if (req.method === "GET") return url.searchParams.get("hub.verify_token") === env.verify ? { body: url.searchParams.get("hub.challenge") } : { status: 403 };
  if (!verifySignature({ appSecret: env.secret, rawBody: body, signatureHeader: req.headers["x-hub-signature-256"] })) return { status: 401 };
  for (const m of normalizeWebhook(JSON.parse(body)).messages) seen.push(m.type);
  return {};
});
await step("parse webhooks", async () => {
  await inbound();
  check(inboundKinds.every(k => seen.includes(k)), seen.join());
});
await step("refuse forged webhooks", async () => check((await control("POST", "probe", {})).attacks.every(a => !a.let_in)));
server.close();
