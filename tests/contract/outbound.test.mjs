// Outbound calls through ElevenLabs, and calls in which somebody writes to Jack.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { agent, start_simulator, start_webhook, until } from './support.mjs';

const customer = '+14165550142';

let simulator;
let webhook;
let number;
let phone_number_id;

before(async () => {
  simulator = await start_simulator();
  webhook = await start_webhook(() => ({ status: 200 }));
  number = (await simulator.buy()).phone_number;
  phone_number_id = await simulator.import(number);
  await simulator.attach_webhook(webhook.url);
  await simulator.elevenlabs('PATCH', `/v1/convai/agents/${agent}`, {
    conversation_config: {
      agent: {
        first_message: '{{greeting}}, this is Jack from {{organization_name}}.',
        dynamic_variables: { dynamic_variable_placeholders: { greeting: 'Hi', organization_name: 'Jack Automotive', previous_summary: '', customer_name: '' } },
      },
    },
  });
});
after(async () => { await webhook.stop(); await simulator.stop(); });

const settings = (patch) => simulator.post('/sim/settings', patch);
const place = async (fields = {}, client_data = {}) => simulator.elevenlabs('POST', '/v1/convai/twilio/outbound-call', {
  agent_id: agent, agent_phone_number_id: phone_number_id, to_number: customer, conversation_initiation_client_data: client_data, ...fields,
});
const conversation = async (id) => (await simulator.elevenlabs('GET', `/v1/convai/conversations/${id}`)).json;
const at_twilio = async (sid) => (await simulator.twilio('GET', `/Calls/${sid}.json`)).json;
const told = (id) => until(() => webhook.requests.find((asked) => asked.body.includes(id))).then((asked) => JSON.parse(asked.body));

describe('an outbound call', () => {
  test('that is answered is told with what the agent was told', async () => {
    const variables = { customer_name: 'Ann', greeting: 'Hi Ann', organization_name: 'Harbour Motors' };
    const placed = await place({}, { user_id: 'attempt-1', dynamic_variables: variables });
    assert.equal(placed.status, 200, placed.text);
    assert.deepEqual(Object.keys(placed.json), ['success', 'message', 'conversation_id', 'callSid']);
    assert.equal(placed.json.success, true);
    const { type, data } = await told(placed.json.conversation_id);
    assert.equal(type, 'post_call_transcription');
    assert.equal(data.user_id, 'attempt-1');
    const { direction, agent_number, external_number, call_sid } = data.metadata.phone_call;
    assert.deepEqual([direction, agent_number, external_number, call_sid], ['outbound', number, customer, placed.json.callSid]);
    assert.equal(data.transcript[0].message, 'Hi Ann, this is Jack from Harbour Motors.');
    assert.equal(data.conversation_initiation_client_data.dynamic_variables.customer_name, 'Ann');
    const call = await at_twilio(placed.json.callSid);
    assert.deepEqual([call.direction, call.status, call.from, call.to, call.price], ['outbound-api', 'completed', number, customer, '-0.0125']);
    const found = (await simulator.elevenlabs('GET', '/v1/convai/conversations?user_id=attempt-1')).json.conversations;
    assert.deepEqual(found.map((each) => [each.conversation_id, each.direction]), [[placed.json.conversation_id, 'outbound']]);
  });

  test('says what the switch says', async () => {
    await settings({ outbound_conversation: { turns: [{ role: 'agent', message: 'Hello' }, { role: 'user', message: 'Rhubarb' }], summary: 'Rhubarb.' } });
    const { data } = await told((await place()).json.conversation_id);
    await settings({ outbound_conversation: null });
    assert.equal(data.transcript[1].message, 'Rhubarb');
    assert.equal((await settings({ outbound_conversation: { turns: 'none' } })).status, 400);
  });

  test('rings, is in progress, is processed and done, one after the other', async () => {
    await settings({ ring_ms: 400, talk_ms: 400, post_call_delay_ms: 400 });
    const { conversation_id, callSid } = (await place()).json;
    await settings({ ring_ms: 0, talk_ms: 0, post_call_delay_ms: 0 });
    const seen = [];
    const calls = [];
    await until(async () => {
      const [{ status }, call] = [await conversation(conversation_id), await at_twilio(callSid)];
      if (seen.at(-1) !== status) seen.push(status);
      if (calls.at(-1) !== call.status) calls.push(call.status);
      return status === 'done';
    });
    const all = ['initiated', 'in-progress', 'processing', 'done'];
    assert.deepEqual(seen, all.filter((each) => seen.includes(each)));
    assert.equal(calls.at(-1), 'completed');
    assert.equal((await told(conversation_id)).data.status, 'done');
  });

  for (const outcome of ['busy', 'no-answer']) {
    test(`that ends with ${outcome} is a call_initiation_failure`, async () => {
      await settings({ outbound_calls: { default: 'answered', [customer]: outcome } });
      const { success, conversation_id, callSid } = (await place({}, { user_id: `attempt-${outcome}` })).json;
      await settings({ outbound_calls: 'answered' });
      assert.equal(success, true);
      const { type, data } = await told(conversation_id);
      assert.equal(type, 'call_initiation_failure');
      assert.deepEqual([data.failure_reason, data.metadata.type, data.agent_id], [outcome, 'twilio', agent]);
      const { body } = data.metadata;
      assert.deepEqual([body.CallStatus, body.From, body.To, body.CallSid, body.Direction], [outcome, number, customer, callSid, 'outbound-api']);
      assert.equal((await conversation(conversation_id)).status, 'failed');
      const call = await at_twilio(callSid);
      assert.deepEqual([call.status, call.duration, call.price], [outcome, '0', null]);
    });
  }

  test('that cannot be placed says so with a 200', async () => {
    const before_them = (await simulator.get('/sim/ledger')).json.calls.length;
    await settings({ outbound_calls: 'refused' });
    const refused = await place();
    await settings({ outbound_calls: 'answered' });
    for (const answer of [refused, await place({ to_number: '604' }), await place({ to_number: '+15005550001' })]) {
      assert.equal(answer.status, 200);
      assert.deepEqual([answer.json.success, answer.json.conversation_id, answer.json.callSid], [false, null, null]);
      assert.ok(answer.json.message);
    }
    assert.equal((await simulator.get('/sim/ledger')).json.calls.length, before_them);
    assert.equal((await place({ agent_id: 'agent_nobody' })).json.detail.code, 'agent_not_found');
    assert.equal((await place({ agent_phone_number_id: 'phnum_nobody' })).json.detail.code, 'phone_number_not_found');
    const wrong = await place({ to_number: 7, agent_id: undefined });
    assert.deepEqual([wrong.status, wrong.json.detail.map((each) => each.loc.at(-1))], [422, ['agent_id', 'to_number']]);
  });

  test('may be answered without its ids, or not at all, and is there all the same', async () => {
    await settings({ null_ids: true });
    assert.deepEqual((await place({}, { user_id: 'attempt-null' })).json, { success: true, message: 'Success', conversation_id: null, callSid: null });
    await settings({ null_ids: false });
    await simulator.post('/sim/faults', { operation: 'elevenlabs.outbound_call', kind: 'lost' });
    await assert.rejects(place({}, { user_id: 'attempt-lost' }));
    for (const user of ['attempt-null', 'attempt-lost'])
      assert.equal((await simulator.elevenlabs('GET', `/v1/convai/conversations?user_id=${user}`)).json.conversations.length, 1, user);
  });
});

describe('a call in writing', () => {
  const start = async () => (await simulator.post('/sim/calls/start', { from: customer, to: number })).json;
  const say = async (sid, text) => (await simulator.post(`/sim/calls/${sid}/say`, { text })).json;

  test('is answered line by line, and told after it has ended', async () => {
    const call = await start();
    assert.equal(call.greeting, 'Hi, this is Jack from Jack Automotive.');
    assert.equal((await conversation(call.conversation_id)).status, 'in-progress');
    assert.equal((await at_twilio(call.call_sid)).status, 'in-progress');
    assert.match((await say(call.call_sid, 'My name is John Miller, is the 2024 Honda Civic still there?')).reply, /John.*2024 Honda Civic/);
    assert.match((await say(call.call_sid, 'I would trade in my 2018 Corolla')).reply, /2018 Corolla/);
    assert.match((await say(call.call_sid, 'Can I come in for a test drive on Tuesday at 3 pm?')).reply, /Tuesday at 3 pm/);
    assert.match((await say(call.call_sid, 'What did we say last time?')).reply, /no record/);
    assert.match((await say(call.call_sid, 'Can someone call me back?')).reply, /call you back/);
    assert.match((await say(call.call_sid, 'bye')).reply, /Goodbye/);
    const ended = (await simulator.post(`/sim/calls/${call.call_sid}/hang-up`)).json;
    assert.deepEqual([ended.conversation_id, ended.post_call.fate], [call.conversation_id, 'delivered']);
    const { data } = await told(call.conversation_id);
    assert.equal(data.transcript.length, 13);
    const collected = Object.fromEntries(Object.entries(data.analysis.data_collection_results).map(([name, { value }]) => [name, value]));
    assert.deepEqual(collected, {
      customer_name: 'John Miller', interest: '2024 Honda Civic', trade_in: '2018 Corolla', appointment: 'Tuesday at 3 pm', wants_person: true,
    });
    assert.match(data.analysis.transcript_summary, /^John Miller asked about a 2024 Honda Civic\./);
    const record = await at_twilio(call.call_sid);
    assert.deepEqual([record.status, record.price], ['completed', '-0.0125']);
    assert.equal((await simulator.post(`/sim/calls/${call.call_sid}/hang-up`)).status, 404);
    assert.equal((await simulator.post(`/sim/calls/${call.call_sid}/say`, { text: 'more' })).status, 404);
  });

  test('of two at once keep apart, and a silent one is told as such', async () => {
    const [one, two] = [await start(), await start()];
    await say(one.call_sid, 'My name is Ann');
    await simulator.restart();
    await say(two.call_sid, 'My name is Bob');
    for (const [call, name] of [[one, 'Ann'], [two, 'Bob']]) {
      await simulator.post(`/sim/calls/${call.call_sid}/hang-up`);
      assert.equal((await told(call.conversation_id)).data.analysis.data_collection_results.customer_name.value, name);
    }
    const silent = await start();
    await simulator.post(`/sim/calls/${silent.call_sid}/hang-up`);
    assert.match((await told(silent.conversation_id)).data.analysis.transcript_summary, /without a word/);
  });

  test('cannot be without words or without a number', async () => {
    const call = await start();
    assert.equal((await simulator.post(`/sim/calls/${call.call_sid}/say`, { text: ' ' })).status, 400);
    assert.equal((await simulator.post('/sim/calls/start', { to: '1' })).status, 400);
    assert.equal((await simulator.post('/sim/calls/start', { to: '+16045550100' })).json.status, 'not_in_service');
    assert.equal((await simulator.post(`/sim/calls/${call.call_sid}/dance`)).status, 404);
  });
});
