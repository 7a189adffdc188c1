// Our books beside the vendors': every difference is named, what can be repaired is repaired when asked, and nothing of others is touched.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assert_live, assert_refused, finish_program, pending_types, start_installation, until, with_installation } from './support.mjs';

const elsewhere = 'https://example.com/elsewhere';

async function post(installation, path, json) {
    return installation.api('POST', path, { session: await installation.admin_session(), json });
}

async function look(installation) {
    const answer = await post(installation, '/api/admin/drift/look');
    assert.equal(answer.status, 200, answer.text);
    return answer.json.findings;
}

async function repair(installation, ...ids) {
    const answer = await post(installation, '/api/admin/drift/repair', { ids });
    assert.equal(answer.status, 200, answer.text);
    return answer.json;
}

const orphans = async (installation) => (await installation.get('/api/admin/orphans', await installation.admin_session())).orphans;
const change = async (installation, id, what) => assert.equal((await post(installation, `/api/organizations/${id}/${what}`)).status, 200);
const number_in_state = (installation, id, state) =>
    until(async () => (await installation.numbers(id))[0], (number) => number?.state === state, 20_000);

// As if the organisation had been closed so many days ago, and its line were next looked at then (null: never).
const travel = (installation, id, days, due_at) =>
    installation.change_sql(`UPDATE phone_numbers SET release_at = release_at - ${days * 24 * 3600 * 1000}, work_due_at = ${due_at} WHERE organization_id = '${id}'`);

describe('a difference', { concurrency: 1 }, () => {
    let installation;
    let count = 0;
    before(async () => (installation = await start_installation()));
    after(() => installation?.stop());

    // Everything right before; after `spoil` exactly this kind is found; a repair makes it right again.
    const repairable = (kind, what, spoil, { prepare, then } = {}) =>
        test(`${what} is found as ${kind} and repaired`, async () => {
            const slug = `drift-${++count}`;
            const { id, number } = await installation.found(slug);
            await assert_live(installation, id, number);
            await prepare?.({ id, number });
            assert.deepEqual(await look(installation), [], 'no false alarm before');
            await spoil({ id, number, sid: (await installation.at_twilio(number))?.sid });
            const found = await look(installation);
            assert.deepEqual(found.map((finding) => finding.kind), [kind], JSON.stringify(found));
            assert.deepEqual(await orphans(installation), []);
            const [{ id: finding, repair: plan, phone_number }] = found;
            assert.ok(plan, 'it says what a repair would do');
            if (phone_number) assert.equal(phone_number, number);
            const { repaired } = await repair(installation, finding);
            assert.deepEqual(repaired.map(({ failure }) => failure), [null]);
            await installation.settled(id);
            assert.deepEqual(await look(installation), [], 'right again');
            if (then) await then({ id, number });
            else await assert_live(installation, id, number);
            const [audited] = await installation.sql(`SELECT actor FROM audit_log WHERE action = 'drift_repaired' AND subject = '${finding}'`);
            assert.ok(audited?.actor);
        });

    const tamper = (fields) => ({ number }) => installation.tamper(number, fields);
    const suspend = async ({ id }) => {
        await change(installation, id, 'suspend');
        await number_in_state(installation, id, 'suspended');
    };
    const close = async ({ id }) => {
        await change(installation, id, 'close');
        await number_in_state(installation, id, 'suspended');
    };

    repairable('sms_url', 'texts that go elsewhere', tamper({ sms_url: elsewhere }));
    repairable('sms_taken', 'texts that an import took', tamper({ sms_url: 'https://api.us.elevenlabs.io/twilio/sms' }));
    repairable('sms_fallback', 'a text fallback that is not ours', tamper({ sms_fallback_url: elsewhere }));
    repairable('voice_fallback', 'a call fallback that is not ours', tamper({ voice_fallback_url: elsewhere }));
    repairable('voice_url', 'calls that go elsewhere', tamper({ voice_url: elsewhere }));
    repairable('voice_url_suspended', 'calls of a suspended line that Jack still answers', ({ number }) =>
        installation.tamper(number, { voice_url: 'https://api.us.elevenlabs.io/twilio/inbound_call' }), { prepare: suspend, then: async () => {} });
    repairable('agent_missing', 'a number that no agent answers', tamper({ agent_id: null }));
    repairable('agent_wrong', 'a number that another agent answers', async ({ number }) => {
        const { agent_id } = await installation.elevenlabs('POST', '/v1/convai/agents/create', { name: 'Other', conversation_config: {} });
        await installation.tamper(number, { agent_id });
    });
    repairable('import_missing', 'an import that is gone', tamper({ imported: false }));
    repairable('import_doubled', 'a second import', tamper({ imported: 'again' }));
    repairable('import_changed', 'an import under another id', async ({ number }) => {
        const { voice_url, sms_url } = await installation.at_twilio(number);
        await installation.tamper(number, { imported: false });
        await installation.import_by_hand(number);
        await installation.tamper(number, { voice_url, sms_url });
    });
    repairable('sms_capability', 'books that say a number cannot text', ({ id }) =>
        installation.change_sql(`UPDATE phone_numbers SET sms_status = 'unavailable', sms_reason = 'wrong' WHERE organization_id = '${id}'`));
    repairable('sms_capability', 'a number that cannot text any more', tamper({ texts: false }), {
        then: async ({ id }) => assert.equal((await installation.numbers(id))[0].sms_status, 'unavailable'),
    });
    repairable('closed_but_owned', 'a closed line that nobody gave back', ({ id }) => travel(installation, id, 9, null), {
        prepare: close,
        then: async ({ id, number }) => {
            await number_in_state(installation, id, 'released');
            assert.equal(await installation.at_twilio(number), undefined);
        },
    });
    repairable('import_orphan', 'an import of a number that was given back', tamper({ imported: 'again' }), {
        prepare: async (line) => {
            await close(line);
            await travel(installation, line.id, 7, Date.now());
            await number_in_state(installation, line.id, 'released');
        },
        then: async ({ number }) => {
            const { phone_numbers } = await installation.sim('/sim/workspace');
            assert.ok(!phone_numbers.some(({ phone_number }) => phone_number === number));
        },
    });
    repairable('sid_changed', 'a number under another Twilio id', ({ id }) =>
        installation.change_sql(`UPDATE phone_numbers SET twilio_sid = 'PN${'f'.repeat(32)}' WHERE organization_id = '${id}'`));
    test('in the SID of a line makes it no orphan that someone could release', async () => {
        const { id, number } = await installation.found('moved-motors');
        const { sid } = await installation.at_twilio(number);
        await installation.change_sql(`UPDATE phone_numbers SET twilio_sid = 'PN${'e'.repeat(32)}' WHERE organization_id = '${id}'`);
        assert_refused(await post(installation, `/api/admin/orphans/${sid}/release`, { phone_number: number }), 409, { code: 'in_use' });
        await installation.change_sql(`UPDATE phone_numbers SET twilio_sid = '${sid}' WHERE organization_id = '${id}'`);
        assert.deepEqual(await look(installation), []);
    });
    repairable('agent_settings', 'an agent that no longer says the name', async () => {
        await installation.elevenlabs('PATCH', '/v1/convai/agents/agent_simulator', { conversation_config: { agent: { first_message: 'Hello.' } } });
    });

    test('in what a human must decide is named with what to do, and a repair refuses it', async () => {
        const cases = [
            ['tag_missing', { friendly_name: 'Spare line' }],
            ['tag_foreign', { friendly_name: `dealerline:${'0'.repeat(16)}:${'1'.repeat(32)}` }],
            ['gone_at_twilio', { released: true }],
        ];
        for (const [kind, tampering] of cases) {
            const { number } = await installation.found(`human-${kind.replaceAll('_', '-')}`);
            const mark = (await installation.at_twilio(number)).friendly_name;
            await installation.tamper(number, tampering);
            const found = await look(installation);
            assert.ok(found.length > 0);
            const finding = found.find((one) => one.kind === kind);
            assert.ok(finding, JSON.stringify(found));
            assert.equal(finding.repair, null);
            assert.ok(finding.next_step);
            const { repaired } = await repair(installation, finding.id);
            assert.equal(repaired[0].done, null);
            assert.ok(repaired[0].failure);
            if (tampering.friendly_name) {
                await installation.tamper(number, { friendly_name: mark });
                assert.deepEqual(await look(installation), []);
            }
        }
    });

    test('an agent that cannot be read is a finding of its own', async () => {
        const before = await look(installation);
        await installation.arm({ operation: 'elevenlabs.agent_get', kind: 'error', status: 503 });
        const added = (await look(installation)).filter(({ id }) => !before.some((known) => known.id === id));
        assert.deepEqual(added.map(({ kind, repair: plan }) => [kind, plan]), [['agent_unreadable', null]]);
        assert.ok(added[0].next_step);
        assert.deepEqual(await look(installation), before);
    });

    test('in a number without our mark is never repaired, whatever else is wrong with it', async () => {
        const before = await look(installation);
        const { number } = await installation.found('foreign-looking');
        await installation.tamper(number, { friendly_name: 'Spare line', sms_url: elsewhere });
        const found = (await look(installation)).filter((finding) => finding.phone_number === number);
        assert.deepEqual(found.map(({ kind }) => kind).sort(), ['sms_url', 'tag_missing']);
        assert.ok(found.every((finding) => finding.repair === null));
        await repair(installation, ...found.map(({ id }) => id));
        assert.equal((await installation.at_twilio(number)).sms_url, elsewhere);
        assert.ok(before.length >= 0);
    });
});

describe('a number that is paid for and used by nobody', { concurrency: 2 }, () => {
    const mark = (installation) => installation.sql('SELECT id FROM installation').then(([{ id }]) => `dealerline:${id}:`);
    const stray = '+16045550177';

    test('is listed with its cost, released only when its number is typed, and foreign ones are left alone', () =>
        with_installation({}, async (installation) => {
            await installation.found('only-motors');
            const foreign = { phone_number: '+16045550188', friendly_name: 'Pizza line' };
            await installation.sim('/sim/numbers', foreign);
            await installation.sim('/sim/numbers', { phone_number: stray, friendly_name: `${await mark(installation)}${'a'.repeat(32)}` });
            const found = await look(installation);
            assert.deepEqual(found.map(({ kind, phone_number }) => [kind, phone_number]), [['not_ours', foreign.phone_number]]);
            const [orphan, ...more] = await orphans(installation);
            assert.deepEqual(more, []);
            assert.equal(orphan.phone_number, stray);
            assert.equal(orphan.monthly_cost, '1.00');
            const pending = await installation.notifications('?status=pending');
            assert.deepEqual(pending.map(({ type, phone_number }) => [type, phone_number]), [['orphan_number', stray]]);

            const release = (sid, phone_number) => post(installation, `/api/admin/orphans/${sid}/release`, { phone_number });
            assert_refused(await release(orphan.twilio_sid, '+16045550178'), 422, { code: 'wrong_number', field: 'phone_number' });
            const { sid: foreign_sid } = await installation.at_twilio(foreign.phone_number);
            assert_refused(await release(foreign_sid, foreign.phone_number), 409, { code: 'not_ours' });
            const [{ twilio_sid: used }] = await installation.sql('SELECT twilio_sid FROM phone_numbers');
            const [{ phone_number: used_number }] = await installation.sql('SELECT phone_number FROM phone_numbers');
            assert_refused(await release(used, used_number), 409, { code: 'in_use' });
            assert.equal((await release(orphan.twilio_sid, stray)).status, 200);
            assert.equal(await installation.at_twilio(stray), undefined);
            assert.deepEqual(await orphans(installation), []);
            assert.deepEqual(await installation.notifications('?status=pending'), []);
            assert.deepEqual((await installation.at_twilio(foreign.phone_number)).friendly_name, foreign.friendly_name);
        }));

    test('becomes the number of an organisation without one', () =>
        with_installation({}, async (installation) => {
            for (const area_code of ['604', '778', '236', '672', '257', '250']) await installation.inventory(area_code, []);
            const { id, number } = await installation.found('numberless-motors');
            assert.equal(number, null);
            await installation.sim('/sim/numbers', { phone_number: stray, friendly_name: `${await mark(installation)}${'a'.repeat(32)}` });
            await look(installation);
            const [{ twilio_sid }] = await orphans(installation);
            const adopt = (json) => post(installation, `/api/admin/orphans/${twilio_sid}/adopt`, json);
            assert_refused(await adopt({}), 422, { field: 'organization_id' });
            assert_refused(await adopt({ organization_id: 'nobody' }), 404, { field: 'organization_id' });
            assert.equal((await adopt({ organization_id: id })).status, 200);
            await assert_live(installation, id, stray);
            assert.deepEqual(await pending_types(installation, id), []);
            assert.deepEqual(await look(installation), []);
            assert.deepEqual(await orphans(installation), []);
            assert_refused(await adopt({ organization_id: id }), 409);
        }));
});

test('forty clean lines, live, suspended, closed and waiting, raise no alarm', () =>
    with_installation({}, async (installation) => {
        const lines = await Promise.all(Array.from({ length: 40 }, (_, i) => installation.found(`clean-${i}`)));
        await change(installation, lines[0].id, 'suspend');
        await change(installation, lines[1].id, 'close');
        await number_in_state(installation, lines[0].id, 'suspended');
        await number_in_state(installation, lines[1].id, 'suspended');
        await installation.inventory('867', []);
        await installation.found('waiting-motors', { area_code: '867' });
        assert.deepEqual(await look(installation), []);
        // Also while numbers are being bought.
        await installation.latency({ default: 30 });
        const busy = Array.from({ length: 8 }, (_, i) => installation.found(`busy-${i}`));
        for (let i = 0; i < 6; ++i) assert.deepEqual(await look(installation), []);
        await Promise.all(busy);
        assert.deepEqual(await look(installation), []);
        assert.deepEqual(await orphans(installation), []);
    }));

test('a look that the vendors refuse is on record, and what was found before stays', () =>
    with_installation({}, async (installation) => {
        const { number } = await installation.found('only-motors');
        await installation.tamper(number, { sms_url: elsewhere });
        assert.equal((await look(installation)).length, 1);
        await installation.arm({ operation: 'twilio.list', kind: 'error', status: 503 });
        assert_refused(await post(installation, '/api/admin/drift/look'), 503, { code: 'provider_failed' });
        const report = await installation.get('/api/admin/drift', await installation.admin_session());
        assert.match(report.failure, /Twilio/);
        assert.equal(report.findings.length, 1);
    }));

test('reconcile asks the running server, plans first, and repairs five at most', () =>
    with_installation({}, async (installation) => {
        const reconcile = (...args) => finish_program('dealerline-edge', ['reconcile', ...args], installation.environment);
        const lines = await Promise.all(Array.from({ length: 7 }, (_, i) => installation.found(`line-${i}`)));
        const clean = await reconcile();
        assert.equal(clean.code, 0, clean.stderr);
        assert.match(clean.stdout, /agree/);
        for (const { number } of lines) await installation.tamper(number, { sms_url: elsewhere });
        const planned = await reconcile();
        assert.equal(planned.code, 1);
        assert.equal(planned.stdout.match(/Repair: /g).length, 7);
        assert.equal((await look(installation)).length, 7, 'a plan repairs nothing');
        const first = await reconcile('--repair');
        assert.equal(first.code, 1);
        assert.match(first.stdout, /2 more/);
        assert.equal((await look(installation)).length, 2);
        assert.equal((await reconcile('--repair')).code, 0);
        assert.deepEqual(await look(installation), []);
        const wrong = await finish_program('dealerline-edge', ['reconcile'], { ...installation.environment, DEALERLINE_ADMIN_PASSWORD: 'not the password' });
        assert.equal(wrong.code, 1);
        assert.doesNotMatch(wrong.stderr, /not the password/);
    }));

test('what was found is counted for the machine that watches', () =>
    with_installation({}, async (installation) => {
        const { number } = await installation.found('only-motors');
        await installation.tamper(number, { sms_url: elsewhere, agent_id: null });
        await look(installation);
        const metrics = await installation.api('GET', '/metrics');
        assert.equal(metrics.status, 200, metrics.text);
        assert.match(metrics.headers['content-type'], /^text\/plain; version=0\.0\.4/);
        for (const line of ['dealerline_drift{kind="sms_url"} 1', 'dealerline_drift{kind="agent_missing"} 1', 'dealerline_drift_look_failed 0', 'dealerline_phone_numbers{state="active"} 1', 'dealerline_provider_breaker_open{provider="Twilio"} 0'])
            assert.ok(metrics.text.split('\n').includes(line), `${line} in\n${metrics.text}`);
        await installation.restart_server({ DEALERLINE_TRUSTED_PROXIES: '127.0.0.1' });
        for (const of of ['writes_waiting', 'request_threads', 'connections_waiting', 'ordinary_requests', 'event_streams', 'passwords_waiting', 'signups_waiting', 'calls_to_Twilio'])
            assert.match(metrics.text, new RegExp(`^dealerline_bound_taken\\{of="${of}"\\} \\d+\n(.*\n)*dealerline_bound_limit\\{of="${of}"\\} [1-9]\\d*$`, 'm'), of);
        assert_refused(await installation.api('GET', '/metrics', { headers: { 'X-Forwarded-For': '203.0.113.9' } }), 403, { code: 'loopback_only' });
    }));

test('drift is for the platform, and what is asked wrongly is refused by its name', () =>
    with_installation({}, async (installation) => {
        const { session } = await installation.found('member-motors');
        assert_refused(await installation.api('GET', '/api/admin/drift', { session }), 403, { code: 'platform_only' });
        assert_refused(await installation.api('GET', '/api/admin/orphans', { session }), 403, { code: 'platform_only' });
        assert_refused(await installation.api('POST', '/api/admin/drift/repair', { session, json: { ids: ['x'] } }), 403, { code: 'platform_only' });
        assert_refused(await post(installation, '/api/admin/drift/repair', { ids: [] }), 422, { field: 'ids' });
        assert_refused(await post(installation, '/api/admin/drift/repair', { ids: 'all' }), 400, { field: 'ids' });
        assert_refused(await post(installation, '/api/admin/drift/repair', {}), 400, { field: 'ids' });
        assert_refused(await post(installation, '/api/admin/orphans/XX1/release', { phone_number: '+16045550177' }), 400, { field: 'sid' });
        const gone = await repair(installation, 'sms_url:PN0');
        assert.equal(gone.repaired[0].done, 'It is right already.');
    }));
