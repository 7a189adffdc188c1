// Independent judges look at every request that the edge server sends: Prism with the vendors' own documents, and a form judge.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { assert_live, ask, finish_program, free_port, pause, root, start_installation, until } from '../integration/support.mjs';
import { contracts_folder } from './support.mjs';

const folder = contracts_folder();
const start_limit = 60_000; // ms; reading the vendors' documents takes a while
const skip = folder ? false : 'the contracts are not at hand';
if (skip) console.log(`skipped: ${skip}`);

const require = createRequire(import.meta.url);

// The vendors' document without what it says of answers: their own addresses are relative, which it calls wrong.
async function without_answers(document, place) {
    const description = JSON.parse(await readFile(join(folder, document), 'utf8'));
    for (const operations of Object.values(description.paths))
        for (const operation of Object.values(operations)) if (operation.responses) operation.responses = { default: { description: 'Any' } };
    const file = join(place, document);
    await writeFile(file, JSON.stringify(description));
    return file;
}

async function start_prism(document, target, place) {
    const port = await free_port();
    const requests_only = await without_answers(document, place);
    const prism = join(root, 'node_modules', '@stoplight', 'prism-cli', 'dist', 'index.js');
    const args = [prism, 'proxy', '-h', '127.0.0.1', '-p', String(port), '--errors', requests_only, target];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const proxy = { url: `http://127.0.0.1:${port}`, log: '' };
    child.stdout.on('data', (text) => (proxy.log += text));
    child.stderr.on('data', (text) => (proxy.log += text));
    const kill_at_exit = () => child.kill('SIGKILL');
    process.on('exit', kill_at_exit);
    const ended = new Promise((done) => child.once('close', done));
    proxy.stop = async () => {
        child.kill('SIGKILL');
        await ended;
        process.off('exit', kill_at_exit);
    };
    for (const end = Date.now() + start_limit; Date.now() < end; await pause(100))
        if (await ask(proxy.url).then(() => true, () => false)) return proxy;
    await proxy.stop();
    throw new Error(`Prism did not start:\n${proxy.log}`);
}

describe('the requests of the edge server', { skip }, () => {
    let installation, twilio, elevenlabs;

    before(async () => {
        installation = await start_installation({ doctor: false });
        [twilio, elevenlabs] = await Promise.all([
            start_prism('judge_twilio.json', installation.simulator_url, installation.folder),
            start_prism('judge_elevenlabs.json', installation.simulator_url, installation.folder),
        ]);
        await installation.restart_server({ TWILIO_API_BASE: twilio.url, ELEVENLABS_API_BASE: elevenlabs.url });
    });
    after(async () => {
        await twilio?.stop();
        await elevenlabs?.stop();
        await installation?.stop();
    });

    test('are refused by the judge when they are wrong', async () => {
        const sid = installation.environment.TWILIO_ACCOUNT_SID;
        const bought = await ask(`${twilio.url}/2010-04-01/Accounts/${sid}/IncomingPhoneNumbers.json`, {
            method: 'POST',
            headers: { Authorization: `Basic ${Buffer.from(`${sid}:simulator-token`).toString('base64')}`, 'Content-Type': 'application/x-www-form-urlencoded' },
            body: 'PhoneNumber=%2B16045550123&SmsMethod=PATCH',
        });
        assert.equal(bought.status, 422, bought.text);
        const imported = await ask(`${elevenlabs.url}/v1/convai/phone-numbers`, {
            method: 'POST',
            headers: { 'xi-api-key': 'simulator-key', 'Content-Type': 'application/json' },
            body: JSON.stringify({ provider: 'twilio', phone_number: '+16045550123', label: 'x', sid, token: 'simulator-token', enable_sm: false }),
        });
        assert.equal(imported.status, 422, imported.text);
    });

    test('that the doctor sends pass', async () => {
        const { code, stdout, stderr } = await finish_program('dealerline-edge', ['doctor', '--fix'], installation.environment);
        assert.equal(code, 0, stdout + stderr);
        assert.match(stdout, /^fixed Set the agent/m);
    });

    test('of a signup by itself pass', async () => {
        const { id } = await installation.found('judged-motors');
        await assert_live(installation, id);
    });

    test('of a lost purchase and a repeated import pass', async () => {
        await installation.latency({ 'twilio.buy': 20_000 });
        const before = (await installation.journal('twilio.buy')).length;
        const lost = installation.sign_up('lost-and-judged-motors').catch(() => {});
        await until(() => installation.journal('twilio.buy'), ({ length }) => length > before);
        await installation.server.kill();
        await lost;
        await installation.latency({ 'twilio.buy': null });
        await installation.start_server();
        const [{ id }] = await installation.sql("SELECT id FROM organizations WHERE slug = 'lost-and-judged-motors'");
        await assert_live(installation, id);
    });

    test('of a signup by hand pass', async () => {
        await installation.restart_server({ ELEVENLABS_IMPORT: 'manual' });
        const { id, number } = await installation.found('judged-by-hand-motors');
        const answer = await installation.activate(number, await installation.import_by_hand(number));
        assert.equal(answer.status, 200, answer.text);
        await assert_live(installation, id, number);
    });

    test('of texts pass', async () => {
        const { id, session, number } = await installation.found('judged-texts-motors');
        const writes = (body) => installation.sim('/sim/messages', { from: '+17785550142', to: number, body });
        await writes('START');
        const thread = async () => (await installation.get('/api/threads', session)).threads[0];
        const { id: lead_id } = await until(thread, (found) => found);
        const outbound = async () => (await installation.get(`/api/organizations/${id}/messages`, session)).messages.filter(({ direction }) => direction === 'outbound');
        for (const body of ['Is 5 o’clock & a half fine? 👍', 'The answer to this one is lost']) {
            if (body.includes('lost')) await installation.arm({ operation: 'twilio.create_message', kind: 'lost' });
            const sent = await installation.api('POST', `/api/organizations/${id}/messages`, { session, json: { lead_id, body } });
            assert.equal(sent.status, 201, sent.text);
            await until(outbound, (texts) => texts.every(({ state }) => state === 'delivered'));
        }
        await until(() => installation.journal('twilio.list_messages'), (entries) => entries.some(({ path }) => path.includes('DateSent')));
        await until(() => installation.journal('twilio.fetch_message'), ({ length }) => length > 0);
    });

    test('have no field, parameter or sign that the vendors do not know', async () => {
        const judge_of = async (document) => require(join(folder, 'form_judge.js'))(JSON.parse(await readFile(join(folder, document), 'utf8')));
        const judges = { twilio: await judge_of('judge_twilio.json'), elevenlabs: await judge_of('judge_elevenlabs.json') };
        const entries = await installation.journal();
        for (const operation of ['twilio.search', 'twilio.buy', 'twilio.list', 'twilio.update', 'twilio.fetch', 'twilio.create_message', 'twilio.list_messages', 'twilio.fetch_message', 'elevenlabs.import', 'elevenlabs.list', 'elevenlabs.get', 'elevenlabs.agent_get', 'elevenlabs.agent_patch', 'elevenlabs.webhook_create', 'elevenlabs.webhook_patch'])
            assert.ok(entries.some((entry) => entry.operation === operation), `${operation} was never asked`);
        for (const { vendor, operation, method, path, content_type, body, unknown_parameters, warnings } of entries) {
            assert.deepEqual(judges[vendor](method, path, content_type, body), [], `${operation}: ${path} ${body}`);
            assert.deepEqual(unknown_parameters, [], operation);
            assert.deepEqual(warnings, [], operation);
        }
    });

    test('never buy by area code, and never let ElevenLabs take the texts', async () => {
        for (const { body } of await installation.journal('twilio.buy')) {
            const form = new URLSearchParams(body);
            assert.equal(form.get('AreaCode'), null);
            assert.equal(form.get('StatusCallback'), null);
            assert.match(form.get('PhoneNumber'), /^\+1\d{10}$/);
            assert.match(form.get('FriendlyName'), /^dealerline:/);
            assert.ok(form.get('FriendlyName').length <= 64);
            for (const field of ['SmsUrl', 'SmsFallbackUrl', 'VoiceUrl', 'VoiceFallbackUrl']) assert.ok(form.get(field).startsWith(installation.url), field);
            assert.ok(form.get('SmsUrl').endsWith('#rc=3&rp=5xx,ct,rt'));
        }
        for (const { body } of await installation.journal('twilio.update')) {
            const names = [...new URLSearchParams(body).keys()];
            for (const name of names) assert.match(name, /^(Sms|VoiceFallback)(Fallback)?(Url|Method)$/, 'VoiceUrl and StatusCallback are the vendor’s now');
        }
        const by_us = (await installation.journal('elevenlabs.import')).map(({ body }) => JSON.parse(body)).filter(({ label }) => label !== 'By hand');
        assert.ok(by_us.length >= 2);
        for (const { enable_sms, agent_id } of by_us) {
            assert.equal(enable_sms, false);
            assert.equal(agent_id, installation.environment.ELEVENLABS_AGENT_ID);
        }
    });
});
