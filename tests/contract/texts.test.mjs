// Texts both ways, as Twilio carries them: states and their callbacks, signed webhooks, its own STOP, segments and prices.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import twilio from 'twilio';
import { account, start_simulator, start_webhook, token, until } from './support.mjs';

const customer = '+14165550142';
const nothing = { type: 'text/xml', body: '<Response/>' };

let simulator;
let webhook;
let answers = () => nothing;
let number;

before(async () => {
  simulator = await start_simulator();
  webhook = await start_webhook((asked) => answers(asked));
  number = (await simulator.buy({ SmsUrl: `${webhook.url}/sms?a=1&b=%2B#rc=3&rp=5xx,ct,rt`, SmsFallbackUrl: `${webhook.url}/fallback` })).phone_number;
  await simulator.post('/sim/settings', { status_delay_ms: 20 });
});
after(async () => { await webhook.stop(); await simulator.stop(); });

const settings = (patch) => simulator.post('/sim/settings', patch);
const form_of = (asked) => Object.fromEntries(new URLSearchParams(asked.body));
const write = async (body, more = {}) => (await simulator.post('/sim/messages', { from: customer, to: number, body, ...more })).json;
const send = (fields) => simulator.twilio('POST', '/Messages.json', { From: number, To: customer, ...fields });
const fetch_message = async (sid) => (await simulator.twilio('GET', `/Messages/${sid}.json`)).json;
const in_state = (sid, ...states) => until(async () => {
  const message = await fetch_message(sid);
  return states.includes(message.status) && message;
});
const about = (sid) => webhook.requests.filter((asked) => asked.body.includes(sid));
async function answering(other, work) {
  answers = other;
  try { return await work(); } finally { answers = () => nothing; }
}

describe('a text that is sent', () => {
  test('is queued, sent and delivered, and its callbacks are signed', async () => {
    const sent = await send({ Body: 'Yes, it is.', StatusCallback: `${webhook.url}/status` });
    assert.equal(sent.status, 201, sent.text);
    assert.deepEqual([sent.json.status, sent.json.date_sent, sent.json.price, sent.json.direction, sent.json.num_segments],
      ['queued', null, null, 'outbound-api', '1']);
    const delivered = await in_state(sent.json.sid, 'delivered');
    assert.equal(delivered.price, '-0.0075');
    assert.equal(delivered.error_code, null);
    await until(() => about(sent.json.sid).length === 2);
    for (const told of about(sent.json.sid)) {
      assert.equal(told.url, '/status');
      const form = form_of(told);
      assert.deepEqual([form.MessageSid, form.From, form.To, form.AccountSid], [sent.json.sid, number, customer, account]);
      assert.ok(twilio.validateRequest(token, told.headers['x-twilio-signature'], `${webhook.url}/status`, form));
    }
    assert.deepEqual(about(sent.json.sid).map((told) => form_of(told).MessageStatus).sort(), ['delivered', 'sent']);
  });

  test('fails as the switch says, for everyone or for one', async () => {
    await settings({ delivery: { default: 'delivered', '+14165550190': 'undelivered:30034', '+14165550191': 'failed:30007', '+14165550192': 'sent' } });
    const outcomes = await Promise.all(['+14165550190', '+14165550191', '+14165550142'].map(async (To) => {
      const { sid } = (await send({ To, Body: 'x', StatusCallback: `${webhook.url}/status` })).json;
      const { status, error_code, price } = await in_state(sid, 'delivered', 'undelivered', 'failed');
      await until(() => about(sid).some((told) => form_of(told).MessageStatus === status));
      const told = about(sid).map(form_of).find(({ MessageStatus }) => MessageStatus === status);
      return [status, error_code, price, told.ErrorCode];
    }));
    assert.deepEqual(outcomes, [['undelivered', 30034, '-0.0075', '30034'], ['failed', 30007, null, '30007'], ['delivered', null, '-0.0075', undefined]]);
    const kept = (await send({ To: '+14165550192', Body: 'x' })).json.sid;
    await in_state(kept, 'sent');
    await settings({ delivery: 'delivered' });
    assert.equal((await settings({ delivery: 'lost' })).status, 400);
  });

  test('from a US number fails while that is not registered, if the switch says so', async () => {
    const { phone_number: From } = await simulator.buy({ PhoneNumber: await simulator.offer('206', 'US') });
    await settings({ us_registration: 'missing' });
    const { sid } = (await send({ From, Body: 'x' })).json;
    await settings({ us_registration: 'done' });
    assert.equal((await in_state(sid, 'undelivered')).error_code, 30034);
  });

  test('is refused for what is wrong with it', async () => {
    for (const [fields, code] of [
      [{ To: '', Body: 'x' }, 21604],
      [{ From: '', Body: 'x' }, 21603],
      [{ Body: '' }, 21602],
      [{ To: ' 14165550142', Body: 'x' }, 21211],
      [{ To: '4165550142', Body: 'x' }, 21211],
      [{ From: '604', Body: 'x' }, 21212],
      [{ From: '+16045550100', Body: 'x' }, 21606],
      [{ Body: 'x'.repeat(1601) }, 21617],
      [{ Body: 'x', StatusCallback: 'https://under_score.example.com/' }, 21609],
      [{ To: '+15005550002', Body: 'x' }, 21612],
      [{ To: '+15005550009', Body: 'x' }, 21614],
      [{ From: '+15005550008', Body: 'x' }, 21611],
    ]) {
      const answer = await send(fields);
      assert.equal(answer.json.code, code, JSON.stringify(fields));
      assert.equal(answer.status, 400);
    }
  });

  test('is counted in segments of GSM-7 or of UCS-2', async () => {
    for (const [body, segments] of [
      ['x'.repeat(160), 1], ['x'.repeat(161), 2], ['x'.repeat(306), 2], ['x'.repeat(307), 3],
      ['€'.repeat(80), 1], ['€'.repeat(81), 2], [`${'x'.repeat(152)}€${'x'.repeat(152)}`, 3],
      ['ç'.repeat(70), 1], ['ç'.repeat(71), 2], ['👍'.repeat(35), 1], ['👍'.repeat(36), 2], ['é'.repeat(160), 1],
    ]) {
      const { num_segments, sid } = (await send({ Body: body })).json;
      assert.equal(num_segments, String(segments), body);
      if (segments === 3) assert.equal((await in_state(sid, 'delivered')).price, '-0.0225');
    }
  });

  test('is found again in the list by who, to whom and when, page by page', async () => {
    const To = '+14165550171';
    const sids = [];
    for (let i = 0; i < 5; i += 1) sids.unshift((await send({ To, Body: `number ${i}` })).json.sid);
    const seen = [];
    let page = (await simulator.twilio('GET', `/Messages.json?To=${encodeURIComponent(To)}&PageSize=2`)).json;
    for (;;) {
      seen.push(...page.messages.map((each) => each.sid));
      if (!page.next_page_uri) break;
      page = (await simulator.twilio('GET', page.next_page_uri.replace(/.*\/Messages/, '/Messages'))).json;
    }
    assert.deepEqual(seen, sids);
    const count = async (query) => (await simulator.twilio('GET', `/Messages.json?To=${encodeURIComponent(To)}&${query}`)).json.messages.length;
    const day = (offset) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
    assert.equal(await count(`DateSent%3E=${day(-1)}`), 5);
    assert.equal(await count(`DateSent%3E=${day(1)}`), 0);
    assert.equal(await count(`DateSent%3C=${day(-1)}`), 0);
    assert.equal(await count(`From=${encodeURIComponent('+16045550100')}`), 0);
    assert.equal((await simulator.twilio('GET', '/Messages.json?PageToken=XX1')).json.code, 21481);
  });

  test('can be blanked and deleted', async () => {
    const { sid } = (await send({ Body: 'secret' })).json;
    await in_state(sid, 'delivered');
    assert.equal((await simulator.twilio('POST', `/Messages/${sid}.json`, { Body: '' })).json.body, '');
    assert.equal((await simulator.twilio('DELETE', `/Messages/${sid}.json`)).status, 204);
    assert.equal((await simulator.twilio('GET', `/Messages/${sid}.json`)).status, 404);
  });
});

describe('a text that comes in', () => {
  test('goes to the number’s address, signed as Twilio’s own library verifies it', async () => {
    const result = await write('Is the 2024 Civic still there? 👍 50% & more = yes', { media: 2 });
    assert.deepEqual([result.status, result.webhook.fate, result.webhook.status], ['received', 'delivered', 200]);
    const [asked] = about(result.message_sid);
    assert.equal(asked.url, '/sms?a=1&b=%2B', 'without what follows #');
    const form = form_of(asked);
    assert.equal(form.Body, 'Is the 2024 Civic still there? 👍 50% & more = yes');
    assert.deepEqual([form.SmsSid, form.SmsMessageSid, form.NumMedia, form.NumSegments], [form.MessageSid, form.MessageSid, '2', '1']);
    assert.deepEqual([form.ToState, form.FromCountry], ['BC', 'CA']);
    assert.ok(form.MediaUrl1 && !form.MediaUrl2);
    assert.ok(twilio.validateRequest(token, asked.headers['x-twilio-signature'], `${webhook.url}/sms?a=1&b=%2B`, form));
    assert.ok(!twilio.validateRequest('other', asked.headers['x-twilio-signature'], `${webhook.url}/sms?a=1&b=%2B`, form));
    const kept = await fetch_message(result.message_sid);
    assert.deepEqual([kept.direction, kept.status, kept.from, kept.num_media], ['inbound', 'received', customer, '2']);
  });

  test('is repeated as the address says, with the same token, and then the fallback is asked', async () => {
    const result = await answering((asked) => (asked.url === '/fallback' ? nothing : { status: 503 }), () => write('hello?'));
    const asked = about(result.message_sid);
    assert.deepEqual(asked.map((each) => each.url.split('?')[0]), ['/sms', '/sms', '/sms', '/sms', '/fallback']);
    assert.equal(new Set(asked.slice(0, 4).map((each) => each.headers['i-twilio-idempotency-token'])).size, 1);
    assert.deepEqual([form_of(asked[4]).ErrorCode, form_of(asked[4]).MessageSid], ['11200', result.message_sid]);
    const refused = await answering((each) => ({ status: each.url === '/fallback' ? 500 : 403 }), () => write('hello?'));
    assert.deepEqual([refused.webhook.fate, about(refused.message_sid).length], ['refused', 2], 'a 4xx is not repeated');
  });

  test('is answered by the TwiML that comes back', async () => {
    const reply = { type: 'text/xml', body: '<?xml version="1.0"?><Response><Message>We &amp; you</Message><Message><Body>twice</Body></Message></Response>' };
    const result = await answering(() => reply, () => write('hi'));
    assert.equal(result.webhook.heard, 'replied, replied');
    const { messages } = (await simulator.get(`/sim/messages?number=${encodeURIComponent(number)}&with=${encodeURIComponent(customer)}`)).json;
    assert.deepEqual(messages.slice(-2).map((each) => each.body), ['We & you', 'twice']);
    const kept = await fetch_message(messages.at(-1).sid);
    assert.deepEqual([kept.direction, kept.from, kept.to], ['outbound-reply', number, customer]);
    assert.match((await answering(() => ({ type: 'text/html', body: '<p>' }), () => write('hi'))).webhook.heard, /^12300/);
    assert.match((await answering(() => ({ type: 'text/xml', body: '<oops' }), () => write('hi'))).webhook.heard, /^12100/);
  });

  test('cannot be answered more than fifteen times in half a minute', async () => {
    const from = '+14165550177';
    const body = `<Response>${'<Message>x</Message>'.repeat(17)}</Response>`;
    await answering(() => ({ type: 'text/xml', body }), () => write('hi', { from }));
    const replies = (await simulator.twilio('GET', `/Messages.json?To=${encodeURIComponent(from)}`)).json.messages;
    assert.deepEqual(replies.map((each) => each.error_code).filter(Boolean), [14107, 14107]);
  });

  test('to a number that nobody owns goes nowhere, and a wrong one is refused', async () => {
    assert.equal((await write('hi', { to: '+16045550100' })).status, 'not_in_service');
    for (const [wrong, reason] of [[{ to: '604' }, /^to must/], [{ from: 'x' }, /^from must/], [{ body: '' }, /^body or/], [{ media: 11 }, /^media/]]) {
      const answer = await simulator.post('/sim/messages', { from: customer, to: number, body: 'x', ...wrong });
      assert.equal(answer.status, 400);
      assert.match(answer.json.error, reason);
    }
  });

  test('of the past is only recorded', async () => {
    const date_sent = Math.floor(Date.now() / 1000) - 3 * 86_400;
    const result = await write('from the past', { date_sent });
    assert.equal(result.webhook.fate, 'past');
    assert.equal(about(result.message_sid).length, 0);
    assert.equal(Date.parse((await fetch_message(result.message_sid)).date_sent), date_sent * 1000);
  });
});

describe('STOP', () => {
  test('blocks the pair, is answered by Twilio, and is told all the same; START allows again', async () => {
    const from = '+14165550188';
    const stopped = await write(' Stop ', { from });
    assert.match(stopped.automatic_reply, /unsubscribed/);
    assert.equal(stopped.webhook.fate, 'delivered');
    assert.equal(form_of(about(stopped.message_sid)[0]).OptOutType, undefined);
    assert.deepEqual([(await send({ To: from, Body: 'x' })).json.code, (await send({ Body: 'x' })).status], [21610, 201], 'that pair only');
    const reply = await answering(() => ({ type: 'text/xml', body: '<Response><Message>Noted</Message></Response>' }), () => write('hello', { from }));
    assert.match(reply.webhook.heard, /^21610/);
    assert.match((await write('UNSTOP', { from })).automatic_reply, /re-subscribed/);
    assert.equal((await send({ To: from, Body: 'x' })).status, 201);
    assert.equal((await write('yes', { from })).automatic_reply, null);
  });

  test('is one word and nothing else', async () => {
    const from = '+14165550189';
    for (const body of ['stop please', 'can I stop by at 5?', 'STOP.']) assert.equal((await write(body, { from })).automatic_reply, null);
    assert.equal((await send({ To: from, Body: 'x' })).status, 201);
    assert.ok((await write('ARRÊT', { from })).automatic_reply || (await write('ARRET', { from })).automatic_reply);
    assert.equal((await send({ To: from, Body: 'x' })).json.code, 21610);
  });

  test('is marked as such with the advanced opt-out', async () => {
    await settings({ opt_out_type: true });
    const { message_sid } = await write('HELP', { from: '+14165550187' });
    await settings({ opt_out_type: false });
    assert.equal(form_of(about(message_sid)[0]).OptOutType, 'HELP');
  });
});

test('the ledger has every text and every call with its price', async () => {
  const { messages, messages_total } = (await simulator.get('/sim/ledger')).json;
  const micros = (price) => Math.round(Number(price) * 1e6);
  assert.equal(micros(messages_total), messages.reduce((sum, each) => sum + micros(each.price), 0));
  const inbound = messages.filter((each) => each.direction === 'inbound');
  assert.ok(inbound.every((each) => micros(each.price) === 7500 * each.segments));
  const { phone_number: voice } = await simulator.buy();
  await simulator.import(voice);
  const { call_sid, conversation_id } = (await simulator.post('/sim/calls', { from: customer, to: voice, conversation: { duration_seconds: 61, cost_fiat: 0.07 } })).json;
  const { calls } = (await simulator.get('/sim/ledger')).json;
  const { price, duration, agent_cost, status, ...rest } = calls.find((each) => each.sid === call_sid);
  assert.deepEqual([price, duration, Number(agent_cost), status, rest.conversation_id], ['0.0250', 61, 0.07, 'completed', conversation_id]);
  const at_twilio = (await simulator.twilio('GET', `/Calls/${call_sid}.json`)).json;
  assert.deepEqual([at_twilio.price, at_twilio.duration, at_twilio.status, at_twilio.direction], ['-0.0250', '61', 'completed', 'inbound']);
  const listed = (await simulator.twilio('GET', `/Calls.json?To=${encodeURIComponent(voice)}&Status=completed`)).json.calls;
  assert.deepEqual(listed.map((each) => each.sid), [call_sid]);

  await simulator.post(`/sim/records/${call_sid}`, { price: 99_000 });
  assert.equal((await simulator.twilio('GET', `/Calls/${call_sid}.json`)).json.price, '-0.0990');
  await simulator.post(`/sim/records/${call_sid}`, { removed: true });
  assert.equal((await simulator.twilio('GET', `/Calls/${call_sid}.json`)).status, 404);
  assert.equal((await simulator.post(`/sim/records/${call_sid}`, { price: 1 })).status, 400);
  const usage = (await simulator.twilio('GET', '/Usage/Records/Today.json?Category=sms-inbound-longcode')).json.usage_records;
  assert.equal(usage.length, 1);
  assert.ok(Number(usage[0].count) > 5);
});
