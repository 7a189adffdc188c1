// Starts the real simulator for a test: a free port, a state file of its own, and everything gone afterwards.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const account = `AC${'0'.repeat(32)}`;
export const token = 'simulator-token';
export const key = 'simulator-key';
export const agent = 'agent_simulator';

const binaries = resolve(root, process.env.DEALERLINE_BIN ?? 'build/release/bin');
const start_patience_ms = 15_000;

// {url, state, stop(), kill(), restart(), post(path, json), get(path), twilio(method, path, form), elevenlabs(method, path, json)}
// `state`: a file to keep and reuse; without it a temporary one, which stop() removes.
export async function start_simulator({ latency = 0, seed = 7, state, webhook_secret, port = 0 } = {}) {
  const folder = state ? null : await mkdtemp(join(tmpdir(), 'telephony-sim-'));
  const file = state ?? join(folder, 'state.db');
  let child;

  async function launch(at) {
    const options = ['--listen', `127.0.0.1:${at}`, '--state', file, '--latency', String(latency)];
    if (seed !== null) options.push('--seed', String(seed));
    if (webhook_secret) options.push('--webhook-secret', webhook_secret);
    child = spawn(join(binaries, 'telephony-sim'), options, { stdio: ['ignore', 'pipe', 'inherit'] });
    const line = await new Promise((done, failed) => {
      const timer = setTimeout(() => failed(new Error('the simulator did not start')), start_patience_ms);
      child.once('error', failed);
      child.once('exit', (code) => failed(new Error(`the simulator ended with ${code}`)));
      createInterface(child.stdout).once('line', (text) => { clearTimeout(timer); done(text); });
    });
    child.removeAllListeners('exit');
    return /^telephony-sim listening on (http:\S+)$/.exec(line)[1];
  }

  async function end(signal) {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  const simulator = { url: await launch(port), state: file };
  simulator.kill = () => end('SIGKILL');
  simulator.stop = async () => {
    await end('SIGTERM');
    if (folder) await rm(folder, { recursive: true, force: true });
  };
  simulator.exit_code = () => child.exitCode;
  simulator.restart = async () => { // on the same port, with the same state
    await end('SIGTERM');
    simulator.url = await launch(new URL(simulator.url).port);
  };

  async function ask(method, path, headers, body) {
    const answer = await fetch(simulator.url + path, { method, headers, body });
    const text = await answer.text();
    let json;
    try { json = JSON.parse(text); } catch { json = undefined; }
    return { status: answer.status, json, text, headers: answer.headers };
  }
  const json_headers = { 'Content-Type': 'application/json' };
  simulator.get = (path) => ask('GET', path, {});
  simulator.post = (path, json) => ask('POST', path, json_headers, JSON.stringify(json ?? {}));
  simulator.twilio = (method, path, form, credentials = `${account}:${token}`) => ask(
    method,
    `/2010-04-01/Accounts/${account}${path}`,
    { Authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
    form && new URLSearchParams(form),
  );
  simulator.elevenlabs = (method, path, json, api_key = key) => ask(
    method,
    path,
    { ...(json === undefined ? {} : json_headers), ...(api_key ? { 'xi-api-key': api_key } : {}) },
    json === undefined ? undefined : JSON.stringify(json),
  );
  // The first number of that area code that speaks, texts and needs no address.
  simulator.offer = async (area_code = '604', country = 'CA') => {
    const found = await simulator.twilio('GET', `/AvailablePhoneNumbers/${country}/Local.json?AreaCode=${area_code}`
      + '&VoiceEnabled=true&SmsEnabled=true&ExcludeAllAddressRequired=true&Beta=false&PageSize=1');
    return found.json.available_phone_numbers[0].phone_number;
  };
  simulator.buy = async (fields = {}) => {
    const bought = await simulator.twilio('POST', '/IncomingPhoneNumbers.json', { PhoneNumber: await simulator.offer(), ...fields });
    if (bought.status !== 201) throw new Error(`not bought: ${bought.text}`);
    return bought.json;
  };
  simulator.import = async (phone_number, fields = {}) => {
    const imported = await simulator.elevenlabs('POST', '/v1/convai/phone-numbers',
      { provider: 'twilio', phone_number, label: 'Test', sid: account, token, agent_id: agent, enable_sms: false, ...fields });
    if (imported.status !== 200) throw new Error(`not imported: ${imported.text}`);
    return imported.json.phone_number_id;
  };
  // A new webhook for what happens in calls, or one that is there by its id, or none: {webhook_id, webhook_secret}
  simulator.attach_webhook = async (address) => {
    const is_new = address?.startsWith('http');
    const made = is_new && (await simulator.elevenlabs('POST', '/v1/workspace/webhooks',
      { settings: { auth_type: 'hmac', name: 'Post-call', webhook_url: address } })).json;
    const attached = await simulator.elevenlabs('PATCH', `/v1/convai/agents/${agent}`, {
      platform_settings: {
        workspace_overrides: { webhooks: { post_call_webhook_id: is_new ? made.webhook_id : address, events: ['transcript', 'call_initiation_failure'] } },
      },
    });
    if (attached.status !== 200) throw new Error(`not attached: ${attached.text}`);
    return made;
  };
  return simulator;
}

// Until that is true, or something that is as good.
export async function until(condition, patience_ms = 20_000) {
  const end = Date.now() + patience_ms;
  for (;;) {
    const found = await condition();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited in vain for ${condition}`);
    await new Promise((done) => { setTimeout(done, 20); });
  }
}

// A stand-in for the server that a vendor would call. `handle(request, body)` returns {status, type, body, delay_ms}.
export async function start_webhook(handle) {
  const requests = [];
  const server = createServer((request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts).toString();
      const seen = { method: request.method, url: request.url, headers: request.headers, body };
      requests.push(seen);
      const answer = handle(seen);
      setTimeout(() => {
        response.writeHead(answer.status ?? 200, { 'Content-Type': answer.type ?? 'application/json' });
        response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {}));
      }, answer.delay_ms ?? 0);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    requests,
    stop: () => { server.closeAllConnections(); return new Promise((done) => { server.close(done); }); },
  };
}

// The vendors' documents, or null where they are not at hand.
export function contracts_folder() {
  const folder = resolve(root, '../shared/contracts');
  return existsSync(folder) ? folder : null;
}
