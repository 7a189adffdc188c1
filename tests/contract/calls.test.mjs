// Calls as they are recorded, told and charged: conversations at ElevenLabs, the signed post-call webhook, calls at Twilio.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ElevenLabsClient } from '@elevenlabs/elevenlabs-js';
import { agent, key, start_simulator, start_webhook, until } from './support.mjs';

let simulator;
let webhook; // what post-call webhooks go to
let answers = () => ({ status: 200 });
let registered; // {webhook_id, webhook_secret}
let number;

before(async () => {
  simulator = await start_simulator();
  webhook = await start_webhook((asked) => answers(asked));
  number = await simulator.buy();
  await simulator.import(number.phone_number);
  registered = await simulator.attach_webhook(`${webhook.url}/post-call`);
});
after(async () => { await webhook.stop(); await simulator.stop(); });

const settings = (patch) => simulator.post('/sim/settings', patch);
const talk = {
  turns: [{ role: 'user', message: 'Do you have the 2024 Civic?', at: 3 }, { role: 'agent', message: 'We do.', at: 7 }],
  duration_seconds: 61,
  title: 'Civic',
  summary: 'John asked about a Civic.',
  collected: { customer_name: 'John', wants_person: true },
  cost_fiat: 0.05,
};
async function call(conversation = talk, from = '+14165550142') {
  const answer = await simulator.post('/sim/calls', { from, to: number.phone_number, conversation });
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}
const conversations = async (query = '') => (await simulator.elevenlabs('GET', `/v1/convai/conversations${query}`)).json;
const conversation = async (id) => (await simulator.elevenlabs('GET', `/v1/convai/conversations/${id}`)).json;
const deliveries_of = async (id) => (await simulator.get('/sim/webhooks')).json.webhooks.filter((each) => each.subject === id);
const requests_about = (id) => webhook.requests.filter((each) => each.body.includes(id));

describe('a call with a conversation', () => {
  test('is told to the agent’s webhook, signed as ElevenLabs’ own library verifies it', async () => {
    const result = await call();
    assert.equal(result.status, 'answered');
    assert.deepEqual([result.post_call.fate, result.post_call.status], ['delivered', 200]);
    const [told] = requests_about(result.conversation_id);
    assert.equal(told.url, '/post-call');
    const client = new ElevenLabsClient({ apiKey: key });
    const event = await client.webhooks.constructEvent(told.body, told.headers['elevenlabs-signature'], registered.webhook_secret);
    assert.equal(event.type, 'post_call_transcription');
    await assert.rejects(client.webhooks.constructEvent(`${told.body} `, told.headers['elevenlabs-signature'], registered.webhook_secret));
    const { data } = event;
    assert.equal(data.metadata.phone_call.call_sid, result.call_sid);
    assert.equal(data.metadata.phone_call.agent_number, number.phone_number);
    assert.equal(data.metadata.phone_call.external_number, '+14165550142');
    assert.equal(data.metadata.cost_fiat, 0.05);
    assert.deepEqual(data.transcript.map((turn) => [turn.role, turn.message, turn.time_in_call_secs]),
      [['agent', result.greeting, 0], ['user', 'Do you have the 2024 Civic?', 3], ['agent', 'We do.', 7]]);
    assert.equal(data.analysis.transcript_summary, 'John asked about a Civic.');
    assert.equal(data.analysis.data_collection_results.customer_name.value, 'John');
    assert.equal(data.analysis.data_collection_results.wants_person.json_schema.type, 'boolean');
    assert.equal(data.conversation_initiation_client_data.dynamic_variables.system__call_sid, result.call_sid);
    assert.deepEqual(await conversation(result.conversation_id), data, 'and GET says the same');
  });

  test('of the past keeps its time', async () => {
    const started_at = Math.floor(Date.now() / 1000) - 14 * 86_400;
    const { conversation_id } = await call({ ...talk, started_at });
    assert.equal((await conversation(conversation_id)).metadata.start_time_unix_secs, started_at);
    const listed = await conversations(`?call_start_after_unix=${started_at}&call_start_before_unix=${started_at + 5}`);
    assert.deepEqual(listed.conversations.map((each) => each.conversation_id), [conversation_id]);
  });

  test('goes to the workspace’s webhook when the agent has none, and nowhere without one or when it is unwanted', async () => {
    await simulator.attach_webhook(null);
    assert.equal((await call()).post_call.fate, 'unwanted');
    await simulator.elevenlabs('PATCH', '/v1/convai/settings', { webhooks: { post_call_webhook_id: registered.webhook_id, events: ['transcript'] } });
    assert.equal((await call()).post_call.fate, 'delivered');
    await simulator.elevenlabs('PATCH', '/v1/convai/settings', { webhooks: { events: ['call_initiation_failure'] } });
    assert.equal((await call()).post_call.fate, 'unwanted');
    await simulator.attach_webhook(registered.webhook_id);
  });

  test('that is wrong is refused with its reason', async () => {
    for (const [wrong, reason] of [
      [{ turns: [{ role: 'robot', message: 'x' }] }, /each of conversation.turns/],
      [{ sumary: 'x' }, /sumary is nothing/],
      [{ call_successful: 'maybe' }, /success, failure or unknown/],
      [{ duration_seconds: -1 }, /duration_seconds/],
    ]) {
      const answer = await simulator.post('/sim/calls', { to: number.phone_number, conversation: wrong });
      assert.equal(answer.status, 400);
      assert.match(answer.json.error, reason);
    }
  });

  test('can be endless, without analysis, and full of members that nobody knows', async () => {
    await settings({ extra_fields: true });
    const { conversation_id } = await call({ more_turns: 3000, analysis: null });
    await settings({ extra_fields: false });
    const told = JSON.parse(requests_about(conversation_id)[0].body);
    assert.equal(told.data.transcript.length, 3001);
    assert.equal(told.data.analysis, null);
    assert.ok(told.schema && told.data.mood && told.data.transcript[0].emotion);
  });

  test('is told in chunks if the switch says so', async () => {
    await settings({ webhook_chunked: true });
    const { conversation_id } = await call({ more_turns: 100 });
    await settings({ webhook_chunked: false });
    const [told] = requests_about(conversation_id);
    assert.equal(told.headers['transfer-encoding'], 'chunked');
    assert.equal(JSON.parse(told.body).data.transcript.length, 101);
  });
});

test('conversations are listed newest first, by page and by filter', async () => {
  const started_at = Math.floor(Date.now() / 1000) - 40 * 86_400;
  const ids = [];
  for (let i = 0; i < 7; i += 1) ids.unshift((await call({ ...talk, started_at: started_at + i, call_successful: i % 2 ? 'failure' : 'success' })).conversation_id);
  const range = `call_start_after_unix=${started_at}&call_start_before_unix=${started_at + 10}`;
  const seen = [];
  for (let cursor = ''; cursor !== null;) {
    const page = await conversations(`?page_size=3&${range}&cursor=${cursor}`);
    seen.push(...page.conversations.map((each) => each.conversation_id));
    assert.equal(page.has_more, page.next_cursor !== null);
    cursor = page.next_cursor;
  }
  assert.deepEqual(seen, ids);
  assert.equal((await conversations(`?${range}&call_successful=failure`)).conversations.length, 3);
  assert.equal((await conversations(`?${range}&exclude_statuses=done`)).conversations.length, 0);
  assert.equal((await conversations(`?${range}&agent_id=agent_nobody`)).conversations.length, 0);
  assert.equal((await conversations(`?${range}&agent_id=${agent}&summary_mode=include`)).conversations[0].transcript_summary, talk.summary);
  assert.equal((await simulator.elevenlabs('GET', '/v1/convai/conversations?page_size=101')).status, 422);
});

test('a conversation is processing until its analysis is there', async () => {
  await settings({ post_call_delay_ms: 700 });
  const result = await call();
  await settings({ post_call_delay_ms: 0 });
  assert.equal(result.post_call.fate, 'waits');
  const early = await conversation(result.conversation_id);
  if (requests_about(result.conversation_id).length === 0) assert.deepEqual([early.status, early.analysis], ['processing', null]);
  await until(() => requests_about(result.conversation_id).length === 1);
  assert.equal((await conversation(result.conversation_id)).status, 'done');
});

describe('a post-call webhook that fails', () => {
  const with_retries = (retry_enabled) => simulator.elevenlabs('PATCH', `/v1/workspace/webhooks/${registered.webhook_id}`,
    { is_disabled: false, name: 'Post-call', retry_enabled });

  test('is tried five times with the same body, if retries are enabled', async () => {
    await with_retries(true);
    await settings({ retry_scale: 0.0001 });
    let tries = 0;
    answers = () => { tries += 1; return { status: tries < 5 ? 503 : 200 }; };
    const { conversation_id } = await call();
    await until(async () => (await deliveries_of(conversation_id)).length === 5);
    answers = () => ({ status: 200 });
    assert.equal(new Set(requests_about(conversation_id).map((each) => each.body)).size, 1);
    assert.deepEqual((await deliveries_of(conversation_id)).map((each) => [each.attempt, each.status]),
      [[1, 503], [2, 503], [3, 503], [4, 503], [5, 200]]);
  });

  test('is not tried again after a 4xx or without retries', async () => {
    answers = () => ({ status: 400 });
    const refused = await call();
    await with_retries(false);
    answers = () => ({ status: 503 });
    const lost = await call();
    answers = () => ({ status: 204 });
    const empty = await call();
    answers = () => ({ status: 200 });
    assert.deepEqual([refused, lost, empty].map((each) => each.post_call.fate), ['refused', 'refused', 'refused'], 'only a 200 is a success');
    await new Promise((done) => { setTimeout(done, 300); });
    for (const { conversation_id } of [refused, lost]) assert.equal(requests_about(conversation_id).length, 1);
  });

  test('is disabled after ten failures without a success in the week, until somebody enables it', async () => {
    const listed = async () => (await simulator.elevenlabs('GET', '/v1/workspace/webhooks')).json.webhooks.find((each) => each.webhook_id === registered.webhook_id);
    await settings({ retry_scale: 0 }); // and the week is over at once
    answers = () => ({ status: 500 });
    for (let i = 0; i < 10; i += 1) await call();
    answers = () => ({ status: 200 });
    const disabled = await listed();
    assert.deepEqual([disabled.is_disabled, disabled.is_auto_disabled, disabled.most_recent_failure_error_code], [true, true, 500]);
    assert.equal((await call()).post_call.error, 'the webhook is disabled');
    await with_retries(false);
    assert.equal((await listed()).is_auto_disabled, false);
    assert.equal((await call()).post_call.fate, 'delivered');
    await settings({ retry_scale: 1 });
  });
});
