// After live: a line is switched off and on again, and given back when its time has come, whatever dies on the way.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assert_live, assert_refused, credentials, pause, pending, start_installation, until, with_installation } from './support.mjs';

const day = 24 * 3600 * 1000;

async function change(installation, id, what, session) {
    return installation.api('POST', `/api/organizations/${id}/${what}`, { session: session ?? (await installation.admin_session()) });
}

const number_in_state = (installation, id, state) =>
    until(async () => (await installation.numbers(id))[0], (number) => number?.state === state, 20_000);

describe('a line', { concurrency: 1 }, () => {
    let installation;
    before(async () => (installation = await start_installation()));
    after(() => installation?.stop());

    test('is switched off: calls come to us, texts stay ours, and what ElevenLabs had comes back', async () => {
        const { id, number } = await installation.found('resting-motors');
        const live = await installation.at_twilio(number);
        const off = await change(installation, id, 'suspend');
        assert.equal(off.status, 200, off.text);
        assert.equal(off.json.organization.status, 'suspended');
        const suspended = await number_in_state(installation, id, 'suspended');
        assert.equal(suspended.is_active, false);
        const silent = await installation.at_twilio(number);
        assert.equal(silent.voice_url, `${installation.url}/webhooks/twilio/voice`);
        assert.equal(silent.sms_url, live.sms_url);
        assert.notEqual(live.voice_url, silent.voice_url);
        assert.equal((await change(installation, id, 'suspend')).status, 200, 'again changes nothing');

        // The name is still known to a call that comes in meanwhile.
        const answer = await installation.initiation({ caller_id: '+16045550111', agent_id: 'a', called_number: number, call_sid: 'CA-off' });
        assert.equal(answer.json.dynamic_variables.organization_name, 'Resting Motors');
        assert_refused(await installation.retry(id), 409, { code: 'suspended' });

        assert.equal((await change(installation, id, 'resume')).status, 200);
        await number_in_state(installation, id, 'active');
        assert.equal((await installation.at_twilio(number)).voice_url, live.voice_url);
        await assert_live(installation, id, number);
        const { run } = await installation.get(`/api/organizations/${id}/provisioning`, await installation.admin_session());
        assert.ok(Date.parse(run.finished_at) < Date.now() - 100);
        assert.equal((await installation.ledger()).sold, 1);
    });

    test('that is switched off while it is being switched on stays off', async () => {
        const { id, number } = await installation.found('hesitant-motors');
        await change(installation, id, 'suspend');
        await number_in_state(installation, id, 'suspended');
        await installation.latency({ 'twilio.fetch': 1_000 });
        assert.equal((await change(installation, id, 'resume')).status, 200);
        await pause(500); // by now the worker asks Twilio for the number
        assert.equal((await change(installation, id, 'suspend')).status, 200);
        await installation.run_in_state(id, 'verifying');
        await installation.settled(id);
        await number_in_state(installation, id, 'suspended');
        await pause(2_500); // whatever else was under way has been written
        const [owned] = await installation.numbers(id);
        assert.deepEqual([owned.state, owned.is_active], ['suspended', false]);
        assert.equal((await installation.at_twilio(number)).voice_url, `${installation.url}/webhooks/twilio/voice`);
        assert.deepEqual(await pending(installation, id), []);
        await installation.latency({ 'twilio.fetch': null });
    });

    test('whose switching on was carried out without an answer is silent again when that is wanted', async () => {
        const { id, number } = await installation.found('flickering-motors');
        assert.equal((await change(installation, id, 'suspend')).status, 200);
        await number_in_state(installation, id, 'suspended');
        const ours = `${installation.url}/webhooks/twilio/voice`;
        await installation.arm({ operation: 'twilio.update', kind: 'lost' });
        assert.equal((await change(installation, id, 'resume')).status, 200);
        await until(() => installation.at_twilio(number), ({ voice_url }) => voice_url !== ours);
        assert.equal((await change(installation, id, 'suspend')).status, 200);
        await number_in_state(installation, id, 'suspended');
        assert.equal((await installation.at_twilio(number)).voice_url, ours);
    });

    test('that waits for somebody still does after its organisation was closed and opened again', () =>
        with_installation({ settings: { ELEVENLABS_IMPORT: 'manual' } }, async (installation) => {
            const { id, number } = await installation.found('wavering-motors');
            const [asked] = await pending(installation, id);
            assert.equal((await change(installation, id, 'close')).status, 200);
            assert.deepEqual(await pending(installation, id), []);
            assert.equal((await change(installation, id, 'resume')).status, 200);
            assert.deepEqual(await pending(installation, id), [asked]);
            await number_in_state(installation, id, 'bought');
            const activated = await installation.activate(number, await installation.import_by_hand(number));
            assert.equal(activated.status, 200, activated.text);
            assert.deepEqual(await pending(installation, id), []);
            await number_in_state(installation, id, 'active');
        }));

    test('of a closed organisation is given back after seven days, and not before', async () => {
        const { id, number } = await installation.found('closing-motors');
        const closed = await change(installation, id, 'close');
        assert.equal(closed.json.organization.status, 'closed');
        const release_at = Date.parse(closed.json.organization.release_at);
        assert.ok(Math.abs(release_at - Date.now() - 7 * day) < 60_000, closed.text);
        await number_in_state(installation, id, 'suspended');
        assert.ok(await installation.at_twilio(number));

        // Somebody thought again.
        assert.equal((await change(installation, id, 'resume')).status, 200);
        await number_in_state(installation, id, 'active');
        assert.equal((await change(installation, id, 'close')).status, 200);
        await number_in_state(installation, id, 'suspended');

        await installation.server.stop();
        await installation.change_sql(`UPDATE phone_numbers SET release_at = ${Date.now() - 1000}, work_due_at = ${Date.now() - 1000} WHERE organization_id = '${id}'`);
        await installation.start_server();
        const released = await number_in_state(installation, id, 'released');
        assert.equal(released.is_active, false);
        assert.equal(await installation.at_twilio(number), undefined);
        assert.deepEqual((await installation.sim('/sim/workspace')).phone_numbers.filter(({ phone_number }) => phone_number === number), []);
        assert_refused(await change(installation, id, 'resume'), 409, { code: 'released' });
        const [{ count }] = await installation.sql(`SELECT count(*) AS count FROM audit_log WHERE organization_id = '${id}' AND action = 'number_released'`);
        assert.equal(count, 1);
        // A call to it is nobody's now.
        const answer = await installation.initiation({ caller_id: '+16045550111', agent_id: 'a', called_number: number, call_sid: 'CA-gone' });
        assert.equal(answer.json.dynamic_variables.organization_name, 'Jack Automotive');
    });

    test('that is gone at both vendors already counts as given back', async () => {
        const { id, number } = await installation.found('vanished-motors');
        assert.equal((await change(installation, id, 'close')).status, 200);
        await number_in_state(installation, id, 'suspended');
        await installation.tamper(number, { imported: false, released: true });
        await installation.change_sql(`UPDATE phone_numbers SET release_at = ${Date.now() - 1000}, work_due_at = ${Date.now() - 1000} WHERE organization_id = '${id}'`);
        await number_in_state(installation, id, 'released');
    });

    test('whose mark is gone is not touched, and a human is told how to go on', async () => {
        const { id, number } = await installation.found('unmarked-motors');
        const { friendly_name, voice_url } = await installation.at_twilio(number);
        await installation.tamper(number, { friendly_name: 'Somebody else' });
        assert.equal((await change(installation, id, 'suspend')).status, 200);
        const [notification] = await until(() => pending(installation, id), (list) => list.length > 0);
        assert.equal(notification.type, 'manual_setup_required');
        assert.match(notification.next_step, /friendly name/);
        assert.equal((await installation.at_twilio(number)).voice_url, voice_url);

        await installation.tamper(number, { friendly_name });
        assert.equal((await installation.retry(id)).status, 200);
        await number_in_state(installation, id, 'suspended');
        assert.deepEqual(await pending(installation, id), []);
    });

    test('is changed by the platform only', async () => {
        const { id, session } = await installation.found('member-motors');
        for (const what of ['suspend', 'resume', 'close']) assert_refused(await change(installation, id, what, session), 403, { code: 'platform_only' });
        assert_refused(await change(installation, 'nobody', 'suspend'), 404, { code: 'not_found' });
    });

    test('is switched on again in the middle of being switched off', async () => {
        const { id, number } = await installation.found('wavering-motors');
        const ours = `${installation.url}/webhooks/twilio/voice`;
        await installation.arm({ operation: 'twilio.update', kind: 'lost' }); // Twilio has it, and we do not know
        assert.equal((await change(installation, id, 'suspend')).status, 200);
        await until(async () => (await installation.at_twilio(number)).voice_url, (url) => url === ours);
        assert.equal((await change(installation, id, 'resume')).status, 200);
        await until(() => installation.sql(`SELECT 1 FROM phone_numbers WHERE organization_id = '${id}' AND work_due_at IS NOT NULL`), (left) => left.length === 0);
        await assert_live(installation, id, number);
    });

    for (const operation of ['twilio.fetch', 'twilio.update'])
        test(`is switched off although the server dies while ${operation} is asked`, async () => {
            const { id, number } = await installation.found(`dying-${operation.replace('.', '-')}`);
            const asked = async () => (await installation.journal(operation)).length;
            const before = await asked();
            await installation.latency({ [operation]: 20_000 });
            assert.equal((await change(installation, id, 'suspend')).status, 200);
            await until(asked, (count) => count > before);
            await installation.server.kill();
            await installation.latency({ [operation]: null });
            await installation.start_server();
            await number_in_state(installation, id, 'suspended');
            assert.equal((await installation.at_twilio(number)).voice_url, `${installation.url}/webhooks/twilio/voice`);
        });
});

test('a line that is being set up is neither switched off nor closed', () =>
    with_installation({}, async (installation) => {
        await installation.latency({ 'elevenlabs.import': 4_000 });
        const signing_up = installation.found('busy-motors');
        const id = await until(async () => (await installation.sql("SELECT id FROM organizations WHERE slug = 'busy-motors'"))[0]?.id, Boolean);
        for (const what of ['suspend', 'close']) assert_refused(await change(installation, id, what), 409, { code: 'being_set_up' });
        await signing_up;
        await assert_live(installation, id);
    }));

test('a provider that does not answer is told after a while, and taken back when it answers', () =>
    with_installation({}, async (installation) => {
        await installation.arm({ operation: 'twilio.*', kind: 'error', status: 503, times: 0 });
        const { id, number } = await installation.found('patient-motors');
        assert.equal(number, null);
        // Longer than six attempts take, and still nobody has to do anything for this one dealership.
        const down = await until(async () => (await installation.notifications('?status=pending')).filter(({ type }) => type === 'provider_down'), (list) => list.length > 0, 120_000);
        assert.match(down[0].message, /Twilio/);
        assert.deepEqual(await pending(installation, id), []);
        const overview = await installation.get('/api/admin/overview', await installation.admin_session());
        const twilio = overview.providers.find(({ name }) => name === 'Twilio');
        assert.equal(twilio.breaker, 'open');
        assert.equal(twilio.state, 'failing');
        assert.ok((await installation.journal('twilio.search')).length < 20, 'it is left alone meanwhile');

        await installation.disarm();
        await until(() => installation.run(id), ({ state }) => state === 'done', 120_000);
        await until(() => installation.notifications('?status=pending'), (list) => list.length === 0, 20_000);
        assert.equal((await installation.ledger()).sold, 1);
    }));

describe('credentials that a provider refuses', { concurrency: 2 }, () => {
    const refused = async (installation, status = 'pending') =>
        (await installation.notifications(`?type=credentials_refused&status=${status}`)).map(({ message }) => message);
    const look = async (installation) => installation.api('POST', '/api/admin/drift/look', { session: await installation.admin_session() });

    test('are told once, whatever asked with them, and taken back when they are right', () =>
        with_installation({ settings: { TWILIO_AUTH_TOKEN: 'an-old-token' } }, async (installation) => {
            for (const slug of ['early-motors', 'late-motors']) {
                const { id } = await installation.found(slug);
                assert.match((await installation.run(id)).cause, /refused our credentials/);
            }
            const [told, ...more] = await until(() => installation.notifications('?type=credentials_refused&status=pending'), (list) => list.length > 0);
            assert.deepEqual(more, []);
            assert.equal(told.message, 'Twilio refuses our credentials');
            assert.match(told.cause, /Authenticate/);
            assert.match(told.next_step, /Check the Twilio credentials/);
            assert.equal(told.organization_id, null);

            // A restart alone says nothing about them.
            await installation.restart_server();
            assert.deepEqual(await refused(installation), [told.message]);
            await installation.restart_server({ TWILIO_AUTH_TOKEN: credentials.TWILIO_AUTH_TOKEN });
            assert.equal((await look(installation)).status, 200);
            await until(() => refused(installation), (list) => list.length === 0);
            assert.deepEqual(await refused(installation, 'resolved'), [told.message]);
        }));

    test('are told when the books are compared, too, and an account without funds is not about them', () =>
        with_installation({}, async (installation) => {
            assert.equal((await look(installation)).status, 200);
            await installation.arm({ operation: 'elevenlabs.list', kind: 'refuse', code: 'insufficient_credits', status: 402 });
            assert_refused(await look(installation), 503, { code: 'provider_failed' });
            await installation.arm({ operation: 'elevenlabs.list', kind: 'refuse', code: 'invalid_api_key' });
            assert_refused(await look(installation), 503, { code: 'provider_failed' });
            assert.deepEqual(await until(() => refused(installation), (list) => list.length > 0), ['ElevenLabs refuses our credentials']);
            assert.equal((await look(installation)).status, 200);
            await until(() => refused(installation), (list) => list.length === 0);
            assert.equal((await installation.notifications('?type=credentials_refused')).length, 1);
        }));
});
