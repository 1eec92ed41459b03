import { WhatsAppAPI } from "whatsapp-api-js";
import * as m from "whatsapp-api-js/messages";
import { env, step, check, receive, inbound, inboundKinds, act, settle, chat, link, png, control } from "./lib.mjs";

// The base URL is built in; the fetch that it is given may lead elsewhere.
const elsewhere = (url, init) => fetch(String(url).replace("https://graph.facebook.com", env.base), init);
const api = new WhatsAppAPI({
  token: env.token, appSecret: env.secret, webhookVerifyToken: env.verify, v: "v26.0", secure: true,
  ponyfill: { fetch: elsewhere, subtle: crypto.subtle },
});
await act("text", { text: "hi" });
await settle();
const last = (await chat())[0].id, to = env.to, n = env.number;
const send = async (name, message, context) => step("send " + name, async () => {
  const r = await api.sendMessage(n, to, message, context);
  check(r.messages?.[0]?.id, JSON.stringify(r.error));
  return r.messages[0].id;
});
await send("text", new m.Text("Hello", true));
await send("reply", new m.Text("Yes"), last);
const uploaded = await step("upload media", async () => {
  const form = new FormData();
  form.set("file", new Blob([png], { type: "image/png" }));
  const r = await api.uploadMedia(n, form);
  check(r.id, JSON.stringify(r));
  return r.id;
});
await send("image by id", new m.Image(uploaded, true, "caption"));
await send("image by link", new m.Image(link));
await send("video", new m.Video(link, false, "v"));
await send("audio", new m.Audio(link));
await send("document", new m.Document(link, false, "d", "bill.pdf"));
await send("sticker", new m.Sticker(link));
await send("location", new m.Location(-122.1, 37.4, "Here", "Street 1"));
await send("contacts", new m.Contacts([new m.Name("Pat Example", "Pat"), new m.Phone("+12025550199")]));
await send("reaction", new m.Reaction(last, "👍"));
await send("buttons", new m.Interactive(new m.ActionButtons(new m.Button("a", "A"), new m.Button("b", "B")), new m.Body("?"), new m.Header("h"), new m.Footer("f")));
await send("list", new m.Interactive(new m.ActionList("Pick", new m.ListSection("s", new m.Row("a", "A", "first"))), new m.Body("?")));
await send("link button", new m.Interactive(new m.ActionCTA("Open", "https://example.com"), new m.Body("?")));
await send("location request", new m.Interactive(new m.ActionLocation(), new m.Body("?")));
await send("call permission", new m.Interactive(new m.ActionCallPermission(), new m.Body("?")));
await send("contact request", new m.Interactive(new m.ActionContactRequest(), new m.Body("?")));
await send("product", new m.Interactive(new m.ActionProduct(new m.CatalogProduct("tea", env.catalog)), new m.Body("b")));
await send("product list", new m.Interactive(new m.ActionProductList(env.catalog, new m.ProductSection("s", new m.Product("tea"))), new m.Body("b"), new m.Header("h")));
await send("catalog", new m.Interactive(new m.ActionCatalog(new m.Product("tea")), new m.Body("b")));
await send("template", new m.Template("hello", "en_US"));
await send("template with values", new m.Template("order_update", "en_US", new m.BodyComponent(new m.BodyParameter("Ada", "first_name"), new m.BodyParameter("17", "order"))));
await step("the phone shows them", async () => { await settle(); check((await chat()).length >= 22); });
await step("mark read", async () => check((await api.markAsRead(n, last, "text")).success));
await step("media url, download, delete", async () => {
  const r = await api.retrieveMedia(uploaded, n);
  check(r.url);
  const file = await api.fetchMedia(r.url);
  check(Buffer.from(await file.arrayBuffer()).equals(png), "not the bytes sent");
  check((await api.deleteMedia(uploaded)).success);
});
await step("QR codes", async () => {
  const qr = await api.createQR(n, "Hello", "png");
  check(qr.code && qr.qr_image_url, JSON.stringify(qr));
  const picture = await fetch(qr.qr_image_url);
  check(picture.headers.get("content-type") === "image/png", "PNG is not PNG");
  check((await api.updateQR(n, qr.code, "Good day")).code === qr.code, "another code");
  check((await api.retrieveQR(n, qr.code)).data[0].prefilled_message === "Good day");
  check((await api.retrieveQR(n)).data.length === 1);
  check((await api.deleteQR(n, qr.code)).success);
});
await step("block and unblock", async () => {
  check((await api.blockUser(n, to)).block_users.added_users.length === 1);
  check((await api.unblockUser(n, to)).block_users.removed_users.length === 1);
});
const seen = [], statuses = [];
api.on.message = ({ message }) => { seen.push(message.type); };
api.on.status = ({ status }) => { statuses.push(status); };
const server = await receive(async (req, body, url) => {
  try {
    if (req.method === "GET") return { body: api.get(Object.fromEntries(url.searchParams)) };
  } catch (e) {
    return { status: e.httpStatus || 500 };
  }
  try {
    await api.post(JSON.parse(body), body, req.headers["x-hub-signature-256"]);
    return {};
  } catch (e) {
    return { status: e.httpStatus || 500 };
  }
});
await step("parse webhooks", async () => {
  await inbound();
  await api.sendMessage(n, to, new m.Text("and statuses"));
  await settle();
  check(inboundKinds.every(k => seen.includes(k)), seen.join());
  check(["sent", "delivered"].every(k => statuses.includes(k)), statuses.join());
});
await step("refuse forged webhooks", async () => check((await control("POST", "probe", {})).attacks.every(a => !a.let_in)));
server.close();
