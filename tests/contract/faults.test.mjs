// What the simulator does to calls that an armed fault strikes, and what somebody in a vendor's dashboard can do behind our back.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, afterEach, before, describe, test } from 'node:test';
import { account, agent, key, start_simulator, token } from './support.mjs';

let simulator;
before(async () => { simulator = await start_simulator(); });
after(() => simulator.stop());
afterEach(() => simulator.post('/sim/reset'));

const basic = `Basic ${Buffer.from(`${account}:${token}`).toString('base64')}`;
const numbers_path = '/IncomingPhoneNumbers.json';
const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });

async function arm(fault) {
  const answer = await simulator.post('/sim/faults', fault);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}

const faults = async () => (await simulator.get('/sim/faults')).json.faults;
const ledger = async () => (await simulator.get('/sim/ledger')).json;
const journal = async (operation) => (await simulator.get('/sim/journal')).json.entries.filter((entry) => entry.operation === operation);
const list = () => simulator.twilio('GET', numbers_path);
const listed = async () => (await list()).json.incoming_phone_numbers;
const post_buy = (phone_number, fields = {}) => simulator.twilio('POST', numbers_path, { PhoneNumber: phone_number, ...fields });
const imports = async () => (await simulator.elevenlabs('GET', '/v1/convai/phone-numbers')).json;
const post_import = (phone_number, fields = {}) => simulator.elevenlabs('POST', '/v1/convai/phone-numbers',
  { provider: 'twilio', phone_number, label: 'Test', sid: account, token, agent_id: agent, enable_sms: false, ...fields });

async function until(holds) {
  const deadline = Date.now() + 10_000;
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, 'in time');
    await pause(20);
  }
}

// Everything that comes back on a connection of its own, and how it ended.
function raw(method, path, body, headers = {}) {
  return new Promise((done) => {
    const { hostname, port } = new URL(simulator.url);
    const result = { bytes: 0, error: null };
    const socket = connect(Number(port), hostname, () => {
      const lines = [`${method} ${path} HTTP/1.1`, `Host: ${hostname}`, `Authorization: ${basic}`, `xi-api-key: ${key}`,
        `Content-Length: ${Buffer.byteLength(body)}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)];
      socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`);
    });
    socket.on('data', (data) => { result.bytes += data.length; });
    socket.on('error', (error) => { result.error = error.code; });
    socket.on('close', () => done(result));
    socket.on('end', () => socket.end());
  });
}

const raw_buy = (phone_number) => raw('POST', `/2010-04-01/Accounts/${account}${numbers_path}`, `PhoneNumber=${encodeURIComponent(phone_number)}`,
  { 'Content-Type': 'application/x-www-form-urlencoded' });

describe('which calls a fault strikes', () => {
  test('the nth from now, and as many after it as it was told', async () => {
    await list();
    await arm({ operation: 'twilio.list', kind: 'throttled', nth: 3, times: 2 });
    const statuses = [];
    for (let call = 0; call < 6; call += 1) statuses.push((await list()).status);
    assert.deepEqual(statuses, [200, 200, 429, 429, 200, 200]);
    const [fault] = await faults();
    assert.deepEqual([fault.seen, fault.struck, fault.left], [4, 2, 0]);
  });

  test('the first, once, unless told otherwise; with times 0 until it is disarmed', async () => {
    await arm({ operation: 'twilio.list', kind: 'throttled' });
    assert.deepEqual([(await list()).status, (await list()).status], [429, 200]);
    const fault = await arm({ operation: 'twilio.list', kind: 'throttled', times: 0 });
    assert.equal(fault.left, null);
    for (let call = 0; call < 5; call += 1) assert.equal((await list()).status, 429);
    assert.equal((await faults()).at(-1).struck, 5);
    const disarmed = await fetch(`${simulator.url}/sim/faults`, { method: 'DELETE' });
    assert.deepEqual((await disarmed.json()).faults, []);
    assert.equal((await list()).status, 200);
  });

  test('exactly so many of calls that come at once', async () => {
    await arm({ operation: 'twilio.list', kind: 'throttled', nth: 4, times: 5 });
    const answers = await Promise.all(Array.from({ length: 30 }, list));
    assert.equal(answers.filter((answer) => answer.status === 429).length, 5);
  });

  test('only those of its operation, its vendor, or anybody’s', async () => {
    await arm({ operation: 'twilio.search', kind: 'throttled', times: 0 });
    assert.equal((await list()).status, 200);
    await arm({ operation: 'twilio.*', kind: 'throttled', nth: 2 });
    assert.equal((await simulator.twilio('GET', '/Balance.json')).status, 200);
    assert.equal((await list()).status, 429, 'the second of the vendor’s, though the first of its operation');
    await arm({ operation: 'elevenlabs.*', kind: 'throttled', times: 0 });
    assert.equal((await list()).status, 200);
    assert.equal((await simulator.elevenlabs('GET', '/v1/convai/settings')).status, 429);
    await arm({ operation: '*', kind: 'error', status: 503, times: 0 });
    assert.equal((await list()).status, 503);
    assert.equal((await simulator.get('/sim/ledger')).status, 200, 'the controls are no vendor’s');
  });

  test('one fault a call: the oldest whose turn it is, and the others’ turn comes with the next', async () => {
    await arm({ operation: 'twilio.list', kind: 'error', status: 500 });
    await arm({ operation: 'twilio.*', kind: 'error', status: 502 });
    await arm({ operation: '*', kind: 'error', status: 503, nth: 3 });
    const statuses = [];
    for (let call = 0; call < 4; call += 1) statuses.push((await list()).status);
    assert.deepEqual(statuses, [500, 502, 503, 200]);
  });

  async function pattern(seed, share = 0.3) {
    await simulator.post('/sim/reset');
    await arm({ operation: '*', kind: 'error', share, seed });
    let out = '';
    for (let call = 0; call < 60; call += 1) out += (await list()).status === 200 ? '.' : 'x';
    return out;
  }

  test('a share of them, drawn again alike from the same seed', async () => {
    const seven = await pattern(7);
    assert.equal(await pattern(7), seven);
    assert.notEqual(await pattern(8), seven);
    const struck = seven.split('x').length - 1;
    assert.ok(struck >= 6 && struck <= 32, seven);
    assert.equal(await pattern(7, 1), 'x'.repeat(60));
  });

  test('what is drawn for one operation does not depend on calls of another', async () => {
    const seven = (await pattern(7)).slice(0, 20);
    await simulator.post('/sim/reset');
    await arm({ operation: '*', kind: 'error', share: 0.3, seed: 7 });
    let out = '';
    for (let call = 0; call < 20; call += 1) {
      await simulator.twilio('GET', '/Balance.json');
      out += (await list()).status === 200 ? '.' : 'x';
    }
    assert.equal(out, seven);
  });

  test('a share stops after as many strikes as it was given', async () => {
    await arm({ operation: 'twilio.list', kind: 'error', share: 1, times: 2 });
    assert.deepEqual([(await list()).status, (await list()).status, (await list()).status], [500, 500, 200]);
  });

  test('a restart forgets neither what is armed nor how far it has come, and a kill neither', async () => {
    await arm({ operation: 'twilio.list', kind: 'throttled', nth: 3, times: 2 });
    await list();
    await simulator.restart();
    await list();
    await simulator.kill();
    await simulator.restart();
    const statuses = [(await list()).status, (await list()).status, (await list()).status];
    assert.deepEqual(statuses, [429, 429, 200]);
  });

  test('a reset disarms', async () => {
    await arm({ operation: '*', kind: 'reset', times: 0 });
    await simulator.post('/sim/reset');
    assert.deepEqual(await faults(), []);
    assert.equal((await list()).status, 200);
  });
});

test('a fault that cannot be is refused by the name of the field, and nothing is armed', async () => {
  const fine = { operation: 'twilio.buy', kind: 'reset' };
  for (const [fault, problem] of [
    [{}, /^operation must be one of .*twilio\.buy/],
    [{ operation: 'twilio.bye', kind: 'reset' }, /^operation must be one of/],
    [{ operation: 'twilio.buy' }, /^kind must be one of .*throttled/],
    [{ operation: 'twilio.buy', kind: 'explode' }, /^kind must be one of/],
    [{ ...fine, nth: 0 }, /^nth must be/],
    [{ ...fine, nth: 1.5 }, /^nth must be/],
    [{ ...fine, times: -1 }, /^times must be/],
    [{ ...fine, share: 0.5, seed: -1 }, /^seed must be/],
    [{ ...fine, share: 0 }, /^share must be/],
    [{ ...fine, share: 1.1 }, /^share must be/],
    [{ ...fine, share: 0.5, nth: 2 }, /^nth cannot stand beside share/],
    [{ ...fine, seed: 7 }, /^seed is only for share/],
    [{ ...fine, ms: 5 }, /^ms is nothing that reset knows/],
    [{ operation: '*', kind: 'slow' }, /^ms is needed for slow/],
    [{ operation: '*', kind: 'late' }, /^ms is needed for late/],
    [{ operation: '*', kind: 'late', ms: 0 }, /^ms must be/],
    [{ operation: '*', kind: 'late', ms: 5, status: 404 }, /^status must be 500/],
    [{ operation: '*', kind: 'throttled', retry_after: 'soon' }, /^retry_after must be/],
    [{ operation: '*', kind: 'error', status: 418 }, /^status must be 500/],
    [{ operation: '*', kind: 'error', body: 'xml' }, /^body must be/],
    [{ operation: '*', kind: 'error', after: 'yes' }, /^after must be/],
    [{ operation: '*', kind: 'refuse', code: 21422 }, /^operation must be one vendor's/],
    [{ operation: 'twilio.buy', kind: 'refuse' }, /^code is needed for refuse/],
    [{ operation: 'twilio.buy', kind: 'refuse', code: 'conflict' }, /^code must be one of Twilio/],
    [{ operation: 'twilio.buy', kind: 'refuse', code: 21422, type: 'conflict' }, /^type is only for ElevenLabs/],
    [{ operation: 'twilio.buy', kind: 'refuse', code: 21422, status: 200 }, /^status must be 400/],
    [{ operation: 'elevenlabs.import', kind: 'refuse', code: 21422 }, /^code must be one of ElevenLabs/],
    [{ operation: 'twilio.*', kind: 'vanish' }, /^operation must be twilio\.buy for vanish/],
    [{ operation: 'twilio.list', kind: 'foreign' }, /^operation must be twilio\.buy for foreign/],
    [{ operation: 'elevenlabs.*', kind: 'echo' }, /^operation must be elevenlabs\.import for echo/],
    [[fine], /must be a JSON object/],
  ]) {
    const answer = await simulator.post('/sim/faults', fault);
    assert.equal(answer.status, 400, JSON.stringify(fault));
    assert.match(answer.json.error, problem);
  }
  assert.deepEqual(await faults(), []);
});

test('a hundred can be armed; spent ones make room', async () => {
  for (let count = 0; count < 100; count += 1) await arm({ operation: 'twilio.list', kind: 'throttled' });
  const one_more = { operation: 'twilio.buy', kind: 'throttled' };
  const refused = await simulator.post('/sim/faults', one_more);
  assert.equal(refused.status, 400);
  assert.match(refused.json.error, /100/);
  await list();
  await arm(one_more);
});

describe('calls that end without an answer', () => {
  test('reset: not one byte comes, and nothing has happened', async () => {
    const phone_number = await simulator.offer();
    await arm({ operation: 'twilio.buy', kind: 'reset' });
    assert.deepEqual(await raw_buy(phone_number), { bytes: 0, error: 'ECONNRESET' });
    assert.equal((await ledger()).sold, 0);
    const [entry] = await journal('twilio.buy');
    assert.equal(entry.status, 0);
    assert.deepEqual(entry.fault, { id: (await faults())[0].id, kind: 'reset', effect: null });
    assert.ok(entry.body.includes(encodeURIComponent(phone_number)));
    assert.equal((await post_buy(phone_number)).status, 201);
  });

  test('lost: not one byte comes, and the number is bought', async () => {
    const phone_number = await simulator.offer();
    await arm({ operation: 'twilio.buy', kind: 'lost' });
    assert.deepEqual(await raw_buy(phone_number), { bytes: 0, error: 'ECONNRESET' });
    const { sales } = await ledger();
    assert.deepEqual(sales.map((sale) => [sale.phone_number, sale.account_sid]), [[phone_number, account]]);
    const [entry] = await journal('twilio.buy');
    assert.deepEqual([entry.status, entry.fault.kind, entry.fault.effect], [0, 'lost', 201]);
    assert.equal((await listed())[0].phone_number, phone_number);
  });

  test('lost at ElevenLabs: imported all the same', async () => {
    const number = await simulator.buy();
    await arm({ operation: 'elevenlabs.import', kind: 'lost' });
    await assert.rejects(post_import(number.phone_number), /fetch failed/);
    assert.deepEqual((await imports()).map((each) => each.phone_number), [number.phone_number]);
  });

  test('an answer that is sent after all comes whole on the same simulator', async () => {
    await arm({ operation: 'twilio.list', kind: 'reset' });
    await assert.rejects(list());
    const [one, two] = await Promise.all([list(), list()]);
    assert.deepEqual([one.status, two.status], [200, 200]);
  });
});

describe('late', () => {
  test('a look finds nothing, and later the number is sold', async () => {
    const phone_number = await simulator.offer();
    await arm({ operation: 'twilio.buy', kind: 'late', ms: 1500 });
    assert.deepEqual(await raw_buy(phone_number), { bytes: 0, error: 'ECONNRESET' });
    assert.deepEqual(await listed(), []);
    assert.equal((await ledger()).sold, 0);
    await until(async () => (await ledger()).sold === 1);
    assert.equal((await listed())[0].phone_number, phone_number);
    await until(async () => (await journal('twilio.buy.late')).length === 1);
    const [asked] = await journal('twilio.buy');
    const [done] = await journal('twilio.buy.late');
    assert.ok(Date.parse(done.time) - Date.parse(asked.time) >= 1490, `${asked.time} ${done.time}`);
    assert.deepEqual([asked.fault.effect, done.fault.effect, done.fault.id], [null, 201, asked.fault.id]);
  });

  test('may say 504, and comes to nothing if the number is sold by then', async () => {
    const phone_number = await simulator.offer();
    await arm({ operation: 'twilio.buy', kind: 'late', ms: 500, status: 504 });
    assert.equal((await post_buy(phone_number)).status, 504);
    assert.equal((await post_buy(phone_number)).status, 201);
    await until(async () => (await journal('twilio.buy.late')).length === 1);
    assert.equal((await journal('twilio.buy.late'))[0].fault.effect, 400);
    assert.equal((await ledger()).sold, 1);
  });

  test('outlives a stop and a kill, and happens once', async () => {
    const phone_number = await simulator.offer();
    await arm({ operation: 'twilio.buy', kind: 'late', ms: 1500 });
    await arm({ operation: 'elevenlabs.patch', kind: 'late', ms: 60_000 });
    await assert.rejects(post_buy(phone_number));
    await assert.rejects(simulator.elevenlabs('PATCH', '/v1/convai/phone-numbers/phnum_x', {}));
    const started = Date.now();
    await simulator.restart();
    assert.ok(Date.now() - started < 5000, 'a stop does not wait for it');
    await simulator.kill();
    await pause(1500);
    await simulator.restart();
    await until(async () => (await ledger()).sold === 1);
    await simulator.restart();
    await list();
    assert.equal((await journal('twilio.buy.late')).length, 1);
    assert.equal((await ledger()).sold, 1);
  });

  test('several come in their order, whatever order they were asked in', async () => {
    const number = await simulator.buy();
    await arm({ operation: 'twilio.update', kind: 'late', ms: 900, status: 500 });
    await arm({ operation: 'twilio.update', kind: 'late', ms: 300, status: 500 });
    const path = `/IncomingPhoneNumbers/${number.sid}.json`;
    await simulator.twilio('POST', path, { FriendlyName: 'asked first' });
    await simulator.twilio('POST', path, { FriendlyName: 'asked second' });
    assert.equal((await listed())[0].friendly_name, number.friendly_name);
    await until(async () => (await listed())[0].friendly_name === 'asked second');
    await until(async () => (await listed())[0].friendly_name === 'asked first');
  });

  test('what fell due while the simulator was away keeps its order too', async () => {
    const number = await simulator.buy();
    await arm({ operation: 'twilio.update', kind: 'late', ms: 900, status: 500 });
    await arm({ operation: 'twilio.update', kind: 'late', ms: 600, status: 500 });
    const path = `/IncomingPhoneNumbers/${number.sid}.json`;
    await simulator.twilio('POST', path, { FriendlyName: 'asked first' });
    await simulator.twilio('POST', path, { FriendlyName: 'asked second' });
    await simulator.kill();
    await pause(1000);
    await simulator.restart();
    await until(async () => (await journal('twilio.update.late')).length === 2);
    assert.equal((await listed())[0].friendly_name, 'asked first');
  });

  test('a reset forgets what waits', async () => {
    const phone_number = await simulator.offer();
    await arm({ operation: 'twilio.buy', kind: 'late', ms: 300 });
    await assert.rejects(post_buy(phone_number));
    await simulator.post('/sim/reset');
    await pause(600);
    assert.equal((await ledger()).sold, 0);
  });
});

describe('answers that say no', () => {
  test('throttled: 429 as the vendor says it, with and without Retry-After', async () => {
    await arm({ operation: '*', kind: 'throttled' });
    const bare = await list();
    assert.deepEqual([bare.status, bare.json.code, bare.headers.get('retry-after')], [429, 20429, null]);
    await arm({ operation: '*', kind: 'throttled', retry_after: 7, times: 2 });
    assert.equal((await list()).headers.get('retry-after'), '7');
    const other = await simulator.elevenlabs('GET', '/v1/convai/settings');
    assert.deepEqual([other.status, other.json.detail.type, other.json.detail.code, other.headers.get('retry-after')],
      [429, 'rate_limit_error', 'rate_limit_exceeded', '7']);
  });

  test('error: nothing happens, and the body is the vendor’s or a gateway’s', async () => {
    const phone_number = await simulator.offer();
    for (const status of [500, 502, 503, 504]) {
      await arm({ operation: 'twilio.buy', kind: 'error', status });
      const answer = await post_buy(phone_number);
      assert.deepEqual([answer.status, answer.json.status, answer.json.code], [status, status, 20000 + status]);
      await arm({ operation: 'elevenlabs.import', kind: 'error', status });
      const other = await post_import(phone_number);
      assert.equal(other.status, status);
      assert.ok(other.json.detail.code);
      await arm({ operation: 'twilio.buy', kind: 'error', status, body: 'html' });
      const page = await post_buy(phone_number);
      assert.equal(page.status, status);
      assert.match(page.headers.get('content-type'), /^text\/html/);
      assert.match(page.text, /^<html>/);
    }
    assert.equal((await ledger()).sold, 0);
  });

  test('error after: an error status, and the number is bought', async () => {
    const phone_number = await simulator.offer();
    await arm({ operation: 'twilio.buy', kind: 'error', status: 502, body: 'html', after: true });
    assert.equal((await post_buy(phone_number)).status, 502);
    assert.deepEqual((await ledger()).sales.map((sale) => sale.phone_number), [phone_number]);
    const [entry] = await journal('twilio.buy');
    assert.deepEqual([entry.status, entry.fault.effect], [502, 201]);
  });

  test('refuse: any code of either vendor, and nothing happens', async () => {
    const phone_number = await simulator.offer();
    for (const [code, status, message] of [[21422, 400, `${phone_number} is not available.`], [21631, 400, /Address/], [21649, 400, /Bundle/],
      [21404, 400, /trial account/], [20005, 403, /not active/], [20003, 401, /Permission/]]) {
      await arm({ operation: 'twilio.buy', kind: 'refuse', code });
      const { json, ...answer } = await post_buy(phone_number);
      assert.deepEqual([answer.status, json.code, json.status], [status, code, status]);
      assert.match(json.message, message instanceof RegExp ? message : new RegExp(`^\\${message}$`));
    }
    await arm({ operation: 'twilio.buy', kind: 'refuse', code: 20005, status: 401, message: 'Out of funds' });
    const own = await post_buy(phone_number);
    assert.deepEqual([own.status, own.json.code, own.json.message], [401, 20005, 'Out of funds']);
    for (const [code, status, type] of [['insufficient_credits', 402, 'payment_required'], ['resource_already_exists', 409, 'conflict'],
      ['system_busy', 429, 'rate_limit_error'], ['invalid_api_key', 401, 'authentication_error']]) {
      await arm({ operation: 'elevenlabs.import', kind: 'refuse', code });
      const { json, ...answer } = await post_import(phone_number);
      assert.deepEqual([answer.status, json.detail.type, json.detail.code], [status, type, code]);
    }
    await arm({ operation: 'elevenlabs.import', kind: 'refuse', code: 'strange', type: 'odd', status: 418, message: 'No' });
    const odd = await post_import(phone_number);
    assert.deepEqual([odd.status, odd.json.detail.type, odd.json.detail.code, odd.json.detail.message], [418, 'odd', 'strange', 'No']);
    assert.equal((await ledger()).sold, 0);
    assert.deepEqual(await imports(), []);
  });

  test('vanish: somebody else has it now, for good, and not in our ledger', async () => {
    const phone_number = await simulator.offer();
    await arm({ operation: 'twilio.buy', kind: 'vanish' });
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const answer = await post_buy(phone_number);
      assert.deepEqual([answer.status, answer.json.code], [400, 21422]);
    }
    const found = await simulator.twilio('GET', '/AvailablePhoneNumbers/CA/Local.json?AreaCode=604&PageSize=1000');
    const offered = found.json.available_phone_numbers.map((offer) => offer.phone_number);
    assert.ok(offered.length >= 48 && !offered.includes(phone_number), `${offered.length} numbers`);
    assert.equal((await ledger()).sold, 0);
    assert.deepEqual(await listed(), []);
    await simulator.restart();
    assert.equal((await post_buy(phone_number)).json.code, 21422);
  });

  test('echo: the refusal holds the whole request, the token too, and nothing is imported', async () => {
    const number = await simulator.buy();
    await arm({ operation: 'elevenlabs.import', kind: 'echo' });
    const answer = await post_import(number.phone_number);
    assert.equal(answer.status, 422);
    assert.equal(answer.json.detail[0].input.token, token);
    assert.equal(answer.json.detail[0].input.phone_number, number.phone_number);
    assert.deepEqual(await imports(), []);
    assert.ok(!(await simulator.get('/sim/journal')).text.includes(token), 'the journal keeps no secret');
  });
});

describe('answers that are not what they seem', () => {
  test('slow: done at once, told later', async () => {
    const phone_number = await simulator.offer();
    await arm({ operation: 'twilio.buy', kind: 'slow', ms: 5000 });
    const started = Date.now();
    const buying = post_buy(phone_number);
    await until(async () => (await ledger()).sold === 1);
    assert.ok(Date.now() - started < 4000, 'sold before the answer');
    assert.equal((await buying).status, 201);
    assert.ok(Date.now() - started >= 4990);
  });

  test('garbled: done, but the answer is no JSON', async () => {
    const phone_number = await simulator.offer();
    await arm({ operation: 'twilio.buy', kind: 'garbled' });
    const bought = await post_buy(phone_number);
    assert.deepEqual([bought.status, bought.json], [201, undefined]);
    assert.ok(bought.text.length > 0);
    assert.equal((await ledger()).sold, 1);
    await arm({ operation: 'elevenlabs.import', kind: 'garbled' });
    const imported = await post_import(phone_number);
    assert.deepEqual([imported.status, imported.json], [200, undefined]);
    assert.equal((await imports()).length, 1);
  });

  test('foreign: 201 with an older number, which now bears our name, and no sale', async () => {
    const older = await simulator.buy({ FriendlyName: 'older', SmsUrl: 'https://older.example.com/sms' });
    const phone_number = await simulator.offer();
    await arm({ operation: 'twilio.buy', kind: 'foreign' });
    const answer = await post_buy(phone_number, { FriendlyName: 'ours', SmsUrl: 'https://ours.example.com/sms' });
    assert.equal(answer.status, 201);
    assert.deepEqual([answer.json.sid, answer.json.phone_number, answer.json.friendly_name], [older.sid, older.phone_number, 'ours']);
    const [kept] = await listed();
    assert.deepEqual([kept.friendly_name, kept.sms_url], ['ours', 'https://older.example.com/sms']);
    assert.equal((await ledger()).sold, 1);
    assert.equal((await post_buy(phone_number)).status, 201);
  });

  test('takes_sms: imported with the texts too, though told not to', async () => {
    const number = await simulator.buy({ SmsUrl: 'https://ours.example.com/sms' });
    await arm({ operation: 'elevenlabs.import', kind: 'takes_sms' });
    assert.equal((await post_import(number.phone_number)).status, 200);
    assert.match((await listed())[0].sms_url, /elevenlabs/);
  });

  test('no_agent: imported, and nobody answers', async () => {
    const number = await simulator.buy();
    await arm({ operation: 'elevenlabs.import', kind: 'no_agent' });
    assert.equal((await post_import(number.phone_number)).status, 200);
    const [imported] = await imports();
    assert.deepEqual([imported.phone_number, imported.assigned_agent], [number.phone_number, null]);
    await simulator.elevenlabs('PATCH', `/v1/convai/phone-numbers/${imported.phone_number_id}`, { agent_id: agent });
    assert.equal((await imports())[0].assigned_agent.agent_id, agent);
  });
});

test('an unstruck call says so in the journal', async () => {
  await list();
  assert.equal((await journal('twilio.list'))[0].fault, null);
});

test('a second buy of an owned number is refused, or updates it when the switch says so', async () => {
  const number = await simulator.buy({ FriendlyName: 'first' });
  const again = () => post_buy(number.phone_number, { FriendlyName: 'second' });
  assert.equal((await again()).json.code, 21422);
  assert.equal((await listed())[0].friendly_name, 'first');
  assert.equal((await simulator.post('/sim/settings', { repeated_buy: 'twice' })).status, 400);
  await simulator.post('/sim/settings', { repeated_buy: 'updated' });
  const updated = await again();
  assert.deepEqual([updated.status, updated.json.sid, updated.json.friendly_name], [201, number.sid, 'second']);
  assert.deepEqual((await listed()).map((each) => each.friendly_name), ['second']);
  assert.equal((await ledger()).sold, 1);
  assert.equal((await post_buy(await simulator.offer())).status, 201, 'others are still sold');
  assert.equal((await ledger()).sold, 2);
});

describe('in the vendors’ dashboards', () => {
  const tamper = (phone_number, change) => simulator.post(`/sim/numbers/${phone_number}`, change);
  const ours = { FriendlyName: 'ours', SmsUrl: 'https://ours.example.com/sms', VoiceUrl: 'https://ours.example.com/voice' };

  test('somebody changes a number’s name and addresses', async () => {
    const number = await simulator.buy(ours);
    const answer = await tamper(number.phone_number, { friendly_name: 'theirs', sms_url: 'https://theirs.example.com', voice_url: null });
    assert.equal(answer.status, 200, answer.text);
    const [kept] = await listed();
    assert.deepEqual([kept.sid, kept.friendly_name, kept.sms_url, kept.voice_url], [number.sid, 'theirs', 'https://theirs.example.com', null]);
    assert.deepEqual(await journal('twilio.update'), [], 'no API was used');
    const found = await simulator.twilio('GET', `${numbers_path}?FriendlyName=theirs`);
    assert.equal(found.json.incoming_phone_numbers.length, 1);
  });

  test('somebody takes the agent away, imports again, and drops the import', async () => {
    const number = await simulator.buy(ours);
    const id = await simulator.import(number.phone_number);
    await tamper(number.phone_number, { agent_id: null });
    assert.equal((await imports())[0].assigned_agent, null);
    await tamper(number.phone_number, { agent_id: agent });
    assert.equal((await imports())[0].assigned_agent.agent_id, agent);
    await tamper(number.phone_number, { imported: 'again' });
    const both = await imports();
    assert.deepEqual(both.map((each) => each.phone_number), [number.phone_number, number.phone_number]);
    assert.equal(new Set(both.map((each) => each.phone_number_id)).size, 2);
    assert.equal(both[0].phone_number_id, id);
    await tamper(number.phone_number, { imported: false });
    assert.deepEqual(await imports(), []);
  });

  test('somebody releases a number; ElevenLabs still has it', async () => {
    const number = await simulator.buy(ours);
    await simulator.import(number.phone_number);
    const answer = await tamper(number.phone_number, { released: true });
    assert.equal(answer.json.number, null);
    assert.deepEqual(await listed(), []);
    assert.ok((await ledger()).sales[0].released_at);
    assert.equal((await imports()).length, 1);
  });

  test('somebody buys a number', async () => {
    const tag = 'dealerline:somewhere:run';
    const number = { phone_number: '+16045550199', friendly_name: tag };
    const added = await simulator.post('/sim/numbers', number);
    assert.equal(added.status, 200, added.text);
    assert.equal((await simulator.post('/sim/numbers', number)).status, 409);
    const [kept] = await listed();
    assert.deepEqual([kept.sid, kept.phone_number, kept.friendly_name], [added.json.sid, number.phone_number, tag]);
    assert.deepEqual((await ledger()).numbers.map((each) => each.phone_number), [number.phone_number], 'the account pays for it');
    assert.equal((await simulator.twilio('DELETE', `/IncomingPhoneNumbers/${kept.sid}.json`)).status, 204);
  });

  test('what cannot be is refused by the name of the field, and nothing changes', async () => {
    const number = await simulator.buy(ours);
    for (const [change, status, problem] of [
      [{}, 400, /says what to change/],
      [{ friendly_name: 'theirs', color: 'red' }, 400, /"color"/],
      [{ friendly_name: '' }, 400, /^friendly_name/],
      [{ sms_url: 5 }, 400, /^sms_url/],
      [{ imported: true }, 400, /^imported/],
      [{ released: false }, 400, /^released/],
      [{ texts: 'no' }, 400, /^texts/],
      [{ friendly_name: 'theirs', agent_id: agent }, 404, /^agent_id.*not imported/],
    ]) {
      const answer = await tamper(number.phone_number, change);
      assert.equal(answer.status, status, JSON.stringify(change));
      assert.match(answer.json.error, problem);
    }
    await simulator.import(number.phone_number);
    assert.match((await tamper(number.phone_number, { agent_id: 'agent_nobody' })).json.error, /^agent_id.*agent_nobody/);
    assert.match((await tamper('+16045550100', { released: true })).json.error, /^released.*owns/);
    assert.match((await simulator.post('/sim/numbers', { phone_number: '604' })).json.error, /^phone_number/);
    assert.match((await simulator.post('/sim/numbers', { phone_number: '+16045550100', friendly_name: 'x'.repeat(65) })).json.error, /^friendly_name/);
    assert.deepEqual((await listed()).map((each) => each.friendly_name), ['ours']);
  });
});
