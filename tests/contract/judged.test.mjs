// An independent judge stands between client and simulator: Prism, with the vendors' own documents made strict. It refuses a wrong request
// before the simulator sees it, and answers 500 with `sl-violations` when the simulator's answer is not what the document says.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { free_port } from '../integration/support.mjs';
import { account, agent, contracts_folder, key, root, start_simulator, token, until } from './support.mjs';

const contracts = contracts_folder();
const start_patience_ms = 120_000;
const skip = contracts ? false : 'skipped: the vendors’ documents are not at hand';

// Twilio's document calls these absolute addresses; its examples, its library and this project's contract know them as paths.
const relative_in_truth = new Set(['uri', 'first_page_uri', 'next_page_uri', 'previous_page_uri']);

function with_relative_addresses(schema) {
  for (const [name, value] of Object.entries(schema)) {
    if (value === null || typeof value !== 'object') continue;
    if (relative_in_truth.has(name) && value.format === 'uri') delete value.format;
    with_relative_addresses(value);
  }
  return schema;
}

async function corrected(document, folder) {
  const file = join(folder, document);
  await writeFile(file, JSON.stringify(with_relative_addresses(JSON.parse(await readFile(join(contracts, document), 'utf8')))));
  return file;
}

async function start_judge(document, upstream) {
  const port = await free_port();
  const prism = spawn(process.execPath, [join(root, 'node_modules/@stoplight/prism-cli/dist/index.js'), 'proxy', document, upstream,
    '--errors', '-h', '127.0.0.1', '-p', String(port)], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((done, failed) => {
    const timer = setTimeout(() => failed(new Error(`the judge of ${document} did not start`)), start_patience_ms);
    prism.once('exit', (code) => failed(new Error(`the judge of ${document} ended with ${code}`)));
    prism.stdout.on('data', (text) => { if (String(text).includes('Prism is listening')) { clearTimeout(timer); done(); } });
  });
  prism.removeAllListeners('exit');
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => { const ended = once(prism, 'exit'); prism.kill(); await ended; },
  };
}

describe('judged by the vendors’ documents', { skip }, () => {
  let simulator;
  let twilio_judge;
  let elevenlabs_judge;

  let folder;

  before(async () => {
    simulator = await start_simulator();
    folder = await mkdtemp(join(tmpdir(), 'judge-'));
    [twilio_judge, elevenlabs_judge] = await Promise.all([
      start_judge(await corrected('strict_twilio.json', folder), simulator.url),
      start_judge(join(contracts, 'strict_elevenlabs.json'), simulator.url)]);
  });
  after(async () => {
    if (folder) await rm(folder, { recursive: true, force: true });
    await Promise.all([twilio_judge?.stop(), elevenlabs_judge?.stop(), simulator?.stop()]);
  });

  async function judged(judge, method, path, headers, body, expected) {
    const answer = await fetch(judge.url + path, { method, headers, body });
    const text = await answer.text();
    assert.equal(answer.headers.get('sl-violations'), null, `${method} ${path}`);
    assert.equal(answer.status, expected, `${method} ${path}: ${text}`);
    return text ? JSON.parse(text) : undefined;
  }
  const twilio = (method, path, expected, form, secret = token) => judged(twilio_judge, method, `/2010-04-01/Accounts${path}`,
    { Authorization: `Basic ${btoa(`${account}:${secret}`)}` }, form && new URLSearchParams(form), expected);
  const elevenlabs = (method, path, expected, json, api_key = key) => judged(elevenlabs_judge, method, path,
    { 'xi-api-key': api_key, ...(json ? { 'Content-Type': 'application/json' } : {}) }, json && JSON.stringify(json), expected);

  test('Twilio’s half answers as Twilio’s document says', async () => {
    await twilio('GET', '.json', 200);
    await twilio('GET', `/${account}.json`, 200);
    await twilio('GET', `/${account}/Balance.json`, 200);
    await twilio('GET', `/${account}/AvailablePhoneNumbers.json`, 200);
    await twilio('GET', `/${account}/AvailablePhoneNumbers/CA.json`, 200);
    await twilio('GET', `/${account}/AvailablePhoneNumbers/GB.json`, 404);
    const search = `/${account}/AvailablePhoneNumbers/CA/Local.json`;
    await twilio('GET', `/${account}/AvailablePhoneNumbers/US/Local.json?InRegion=WA&PageSize=100`, 200);
    const found = await twilio('GET', `${search}?AreaCode=604&VoiceEnabled=true&SmsEnabled=true&ExcludeAllAddressRequired=true&Beta=false`, 200);
    assert.ok(found.available_phone_numbers.length > 3);
    await twilio('GET', `${search}?AreaCode=99`, 400);
    const numbers = `/${account}/IncomingPhoneNumbers`;
    const bought = [];
    for (const { phone_number } of found.available_phone_numbers.slice(0, 3)) {
      bought.push(await twilio('POST', `${numbers}.json`, 201, {
        PhoneNumber: phone_number, FriendlyName: 'dealerline:installation:run', SmsUrl: 'https://edge.example.com/sms#rc=3&rp=5xx,ct,rt',
        SmsFallbackUrl: 'https://edge.example.com/sms', VoiceUrl: 'https://edge.example.com/voice', VoiceFallbackUrl: 'https://edge.example.com/fallback',
      }));
    }
    await twilio('POST', `${numbers}.json`, 201, { AreaCode: '416' });
    await twilio('POST', `${numbers}.json`, 201, { PhoneNumber: '+15005550006' });
    await twilio('POST', `${numbers}.json`, 400, { PhoneNumber: bought[0].phone_number });
    await twilio('POST', `${numbers}/Local.json`, 400, { PhoneNumber: '+15005550001' });
    let page = await twilio('GET', `${numbers}.json?PageSize=2`, 200);
    while (page.next_page_uri) page = await twilio('GET', page.next_page_uri.replace('/2010-04-01/Accounts', ''), 200);
    await twilio('GET', page.previous_page_uri.replace('/2010-04-01/Accounts', ''), 200);
    await twilio('GET', `${numbers}.json?PhoneNumber=%2B1604`, 200);
    await twilio('GET', `${numbers}/Local.json`, 200);
    await twilio('GET', `${numbers}/${bought[0].sid}.json`, 200);
    await twilio('POST', `${numbers}/${bought[0].sid}.json`, 200, { FriendlyName: 'other', VoiceUrl: 'https://edge.example.com/other', StatusCallback: 'https://edge.example.com/status' });
    await twilio('DELETE', `${numbers}/${bought[0].sid}.json`, 204);
    await twilio('GET', `${numbers}/${bought[0].sid}.json`, 404);
    await twilio('GET', `${numbers}.json`, 401, undefined, 'wrong');
  });

  test('ElevenLabs’ half answers as ElevenLabs’ document says', async () => {
    const number = await simulator.buy();
    const importing = { provider: 'twilio', phone_number: number.phone_number, label: 'Org', sid: account, token, agent_id: agent, enable_sms: false };
    await elevenlabs('POST', '/v1/convai/phone-numbers', 400, { ...importing, token: 'wrong-token' });
    await elevenlabs('POST', '/v1/convai/phone-numbers', 404, { ...importing, agent_id: 'agent_nobody' });
    const { phone_number_id: id } = await elevenlabs('POST', '/v1/convai/phone-numbers', 200, importing);
    await elevenlabs('POST', '/v1/convai/phone-numbers', 409, importing);
    await elevenlabs('GET', '/v1/convai/phone-numbers', 200);
    await elevenlabs('GET', `/v1/convai/phone-numbers?agent_id=${agent}`, 200);
    await elevenlabs('GET', `/v1/convai/phone-numbers/${id}`, 200);
    await elevenlabs('PATCH', `/v1/convai/phone-numbers/${id}`, 200, { agent_id: null, label: 'New' });
    await elevenlabs('PATCH', `/v1/convai/phone-numbers/${id}`, 404, { agent_id: 'agent_nobody' });
    await elevenlabs('PATCH', `/v1/convai/phone-numbers/${id}`, 200, { agent_id: agent });

    const { secret_id } = await elevenlabs('POST', '/v1/convai/secrets', 200, { type: 'new', name: 'initiation', value: 'Bearer hush' });
    const webhook = await elevenlabs('POST', '/v1/workspace/webhooks', 200,
      { settings: { auth_type: 'hmac', name: 'Post-call', webhook_url: 'https://edge.example.com/post-call' } });
    await elevenlabs('PATCH', `/v1/workspace/webhooks/${webhook.webhook_id}`, 200, { is_disabled: false, name: 'Post-call', retry_enabled: true });
    await elevenlabs('PATCH', '/v1/workspace/webhooks/nothing', 404, { is_disabled: false, name: 'x' });

    await elevenlabs('GET', `/v1/convai/agents/${agent}`, 200);
    await elevenlabs('PATCH', `/v1/convai/agents/${agent}`, 200, {
      conversation_config: { agent: { dynamic_variables: { dynamic_variable_placeholders: { customer_name: 'there', organization_name: 'our dealership' } } } },
      platform_settings: {
        overrides: { enable_conversation_initiation_client_data_from_webhook: true },
        workspace_overrides: {
          conversation_initiation_client_data_webhook: { url: 'https://edge.example.com/init', request_headers: { Authorization: { secret_id } } },
          webhooks: { post_call_webhook_id: webhook.webhook_id, events: ['transcript', 'call_initiation_failure'], transcript_format: 'json' },
        },
      },
    });
    await elevenlabs('GET', '/v1/convai/agents/agent_nobody', 404);
    await elevenlabs('GET', '/v1/convai/agents?page_size=1', 200);
    const made = await elevenlabs('POST', '/v1/convai/agents/create', 200, { name: 'Second', conversation_config: {} });
    await elevenlabs('GET', `/v1/convai/agents/${made.agent_id}`, 200);
    await elevenlabs('DELETE', `/v1/convai/agents/${made.agent_id}`, 200);

    await elevenlabs('GET', '/v1/workspace/webhooks?include_usages=true', 200);
    await elevenlabs('GET', '/v1/convai/secrets', 200);
    await elevenlabs('GET', `/v1/convai/secrets/${secret_id}`, 200);
    await elevenlabs('PATCH', `/v1/convai/secrets/${secret_id}`, 200, { type: 'update', name: 'initiation', value: 'Bearer new' });
    await elevenlabs('GET', '/v1/convai/settings', 200);
    await elevenlabs('PATCH', '/v1/convai/settings', 200,
      { conversation_initiation_client_data_webhook: { url: 'https://edge.example.com/init', request_headers: { Authorization: { secret_id } } },
        webhooks: { post_call_webhook_id: webhook.webhook_id, events: ['transcript'] } });
    await elevenlabs('DELETE', `/v1/workspace/webhooks/${webhook.webhook_id}`, 200);
    await elevenlabs('DELETE', `/v1/convai/secrets/${secret_id}`, 204);
    await elevenlabs('DELETE', `/v1/convai/phone-numbers/${id}`, 200);
    await elevenlabs('GET', `/v1/convai/phone-numbers/${id}`, 404);
    await elevenlabs('GET', '/v1/convai/phone-numbers', 401, undefined, 'wrong-key');
  });

  // Whatever was tried before: it answers by its placeholders.
  const ask_nobody = () => simulator.elevenlabs('PATCH', `/v1/convai/agents/${agent}`,
    { platform_settings: { overrides: { enable_conversation_initiation_client_data_from_webhook: false } } });

  test('texts, calls and usage are as Twilio’s document says', async () => {
    const { phone_number: From } = await simulator.buy();
    const To = '+14165550142';
    const messages = `/${account}/Messages`;
    const sent = await twilio('POST', `${messages}.json`, 201, { From, To, Body: 'Hello é 👍', StatusCallback: 'http://127.0.0.1:9/status' });
    // The judge cannot read a list in a form, so it sees only what becomes of it.
    const pictures = await simulator.twilio('POST', '/Messages.json', { From, To, MediaUrl: 'https://edge.example.com/a.jpg' });
    await twilio('GET', `${messages}/${pictures.json.sid}.json`, 200);
    await simulator.post('/sim/settings', { delivery: 'undelivered:30003' });
    const { sid } = await twilio('POST', `${messages}.json`, 201, { From, To, Body: 'lost' });
    await simulator.post('/sim/settings', { delivery: 'delivered' });
    await until(async () => (await twilio('GET', `${messages}/${sid}.json`, 200)).status === 'undelivered');
    await twilio('POST', `${messages}.json`, 400, { From, To: '+15005550002', Body: 'x' });
    await simulator.post('/sim/messages', { from: To, to: From, body: 'STOP' });
    await twilio('POST', `${messages}.json`, 400, { From, To, Body: 'x' });
    await twilio('GET', `${messages}/${sent.sid}.json`, 200);
    await twilio('GET', `${messages}/${sent.sid}/Media.json`, 200);
    await twilio('GET', `${messages}.json?From=${encodeURIComponent(From)}&DateSent%3E=2026-01-01T00:00:00Z`, 200);
    let page = await twilio('GET', `${messages}.json?PageSize=2`, 200);
    while (page.next_page_uri) page = await twilio('GET', page.next_page_uri.replace('/2010-04-01/Accounts', ''), 200);
    await twilio('GET', page.previous_page_uri.replace('/2010-04-01/Accounts', ''), 200);
    await twilio('POST', `${messages}/${sent.sid}.json`, 200, { Body: '' });
    await twilio('DELETE', `${messages}/${sent.sid}.json`, 204);
    await twilio('GET', `${messages}/${sent.sid}.json`, 404);
    await simulator.import(From);
    await ask_nobody();
    const { call_sid } = (await simulator.post('/sim/calls', { from: To, to: From, conversation: { duration_seconds: 61 } })).json;
    await simulator.post('/sim/calls', { from: '', to: From });
    await twilio('GET', `/${account}/Calls/${call_sid}.json`, 200);
    assert.equal((await twilio('GET', `/${account}/Calls.json?PageSize=1`, 200)).calls.length, 1);
    await twilio('GET', `/${account}/Calls/CA${'0'.repeat(32)}.json`, 404);
    for (const kind of ['', '/Daily', '/Monthly', '/ThisMonth', '/AllTime', '/Today'])
      assert.ok((await twilio('GET', `/${account}/Usage/Records${kind}.json`, 200)).usage_records.length > 7);
  });

  test('conversations and outbound calls are as ElevenLabs’ document says', async () => {
    const { phone_number } = await simulator.buy();
    const phone_number_id = await simulator.import(phone_number);
    await ask_nobody();
    const turns = [{ role: 'user', message: 'Hello' }];
    const { conversation_id } = (await simulator.post('/sim/calls',
      { from: '', to: phone_number, conversation: { turns, collected: { customer_name: 'Ann', wants_person: true, seats: 5 }, summary: 'Ann called.' } })).json;
    await elevenlabs('GET', `/v1/convai/conversations/${conversation_id}`, 200);
    const outbound = { agent_id: agent, agent_phone_number_id: phone_number_id, to_number: '+14165550142',
      conversation_initiation_client_data: { user_id: 'attempt', dynamic_variables: { customer_name: 'Ann' } } };
    for (const outcome of ['answered', 'busy', 'refused']) {
      await simulator.post('/sim/settings', { outbound_calls: outcome });
      const placed = await elevenlabs('POST', '/v1/convai/twilio/outbound-call', 200, outbound);
      if (placed.conversation_id) await elevenlabs('GET', `/v1/convai/conversations/${placed.conversation_id}`, 200);
    }
    await simulator.post('/sim/settings', { outbound_calls: 'answered', ring_ms: 60_000 });
    const ringing = await elevenlabs('POST', '/v1/convai/twilio/outbound-call', 200, outbound);
    await simulator.post('/sim/settings', { ring_ms: 0 });
    await elevenlabs('GET', `/v1/convai/conversations/${ringing.conversation_id}`, 200);
    await elevenlabs('GET', '/v1/convai/conversations?page_size=1&summary_mode=include', 200);
    await elevenlabs('GET', `/v1/convai/conversations?user_id=attempt&agent_id=${agent}&call_start_after_unix=1`, 200);
    await elevenlabs('DELETE', `/v1/convai/conversations/${conversation_id}`, 200);
    await elevenlabs('GET', `/v1/convai/conversations/${conversation_id}`, 404);
    await elevenlabs('POST', '/v1/convai/twilio/outbound-call', 404, { ...outbound, agent_id: 'agent_nobody' });
  });

  test('nothing that the judge let through was unknown to the simulator', async () => {
    const { entries } = (await simulator.get('/sim/journal')).json;
    assert.ok(entries.length > 50);
    assert.deepEqual(entries.filter((entry) => entry.unknown_parameters.length > 0), []);
  });
});
