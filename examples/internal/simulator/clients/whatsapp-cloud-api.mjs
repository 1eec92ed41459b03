import { createRequire } from "node:module";
import { env, step, cannot, check, act, settle, chat, link, control } from "./lib.mjs";

// https://graph.facebook.com is built in; axios takes HTTPS_PROXY.
process.env.HTTPS_PROXY = process.env.https_proxy = env.base;
const { createBot } = createRequire(import.meta.url)("whatsapp-cloud-api");
const bot = createBot(env.number, env.token, { version: "v26.0" });
await act("text", { text: "hi" });
await settle();
const to = env.to;
const send = (name, f) => step("send " + name, async () => check((await f()).messageId));
await send("text", () => bot.sendText(to, "Hello", { preview_url: true }));
await send("image", () => bot.sendImage(to, link, { caption: "c" }));
await send("document", () => bot.sendDocument(to, link, { caption: "c", filename: "a.pdf" }));
await send("audio", () => bot.sendAudio(to, link));
await send("video", () => bot.sendVideo(to, link, { caption: "c" }));
await send("sticker", () => bot.sendSticker(to, link));
await send("location", () => bot.sendLocation(to, 37.4, -122.1, { name: "Here", address: "Street" }));
await send("template", () => bot.sendTemplate(to, "hello", "en_US"));
await send("contacts", () => bot.sendContacts(to, [{ name: { formatted_name: "Pat Example", first_name: "Pat" } }]));
await send("buttons", () => bot.sendReplyButtons(to, "?", { a: "A", b: "B" }));
await send("list", () => bot.sendList(to, "Pick", "?", { s: [{ id: "a", title: "A" }] }));
await step("errors have Meta's code", async () => {
  const e = await bot.sendTemplate(to, "nobody", "en").catch(e => e);
  check(e.error.code === 132001, JSON.stringify(e));
});
const seen = [];
bot.on("message", m => seen.push(m.type));
const log = console.log;
console.log = () => {}; // it prints a line of its own
const { server } = await bot.startExpressServer({ port: Number(env.port), webhookPath: "/webhook", webhookVerifyToken: env.verify });
await control("POST", "webhook", { url: "http://127.0.0.1:" + env.port + "/webhook" });
await act("text", { text: "Café?" });
await act("image", { text: "look" });
await act("place", { text: "Here" });
await settle();
console.log = log;
await step("parse webhooks", async () => check(["text", "image", "location"].every(k => seen.includes(k)), seen.join()));
await cannot("refuse forged webhooks", "it looks at no signature; its own fault", async () => check((await control("POST", "probe", {})).attacks.every(a => !a.let_in)));
await cannot("acknowledge statuses", "it answers 202, which counts as a failure and is retried; its own fault", async () => {
  await bot.sendText(to, "and statuses");
  await settle();
  check(!(await control("GET", "audit")).findings.some(f => f.rule === "webhook-answered-2xx-but-not-200"));
});
server.close();
process.exit(0);
