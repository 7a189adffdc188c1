// From a signup to a live number exactly once, whatever dies, refuses, lies or runs out on the way.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assert_live, assert_refused, assert_stopped, credentials, pending, pending_types, run_program, start_installation, until, with_installation } from './support.mjs';

const organization_of = async (installation, slug) => (await installation.sql(`SELECT id FROM organizations WHERE slug = '${slug}'`))[0]?.id;

describe('provisioning', { concurrency: 4 }, () => {
    describe('a server that is killed', { concurrency: 1 }, () => {
        let installation;
        let signups = 0;

        before(async () => (installation = await start_installation()));
        after(() => installation?.stop());

        const slow = 20_000; // ms; it dies long before

        for (const operation of ['twilio.search', 'twilio.buy', 'elevenlabs.list', 'elevenlabs.import', 'twilio.update', 'twilio.fetch', 'elevenlabs.get', 'elevenlabs.agent_get'])
            test(`between ${operation} and its answer goes on with the same number when it is back`, async () => {
                const slug = `killed-${++signups}`;
                const asked = async () => (await installation.journal(operation)).length;
                const before = await asked();
                await installation.latency({ [operation]: slow });
                const lost = installation.sign_up(slug).catch(() => 'lost');
                await until(asked, (count) => count > before);
                const sold = (await installation.ledger()).sales;
                await installation.server.kill();
                assert.equal(await lost, 'lost');
                await installation.latency({ [operation]: null });

                await installation.start_server();
                const number = await assert_live(installation, await organization_of(installation, slug), sold[signups - 1]?.phone_number);
                const { sales } = await installation.ledger();
                assert.equal(sales.length, signups, 'one number for each signup');
                assert.equal(sales.at(-1).phone_number, number);
                assert.equal((await installation.journal('twilio.buy')).length, signups, 'nothing was bought a second time');
            });

        test('again and again at any moment has sold one number in the end', async () => {
            const slug = 'killed-often';
            await installation.latency({ default: 60 });
            const sign_up = installation.sign_up(slug).catch(() => 'lost');
            await until(() => organization_of(installation, slug), Boolean);
            for (const lived of [30, 90, 150, 210, 60, 120, 300]) {
                await new Promise((done) => setTimeout(done, lived));
                await installation.server.kill();
                await installation.start_server();
            }
            await sign_up;
            await installation.latency({ default: 0 });
            await assert_live(installation, await organization_of(installation, slug));
            const { sales } = await installation.ledger();
            assert.equal(sales.length, signups + 1);
            assert.equal(new Set(sales.map(({ friendly_name }) => friendly_name)).size, sales.length, 'each has a mark of its own');
        });
    });

    describe('when numbers run out', { concurrency: 2 }, () => {
        const only = '+12362100001';

        test('two dealerships never get the same number: the other one takes an overlay and is told', () =>
            with_installation({}, async (installation) => {
                await installation.inventory('236', [only]);
                const answers = await Promise.all(['first-motors', 'second-motors'].map((slug) => installation.found(slug, { area_code: '236' })));
                const numbers = await Promise.all(answers.map(({ id }) => assert_live(installation, id)));
                assert.ok(numbers.includes(only));
                assert.equal(new Set(numbers).size, 2);
                const [other] = answers.filter(({ number }) => number !== only);
                assert.match(other.number, /^\+1(604|778|672|257|250)/);
                const { steps } = await installation.get(`/api/organizations/${other.id}/provisioning`, other.session);
                assert.match(steps[0].message, /No number is free in 236/);
                assert.equal((await installation.ledger()).sold, 2);
            }));

        test('with no overlay left, the one that is late is asked instead of given something else', () =>
            with_installation({}, async (installation) => {
                for (const area_code of ['604', '778', '672', '257', '250']) await installation.inventory(area_code, []);
                await installation.inventory('236', [only]);
                const answers = await Promise.all(['first-motors', 'second-motors'].map((slug) => installation.found(slug, { area_code: '236' })));
                const late = answers.find(({ number }) => number === null);
                assert.ok(late && answers.some(({ number }) => number === only));
                assert.deepEqual(await pending_types(installation, late.id), ['number_choice_needed']);
                assert.equal((await installation.ledger()).sold, 1);
                // Again for the one that waits: nothing new is there, so it asks again and buys nothing.
                assert.equal((await installation.retry(late.id)).status, 200);
                await assert_stopped(installation, late.id);
                assert.deepEqual(await pending_types(installation, late.id), ['number_choice_needed']);
                assert.equal((await installation.ledger()).sold, 1);
            }));

        for (const area_code of ['867', '807'])
            test(`an empty ${area_code} is answered with three near offers, and the chosen one goes live`, () =>
                with_installation({}, async (installation) => {
                    await installation.inventory(area_code, []);
                    const { id, number, organization } = await installation.found('remote-motors', { area_code });
                    assert.equal(number, null);
                    assert.equal(organization.status, 'needs_attention');
                    assert.equal(organization.requiresElevenLabsImport, false);
                    const run = await assert_stopped(installation, id);
                    assert.match(run.cause, new RegExp(area_code));
                    const offers = run.next_step.match(/\b\d{3}\b/g);
                    assert.equal(new Set(offers).size, 3, run.next_step);
                    assert.ok(!offers.includes(area_code));
                    for (const { path } of await installation.journal('twilio.search')) assert.match(path, /AvailablePhoneNumbers\/CA\//, 'the country is never left');
                    const [notification] = await pending(installation, id);
                    assert.equal(notification.type, 'number_choice_needed');
                    assert.equal(notification.next_step, run.next_step);
                    assert.equal((await installation.ledger()).sold, 0);

                    assert.equal((await installation.retry(id, { area_code: offers[0] })).status, 200);
                    assert.match(await assert_live(installation, id), new RegExp(`^\\+1${offers[0]}`));
                    assert.deepEqual(await pending(installation, id), []);
                    assert.equal((await installation.ledger()).sold, 1);
                }));

        test('a form without an area code is served from the region, then the country, and told', () =>
            with_installation({}, async (installation) => {
                await installation.inventory('604', []);
                const near = await installation.found('anywhere-motors', { area_code: undefined });
                assert.match(near.number, /^\+1(778|236|672|257|250)/);
                const { steps } = await installation.get(`/api/organizations/${near.id}/provisioning`, near.session);
                assert.match(steps[0].message, /No number is free in 604/);
                for (const area_code of ['778', '236', '672', '257', '250']) await installation.inventory(area_code, []);
                const far = await installation.found('farther-motors', { area_code: undefined });
                assert.match(far.number, /^\+1(?!604|778|236|672|257|250)/);
                assert.ok((await installation.journal('twilio.search')).every(({ path }) => path.includes('/CA/')));
            }));

        test('numbers that cannot speak, cannot text, need an address or are beta are left alone', () =>
            with_installation({}, async (installation) => {
                const wrong = [{ sms: false }, { voice: false }, { beta: true }, { address_requirements: 'any' }, { address_requirements: 'local' }];
                await installation.inventory('867', [
                    ...wrong.map((traits, i) => ({ phone_number: `+1867210000${i}`, ...traits })),
                    { phone_number: '+18672100009' },
                ]);
                const { number } = await installation.found('picky-motors', { area_code: '867' });
                assert.equal(number, '+18672100009');
            }));
    });

    describe('what a human must put right', { concurrency: 3 }, () => {
        test('a wrong Twilio token is named without being shown, and the run goes on with the right one', () =>
            with_installation({ settings: { TWILIO_AUTH_TOKEN: 'a-wrong-token-of-twilio' } }, async (installation) => {
                const { id, number, organization } = await installation.found('locked-out-motors');
                assert.equal(number, null);
                assert.equal(organization.status, 'needs_attention');
                const run = await assert_stopped(installation, id);
                assert.match(run.cause, /Twilio/);
                assert.deepEqual(await pending_types(installation, id), ['manual_setup_required']);
                const leaks = [await installation.bytes_on_disk(), installation.log(), JSON.stringify(run), JSON.stringify(await pending(installation, id))];
                for (const text of leaks) assert.ok(!text.includes('a-wrong-token-of-twilio'));

                await installation.restart_server({ TWILIO_AUTH_TOKEN: credentials.TWILIO_AUTH_TOKEN });
                assert.equal((await installation.run(id)).state, 'needs_attention', 'it waits for a person');
                assert.equal((await installation.retry(id)).status, 200);
                await assert_live(installation, id);
                assert.equal((await installation.ledger()).sold, 1);
                assert.deepEqual(await pending(installation, id), []);
                assert_refused(await installation.retry(id), 409);
            }));

        test('a wrong ElevenLabs key keeps the number, and the run goes on with the right one', () =>
            with_installation({}, async (installation) => {
                await installation.restart_server({ ELEVENLABS_API_KEY: 'a-wrong-key-of-elevenlabs' });
                const { id, number, organization } = await installation.found('half-way-motors');
                assert.match(number, /^\+1604/);
                assert.equal(organization.requiresElevenLabsImport, true, 'a human must import, or put the key right');
                const run = await assert_stopped(installation, id);
                assert.match(run.cause, /ElevenLabs/);
                assert.ok(!JSON.stringify(run).includes('a-wrong-key'));
                await installation.restart_server({ ELEVENLABS_API_KEY: credentials.ELEVENLABS_API_KEY });
                assert.equal((await installation.retry(id)).status, 200);
                await assert_live(installation, id, number);
                assert.equal((await installation.ledger()).sold, 1);
            }));

        test('an agent that the doctor has not seen is named with its remedy, which helps', () =>
            with_installation({ doctor: false }, async (installation) => {
                const { id, number } = await installation.found('unhealthy-motors');
                const run = await assert_stopped(installation, id);
                assert.match(`${run.cause} ${run.next_step}`, /doctor --fix/);
                assert.equal((await installation.numbers(id))[0].is_active, false);
                assert.deepEqual(await pending_types(installation, id), ['manual_setup_required']);

                await run_program('dealerline-edge', ['doctor', '--fix'], installation.environment);
                assert.equal((await installation.retry(id)).status, 200);
                await assert_live(installation, id, number);
                assert.equal((await installation.ledger()).sold, 1);
                assert.equal((await installation.journal('elevenlabs.import')).length, 1);
                assert.deepEqual(await pending(installation, id), []);
            }));

        test('a number that was imported by hand already is taken as it is, and its texts come back to us', () =>
            with_installation({}, async (installation) => {
                await installation.restart_server({ ELEVENLABS_API_KEY: 'a-wrong-key-of-elevenlabs' });
                const { id, number } = await installation.found('overtaken-motors');
                await assert_stopped(installation, id);
                await installation.import_by_hand(number);
                await installation.restart_server({ ELEVENLABS_API_KEY: credentials.ELEVENLABS_API_KEY });
                assert.equal((await installation.retry(id)).status, 200);
                await assert_live(installation, id, number);
                assert.equal((await installation.at_twilio(number)).sms_url, `${installation.url}/webhooks/twilio/sms#rc=3&rp=5xx,ct,rt`);
            }));

        test('a vendor address that is real with a public URL that is not buys nothing', () =>
            with_installation({ settings: { TWILIO_API_BASE: 'https://api.twilio.com' }, doctor: false }, async (installation) => {
                const { id, number } = await installation.found('mistaken-motors');
                assert.equal(number, null);
                assert.match((await assert_stopped(installation, id)).cause, /public URL/);
            }));
    });

    describe('the spend guard', { concurrency: 2 }, () => {
        test('holds what exceeds the purchases of a day until an admin approves it', () =>
            with_installation({ settings: { DEALERLINE_MAX_PURCHASES_PER_DAY: '1' } }, async (installation) => {
                const answers = await Promise.all(['a', 'b', 'c'].map((letter) => installation.found(`eager-${letter}`)));
                const held = answers.filter(({ organization }) => organization.status === 'held');
                assert.equal(held.length, 2, JSON.stringify(answers));
                assert.equal((await installation.ledger()).sold, 1);
                for (const { id, number, organization } of held) {
                    assert.equal(number, null);
                    assert.equal(organization.requiresElevenLabsImport, false);
                    assert.deepEqual(await pending_types(installation, id), ['purchase_held']);
                    const run = await installation.run(id);
                    assert.equal(run.state, 'held');
                    assert.ok(run.cause && run.next_step);
                }
                await installation.restart_server();
                assert.equal((await installation.ledger()).sold, 1, 'a restart approves nothing');
                assert_refused(await installation.api('POST', `/api/organizations/${held[0].id}/provisioning/retry`, { session: held[0].session }), 403);

                assert.equal((await installation.retry(held[0].id)).status, 200);
                await assert_live(installation, held[0].id);
                assert.deepEqual(await pending(installation, held[0].id), []);
                assert.equal((await installation.run(held[1].id)).state, 'held');
                assert.equal((await installation.ledger()).sold, 2);
            }));

        test('holds what exceeds the signups of an address, and refuses beyond twenty held ones', () =>
            with_installation({ settings: { DEALERLINE_SIGNUPS_PER_IP_PER_HOUR: '2', ELEVENLABS_IMPORT: 'manual' } }, async (installation) => {
                const email = 'eager@example.com';
                const sign_up = (slug, address) => installation.sign_up(slug, { email, headers: address ? { 'X-Forwarded-For': address } : {} });
                for (const slug of ['eager-1', 'eager-2']) assert.match((await sign_up(slug)).json.organization.phoneNumberPurchased, /^\+1604/);
                for (let i = 1; i <= 20; ++i) {
                    const answer = await sign_up(`held-${i}`, `203.0.113.${i}`); // a header of a stranger is nothing
                    assert.equal(answer.status, 201, answer.text);
                    assert.equal(answer.json.organization.status, 'held');
                    assert.equal(answer.json.organization.phoneNumberPurchased, null);
                }
                const before = await installation.row_counts();
                const refused = await sign_up('held-21');
                assert_refused(refused, 429);
                assert.match(refused.headers['retry-after'], /^[1-9]\d*$/);
                assert.deepEqual(await installation.row_counts(), before);
                assert.equal((await installation.ledger()).sold, 2);
                assert.equal((await installation.notifications('?type=purchase_held&status=pending&limit=500')).length, 20);

                // What an address did is not forgotten at a restart, and an hour later it is.
                await installation.restart_server();
                assert_refused(await sign_up('held-21'), 429);
                await installation.change_sql('UPDATE address_signups SET at = at - 3600 * 1000 WHERE held = 0');
                await installation.change_sql('UPDATE address_signups SET at = at - 3600 * 1000 WHERE id IN (SELECT id FROM address_signups WHERE held = 1 LIMIT 19)');
                assert.match((await sign_up('eager-3')).json.organization.phoneNumberPurchased, /^\+1604/);
                assert.deepEqual(await installation.sql('SELECT held, count(*) AS signups FROM address_signups GROUP BY held'), [{ held: 0, signups: 1 }, { held: 1, signups: 1 }]);
                assert.match((await sign_up('eager-4')).json.organization.phoneNumberPurchased, /^\+1604/);
                await installation.restart_server();
                assert.equal((await sign_up('held-22')).json.organization.status, 'held');
                assert.equal((await installation.ledger()).sold, 4);

                const approved = await organization_of(installation, 'held-7');
                assert.equal((await installation.retry(approved)).status, 200);
                await until(async () => (await installation.ledger()).sold, (sold) => sold === 5);
            }));

        test('believes a forwarded address from a proxy that it was told to trust', () =>
            with_installation({ settings: { DEALERLINE_SIGNUPS_PER_IP_PER_HOUR: '1', DEALERLINE_TRUSTED_PROXIES: '127.0.0.1', ELEVENLABS_IMPORT: 'manual' } }, async (installation) => {
                const status = async (slug, address) => (await installation.sign_up(slug, { headers: { 'X-Forwarded-For': address } })).json.organization.status;
                assert.equal(await status('one-a', '203.0.113.1'), 'needs_attention');
                assert.equal(await status('two-a', '203.0.113.2'), 'needs_attention');
                assert.equal(await status('one-b', '203.0.113.1'), 'held');
                assert.equal(await status('two-b', '198.51.100.9, 203.0.113.2'), 'held', 'what the client wrote itself is not believed');
            }));
    });
});
