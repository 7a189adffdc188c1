// Each way in which a vendor can fail, alone, and what has become of the line in the end: live with exactly one purchase,
// or waiting for a person with a cause and one next step, and live after it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assert_live, assert_stopped, credentials, pending, pending_types, until, with_installation } from './support.mjs';

async function look(installation) {
    const answer = await installation.api('POST', '/api/admin/drift/look', { session: await installation.admin_session() });
    assert.equal(answer.status, 200, answer.text);
    return answer.json.findings;
}

async function repair(installation, findings) {
    const json = { ids: findings.map(({ id }) => id) };
    const answer = await installation.api('POST', '/api/admin/drift/repair', { session: await installation.admin_session(), json });
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(await look(installation), []);
}

async function assert_sold(installation, count) {
    const { numbers, sales } = await installation.ledger();
    assert.equal(sales.length, count);
    assert.equal(numbers.length, count);
    assert.equal(new Set(sales.map(({ friendly_name }) => friendly_name)).size, count);
}

async function assert_all_struck(installation) {
    const { faults } = await installation.sim('/sim/faults');
    for (const { operation, kind, struck, times } of faults) assert.equal(struck, times, `${kind} of ${operation}`);
}

const steps = ['twilio.search', 'twilio.buy', 'elevenlabs.list', 'elevenlabs.import', 'twilio.update', 'twilio.fetch', 'elevenlabs.get', 'elevenlabs.agent_get'];
const imports = async (installation) => (await installation.sim('/sim/workspace')).phone_numbers;
const arrived = (installation, operation) => until(() => installation.journal(`${operation}.late`), ({ length }) => length > 0);

// Live without anyone's help.
async function assert_goes_live(installation, faults, sold = 1) {
    for (const fault of faults) await installation.arm(fault);
    const { id } = await installation.found('unlucky-motors');
    const number = await assert_live(installation, id);
    await assert_all_struck(installation);
    await assert_sold(installation, sold);
    assert.deepEqual(await pending(installation, id), []);
    assert.deepEqual((await imports(installation)).map(({ phone_number }) => phone_number), [number]);
    assert.deepEqual(await look(installation), []);
    return { id, number };
}

// It waits for one step of a person, who does it; then it is live.
async function assert_needs_someone(installation, faults, { type = 'manual_setup_required', cause, next_step, sold_before = 0 }) {
    for (const fault of faults) await installation.arm(fault);
    const { id, organization } = await installation.found('unlucky-motors');
    assert.ok(['needs_attention', 'provisioning'].includes(organization.status), organization.status);
    const run = await assert_stopped(installation, id);
    await assert_all_struck(installation);
    assert.match(run.cause, cause);
    assert.match(run.next_step, next_step);
    const [notification, ...more] = await pending(installation, id);
    assert.deepEqual(more, []);
    assert.deepEqual([notification.type, notification.cause, notification.next_step], [type, run.cause, run.next_step]);
    await assert_sold(installation, sold_before);
    for (const number of await installation.numbers(id)) assert.equal(number.is_active, false);

    assert.equal((await installation.retry(id)).status, 200);
    const number = await assert_live(installation, id);
    assert.deepEqual(await pending(installation, id), []);
    await assert_sold(installation, 1);
    assert.deepEqual(await look(installation), []);
    return { id, number, run };
}

describe('faults', { concurrency: 4 }, () => {
    describe('that a run survives by itself', { concurrency: 4 }, () => {
        for (const [title, ...faults] of [
            ['too many requests, without saying for how long', { operation: 'twilio.buy', kind: 'throttled', times: 2 }],
            ['a server error as JSON, and nothing was done', { operation: 'twilio.buy', kind: 'error', status: 500 }],
            ['a gateway’s page, and it was bought all the same', { operation: 'twilio.buy', kind: 'error', status: 502, body: 'html', after: true }],
            ['a gateway’s page for the import, and it was imported all the same', { operation: 'elevenlabs.import', kind: 'error', status: 504, body: 'html', after: true }],
            ['a connection that is reset before the purchase', { operation: 'twilio.buy', kind: 'reset' }],
            ['the purchase’s answer is lost', { operation: 'twilio.buy', kind: 'lost' }],
            ['the purchase’s answer is lost, and the next look fails', { operation: 'twilio.buy', kind: 'lost' }, { operation: 'twilio.list', kind: 'error', status: 503 }],
            ['the import’s answer is lost', { operation: 'elevenlabs.import', kind: 'lost' }],
            ['the purchase’s answer is no JSON', { operation: 'twilio.buy', kind: 'garbled' }],
            ['the import’s answer is no JSON', { operation: 'elevenlabs.import', kind: 'garbled' }],
            ['a slow purchase', { operation: 'twilio.buy', kind: 'slow', ms: 1_500 }],
            ['an import that takes the texts too', { operation: 'elevenlabs.import', kind: 'takes_sms' }],
            ['a failure of every step', ...steps.map((operation) => ({ operation, kind: 'error', status: 503 }))],
        ])
            test(title, () =>
                with_installation({}, async (installation) => {
                    const { number } = await assert_goes_live(installation, faults);
                    assert.equal((await installation.at_twilio(number)).sms_url, `${installation.url}/webhooks/twilio/sms#rc=3&rp=5xx,ct,rt`);
                }));

        for (const operation of ['twilio.buy', 'elevenlabs.import'])
            test(`too many requests of ${operation}, for two seconds: it does not come back before`, () =>
                with_installation({}, async (installation) => {
                    await assert_goes_live(installation, [{ operation, kind: 'throttled', retry_after: 2 }]);
                    const [first, second] = (await installation.journal(operation)).map(({ time }) => Date.parse(time));
                    assert.ok(second - first >= 1_950, `${second - first} ms`);
                }));

        test('a vendor that is down for a while: nobody is called, and it goes on', () =>
            with_installation({}, async (installation) => {
                await assert_goes_live(installation, [{ operation: 'twilio.*', kind: 'error', status: 503, times: 7 }]);
            }));

        test('a vendor that is down while the server is started again: nobody is called either', () =>
            with_installation({}, async (installation) => {
                await installation.arm({ operation: 'twilio.*', kind: 'error', status: 503, times: 0 });
                const { id } = await installation.found('patient-motors');
                const asked = () => installation.journal('twilio.search');
                await until(asked, ({ length }) => length >= 5);
                await installation.restart_server();
                await until(asked, ({ length }) => length >= 10);
                assert.deepEqual(await pending(installation, id), []);
                await installation.disarm();
                await assert_live(installation, id);
                await assert_sold(installation, 1);
            }));

        test('somebody else gets the number first: another one, after a second look', () =>
            with_installation({}, async (installation) => {
                const { id } = await assert_goes_live(installation, [{ operation: 'twilio.buy', kind: 'vanish' }]);
                const [wanted, bought] = await installation.journal('twilio.buy');
                assert.ok(Date.parse(bought.time) - Date.parse(wanted.time) > 14_000);
                const { steps } = await installation.get(`/api/organizations/${id}/provisioning`, await installation.admin_session());
                assert.ok(steps.some(({ message }) => /choosing another/.test(message)));
            }));

        test('somebody else has the number in the same account: it is not touched, and another one is bought', () =>
            with_installation({}, async (installation) => {
                await installation.sim('/sim/settings', { repeated_buy: 'updated' });
                await installation.arm({ operation: 'twilio.buy', kind: 'reset' });
                await installation.latency({ 'twilio.buy': 20_000 });
                const lost = installation.sign_up('unlucky-motors').catch(() => 'lost');
                await until(() => installation.journal('twilio.buy'), ({ length }) => length > 0);
                await installation.server.kill();
                assert.equal(await lost, 'lost');
                await installation.latency({ 'twilio.buy': null });
                const [{ phone_number, organization_id }] = await installation.sql('SELECT phone_number, organization_id FROM number_candidates');
                const theirs = await installation.sim('/sim/numbers', { phone_number, friendly_name: 'theirs' });
                await installation.start_server();
                const number = await assert_live(installation, organization_id);
                assert.notEqual(number, phone_number);
                assert.deepEqual(await installation.at_twilio(phone_number), theirs);
                assert.equal((await installation.ledger()).numbers.length, 2);
                assert.deepEqual((await look(installation)).map(({ kind }) => kind), ['not_ours']);
            }));
    });

    describe('a purchase that takes effect late', { concurrency: 4 }, () => {
        for (const repeated_buy of ['refused', 'updated'])
            test(`between our look and our repetition, which is ${repeated_buy}`, () =>
                with_installation({}, async (installation) => {
                    await installation.sim('/sim/settings', { repeated_buy });
                    // Both looks are over before it comes, and the second one is answered after it.
                    await installation.latency({ 'twilio.list': 2_000 });
                    await installation.arm({ operation: 'twilio.buy', kind: 'late', ms: 3_500 });
                    const { id } = await installation.found('unlucky-motors');
                    await assert_live(installation, id);
                    assert.deepEqual((await installation.journal('twilio.buy')).map(({ status }) => status), [0, repeated_buy === 'refused' ? 400 : 201]);
                    await assert_sold(installation, 1);
                    assert.deepEqual(await look(installation), []);
                }));

        test('after our repetition, when repetitions are refused: nothing happens', () =>
            with_installation({}, async (installation) => {
                await assert_goes_live(installation, [{ operation: 'twilio.buy', kind: 'late', ms: 2_000, status: 500 }]);
                await arrived(installation, 'twilio.buy');
                await assert_sold(installation, 1);
                assert.deepEqual(await look(installation), []);
            }));

        test('on a line that is live, when repetitions are taken for changes: named as drift, and repaired', () =>
            with_installation({}, async (installation) => {
                await installation.sim('/sim/settings', { repeated_buy: 'updated' });
                const { id, number } = await assert_goes_live(installation, [{ operation: 'twilio.buy', kind: 'late', ms: 8_000 }]);
                await arrived(installation, 'twilio.buy');
                await assert_sold(installation, 1);
                const findings = await look(installation);
                assert.deepEqual(findings.map(({ kind, phone_number }) => [kind, phone_number]), [['voice_url', number]]);
                await repair(installation, findings);
                await assert_live(installation, id, number);
            }));

        test('after the import and before the last check: a person tries again, and it is imported anew', () =>
            with_installation({}, async (installation) => {
                await installation.sim('/sim/settings', { repeated_buy: 'updated' });
                await installation.latency({ 'twilio.update': 5_000 });
                const { number } = await assert_needs_someone(installation, [{ operation: 'twilio.buy', kind: 'late', ms: 3_000 }], {
                    cause: /Calls to the number do not go to ElevenLabs/,
                    next_step: /try again/,
                    sold_before: 1,
                });
                assert.equal((await installation.journal('elevenlabs.delete')).length, 1);
                assert.deepEqual((await imports(installation)).map(({ phone_number }) => phone_number), [number]);
            }));

        for (const adopted of [false, true])
            test(`after its run has stopped: an orphan, until ${adopted ? 'it is adopted' : 'someone tries again'}`, () =>
                with_installation({}, async (installation) => {
                    await installation.arm({ operation: 'twilio.buy', kind: 'late', ms: 1_500 });
                    await installation.arm({ operation: 'twilio.buy', kind: 'refuse', code: 20003, nth: 2 });
                    const { id } = await installation.found('unlucky-motors');
                    await assert_stopped(installation, id);
                    assert.deepEqual(await look(installation), []);
                    await arrived(installation, 'twilio.buy');
                    assert.deepEqual(await look(installation), []);
                    const session = await installation.admin_session();
                    const { orphans } = await installation.get('/api/admin/orphans', session);
                    assert.deepEqual(orphans.map(({ organization_id }) => organization_id), [id]);
                    assert.deepEqual((await pending_types(installation, id)).sort(), ['manual_setup_required', 'orphan_number']);

                    const helped = adopted
                        ? await installation.api('POST', `/api/admin/orphans/${orphans[0].twilio_sid}/adopt`, { session })
                        : await installation.retry(id);
                    assert.equal(helped.status, 200, helped.text);
                    await assert_live(installation, id, orphans[0].phone_number);
                    await assert_sold(installation, 1);
                    assert.deepEqual(await look(installation), []);
                    assert.deepEqual(await pending(installation, id), []);
                    assert.deepEqual(await installation.sql('SELECT state FROM number_candidates'), [{ state: 'bought' }]);
                }));

        test('after a clear refusal: the second look finds it', () =>
            with_installation({}, async (installation) => {
                const { number } = await assert_goes_live(installation, [
                    { operation: 'twilio.buy', kind: 'late', ms: 5_000 },
                    { operation: 'twilio.buy', kind: 'refuse', code: 21422, nth: 2 },
                ]);
                assert.deepEqual((await installation.ledger()).sales.map(({ phone_number }) => phone_number), [number]);
            }));
    });

    describe('an import that is there already', { concurrency: 2 }, () => {
        const meanwhile = async (installation, second_import) => {
            await installation.sim('/sim/settings', { second_import });
            await installation.latency({ 'elevenlabs.list': 1_000 });
            await installation.arm({ operation: 'elevenlabs.import', kind: 'late', ms: 900 }); // after our look, before our repetition
            const { id } = await installation.found('unlucky-motors');
            await assert_live_again(installation, id);
            return id;
        };
        const assert_live_again = async (installation, id) => {
            const run = await installation.settled(id);
            assert.equal(run.state, 'done', run.cause);
            await assert_sold(installation, 1);
        };

        test('is answered 409: the next look finds it', () =>
            with_installation({}, async (installation) => {
                const id = await meanwhile(installation, 'conflict');
                assert.deepEqual((await installation.journal('elevenlabs.import')).map(({ status }) => status), [0, 409]);
                assert.equal((await imports(installation)).length, 1);
                assert.deepEqual(await look(installation), []);
                await assert_live(installation, id);
            }));

        test('gets a second id: the other one is named as drift, and deleted', () =>
            with_installation({}, async (installation) => {
                const id = await meanwhile(installation, 'second_id');
                assert.equal((await imports(installation)).length, 2);
                const findings = await look(installation);
                assert.deepEqual(findings.map(({ kind }) => kind), ['import_doubled']);
                await repair(installation, findings);
                await assert_live(installation, id);
                assert.equal((await imports(installation))[0].phone_number_id, (await installation.numbers(id))[0].elevenlabs_phone_id);
            }));
    });

    describe('that a person must put right', { concurrency: 4 }, () => {
        for (const [code, cause, next_step] of [
            [21631, /refused to sell .*\(21631\)/, /Add an address/],
            [21649, /refused to sell .*\(21649\)/, /regulatory bundle/],
            [21404, /refused to sell .*\(21404\)/, /Upgrade the Twilio trial account/],
            [20005, /suspended or out of funds.*\(20005\)/, /account in order/],
            [20003, /refused our credentials.*\(20003\)/, /Check the Twilio credentials/],
        ])
            test(`Twilio refuses the purchase with ${code}`, () =>
                with_installation({}, (installation) =>
                    assert_needs_someone(installation, [{ operation: 'twilio.buy', kind: 'refuse', code }], { cause, next_step })));

        for (const [code, cause, next_step] of [
            ['invalid_api_key', /refused our credentials/, /Check the ElevenLabs credentials/],
            ['insufficient_credits', /out of funds/, /account in order/],
            ['bad_request', /could not be verified/, /try again/],
        ])
            test(`ElevenLabs refuses the import with ${code}`, () =>
                with_installation({}, (installation) => {
                    const fault = { operation: 'elevenlabs.import', kind: 'refuse', code };
                    return assert_needs_someone(installation, [fault], { cause, next_step, sold_before: 1 });
                }));

        test('a refusal that holds our whole request: the token is stored and logged nowhere', () =>
            with_installation({}, async (installation) => {
                const expected = { cause: /validation_error/, next_step: /try again/, sold_before: 1 };
                const { id, run } = await assert_needs_someone(installation, [{ operation: 'elevenlabs.import', kind: 'echo' }], expected);
                const session = await installation.admin_session();
                const provisioning = await installation.get(`/api/organizations/${id}/provisioning`, session);
                const shown = [run, provisioning, await installation.notifications(), await look(installation)];
                const [imported] = await installation.journal('elevenlabs.import');
                assert.equal(imported.status, 422);
                for (const text of [await installation.bytes_on_disk(), installation.log(), JSON.stringify(shown)])
                    for (const secret of [credentials.TWILIO_AUTH_TOKEN, credentials.ELEVENLABS_API_KEY]) assert.ok(!text.includes(secret));
            }));

        test('an import without an agent is not called live; trying again assigns it', () =>
            with_installation({}, async (installation) => {
                const expected = { cause: /not assigned to our agent/, next_step: /try again/, sold_before: 1 };
                await assert_needs_someone(installation, [{ operation: 'elevenlabs.import', kind: 'no_agent' }], expected);
                assert.equal((await installation.journal('elevenlabs.import')).length, 1);
            }));

        test('nothing in the area code: three offers, and one is taken', () =>
            with_installation({}, async (installation) => {
                await installation.inventory('867', []);
                const { id } = await installation.found('unlucky-motors', { area_code: '867' });
                const { cause, next_step } = await assert_stopped(installation, id);
                assert.match(cause, /No number is free in 867/);
                const offers = next_step.match(/\b\d{3}\b/g);
                assert.equal(offers.length, 3);
                assert.deepEqual(await pending_types(installation, id), ['number_choice_needed']);
                await assert_sold(installation, 0);
                assert.equal((await installation.retry(id, { area_code: offers[1] })).status, 200);
                assert.match(await assert_live(installation, id), new RegExp(`^\\+1${offers[1]}`));
                assert.deepEqual(await pending(installation, id), []);
                await assert_sold(installation, 1);
            }));

        for (const failure of [undefined, 'reset', 'error'])
            test(`Twilio answers with another dealership’s number${failure ? `, and giving its mark back meets ${failure}` : ''}`, () =>
                with_installation({}, async (installation) => {
                    const older = await installation.found('older-motors');
                    const before = await installation.at_twilio(older.number);
                    await installation.arm({ operation: 'twilio.buy', kind: 'foreign' });
                    if (failure) await installation.arm({ operation: 'twilio.update', kind: failure });
                    const { id } = await installation.found('unlucky-motors');
                    const { cause } = await assert_stopped(installation, id);
                    await assert_all_struck(installation);
                    assert.match(cause, /another organisation owns. Its mark was put back/);
                    assert.deepEqual(await pending_types(installation, id), ['drift_found']);
                    assert.equal((await installation.at_twilio(older.number)).friendly_name, before.friendly_name);
                    assert.deepEqual(await look(installation), []);
                    await assert_sold(installation, 1);

                    assert.equal((await installation.retry(id)).status, 200);
                    assert.notEqual(await assert_live(installation, id), older.number);
                    await assert_live(installation, older.id, older.number);
                    assert.deepEqual(await pending(installation, id), []);
                    await assert_sold(installation, 2);
                }));
    });
});
