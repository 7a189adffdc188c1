// The simulator's own side: the telephone, the ledger, the journal, latencies and limits.
import assert from 'node:assert/strict';
import { Agent, request as http_request } from 'node:http';
import { after, before, describe, test } from 'node:test';
import twilio from 'twilio';
import { agent, start_simulator, start_webhook, token } from './support.mjs';

let simulator;
before(async () => { simulator = await start_simulator(); });
after(() => simulator.stop());

const told = {
  customer_name: 'John', lead_status: 'Returning Customer', previous_summary: '', conversation_context: '', organization_name: 'Premium Auto Sales',
};

async function ask_webhook(url, headers = {}) {
  const answer = await simulator.elevenlabs('PATCH', `/v1/convai/agents/${agent}`, {
    conversation_config: {
      agent: {
        first_message: 'Hi {{ customer_name }}, this is Jack from {{organization_name}}.',
        dynamic_variables: { dynamic_variable_placeholders: { ...told, customer_name: 'there', organization_name: 'our dealership' } },
      },
    },
    platform_settings: {
      overrides: { enable_conversation_initiation_client_data_from_webhook: url !== null },
      workspace_overrides: { conversation_initiation_client_data_webhook: url && { url, request_headers: headers } },
    },
  });
  assert.equal(answer.status, 200, answer.text);
}

async function live_number() {
  const number = await simulator.buy();
  await simulator.import(number.phone_number);
  return number;
}

const call = async (to, from = '+14165550142') => (await simulator.post('/sim/calls', { from, to })).json;
const initiation = (variables) => ({ body: { type: 'conversation_initiation_client_data', dynamic_variables: variables } });

describe('a call to a number that ElevenLabs answers', () => {
  test('asks the initiation webhook with its secret header and speaks the variables', async () => {
    const webhook = await start_webhook(() => initiation(told));
    const secret = await simulator.elevenlabs('POST', '/v1/convai/secrets', { type: 'new', name: 'initiation', value: 'Bearer hush' });
    await ask_webhook(`${webhook.url}/init`, { Authorization: { secret_id: secret.json.secret_id }, 'X-Plain': 'yes' });
    const number = await live_number();
    const result = await call(number.phone_number);
    await webhook.stop();
    assert.equal(result.status, 'answered');
    assert.equal(result.answered_by, 'agent');
    assert.equal(result.greeting, 'Hi John, this is Jack from Premium Auto Sales.');
    assert.deepEqual(result.variables, told);
    assert.equal(result.webhook.status, 200);
    const [asked] = webhook.requests;
    assert.equal(asked.method, 'POST');
    assert.equal(asked.headers.authorization, 'Bearer hush');
    assert.equal(asked.headers['x-plain'], 'yes');
    assert.deepEqual(JSON.parse(asked.body), { caller_id: '+14165550142', agent_id: agent, called_number: number.phone_number, call_sid: result.call_sid });
  });

  test('says anonymous for a withheld caller and passes odd ones on', async () => {
    const webhook = await start_webhook(() => initiation(told));
    await ask_webhook(webhook.url);
    const number = await live_number();
    await call(number.phone_number, '');
    await call(number.phone_number, '+266696687');
    await webhook.stop();
    assert.deepEqual(webhook.requests.map((each) => JSON.parse(each.body).caller_id), ['anonymous', '+266696687']);
  });

  test('fails with the reason when the webhook does not do its part', async () => {
    const number = await live_number();
    const { customer_name: _, ...incomplete } = told;
    for (const [answer, reason] of [
      [initiation(incomplete), /lacks variables.*customer_name/],
      [initiation({ ...told, lead_status: null }), /lead_status is neither/],
      [{ status: 500 }, /answered 500/],
      [{ status: 204, body: '' }, /answered 204/],
      [{ body: 'no JSON' }, /not of type/],
      [{ body: { ...initiation(told).body, conversation_config_override: { agent: { first_message: 'Hey' } } } }, /does not allow/],
    ]) {
      const webhook = await start_webhook(() => answer);
      await ask_webhook(webhook.url);
      const result = await call(number.phone_number);
      await webhook.stop();
      assert.equal(result.status, 'failed');
      assert.match(result.reason, reason);
      assert.equal(result.greeting, '');
    }
    const silent = await call(number.phone_number);
    assert.match(silent.reason, /nobody listens/);
  });

  test('waits five seconds for the webhook and no longer', async () => {
    const webhook = await start_webhook(() => ({ ...initiation(told), delay_ms: 20_000 }));
    await ask_webhook(webhook.url);
    const number = await live_number();
    const started = Date.now();
    const result = await call(number.phone_number);
    await webhook.stop();
    assert.equal(result.status, 'failed');
    assert.ok(Date.now() - started > 4500 && Date.now() - started < 15_000);
  });

  test('uses the placeholders when the agent does not ask, or the switch says so', async () => {
    await ask_webhook(null);
    const number = await live_number();
    assert.equal((await call(number.phone_number)).greeting, 'Hi there, this is Jack from our dealership.');
    await ask_webhook('http://127.0.0.1:9/init');
    await simulator.post('/sim/settings', { failed_initiation: 'placeholders' });
    assert.equal((await call(number.phone_number)).greeting, 'Hi there, this is Jack from our dealership.');
    await simulator.post('/sim/settings', { failed_initiation: 'drop' });
  });

  test('falls back to the workspace’s own webhook', async () => {
    const webhook = await start_webhook(() => initiation(told));
    await ask_webhook('http://127.0.0.1:9/none');
    await simulator.elevenlabs('PATCH', `/v1/convai/agents/${agent}`, {
      platform_settings: { workspace_overrides: { conversation_initiation_client_data_webhook: null } },
    });
    const settings = await simulator.elevenlabs('PATCH', '/v1/convai/settings', {
      conversation_initiation_client_data_webhook: { url: webhook.url, request_headers: {} },
    });
    assert.equal(settings.status, 200);
    const result = await call((await live_number()).phone_number);
    await webhook.stop();
    assert.equal(result.status, 'answered');
    assert.equal(webhook.requests.length, 1);
  });

  test('reaches nobody without an agent, or once ElevenLabs has forgotten the number', async () => {
    const number = await simulator.buy();
    const id = await simulator.import(number.phone_number, { agent_id: null });
    assert.match((await call(number.phone_number)).reason, /no agent answers/);
    await simulator.elevenlabs('DELETE', `/v1/convai/phone-numbers/${id}`);
    assert.match((await call(number.phone_number)).reason, /no such number/);
  });
});

describe('a call to a number with an address of its own', () => {
  test('posts what Twilio posts, signed, and speaks the TwiML', async () => {
    const webhook = await start_webhook(() => ({
      type: 'text/xml; charset=utf-8',
      body: '<?xml version="1.0"?><Response><Say voice="x">You reached Premium &amp; Sons &#8211; hold on</Say><Dial timeout="20"><Number>+16045550100</Number></Dial></Response>',
    }));
    const voice = `${webhook.url}/voice?x=1`;
    const number = await simulator.buy({ VoiceUrl: `${voice}#rc=2` });
    const result = await call(number.phone_number);
    await webhook.stop();
    assert.equal(result.status, 'answered');
    assert.equal(result.answered_by, 'twiml');
    assert.equal(result.greeting, 'You reached Premium & Sons – hold on');
    assert.ok(result.steps.some((step) => step.includes('+16045550100')));
    const [asked] = webhook.requests;
    const form = Object.fromEntries(new URLSearchParams(asked.body));
    assert.equal(form.To, number.phone_number);
    assert.equal(form.CallSid, result.call_sid);
    assert.equal(form.CallStatus, 'ringing');
    assert.ok(twilio.validateRequest(token, asked.headers['x-twilio-signature'], voice, form), 'the signature is Twilio’s');
  });

  test('asks the fallback when the address fails', async () => {
    const webhook = await start_webhook((asked) => (asked.url === '/main'
      ? { status: 503 } : { type: 'text/xml', body: '<Response><Say>Fallback</Say></Response>' }));
    const number = await simulator.buy({ VoiceUrl: `${webhook.url}/main`, VoiceFallbackUrl: `${webhook.url}/fallback` });
    const result = await call(number.phone_number);
    await webhook.stop();
    assert.equal(result.greeting, 'Fallback');
    assert.equal(new URLSearchParams(webhook.requests[1].body).get('ErrorCode'), '11200');
  });

  test('fails by the code that Twilio would log', async () => {
    for (const [answer, reason] of [
      [{ status: 403 }, /^11200/],
      [{ type: 'text/html', body: '<Response/>' }, /^12300/],
      [{ type: 'text/xml', body: '<Response><Say>oops</Response>' }, /^12100/],
      [{ type: 'text/xml', body: `<Response><Say>${'x'.repeat(70_000)}</Say></Response>` }, /^11750/],
    ]) {
      const webhook = await start_webhook(() => answer);
      const number = await simulator.buy({ VoiceUrl: webhook.url });
      const result = await call(number.phone_number);
      await webhook.stop();
      assert.equal(result.status, 'failed');
      assert.match(result.reason, reason);
    }
    assert.match((await call((await simulator.buy()).phone_number)).reason, /demonstration/);
  });
});

test('a number that nobody owns is not in service', async () => {
  const result = await call('+16045550100');
  assert.equal(result.status, 'not_in_service');
  assert.equal(result.reason, 'The number you dialled is not in service');
  assert.equal((await simulator.post('/sim/calls', { to: 'abc' })).status, 400);
});

test('a client that gives up while it waits has bought its number, once', async () => {
  const phone_number = await simulator.offer('250');
  await simulator.post('/sim/settings', { latency_ms: { 'twilio.buy': 60_000 } });
  const controller = new AbortController();
  const buying = fetch(`${simulator.url}/2010-04-01/Accounts/AC${'0'.repeat(32)}/IncomingPhoneNumbers.json`, {
    method: 'POST',
    signal: controller.signal,
    headers: { Authorization: `Basic ${btoa(`AC${'0'.repeat(32)}:${token}`)}` },
    body: new URLSearchParams({ PhoneNumber: phone_number }),
  });
  const found = async () => (await simulator.get('/sim/ledger')).json.sales.filter((sale) => sale.phone_number === phone_number);
  while ((await found()).length === 0) await new Promise((done) => { setTimeout(done, 20); });
  controller.abort();
  await assert.rejects(buying);
  assert.equal((await found()).length, 1);
  const { entries } = (await simulator.get('/sim/journal?after=0')).json;
  assert.ok(entries.some((entry) => entry.operation === 'twilio.buy' && entry.status === 201 && entry.body.includes(encodeURIComponent(phone_number))));
  await simulator.post('/sim/settings', { latency_ms: { 'twilio.buy': null } });
});

test('latencies are by operation, and the import’s own work at Twilio has none', async () => {
  const number = await simulator.buy();
  await simulator.post('/sim/settings', { latency_ms: { 'twilio.update': 5000, 'twilio.fetch': 5000, 'elevenlabs.import': 300 } });
  const started = performance.now();
  await simulator.import(number.phone_number);
  const took = performance.now() - started;
  await simulator.post('/sim/settings', { latency_ms: { 'twilio.update': null, 'twilio.fetch': null, 'elevenlabs.import': null } });
  assert.ok(took >= 300 && took < 4_900, `${took} ms`);
});

test('of many who buy the same number at once, one gets it', async () => {
  const phone_number = await simulator.offer('778');
  const answers = await Promise.all(Array.from({ length: 30 }, () => simulator.twilio('POST', '/IncomingPhoneNumbers.json', { PhoneNumber: phone_number })));
  assert.equal(answers.filter((answer) => answer.status === 201).length, 1);
  assert.equal(answers.filter((answer) => answer.json.code === 21422).length, 29);
});

test('an area code can be limited to a list, or to nothing', async () => {
  const search = async (query = '') => (await simulator.twilio('GET', `/AvailablePhoneNumbers/CA/Local.json?AreaCode=236${query}`)).json
    .available_phone_numbers.map((number) => number.phone_number);
  const limit = (numbers) => simulator.post('/sim/inventory', { area_code: '236', numbers });
  assert.ok((await search()).length > 20);
  await limit(['+12365550101', { phone_number: '+12365550102', sms: false, address_requirements: 'any' }]);
  assert.deepEqual(await search(), ['+12365550101', '+12365550102']);
  assert.deepEqual(await search('&SmsEnabled=true'), ['+12365550101']);
  const address = await simulator.twilio('POST', '/IncomingPhoneNumbers.json', { PhoneNumber: '+12365550102' });
  assert.equal(address.json.code, 21631);
  assert.equal((await simulator.twilio('POST', '/IncomingPhoneNumbers.json', { AreaCode: '236' })).json.phone_number, '+12365550101');
  await limit([]);
  assert.deepEqual(await search(), []);
  assert.equal((await simulator.twilio('POST', '/IncomingPhoneNumbers.json', { AreaCode: '236' })).json.code, 21452);
  await limit(null);
  assert.ok((await search()).length > 20);
  assert.equal((await limit(['+16045550101'])).status, 400);
});

test('numbers are looked for near a number, in a place, and by their digits', async () => {
  const search = async (country, query) => (await simulator.twilio('GET', `/AvailablePhoneNumbers/${country}/Local.json?${query}`)).json.available_phone_numbers;
  const near = await search('CA', 'NearNumber=%2B16045550100&Distance=60&PageSize=200');
  assert.ok(near.length > 50 && near.every((number) => number.region === 'BC'));
  assert.equal(near[0].locality, 'Vancouver');
  assert.ok((await search('US', 'InRegion=WA&InLocality=seattle')).every((number) => number.locality === 'Seattle'));
  const spelled = await search('CA', 'AreaCode=604&Contains=604*******');
  assert.ok(spelled.length > 20);
  assert.equal((await simulator.twilio('GET', '/AvailablePhoneNumbers/CA/Local.json?Contains=1')).status, 400);
});

test('an unencoded plus sign is a space, so that number is invalid', async () => {
  const phone_number = await simulator.offer();
  const answer = await fetch(`${simulator.url}/2010-04-01/Accounts/AC${'0'.repeat(32)}/IncomingPhoneNumbers.json`, {
    method: 'POST',
    headers: { Authorization: `Basic ${btoa(`AC${'0'.repeat(32)}:${token}`)}`, 'Content-Type': 'application/x-www-form-urlencoded' },
    body: `PhoneNumber=${phone_number}`,
  });
  assert.equal(answer.status, 400);
  assert.equal((await answer.json()).code, 21421);
});

test('the journal notes unknown parameters and keeps no secret', async () => {
  const { last } = (await simulator.get('/sim/journal')).json;
  const number = await simulator.buy({ SmsUrll: 'https://typo.example.com' });
  await simulator.import(number.phone_number, { enable_sm: false });
  await simulator.elevenlabs('POST', '/v1/convai/secrets', { type: 'new', name: 'n', value: 'very-hidden' });
  const journal = await simulator.get(`/sim/journal?after=${last}`);
  const entry = (operation) => journal.json.entries.find((each) => each.operation === operation);
  assert.deepEqual(entry('twilio.buy').unknown_parameters, ['SmsUrll']);
  assert.deepEqual(entry('twilio.buy').warnings, [20001]);
  assert.deepEqual(entry('elevenlabs.import').unknown_parameters, ['enable_sm']);
  assert.ok(!journal.text.includes(token) && !journal.text.includes('very-hidden'));
});

test('a released number stays in the ledger and is for sale again', async () => {
  const number = await simulator.buy();
  const released = await simulator.twilio('DELETE', `/IncomingPhoneNumbers/${number.sid}.json`);
  assert.equal(released.status, 204);
  assert.equal(released.text, '');
  const ledger = (await simulator.get('/sim/ledger')).json;
  assert.ok(!ledger.numbers.some((sale) => sale.sid === number.sid));
  assert.ok(ledger.sales.find((sale) => sale.sid === number.sid).released_at);
  const again = await simulator.twilio('POST', '/IncomingPhoneNumbers.json', { PhoneNumber: number.phone_number });
  assert.equal(again.status, 201);
  assert.notEqual(again.json.sid, number.sid);
});

test('webhooks are made, attached, changed and listed; the secret is told once', async () => {
  const made = await simulator.elevenlabs('POST', '/v1/workspace/webhooks',
    { settings: { auth_type: 'hmac', name: 'Post-call', webhook_url: 'https://edge.example.com/post-call' } });
  assert.equal(made.status, 200);
  const { webhook_id: id, webhook_secret: secret } = made.json;
  assert.match(secret, /^wsec_/);
  const attach = (webhook_id) => simulator.elevenlabs('PATCH', `/v1/convai/agents/${agent}`,
    { platform_settings: { workspace_overrides: { webhooks: { post_call_webhook_id: webhook_id } } } });
  assert.equal((await attach('nothing')).status, 404);
  assert.equal((await attach(id)).status, 200);
  const changed = await simulator.elevenlabs('PATCH', `/v1/workspace/webhooks/${id}`, { is_disabled: false, name: 'Renamed', retry_enabled: true });
  assert.deepEqual(changed.json, { status: 'ok' });
  const listed = await simulator.elevenlabs('GET', '/v1/workspace/webhooks?include_usages=true');
  const mine = listed.json.webhooks.find((each) => each.webhook_id === id);
  assert.equal(mine.name, 'Renamed');
  assert.deepEqual(mine.usage, [{ usage_type: 'ConvAI Agent Settings' }]);
  assert.ok(!listed.text.includes(secret));
  assert.equal((await simulator.get('/sim/workspace')).json.webhooks.find((each) => each.webhook_id === id).retry_enabled, true);
  await simulator.elevenlabs('DELETE', `/v1/workspace/webhooks/${id}`);
  const left = (await simulator.elevenlabs('GET', `/v1/convai/agents/${agent}`)).json;
  assert.equal(left.platform_settings.workspace_overrides.webhooks.post_call_webhook_id, null);
});

test('an agent whose overrides were set to null breaks nothing', async () => {
  const made = await simulator.elevenlabs('POST', '/v1/convai/agents/create',
    { name: 'Bare', conversation_config: { tts: null, agent: null }, platform_settings: { overrides: null, workspace_overrides: null } });
  assert.equal(made.status, 200);
  for (const path of ['/v1/workspace/webhooks?include_usages=true', '/v1/convai/secrets', '/v1/convai/agents', `/v1/convai/agents/${made.json.agent_id}`]) {
    assert.equal((await simulator.elevenlabs('GET', path)).status, 200, path);
  }
  const number = await simulator.buy();
  await simulator.import(number.phone_number, { agent_id: made.json.agent_id });
  assert.equal((await call(number.phone_number)).status, 'answered');
  await simulator.elevenlabs('DELETE', `/v1/convai/agents/${made.json.agent_id}`);
});

test('a given webhook secret is the one that webhooks get', async () => {
  const other = await start_simulator({ webhook_secret: 'wsec_given' });
  const made = await other.elevenlabs('POST', '/v1/workspace/webhooks', { settings: { auth_type: 'hmac', name: 'n', webhook_url: 'https://e.example.com' } });
  await other.stop();
  assert.equal(made.json.webhook_secret, 'wsec_given');
});

test('a second import conflicts, or gets a second id when the switch says so', async () => {
  const number = await live_number();
  const again = () => simulator.elevenlabs('POST', '/v1/convai/phone-numbers',
    { provider: 'twilio', phone_number: number.phone_number, label: 'x', sid: `AC${'0'.repeat(32)}`, token });
  assert.equal((await again()).status, 409);
  await simulator.post('/sim/settings', { second_import: 'second_id' });
  assert.equal((await again()).status, 200);
  await simulator.post('/sim/settings', { second_import: 'conflict' });
  const listed = (await simulator.elevenlabs('GET', '/v1/convai/phone-numbers')).json;
  assert.equal(listed.filter((each) => each.phone_number === number.phone_number).length, 2);
});

test('broken, oversized and misplaced requests get each vendor’s own kind of no', async () => {
  const big = 'x'.repeat(1_100_000);
  const broken = await fetch(`${simulator.url}/v1/convai/phone-numbers`, { method: 'POST', headers: { 'xi-api-key': 'simulator-key' }, body: '{"a":' });
  assert.equal(broken.status, 422);
  assert.equal((await broken.json()).detail[0].type, 'json_invalid');
  const deep = await fetch(`${simulator.url}/v1/convai/phone-numbers`, { method: 'POST', headers: { 'xi-api-key': 'simulator-key' }, body: '['.repeat(500_000) });
  assert.equal(deep.status, 422);
  assert.equal((await simulator.twilio('POST', '/IncomingPhoneNumbers.json', { FriendlyName: big })).json.status, 413);
  assert.equal((await simulator.elevenlabs('POST', '/v1/convai/phone-numbers', { label: big })).json.detail.code, 'bad_request');
  assert.equal((await simulator.twilio('GET', '/Nothing.json')).json.code, 20404);
  assert.equal((await simulator.twilio('PUT', '/IncomingPhoneNumbers.json')).json.code, 20004);
  assert.deepEqual((await simulator.elevenlabs('GET', '/v1/nothing')).json, { detail: 'Not Found' });
  assert.equal((await simulator.get('/nothing')).status, 404);
  assert.equal((await simulator.post('/sim/settings', { latency_ms: { default: -1 } })).status, 400);
  assert.equal((await simulator.post('/sim/settings', { surprise: 1 })).status, 400);
  assert.equal((await simulator.twilio('GET', '/IncomingPhoneNumbers.json?PageToken=PAnothing')).json.code, 21481);
});

test('a request without a body leaves the connection fit for the next', async () => {
  const agent_of_one = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = (method) => new Promise((done, failed) => {
    const asked = http_request(`${simulator.url}/v1/convai/agents/agent_nobody`, { method, agent: agent_of_one, headers: { 'xi-api-key': 'simulator-key' } }, (answer) => {
      answer.resume();
      answer.on('end', () => done(answer.statusCode));
    });
    asked.on('error', failed);
    asked.removeHeader('Content-Length');
    asked.useChunkedEncodingByDefault = false;
    asked.end();
  });
  const started = Date.now();
  for (const method of ['DELETE', 'GET', 'DELETE', 'GET']) assert.equal(await ask(method), 404);
  agent_of_one.destroy();
  assert.ok(Date.now() - started < 20_000);
});

test('another site’s page cannot operate the controls', async () => {
  const status = await new Promise((done, failed) => {
    const asked = http_request(`${simulator.url}/sim/reset`, { method: 'POST', headers: { 'Sec-Fetch-Site': 'cross-site' } }, (answer) => {
      answer.resume();
      done(answer.statusCode);
    });
    asked.on('error', failed);
    asked.end();
  });
  assert.equal(status, 403);
});

test('the page is there, with a policy that runs nothing but its own files', async () => {
  const page = await simulator.get('/?to=%2B16045550100');
  assert.equal(page.status, 200);
  assert.match(page.headers.get('content-security-policy'), /default-src 'none'; script-src 'self'/);
  assert.ok(!/<style|style=|<script>|onclick=/.test(page.text));
  for (const path of ['/telephone.js', '/telephone.css', '/mark.svg']) assert.equal((await simulator.get(path)).status, 200);
});

test('the same seed sells the same numbers, another seed others', async () => {
  const [one, same, other] = await Promise.all([1, 1, 2].map(async (seed) => {
    const each = await start_simulator({ seed });
    const offer = await each.offer('902');
    await each.stop();
    return offer;
  }));
  assert.equal(one, same);
  assert.notEqual(one, other);
});

test('it ends in order on SIGTERM, even while an answer is waiting', async () => {
  const other = await start_simulator({ latency: 60_000 });
  const waiting = other.twilio('GET', '/IncomingPhoneNumbers.json').catch(() => null);
  await new Promise((done) => { setTimeout(done, 200); });
  const started = Date.now();
  await other.stop();
  await waiting;
  assert.equal(other.exit_code(), 0);
  assert.ok(Date.now() - started < 30_000);
});

test('a reset forgets everything but the seed', async () => {
  const other = await start_simulator({ seed: 3 });
  const offer = await other.offer();
  await other.buy();
  await other.post('/sim/reset');
  const ledger = (await other.get('/sim/ledger')).json;
  const journal = (await other.get('/sim/journal')).json;
  const again = await other.offer();
  await other.stop();
  assert.deepEqual(ledger.sales, []);
  assert.deepEqual(journal.entries, []);
  assert.equal(again, offer);
});
