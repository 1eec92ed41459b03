// Drives Twilio's helper library against twiliotest, and lets it check and make signatures.
// Prints a line of JSON for each step.
import twilio from "twilio";
import webhooks from "twilio/lib/webhooks/webhooks.js";

const env = JSON.parse(process.env.SIMULATOR);
const say = (step, value) => console.log(JSON.stringify({ step, value }));

// The library talks to Twilio's hosts; the simulator is one address.
class ToSimulator extends twilio.RequestClient {
  request(options) {
    const u = new URL(options.uri);
    return super.request({ ...options, uri: env.base + u.pathname + u.search });
  }
}
const client = twilio(env.account, env.token, { httpClient: new ToSimulator() });

const text = await client.messages.create({
  from: env.from, to: env.to, body: "from the helper library", statusCallback: env.callback,
});
say("text", text.sid);
const content = await client.messages.create({
  from: env.from, to: env.to, contentSid: env.content, contentVariables: JSON.stringify({ 1: "Robin" }), statusCallback: env.callback + "2",
});
say("content", content.sid);
const made = await client.content.v1.contents.create({
  friendly_name: "made by the library", language: "en", types: { "twilio/text": { body: "hi" } },
});
say("made", made.sid);
say("contents", (await client.content.v1.contentAndApprovals.list()).map((c) => c.friendlyName));
say("balance", (await client.balance.fetch()).balance);
say("senders", (await client.messaging.v2.channelsSenders.list({ channel: "whatsapp" })).map((s) => s.senderId));
say("numbers", (await client.incomingPhoneNumbers.list()).map((n) => n.phoneNumber));
try {
  await client.messages.create({ from: "whatsapp:+15550000000", to: env.to, body: "x" });
  say("refused", 0);
} catch (e) {
  say("refused", e.code);
}

// What the simulator signed.
say("accepted", env.signed.map((r) => twilio.validateRequest(env.token, r.signature, r.url, r.form)));
say("forged", env.signed.map((r) => twilio.validateRequest(env.token, r.signature, r.url, { ...r.form, Body: "forged" })));
say("body", twilio.validateRequestWithBody(env.token, env.body.signature, env.body.url, env.body.text));

// What the library signs.
const forms = [
  { MessageSid: "SM1", From: "whatsapp:+16505550123", To: env.from, Body: "ä & 👋 <b>" },
  { MessageSid: "SM2", Twice: ["b", "a", "b"], Empty: "" },
  { MessageSid: "SM3", Odd: ["！", "😀", "ü"], "！": "1", "😀": "2" }, // in the order of UTF-16
  {},
];
say("signs", forms.map((form) => ({ form, signature: webhooks.getExpectedTwilioSignature(env.token, env.hook, form) })));
