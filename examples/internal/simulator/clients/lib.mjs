// What every script here needs: where the simulator is, and a way to report.
import http from "node:http";

export const env = JSON.parse(process.env.SIMULATOR);
// env: base, tls, ca, token, number, account, app, secret, verify, catalog, to (digits of person 0)

export const link = "https://example.com/a.jpg";
export const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");

// control makes a call of the control API.
export async function control(method, path, body) {
  const r = await fetch(env.base + "/control/" + path, { method, headers: { "Content-Type": "application/json" }, body: body && JSON.stringify(body) });
  const answer = await r.json();
  if (!r.ok) throw new Error(path + ": " + answer.error);
  return answer;
}
export const act = (gesture, body = {}) => control("POST", "users/0/" + gesture, body);
export const settle = () => control("POST", "settle", {});
export const chat = async () => (await control("GET", "users/0/chat")).messages;

const describe = e => (e && (e.response?.data?.error?.message || e.error?.message || e.message)) || JSON.stringify(e);

// step does one thing with the client and says how it went.
export async function step(name, f) {
  try {
    const out = await f();
    console.log("ok " + name);
    return out;
  } catch (e) {
    console.log("FAIL " + name + ": " + describe(e));
  }
}

// cannot is a step that this client is known to fail at, and whose fault it is. If it
// works one day, that is told too.
export async function cannot(name, why, f) {
  try {
    await f();
    console.log("FAIL " + name + ": works now, although it was noted: " + why);
  } catch (e) {
    console.log("cannot " + name + ": " + why);
  }
}

export function check(ok, what) {
  if (!ok) throw new Error(what || "not as expected");
}

// receive starts a receiver of webhooks and connects it. handle gets request and body and
// returns what to answer.
export async function receive(handle) {
  const server = http.createServer((req, res) => {
    const parts = [];
    req.on("data", d => parts.push(d));
    req.on("end", async () => {
      try {
        const out = await handle(req, Buffer.concat(parts).toString(), new URL(req.url, "http://localhost"));
        res.writeHead(out.status || 200, { "Content-Type": "text/plain" });
        res.end(out.body === undefined ? "" : String(out.body));
      } catch (e) {
        console.log("FAIL webhook: " + describe(e));
        res.writeHead(500);
        res.end();
      }
    });
  });
  await new Promise(done => server.listen(0, "127.0.0.1", done));
  await control("POST", "webhook", { url: "http://127.0.0.1:" + server.address().port + "/webhook" });
  return server;
}

// inbound lets person 0 do one of each and tells what a client's parser must have seen.
export async function inbound() {
  await act("text", { text: "Café?" });
  await act("image", { text: "look" });
  await act("voice");
  await act("document", { text: "bill" });
  await act("place", { text: "Here" });
  await act("contact", { name: "Pat Example", phone: "+12025550199" });
  await settle();
}
export const inboundKinds = ["text", "image", "audio", "document", "location", "contacts"];
