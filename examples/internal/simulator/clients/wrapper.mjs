import { createRequire } from "node:module";
import { writeFileSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env, step, cannot, check, receive, inbound, inboundKinds, act, settle, chat, link, png } from "./lib.mjs";

// https://graph.facebook.com is built in; its HTTP library takes HTTPS_PROXY and tunnels.
process.env.HTTPS_PROXY = process.env.https_proxy = env.base;
const Cloud = createRequire(import.meta.url)("whatsappcloudapi_wrapper");
const api = new Cloud({ accessToken: env.token, senderPhoneNumberId: env.number, WABA_ID: env.account });
await act("text", { text: "hi" });
await settle();
const last = (await chat())[0].id, to = env.to;
const send = (name, f) => step("send " + name, async () => {
  const r = await f();
  check((r.response || r).status === "success");
});
await send("text", () => api.sendText({ message: "Hello", recipientPhone: to }));
await send("template", () => api.sendTemplate({ templateName: "hello", languageCode: "en_US", components: [], recipientPhone: to }));
await send("buttons", () => api.sendSimpleButtons({ message: "?", recipientPhone: to, listOfButtons: [{ id: "a", title: "A" }] }));
await send("list", () => api.sendRadioButtons({ recipientPhone: to, headerText: "h", bodyText: "?", footerText: "f", listOfSections: [{ title: "s", rows: [{ id: "a", title: "A", description: "first" }] }] }));
await send("image", () => api.sendImage({ recipientPhone: to, url: link, caption: "c" }));
await send("video", () => api.sendVideo({ recipientPhone: to, url: link, caption: "c" }));
await send("audio", () => api.sendAudio({ recipientPhone: to, url: link }));
await send("document", () => api.sendDocument({ recipientPhone: to, url: link, caption: "c", file_name: "a.pdf" }));
await send("location", () => api.sendLocation({ recipientPhone: to, latitude: 37.4, longitude: -122.1, name: "Here", address: "Street" }));
await step("mark read", async () => check((await api.markMessageAsRead({ message_id: last })).status === "success"));
await step("QR code from the query", async () => check((await api.createQRCodeMessage({ message: "Hello" })).data.code));
const dir = mkdtempSync(join(tmpdir(), "clients-"));
writeFileSync(join(dir, "a.png"), png);
await step("upload and send an image", async () => check((await api.sendImage({ recipientPhone: to, file_path: join(dir, "a.png"), file_name: "a.png", mime_type: "image/png", caption: "c" })).response.status === "success"));
const seen = [];
const server = await receive(async (req, body, url) => {
  if (req.method === "GET") return url.searchParams.get("hub.verify_token") === env.verify ? { body: url.searchParams.get("hub.challenge") } : { status: 403 };
  const data = api.parseMessage(JSON.parse(body));
  if (data?.isMessage) seen.push(data.message.type);
  return {};
});
await step("parse webhooks", async () => {
  await inbound();
  check(seen.length >= 5, seen.join());
});
server.close();
