// The vendors' own client libraries use the simulator as they would use the vendors.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ElevenLabsClient } from '@elevenlabs/elevenlabs-js';
import twilio from 'twilio';
import { account, agent, contracts_folder, key, start_simulator, token, until } from './support.mjs';

let simulator;

function twilio_client(sid = account, secret = token) {
  const client = twilio(sid, secret);
  client.api.baseUrl = simulator.url;
  return client;
}

function elevenlabs_client(api_key = key) {
  return new ElevenLabsClient({ apiKey: api_key, baseUrl: simulator.url, maxRetries: 0, timeoutInSeconds: 10 });
}

const refused = (status, code) => (error) => {
  assert.equal(error.status, status);
  assert.equal(error.code, code);
  return true;
};

const answered = (status_code, code) => (error) => {
  assert.equal(error.statusCode, status_code);
  if (code) assert.equal(error.body.detail.code, code);
  return true;
};

const wanted = { areaCode: 604, smsEnabled: true, voiceEnabled: true, excludeAllAddressRequired: true, beta: false };

before(async () => { simulator = await start_simulator(); });
after(() => simulator.stop());

describe('the official Twilio library', () => {
  test('finds numbers of an area code that speak, text and need no address', async () => {
    const found = await twilio_client().availablePhoneNumbers('CA').local.list({ ...wanted, limit: 10 });
    assert.equal(found.length, 10);
    for (const number of found) {
      assert.match(number.phoneNumber, /^\+1604[2-9]\d{6}$/);
      assert.equal(number.isoCountry, 'CA');
      assert.equal(number.region, 'BC');
      assert.equal(number.capabilities.sms, true);
      assert.equal(number.addressRequirements, 'none');
      assert.equal(number.beta, false);
      assert.ok(number.locality && number.rateCenter);
    }
  });

  test('finds nothing where nothing is, and says so with an empty list', async () => {
    const local = twilio_client().availablePhoneNumbers('CA').local;
    assert.deepEqual(await local.list({ areaCode: 999 }), []);
    assert.deepEqual(await local.list({ areaCode: 212 }), [], 'an area code of the other country');
    await assert.rejects(twilio_client().availablePhoneNumbers('GB').local.list(), refused(404, 20404));
    await assert.rejects(twilio_client().availablePhoneNumbers('US').mobile.list(), refused(404, 20404));
    await assert.rejects(local.list({ areaCode: 12 }), refused(400, 21451));
  });

  test('buys, reads, changes and releases a number', async () => {
    const client = twilio_client();
    const [offer] = await client.availablePhoneNumbers('CA').local.list({ ...wanted, limit: 1 });
    const bought = await client.incomingPhoneNumbers.create({
      phoneNumber: offer.phoneNumber,
      friendlyName: 'dealerline:installation:run',
      smsUrl: 'https://edge.example.com/webhooks/twilio/sms#rc=3&rp=5xx,ct,rt',
      smsFallbackUrl: 'https://edge.example.com/webhooks/twilio/sms',
      voiceUrl: 'https://edge.example.com/webhooks/twilio/voice',
      voiceFallbackUrl: 'https://edge.example.com/webhooks/twilio/voice-fallback',
    });
    assert.match(bought.sid, /^PN[0-9a-f]{32}$/);
    assert.equal(bought.phoneNumber, offer.phoneNumber);
    assert.equal(bought.friendlyName, 'dealerline:installation:run');
    assert.equal(bought.smsUrl, 'https://edge.example.com/webhooks/twilio/sms#rc=3&rp=5xx,ct,rt');
    assert.ok(bought.dateCreated instanceof Date && Math.abs(Date.now() - bought.dateCreated) < 60_000);

    const again = await client.availablePhoneNumbers('CA').local.list(wanted);
    assert.ok(!again.some((number) => number.phoneNumber === offer.phoneNumber), 'a sold number is no longer for sale');
    await assert.rejects(client.incomingPhoneNumbers.create({ phoneNumber: offer.phoneNumber }), refused(400, 21422));

    const [listed] = await client.incomingPhoneNumbers.list({ phoneNumber: offer.phoneNumber });
    assert.equal(listed.sid, bought.sid);
    const changed = await client.incomingPhoneNumbers(bought.sid).update({ friendlyName: 'another', voiceUrl: 'https://edge.example.com/other' });
    assert.equal(changed.friendlyName, 'another');
    assert.equal((await client.incomingPhoneNumbers(bought.sid).fetch()).voiceUrl, 'https://edge.example.com/other');

    assert.equal(await client.incomingPhoneNumbers(bought.sid).remove(), true);
    await assert.rejects(client.incomingPhoneNumbers(bought.sid).fetch(), refused(404, 20404));
    await assert.rejects(client.incomingPhoneNumbers(bought.sid).remove(), refused(404, 20404));
  });

  test('walks a list of many pages, with one released on the way', async () => {
    const client = twilio_client();
    const offers = await client.availablePhoneNumbers('CA').local.list({ ...wanted, areaCode: 416, limit: 7 });
    for (const { phoneNumber } of offers) await client.incomingPhoneNumbers.create({ phoneNumber, friendlyName: 'paged' });
    const seen = [];
    await client.incomingPhoneNumbers.each({ friendlyName: 'paged', pageSize: 2 }, (number) => seen.push(number.phoneNumber));
    assert.deepEqual(seen.sort(), offers.map((offer) => offer.phoneNumber).sort());

    const first = await client.incomingPhoneNumbers.page({ friendlyName: 'paged', pageSize: 3 });
    await client.incomingPhoneNumbers(first.instances[2].sid).remove();
    const second = await first.nextPage();
    assert.equal(second.instances.length, 3);
    assert.ok(!second.instances.some((number) => first.instances.some((earlier) => earlier.sid === number.sid)));
    assert.equal((await second.nextPage()).instances.length, 1);
    assert.equal((await second.previousPage()).instances.length, 2, 'the released one is gone from the first page');
  });

  test('is refused with the magic numbers, and buys the good one as often as it likes', async () => {
    const numbers = twilio_client().incomingPhoneNumbers;
    await assert.rejects(numbers.create({ phoneNumber: '+15005550000' }), refused(400, 21422));
    await assert.rejects(numbers.create({ phoneNumber: '+15005550001' }), refused(400, 21421));
    await assert.rejects(numbers.create({ areaCode: '533' }), refused(400, 21452));
    const sids = new Set();
    for (let i = 0; i < 2; i += 1) sids.add((await numbers.create({ phoneNumber: '+15005550006' })).sid);
    sids.add((await numbers.create({ areaCode: '500' })).sid);
    assert.equal(sids.size, 3);
    assert.deepEqual(await numbers.list({ phoneNumber: '+15005550006' }), [], 'they cost nothing and stay nowhere');
  });

  test('is told what is wrong with a purchase', async () => {
    const client = twilio_client();
    const offers = await client.availablePhoneNumbers('CA').local.list({ ...wanted, areaCode: 514, limit: 1 });
    const { phoneNumber } = offers[0];
    const numbers = client.incomingPhoneNumbers;
    await assert.rejects(numbers.create({ phoneNumber: '6045550123' }), refused(400, 21421));
    await assert.rejects(numbers.create({ phoneNumber: '+442071234567' }), refused(400, 21422));
    await assert.rejects(numbers.create({ phoneNumber, friendlyName: 'x'.repeat(65) }), refused(400, 20422));
    await assert.rejects(numbers.create({ phoneNumber, smsUrl: 'not an address' }), refused(400, 21402));
    await assert.rejects(numbers.create({ phoneNumber, statusCallback: 'ftp://x' }), refused(400, 21502));
    await assert.rejects(numbers.create({ phoneNumber, smsUrl: '', smsFallbackUrl: 'https://x.example.com' }), refused(400, 21406));
    await assert.rejects(numbers.create({ phoneNumber, voiceUrl: '', voiceFallbackUrl: 'https://x.example.com' }), refused(400, 21405));
    await assert.rejects(numbers.create({}), refused(400, 21421));
    assert.equal((await numbers.list({ phoneNumber })).length, 0, 'a refused purchase buys nothing');
  });

  test('sends, finds and reads texts, and what is charged for', async () => {
    const client = twilio_client();
    const { phone_number: from } = await simulator.buy();
    const to = '+14165550142';
    const sent = await client.messages.create({ from, to, body: 'Hello é 👍' });
    assert.deepEqual([sent.status, sent.numSegments, sent.direction, sent.price], ['queued', '1', 'outbound-api', null]);
    const delivered = await until(async () => {
      const message = await client.messages(sent.sid).fetch();
      return message.status === 'delivered' && message;
    });
    assert.equal(delivered.price, '-0.0075');
    assert.ok(delivered.dateSent instanceof Date);
    await simulator.post('/sim/messages', { from: to, to: from, body: 'STOP' });
    await assert.rejects(client.messages.create({ from, to, body: 'x' }), refused(400, 21610));
    await assert.rejects(client.messages.create({ from, to: '+15005550001', body: 'x' }), refused(400, 21211));
    for (let i = 0; i < 4; i += 1) await client.messages.create({ from, to: '+14165550143', body: `number ${i}` });
    const found = await client.messages.list({ from, to: '+14165550143', dateSentAfter: new Date(Date.now() - 60_000), pageSize: 3 });
    assert.deepEqual(found.map((message) => message.body), ['number 3', 'number 2', 'number 1', 'number 0']);
    await simulator.import(from);
    const { call_sid } = (await simulator.post('/sim/calls', { from: to, to: from, conversation: { duration_seconds: 30 } })).json;
    const [call, ...others] = await client.calls.list({ to: from });
    assert.deepEqual([call.sid, call.duration, call.price, call.status, others.length], [call_sid, '30', '-0.0125', 'completed', 0]);
    assert.equal((await client.calls(call_sid).fetch()).from, to);
    const [usage] = await client.usage.records.thisMonth.list({ category: 'calls-inbound-local' });
    assert.ok(Number(usage.count) >= 1);
  });

  test('is not let in with a wrong token or account', async () => {
    await assert.rejects(twilio_client(account, 'wrong').incomingPhoneNumbers.list(), refused(401, 20003));
    await assert.rejects(twilio_client(`AC${'1'.repeat(32)}`, token).incomingPhoneNumbers.list(), refused(401, 20003));
    assert.equal((await twilio_client().api.v2010.accounts(account).fetch()).status, 'active');
  });
});

describe('the official ElevenLabs library', () => {
  async function bought() {
    return simulator.buy({ SmsUrl: 'https://edge.example.com/sms', VoiceUrl: 'https://edge.example.com/voice' });
  }
  const request = (phone_number, more = {}) => ({ provider: 'twilio', phoneNumber: phone_number, label: 'Premium Auto', sid: account, token, ...more });

  test('imports a number, which takes over its calls but not its texts when told so', async () => {
    const number = await bought();
    const numbers = elevenlabs_client().conversationalAi.phoneNumbers;
    const { phoneNumberId } = await numbers.create(request(number.phone_number, { agentId: agent, enableSms: false }));
    assert.match(phoneNumberId, /^phnum_/);
    const at_twilio = (await simulator.twilio('GET', `/IncomingPhoneNumbers/${number.sid}.json`)).json;
    assert.equal(at_twilio.voice_url, 'https://api.us.elevenlabs.io/twilio/inbound_call');
    assert.equal(at_twilio.status_callback, 'https://api.elevenlabs.io/twilio/status-callback');
    assert.equal(at_twilio.sms_url, 'https://edge.example.com/sms');

    const read = await numbers.get(phoneNumberId);
    assert.equal(read.phoneNumber, number.phone_number);
    assert.equal(read.assignedAgent.agentId, agent);
    assert.ok((await numbers.list()).some((each) => each.phoneNumberId === phoneNumberId));
    await assert.rejects(numbers.create(request(number.phone_number)), answered(409, 'resource_already_exists'));

    const unassigned = await numbers.update(phoneNumberId, { agentId: null });
    assert.equal(unassigned.assignedAgent ?? null, null);
    const assigned = await numbers.update(phoneNumberId, { agentId: agent, label: 'Other' });
    assert.equal(assigned.assignedAgent.agentId, agent);
    assert.equal(assigned.label, 'Other');
    await assert.rejects(numbers.update(phoneNumberId, { agentId: 'agent_nobody' }), answered(404, 'agent_not_found'));

    await numbers.delete(phoneNumberId);
    await assert.rejects(numbers.get(phoneNumberId), answered(404, 'phone_number_not_found'));
    await assert.rejects(numbers.delete(phoneNumberId), answered(404, 'phone_number_not_found'));
  });

  test('takes the texts too unless told otherwise', async () => {
    const number = await bought();
    await elevenlabs_client().conversationalAi.phoneNumbers.create(request(number.phone_number));
    const at_twilio = (await simulator.twilio('GET', `/IncomingPhoneNumbers/${number.sid}.json`)).json;
    assert.match(at_twilio.sms_url, /elevenlabs\.io/);
  });

  test('is refused an import that Twilio would refuse', async () => {
    const numbers = elevenlabs_client().conversationalAi.phoneNumbers;
    const number = await bought();
    await assert.rejects(numbers.create(request(number.phone_number, { token: 'wrong' })), answered(400));
    await assert.rejects(numbers.create(request('+16045550100')), answered(400));
    await assert.rejects(numbers.create(request(number.phone_number, { agentId: 'agent_nobody' })), answered(404, 'agent_not_found'));
    const after_all = (await simulator.twilio('GET', `/IncomingPhoneNumbers/${number.sid}.json`)).json;
    assert.equal(after_all.voice_url, 'https://edge.example.com/voice', 'a refused import changes nothing');
  });

  test('is told every missing field at once, with its own request echoed', async () => {
    const answer = await simulator.elevenlabs('POST', '/v1/convai/phone-numbers', { provider: 'twilio', phone_number: '+16045550100', token: 'a-token' });
    assert.equal(answer.status, 422);
    assert.deepEqual(answer.json.detail.map((each) => each.loc.join('.')), ['body.label', 'body.sid']);
    assert.equal(answer.json.detail[0].input.token, 'a-token');
  });

  test('is not let in without the right key', async () => {
    await assert.rejects(elevenlabs_client('wrong-key').conversationalAi.phoneNumbers.list(), answered(401, 'invalid_api_key'));
    const missing = await simulator.elevenlabs('GET', '/v1/convai/phone-numbers', undefined, null);
    assert.equal(missing.status, 401);
    assert.equal(missing.json.detail.code, 'missing_api_key');
  });

  test('repairs the agent: only what is sent changes', async () => {
    const { conversationalAi } = elevenlabs_client();
    const before_it = await conversationalAi.agents.get(agent);
    assert.equal(before_it.platformSettings.overrides.enableConversationInitiationClientDataFromWebhook, false);
    await conversationalAi.agents.update(agent, {
      conversationConfig: { agent: { firstMessage: 'Hi, this is Jack from {{organization_name}}.' } },
      platformSettings: { overrides: { enableConversationInitiationClientDataFromWebhook: true } },
    });
    const after_it = await conversationalAi.agents.get(agent);
    assert.equal(after_it.platformSettings.overrides.enableConversationInitiationClientDataFromWebhook, true);
    assert.equal(after_it.conversationConfig.agent.firstMessage, 'Hi, this is Jack from {{organization_name}}.');
    assert.equal(after_it.conversationConfig.agent.prompt.prompt, before_it.conversationConfig.agent.prompt.prompt);
    assert.equal(after_it.conversationConfig.tts.voiceId, before_it.conversationConfig.tts.voiceId);
    await assert.rejects(conversationalAi.agents.get('agent_nobody'), answered(404, 'agent_not_found'));
  });

  test('calls somebody, and finds and reads what was said', async () => {
    const { conversationalAi } = elevenlabs_client();
    const number = await bought();
    const agentPhoneNumberId = await simulator.import(number.phone_number);
    const call = { agentId: agent, agentPhoneNumberId, toNumber: '+14165550142',
      conversationInitiationClientData: { userId: 'attempt-7', dynamicVariables: { customer_name: 'Ann', organization_name: 'Harbour Motors' } } };
    const placed = await conversationalAi.twilio.outboundCall(call);
    assert.equal(placed.success, true);
    assert.match(placed.callSid, /^CA[0-9a-f]{32}$/);
    const { conversations } = await conversationalAi.conversations.list({ userId: 'attempt-7' });
    assert.deepEqual(conversations.map((each) => each.conversationId), [placed.conversationId]);
    const conversation = await conversationalAi.conversations.get(placed.conversationId);
    assert.equal(conversation.status, 'done');
    assert.equal(conversation.metadata.phoneCall.direction, 'outbound');
    assert.ok(conversation.transcript.length > 2);
    await simulator.post('/sim/settings', { outbound_calls: 'refused' });
    const refusal = await conversationalAi.twilio.outboundCall(call);
    await simulator.post('/sim/settings', { outbound_calls: 'answered' });
    assert.equal(refusal.success, false);
    await assert.rejects(conversationalAi.conversations.get('conv_nobody'), answered(404, 'conversation_not_found'));
  });

  test('creates, finds and deletes an agent', async () => {
    const { agents } = elevenlabs_client().conversationalAi;
    const { agentId } = await agents.create({ name: 'Second', conversationConfig: { agent: { firstMessage: 'Hello' } } });
    const listed = await agents.list({ search: 'second' });
    assert.deepEqual(listed.agents.map((each) => each.agentId), [agentId]);
    await agents.delete(agentId);
    await assert.rejects(agents.get(agentId), answered(404, 'agent_not_found'));
  });
});

describe('signatures', () => {
  const contracts = contracts_folder();
  const skip = contracts ? false : 'skipped: the vendors’ documents are not at hand';
  const vectors = contracts && JSON.parse(readFileSync(join(contracts, 'vectors.json'), 'utf8'));
  const sign = async (what) => (await simulator.post('/sim/sign', what)).json.signature;

  test('of Twilio’s are those of the vectors, and of Twilio’s library', { skip }, async () => {
    for (const { name, token: secret, url, params, signature } of vectors.twilio) {
      assert.equal(await sign({ token: secret, url, params }), signature, name);
      assert.equal(twilio.validateRequest(secret, signature, url, params), true, name);
    }
    for (const { token: secret, url, body, signature } of vectors.twilio_json) {
      assert.equal(await sign({ token: secret, url, params: {} }), signature);
      assert.equal(twilio.validateRequestWithBody(secret, signature, url, body), true);
    }
  });

  test('of ElevenLabs’ are those of the vectors', { skip }, async () => {
    for (const { secret, t, body, header } of vectors.elevenlabs) assert.equal(await sign({ secret, t: Number(t), body }), header);
  });
});

test('what was sold and imported survives the simulator’s sudden death', async () => {
  const number = await simulator.buy({ FriendlyName: 'survivor' });
  const id = await simulator.import(number.phone_number);
  await simulator.kill();
  await simulator.restart();
  assert.equal((await twilio_client().incomingPhoneNumbers(number.sid).fetch()).friendlyName, 'survivor');
  assert.equal((await elevenlabs_client().conversationalAi.phoneNumbers.get(id)).phoneNumber, number.phone_number);
  const ledger = (await simulator.get('/sim/ledger')).json;
  assert.ok(ledger.numbers.some((sale) => sale.sid === number.sid));
  await assert.rejects(twilio_client().incomingPhoneNumbers.create({ phoneNumber: number.phone_number }), refused(400, 21422));
});
