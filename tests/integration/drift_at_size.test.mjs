// A thousand lines beside both vendors' books: none of them is a false alarm, and in that crowd every kind of difference is found.
import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { credentials, root, run_program, start_installation, until } from './support.mjs';

const size = 1_000;
const at_once = 16; // requests
const elsewhere = 'https://example.com/elsewhere';
const foreign = { phone_number: '+16045550188', friendly_name: 'Pizza line' };
const stray = '+16045550177';
const day = 24 * 3600 * 1000; // ms

describe('a thousand lines', { concurrency: 1 }, () => {
    let installation, session, mark, urls, lines;

    const post = async (path, json) => {
        const answer = await installation.api('POST', path, { session, json });
        assert.equal(answer.status, 200, answer.text);
        return answer.json;
    };
    // 409: the server looks by itself at this moment.
    const look = async () => {
        const answer = await until(() => installation.api('POST', '/api/admin/drift/look', { session }), ({ status }) => status !== 409);
        assert.equal(answer.status, 200, answer.text);
        return answer.json.findings;
    };
    const orphans = async () => (await installation.get('/api/admin/orphans', session)).orphans;
    const at_twilio = async () => {
        const numbers = [];
        for (let path = '/IncomingPhoneNumbers.json?PageSize=1000'; path;) {
            const page = await installation.twilio('GET', path);
            numbers.push(...page.incoming_phone_numbers);
            path = page.next_page_uri && page.next_page_uri.slice(page.next_page_uri.indexOf('/IncomingPhoneNumbers'));
        }
        return numbers;
    };
    const tag_of = (run_id) => `dealerline:${mark}:${run_id.replaceAll('-', '')}`;

    async function each(list, work) {
        let next = 0;
        const on = async () => {
            while (next < list.length) await work(list[next++]);
        };
        await Promise.all(Array.from({ length: at_once }, on));
    }

    // What the vendors have of a line that went live: bought with our mark and our addresses, then imported.
    async function sell_and_import(line) {
        const friendly_name = tag_of(line.run_id);
        line.sid = (await installation.sim('/sim/numbers', { phone_number: line.phone_number, friendly_name })).sid;
        await installation.tamper(line.phone_number, urls);
        const imported = await installation.elevenlabs('POST', '/v1/convai/phone-numbers', {
            provider: 'twilio',
            phone_number: line.phone_number,
            label: line.name,
            sid: credentials.TWILIO_ACCOUNT_SID,
            token: credentials.TWILIO_AUTH_TOKEN,
            agent_id: credentials.ELEVENLABS_AGENT_ID,
            enable_sms: false,
        });
        line.phone_id = imported.phone_number_id;
    }

    before(async () => {
        installation = await start_installation();
        await installation.server.stop();
        for (const suffix of ['', '-wal', '-shm']) await rm(installation.database + suffix, { force: true });
        await run_program('dealerline-edge', ['fixture', '--organizations', `${size}`, '--leads', '0'], installation.environment);
        await installation.start_server();
        session = await installation.admin_session();
        [{ id: mark }] = await installation.sql('SELECT id FROM installation');
        const ours = `${installation.url}/webhooks/twilio`;
        urls = { sms_url: `${ours}/sms#rc=3&rp=5xx,ct,rt`, sms_fallback_url: `${ours}/sms`, voice_fallback_url: `${ours}/voice-fallback` };
        lines = await installation.sql(`
            SELECT o.id, o.name, n.id AS number_id, n.phone_number, r.id AS run_id FROM organizations o
            JOIN phone_numbers n ON n.organization_id = o.id JOIN provisioning_runs r ON r.organization_id = o.id ORDER BY n.phone_number`);
        assert.equal(lines.length, size);
        await each(lines, sell_and_import);
        const voices = new Map((await at_twilio()).map(({ sid, voice_url }) => [sid, voice_url]));
        const book = ({ number_id, sid, phone_id }) =>
            `UPDATE phone_numbers SET twilio_sid = '${sid}', elevenlabs_phone_id = '${phone_id}', agent_id = '${credentials.ELEVENLABS_AGENT_ID}', voice_url = '${voices.get(sid)}' WHERE id = '${number_id}';`;
        for (let i = 0; i < size; i += 250) await installation.change_sql(`BEGIN; ${lines.slice(i, i + 250).map(book).join('\n')} COMMIT;`);
        await installation.found('signed-up-motors'); // one that nobody prepared
    });
    after(() => installation?.stop());

    test('that are right raise no alarm', async () => {
        assert.deepEqual(await look(), []);
        assert.deepEqual(await orphans(), []);
        const report = await installation.get('/api/admin/drift', session);
        assert.equal(report.at_twilio, size + 1);
        assert.equal(report.at_elevenlabs, size + 1);
        const pending = await installation.notifications('?status=pending');
        assert.deepEqual(pending, []);
    });

    test('hide no kind of difference; what can be repaired is, and nothing else changes', async () => {
        const tamper = (change) => ({ phone_number }) => installation.tamper(phone_number, change);
        const number_in_state = (id, state) => until(async () => (await installation.numbers(id))[0], (number) => number?.state === state);
        const change_life = async ({ id }, change) => {
            await post(`/api/organizations/${id}/${change}`);
            await number_in_state(id, 'suspended');
        };
        const travel = ({ id }, days, due_at) =>
            installation.change_sql(`UPDATE phone_numbers SET release_at = release_at - ${days * day}, work_due_at = ${due_at} WHERE organization_id = '${id}'`);
        const { agent_id: other_agent } = await installation.elevenlabs('POST', '/v1/convai/agents/create', { name: 'Other', conversation_config: {} });
        const spoiled = {
            sms_url: tamper({ sms_url: elsewhere }),
            sms_taken: tamper({ sms_url: 'https://api.us.elevenlabs.io/twilio/sms' }),
            sms_fallback: tamper({ sms_fallback_url: elsewhere }),
            sms_capability: tamper({ texts: false }),
            voice_url: tamper({ voice_url: elsewhere }),
            voice_fallback: tamper({ voice_fallback_url: elsewhere }),
            voice_url_suspended: async (line) => {
                await change_life(line, 'suspend');
                await installation.tamper(line.phone_number, { voice_url: 'https://api.us.elevenlabs.io/twilio/inbound_call' });
            },
            agent_missing: tamper({ agent_id: null }),
            agent_wrong: tamper({ agent_id: other_agent }),
            import_missing: tamper({ imported: false }),
            import_doubled: tamper({ imported: 'again' }),
            import_changed: async ({ phone_number }) => {
                await installation.tamper(phone_number, { imported: false });
                await installation.tamper(phone_number, { imported: 'again' });
                await installation.tamper(phone_number, { agent_id: credentials.ELEVENLABS_AGENT_ID });
            },
            import_orphan: async (line) => {
                await change_life(line, 'close');
                await travel(line, 7, Date.now());
                await number_in_state(line.id, 'released');
                await installation.tamper(line.phone_number, { imported: 'again' });
            },
            sid_changed: async ({ phone_number, run_id }) => {
                const [{ voice_url }] = (await at_twilio()).filter((number) => number.phone_number === phone_number);
                await installation.tamper(phone_number, { released: true });
                await installation.sim('/sim/numbers', { phone_number, friendly_name: tag_of(run_id) });
                await installation.tamper(phone_number, { ...urls, voice_url });
            },
            closed_but_owned: async (line) => {
                await change_life(line, 'close');
                await travel(line, 9, null);
            },
            tag_missing: tamper({ friendly_name: 'Spare line' }),
            tag_foreign: tamper({ friendly_name: `dealerline:${'0'.repeat(16)}:${'1'.repeat(32)}` }),
            gone_at_twilio: tamper({ released: true }),
        };
        const for_humans = ['gone_at_twilio', 'tag_foreign', 'tag_missing'];
        const victims = {};
        for (const [i, [kind, spoil]] of Object.entries(spoiled).entries()) {
            victims[kind] = lines[(i + 1) * 50];
            await spoil(victims[kind]);
        }
        await installation.elevenlabs('PATCH', '/v1/convai/agents/agent_simulator', { conversation_config: { agent: { first_message: 'Hello.' } } });
        await installation.sim('/sim/numbers', foreign);
        await installation.sim('/sim/numbers', { phone_number: stray, friendly_name: tag_of('a'.repeat(32)) });

        const named = (findings) => findings.map(({ kind, phone_number }) => `${kind} ${phone_number}`).sort();
        const expected = (kinds) => [...kinds.map((kind) => `${kind} ${victims[kind].phone_number}`), `not_ours ${foreign.phone_number}`].sort();
        await installation.arm({ operation: 'elevenlabs.agent_get', kind: 'error', status: 503 });
        const without_agent = await look();
        const found = await look();
        assert.deepEqual(named(found), [...expected(Object.keys(spoiled)), 'agent_settings null'].sort());
        assert.deepEqual(named(without_agent), [...expected(Object.keys(spoiled)), 'agent_unreadable null'].sort());
        assert.deepEqual((await orphans()).map(({ phone_number }) => phone_number), [stray]);

        // Nothing that the reconciler knows is missing here.
        const source = await readFile(join(root, 'edge-server', 'services', 'drift.cpp'), 'utf8');
        const known = new Set([...source.matchAll(/\badd\(\{?"([a-z_]+)"/g)].map(([, kind]) => kind));
        const injected = new Set([...found, ...without_agent].map(({ kind }) => kind).concat('orphan'));
        assert.deepEqual([...known].sort(), [...injected].sort());
        assert.ok(known.size >= 20, `${known.size} kinds`);

        const before = await at_twilio();
        const ids = found.filter(({ repair }) => repair).map(({ id }) => id);
        assert.equal(ids.length, found.length - for_humans.length - 1, 'a stranger and three for humans');
        const { repaired } = await post('/api/admin/drift/repair', { ids });
        assert.deepEqual(repaired.map(({ failure }) => failure), ids.map(() => null));
        await installation.settled(victims.import_missing.id);
        await number_in_state(victims.closed_but_owned.id, 'released');
        assert.deepEqual(named(await look()), expected(for_humans));
        assert.deepEqual((await orphans()).map(({ phone_number }) => phone_number), [stray]);

        const mended = new Set(Object.keys(spoiled).filter((kind) => !for_humans.includes(kind)).map((kind) => victims[kind].phone_number));
        const others = (numbers) => numbers.filter(({ phone_number }) => !mended.has(phone_number));
        const now = others(await at_twilio());
        assert.deepEqual(now, others(before), 'strangers and lines that were right are as they were');
        assert.ok(now.length > size - Object.keys(spoiled).length);
    });
});
