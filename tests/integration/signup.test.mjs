// A signup as its callers see it: the answer's shape, the manual way, repeated signups, and who may see what.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { admin, assert_refused, cookie_of, eventually, password, start_installation } from './support.mjs';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
const welcome = 'Organization created successfully! You are now the admin.';

describe('signups', { concurrency: 4 }, () => {
    describe('a signup where numbers are imported by themselves', { concurrency: 1 }, () => {
        let installation, harbour;

        before(async () => {
            installation = await start_installation();
            harbour = await installation.sign_up('harbour-motors');
        });
        after(() => installation?.stop());

        const id = () => harbour.json.organization.id;

        test('is answered with the number and signs the new admin in', async () => {
            assert.equal(harbour.status, 201, harbour.text);
            const { organization } = harbour.json;
            assert.match(organization.id, uuid);
            assert.match(organization.phoneNumberPurchased, /^\+1604\d{7}$/);
            assert.deepEqual(harbour.json, {
                success: true,
                organization: {
                    id: organization.id,
                    name: 'Harbour Motors',
                    slug: 'harbour-motors',
                    phoneNumberPurchased: organization.phoneNumberPurchased,
                    requiresElevenLabsImport: false,
                    status: 'active',
                },
                message: welcome,
            });
            assert.equal(harbour.headers['set-cookie'].length, 1);
            const [, ...attributes] = harbour.headers['set-cookie'][0].split('; ');
            assert.ok(attributes.includes('HttpOnly'));
            assert.ok(attributes.includes('SameSite=Strict'));
            assert.ok(!attributes.includes('Secure'), 'the public URL is plain http');
            assert.ok(harbour.headers['x-request-id']);

            const who = await installation.get('/api/session', cookie_of(harbour));
            assert.equal(who.user.email, 'harbour-motors@example.com');
            assert.deepEqual(who.organizations, [{ id: organization.id, name: 'Harbour Motors', role: 'admin' }]);
        });

        test('shows its number to its members', async () => {
            const { phoneNumbers } = await installation.get(`/api/organizations/${id()}/phone-numbers`, cookie_of(harbour));
            assert.equal(phoneNumbers.length, 1);
            const [number] = phoneNumbers;
            assert.equal(number.phone_number, harbour.json.organization.phoneNumberPurchased);
            assert.match(number.elevenlabs_phone_id, /^phnum_/);
            assert.equal(number.is_active, true);
            assert.equal(number.state, 'active');
            assert.equal(number.state_reason, null);
            assert.match(number.created_at, time);
            assert.equal(number.sms_status, 'ready');
        });

        test('shows its steps with times, attempts and words', async () => {
            const { run, steps } = await installation.get(`/api/organizations/${id()}/provisioning`, cookie_of(harbour));
            assert.equal(run.state, 'done');
            assert.equal(run.cause, null);
            assert.equal(run.next_step, null);
            assert.match(run.created_at, time);
            assert.match(run.finished_at, time);
            assert.deepEqual(
                steps.map(({ step, state, attempt }) => [step, state, attempt]),
                ['choosing', 'buying', 'importing', 'verifying'].map((step) => [step, 'succeeded', 1]),
            );
            for (const { message, started_at, finished_at } of steps) {
                assert.ok(message);
                assert.match(started_at, time);
                assert.match(finished_at, time);
                assert.ok(started_at <= finished_at);
            }
            assert.deepEqual(
                steps.map(({ started_at }) => started_at),
                steps.map(({ started_at }) => started_at).toSorted(),
            );
        });

        test('leaves nothing for a human, and a number that Jack answers', async () => {
            assert.deepEqual(await installation.notifications(`?organization_id=${id()}`), []);
            const call = await installation.call(harbour.json.organization.phoneNumberPurchased);
            assert.equal(call.status, 'answered', call.reason);
            assert.equal(call.answered_by, 'agent');
            assert.equal(call.variables.organization_name, 'Harbour Motors');
            assert.match(call.greeting, /Harbour Motors/);
            const [sale, ...more] = (await installation.ledger()).sales.filter(({ phone_number }) => phone_number === call.to);
            assert.deepEqual(more, []);
            assert.match(sale.friendly_name, /^dealerline:[0-9a-f]+:[0-9a-f-]+$/);
            assert.ok(sale.friendly_name.length <= 64);
            const [{ id: installation_id }] = await installation.sql('SELECT id FROM installation');
            assert.equal(sale.friendly_name.split(':')[1], installation_id);
            assert.equal((await installation.at_twilio(call.to)).sms_url, `${installation.url}/webhooks/twilio/sms#rc=3&rp=5xx,ct,rt`);
        });

        test('is sent Secure cookies behind a public https address', async () => {
            const secure = await start_installation({ settings: { DEALERLINE_PUBLIC_URL: 'https://line.example.com' }, doctor: false });
            try {
                const answer = await secure.api('POST', '/api/session', { json: { email: admin.email, password: admin.password } });
                assert.match(answer.headers['set-cookie'][0], /; Secure(;|$)/);
                const session = cookie_of(answer);
                assert_refused(await secure.api('DELETE', '/api/session', { session }), 403, { code: 'foreign_origin' });
                const signed_out = await secure.api('DELETE', '/api/session', { session, headers: { Origin: 'https://line.example.com' } });
                assert.equal(signed_out.status, 204);
            } finally {
                await secure.stop();
            }
        });

        test('that says no area code gets one of the installation, and says so', async () => {
            const { number } = await installation.found('anywhere-motors', { area_code: undefined });
            assert.match(number, /^\+1604/);
        });

        test('takes US numbers too, whose texts wait for their registration', async () => {
            const { id: american, number } = await installation.found('seattle-motors', { area_code: '206' });
            assert.match(number, /^\+1206/);
            const [{ sms_status, sms_reason, is_active }] = await installation.numbers(american);
            assert.equal(is_active, true);
            assert.equal(sms_status, 'needs_registration');
            assert.match(sms_reason, /10DLC/);
        });
    });

    describe('a signup where a person imports the number', { concurrency: 1 }, () => {
        let installation;

        before(async () => (installation = await start_installation({ settings: { ELEVENLABS_IMPORT: 'manual' } })));
        after(() => installation?.stop());

        const pending = (id) => installation.notifications(`?organization_id=${id}&status=pending`);

        test('buys the number and asks for the import', async () => {
            const { id, number, organization } = await installation.found('manual-motors');
            assert.match(number, /^\+1604\d{7}$/);
            assert.equal(organization.requiresElevenLabsImport, true);
            assert.equal(organization.status, 'needs_attention');

            const [notification, ...more] = await pending(id);
            assert.deepEqual(more, []);
            assert.match(notification.id, uuid);
            assert.match(notification.created_at, time);
            const { type, organization_id, organization_name, phone_number, message, status } = notification;
            assert.deepEqual(
                { type, organization_id, organization_name, phone_number, message, status },
                {
                    type: 'elevenlabs_import_required',
                    organization_id: id,
                    organization_name: 'Manual Motors',
                    phone_number: number,
                    message: `Import ${number} to ElevenLabs dashboard and assign to agent`,
                    status: 'pending',
                },
            );
            const [listed] = await installation.numbers(id);
            assert.equal(listed.is_active, false);
            assert.equal(listed.state, 'bought');
            assert.equal(listed.elevenlabs_phone_id, null);
            const all = await installation.get('/api/admin/notifications?type=elevenlabs_import_required&limit=1', await installation.admin_session());
            assert.equal(all.notifications.length, 1);
            assert.ok('next_cursor' in all);

            const call = await installation.call(number);
            assert.notEqual(call.answered_by, 'agent', 'nobody has imported it yet');
        });

        test('is activated with the right phone id only', async () => {
            const { id, number } = await installation.found('dashboard-motors');
            const other = await installation.found('another-motors');
            const others_id = await installation.import_by_hand(other.number);

            assert_refused(await installation.activate(number, 'phnum_nobody_has_this'), 422, { field: 'elevenLabsPhoneId' });
            assert_refused(await installation.activate(number, others_id), 422, { field: 'elevenLabsPhoneId' });
            const [not_active] = await installation.numbers(id);
            assert.equal(not_active.is_active, false);
            assert.notEqual(not_active.elevenlabs_phone_id, others_id);

            const phone_id = await installation.import_by_hand(number);
            assert.match((await installation.at_twilio(number)).sms_url, /elevenlabs\.io/, 'the dashboard took the texts');
            const answer = await installation.activate(number, phone_id);
            assert.equal(answer.status, 200, answer.text);
            assert.deepEqual(Object.keys(answer.json).toSorted(), ['phone_number', 'success']);
            assert.equal(answer.json.success, true);
            assert.equal(answer.json.phone_number.phone_number, number);
            assert.equal(answer.json.phone_number.elevenlabs_phone_id, phone_id);
            assert.equal(answer.json.phone_number.is_active, true);
            assert.equal(answer.json.phone_number.state, 'active');

            const at_twilio = await installation.at_twilio(number);
            assert.equal(at_twilio.sms_url, `${installation.url}/webhooks/twilio/sms#rc=3&rp=5xx,ct,rt`);
            assert.match(at_twilio.voice_url, /elevenlabs\.io/);
            const call = await installation.call(number);
            assert.equal(call.answered_by, 'agent', call.reason);
            assert.match(call.greeting, /Dashboard Motors/);
            assert.deepEqual(await pending(id), []);
            assert.equal((await installation.notifications(`?organization_id=${id}&type=elevenlabs_import_required`))[0].status, 'resolved');

            const again = await installation.activate(number, phone_id);
            assert.equal(again.status, 200, 'a repeated activation is the same answer');
            assert.deepEqual(again.json, answer.json);
        });

        test('names the number with + and with %2B', async () => {
            for (const [slug, written] of [
                ['plus-motors', (number) => number],
                ['encoded-motors', (number) => number.replace('+', '%2B')],
            ]) {
                const { number } = await installation.found(slug);
                const answer = await installation.activate(written(number), await installation.import_by_hand(number));
                assert.equal(answer.status, 200, answer.text);
                assert.equal(answer.json.phone_number.is_active, true);
            }
            assert_refused(await installation.activate('%2B16045550199', 'phnum_1'), 404, { field: 'number' });
        });

        test('refuses an activation before the number is imported anywhere, and goes on afterwards', async () => {
            const { id, number } = await installation.found('hasty-motors');
            assert_refused(await installation.activate(number, 'phnum_of_tomorrow'), 422, { field: 'elevenLabsPhoneId' });
            const run = await installation.run(id);
            assert.equal(run.state, 'needs_attention');
            assert.match(run.cause, /phnum_of_tomorrow/);
            const answer = await installation.activate(number, await installation.import_by_hand(number));
            assert.equal(answer.status, 200, answer.text);
            assert.deepEqual(await pending(id), []);
        });

        test('needs no ElevenLabs key of ours', async () => {
            const keyless = await start_installation({ settings: { ELEVENLABS_IMPORT: 'manual' } });
            try {
                await keyless.restart_server({ ELEVENLABS_API_KEY: '', ELEVENLABS_AGENT_ID: '', ELEVENLABS_IMPORT: '' });
                const { id, number, organization } = await keyless.found('keyless-motors');
                assert.equal(organization.requiresElevenLabsImport, true);
                assert.equal((await keyless.notifications(`?organization_id=${id}`))[0].type, 'elevenlabs_import_required');
                const phone_id = await keyless.import_by_hand(number);
                const answer = await keyless.activate(number, phone_id);
                assert.equal(answer.status, 200, answer.text);
                assert.equal(answer.json.phone_number.elevenlabs_phone_id, phone_id);
                assert.equal((await keyless.at_twilio(number)).sms_url, `${keyless.url}/webhooks/twilio/sms#rc=3&rp=5xx,ct,rt`);
                assert.match((await keyless.call(number)).greeting, /Keyless Motors/);
            } finally {
                await keyless.stop();
            }
        });
    });

    describe('a repeated signup', { concurrency: 1 }, () => {
        let installation;

        before(async () => (installation = await start_installation()));
        after(() => installation?.stop());

        const sold = async () => (await installation.ledger()).sold;

        for (const [what, key] of [
            ['with the same Idempotency-Key', 'a-key-of-the-form'],
            ['with the same e-mail and short name', undefined],
        ]) {
            test(`${what} is answered with the first one's result`, async () => {
                const slug = key ? 'keyed-motors' : 'unkeyed-motors';
                const first = await installation.sign_up(slug, { key });
                assert.equal(first.status, 201, first.text);
                const before = await sold();
                const second = await installation.sign_up(slug, { key });
                assert.equal(second.status, 201, second.text);
                assert.deepEqual(second.json, first.json);
                assert.equal(await sold(), before);
                const who = await installation.get('/api/session', cookie_of(second));
                assert.equal(who.organizations.length, 1);
            });

            test(`${what} but a difference is a conflict`, async () => {
                const slug = key ? 'differing-keyed-motors' : 'differing-motors';
                assert.equal((await installation.sign_up(slug, { key })).status, 201);
                const before = await installation.row_counts();
                for (const change of [{ organization_name: 'Other Name' }, { area_code: '778' }, { time_zone: 'America/Toronto' }, { password: 'a wrong password' }])
                    assert_refused(await installation.sign_up(slug, { key, ...change }), 409, { code: 'slug_taken', field: 'organization_slug' });
                assert.deepEqual(await installation.row_counts(), before);
            });
        }

        test("with someone else's Idempotency-Key shows nothing of theirs", async () => {
            const first = await installation.found('guessed-motors', { key: 'guessable' });
            const second = await installation.found('guesser-motors', { key: 'guessable' });
            assert.notEqual(second.id, first.id);
            assert.notEqual(second.number, first.number);
        });

        test('with a known e-mail founds a second organisation by its right password only', async () => {
            const email = 'group@example.com';
            const first = await installation.found('group-north', { email });
            assert_refused(await installation.sign_up('group-south', { email, password: 'not the password' }), 409, { code: 'email_taken', field: 'email' });
            const second = await installation.found('group-south', { email: 'Group@Example.com' });
            assert.notEqual(second.id, first.id);
            const { organizations } = await installation.get('/api/session', second.session);
            assert.deepEqual(organizations.map(({ name }) => name).toSorted(), ['Group North', 'Group South']);
            assert_refused(await installation.sign_up('group-north', { email: 'stranger@example.com' }), 409, { code: 'slug_taken', field: 'organization_slug' });
        });

        test('with a wrong password is held to the sign-in limit', async () => {
            const email = 'guessed@example.com';
            await installation.found('guessed-north', { email });
            const answers = [];
            for (let i = 0; i < 14 && answers.at(-1)?.status !== 429; ++i)
                answers.push(await installation.sign_up('guessed-south', { email, password: `wrong password ${i}` }));
            assert_refused(answers.at(-1), 429);
            assert.match(answers.at(-1).headers['retry-after'], /^[1-9]\d*$/);
            assert_refused(await installation.api('POST', '/api/session', { json: { email, password: 'wrong password 99' } }), 429);
        });

        for (const key of [undefined, 'one-press-of-the-button']) {
            test(`sent ten times at once ${key ? 'with' : 'without'} a key makes one organisation and buys one number`, async () => {
                const slug = key ? 'crowded-keyed-motors' : 'crowded-motors';
                const before = await sold();
                const answers = await Promise.all(Array.from({ length: 10 }, () => installation.sign_up(slug, { key })));
                for (const answer of answers) assert.equal(answer.status, 201, answer.text);
                assert.equal(new Set(answers.map(({ json }) => json.organization.id)).size, 1);
                assert.equal(new Set(answers.map(({ json }) => json.organization.phoneNumberPurchased)).size, 1);
                assert.equal(await sold(), before + 1);
                const [{ count }] = await installation.sql(`SELECT count(*) AS count FROM organizations WHERE slug = '${slug}'`);
                assert.equal(count, 1);
                const [{ users }] = await installation.sql(`SELECT count(*) AS users FROM users WHERE email = '${slug}@example.com'`);
                assert.equal(users, 1);
            });
        }

        test('of one person for two dealerships at once founds both', async () => {
            const email = 'two-at-once@example.com';
            const answers = await Promise.all(['twin-east', 'twin-west'].map((slug) => installation.sign_up(slug, { email })));
            for (const answer of answers) assert.equal(answer.status, 201, answer.text);
            assert.equal(new Set(answers.map(({ json }) => json.organization.id)).size, 2);
        });

        test('of two people for one short name gives it to one of them', async () => {
            const answers = await Promise.all(['ann@example.com', 'bob@example.com'].map((email) => installation.sign_up('wanted-motors', { email })));
            assert.deepEqual(answers.map(({ status }) => status).toSorted(), [201, 409]);
            assert_refused(
                answers.find(({ status }) => status === 409),
                409,
                { code: 'slug_taken', field: 'organization_slug' },
            );
        });
    });

    describe('who may see and change what', { concurrency: 1 }, () => {
        let installation, ours, theirs, staff;

        before(async () => {
            installation = await start_installation();
            ours = await installation.found('our-motors');
            theirs = await installation.found('their-motors');
            const colleague = await installation.found('colleague-motors');
            staff = colleague.session;
            await installation.change_sql(`
                INSERT INTO memberships (organization_id, user_id, role, created_at)
                SELECT '${ours.id}', id, 'staff', 0 FROM users WHERE email = 'colleague-motors@example.com'`);
        });
        after(() => installation?.stop());

        const reads = ['', '/phone-numbers', '/provisioning'];

        test("another tenant's records are not found, like those of no one", async () => {
            const nobody = '01890000-0000-7000-8000-000000000000';
            for (const id of [theirs.id, nobody, 'x', "' OR 1=1 --"].map(encodeURIComponent)) {
                for (const path of reads) assert_refused(await installation.api('GET', `/api/organizations/${id}${path}`, { session: ours.session }), 404);
                const patch = await installation.api('PATCH', `/api/organizations/${id}`, { session: ours.session, json: { name: 'Taken Over' } });
                assert_refused(patch, 404, { code: 'not_found' });
            }
            const progress = await installation.api('GET', `/signup/progress?organization=${theirs.id}`, { session: ours.session });
            assert_refused(progress, 404);
            const own = await installation.get(`/api/organizations/${theirs.id}`, theirs.session);
            assert.equal(own.organization.name, 'Their Motors');
        });

        test('a list of organisations has the own ones only, whatever is asked', async () => {
            for (const query of ['', '?search=their', `?sort=name`, '?limit=500']) {
                const { organizations } = await installation.get(`/api/organizations${query}`, ours.session);
                for (const { id } of organizations) assert.equal(id, ours.id);
            }
            const all = await installation.get('/api/organizations', await installation.admin_session());
            assert.equal(all.organizations.length, 3);
        });

        test('the platform is closed to those who are not of it', async () => {
            const [{ id }] = await installation.sql('SELECT id FROM organizations LIMIT 1');
            for (const session of [ours.session, staff]) {
                assert_refused(await installation.api('GET', '/api/admin/notifications', { session }), 403);
                assert_refused(await installation.api('GET', `/api/admin/notifications?organization_id=${ours.id}`, { session }), 403);
                for (const decision of ['resolve', 'dismiss'])
                    assert_refused(await installation.api('POST', `/api/admin/notifications/${id}/${decision}`, { session }), 403);
                const json = { elevenLabsPhoneId: 'phnum_1' };
                assert_refused(await installation.api('POST', `/api/admin/phone-numbers/${ours.number}/activate`, { session, json }), 403);
                for (const organization of [ours.id, theirs.id, 'nobody'])
                    assert_refused(await installation.api('POST', `/api/organizations/${organization}/provisioning/retry`, { session }), 403);
            }
        });

        test('staff sees the organisation and changes no settings', async () => {
            for (const path of reads) await installation.get(`/api/organizations/${ours.id}${path}`, staff);
            assert_refused(await installation.api('PATCH', `/api/organizations/${ours.id}`, { session: staff, json: { name: 'Renamed' } }), 403);
            const patched = await installation.api('PATCH', `/api/organizations/${ours.id}`, { session: ours.session, json: { time_zone: 'America/Toronto' } });
            assert.equal(patched.status, 200, patched.text);
            assert.equal(patched.json.organization.time_zone, 'America/Toronto');
        });

        test('a platform viewer sees everything and changes nothing', async () => {
            const viewer = await installation.found('viewer-motors');
            await installation.change_sql("UPDATE users SET platform_role = 'viewer' WHERE email = 'viewer-motors@example.com'");
            await installation.get('/api/admin/notifications', viewer.session);
            for (const path of reads) await installation.get(`/api/organizations/${theirs.id}${path}`, viewer.session);
            const { session } = viewer;
            assert_refused(await installation.api('PATCH', `/api/organizations/${theirs.id}`, { session, json: { name: 'Renamed' } }), 403);
            assert_refused(await installation.api('POST', `/api/organizations/${theirs.id}/provisioning/retry`, { session }), 403);
            assert_refused(await installation.api('POST', '/api/admin/notifications/x/resolve', { session }), 403);
            assert_refused(await installation.api('POST', `/api/admin/phone-numbers/${theirs.number}/activate`, { session, json: { elevenLabsPhoneId: 'p' } }), 403);
        });

        test('signed out, nothing is shown', async () => {
            const out = await installation.found('leaving-motors');
            assert.equal((await installation.api('DELETE', '/api/session', { session: out.session })).status, 204);
            for (const session of [undefined, out.session, 'dealerline_session=', `dealerline_session=${'0'.repeat(64)}`]) {
                for (const path of ['/api/session', '/api/organizations', '/api/admin/notifications', ...reads.map((read) => `/api/organizations/${ours.id}${read}`)])
                    assert_refused(await installation.api('GET', path, { session }), 401);
                const headers = { Origin: installation.url };
                assert_refused(await installation.api('PATCH', `/api/organizations/${ours.id}`, { session, headers, json: { name: 'X' } }), 401);
                assert_refused(await installation.api('POST', `/api/organizations/${ours.id}/provisioning/retry`, { session, headers }), 401);
                assert_refused(await installation.api('POST', '/api/admin/notifications/x/dismiss', { session, headers }), 401);
            }
        });

        test('a change needs a page of ours, by whichever name of this machine', async () => {
            const { port } = new URL(installation.url);
            const change = (headers) =>
                installation.api('PATCH', `/api/organizations/${ours.id}`, { json: { time_zone: 'UTC' }, headers: { Cookie: ours.session, ...headers } });
            const refused = [
                {},
                { Origin: 'null' },
                { Origin: 'http://evil.example' },
                { Origin: `http://127.0.0.1.evil.example:${port}` },
                { Origin: `http://evil.example/127.0.0.1:${port}` },
                { Origin: `https://127.0.0.1:${port}` },
                { Origin: 'http://127.0.0.1:1' },
                { Origin: `http://localhost:${port}0` },
                { 'Sec-Fetch-Site': 'cross-site' },
                { 'Sec-Fetch-Site': 'same-site' },
                { 'Sec-Fetch-Site': 'none' },
                { 'Sec-Fetch-Site': 'cross-site', Origin: 'http://evil.example' },
            ];
            for (const headers of refused) assert_refused(await change(headers), 403, { code: 'foreign_origin' });
            assert.equal((await installation.get(`/api/organizations/${ours.id}`, ours.session)).organization.time_zone, 'America/Toronto');
            const taken = [
                { Origin: `http://127.0.0.1:${port}` },
                { Origin: `http://localhost:${port}` },
                { Origin: `http://[::1]:${port}` },
                { 'Sec-Fetch-Site': 'same-origin' },
            ];
            for (const headers of taken) assert.equal((await change(headers)).status, 200, JSON.stringify(headers));
            assert_refused(await installation.api('DELETE', '/api/session', { headers: { Cookie: ours.session } }), 403, { code: 'foreign_origin' });
            assert_refused(await installation.api('POST', '/api/organizations/x/provisioning/retry', { headers: { Cookie: ours.session } }), 403);
        });

        test('a sign-in or a signup from a page elsewhere is refused', async () => {
            const headers = { Origin: 'http://evil.example' };
            assert_refused(await installation.sign_up('planted-motors', { headers }), 403);
            const { email, password: secret } = admin;
            assert_refused(await installation.api('POST', '/api/session', { json: { email, password: secret }, headers }), 403);
            assert_refused(await installation.sign_up('planted-motors', { headers: { 'Sec-Fetch-Site': 'cross-site' } }), 403);
        });

        test('no answer lets another site read it', async () => {
            for (const path of ['/api/session', '/', '/healthz']) {
                const answer = await installation.api('GET', path, { session: ours.session, headers: { Origin: 'http://evil.example' } });
                assert.equal(answer.headers['access-control-allow-origin'], undefined, path);
            }
        });

        test('a wrong password and an unknown account are the same refusal', async () => {
            const try_in = (email) => installation.api('POST', '/api/session', { json: { email, password } });
            const wrong = await installation.api('POST', '/api/session', { json: { email: 'our-motors@example.com', password: 'not the password' } });
            const unknown = await try_in('nobody@example.com');
            assert_refused(wrong, 401);
            assert_refused(unknown, 401);
            assert.equal(wrong.json.error.message, unknown.json.error.message);
            assert.equal(wrong.json.error.code, unknown.json.error.code);
            assert.equal((await try_in('OUR-Motors@example.com')).status, 200);
        });

        test('a decided notification is decided once', async () => {
            await installation.change_sql(`
                INSERT INTO admin_notifications (id, type, subject, organization_id, message, created_at)
                VALUES ('01890000-0000-7000-8000-00000000000a', 'drift_found', 'x', '${ours.id}', 'Look', 0),
                       ('01890000-0000-7000-8000-00000000000b', 'drift_found', 'y', '${ours.id}', 'Look', 0)`);
            const session = await installation.admin_session();
            const decide = (last, what) => installation.api('POST', `/api/admin/notifications/01890000-0000-7000-8000-00000000000${last}/${what}`, { session });
            assert.equal((await decide('a', 'resolve')).json.notification.status, 'resolved');
            assert.equal((await decide('b', 'dismiss')).json.notification.status, 'dismissed');
            assert_refused(await decide('a', 'dismiss'), 409);
            assert_refused(await decide('c', 'resolve'), 404);
            await eventually(async () => (await installation.notifications(`?organization_id=${ours.id}&status=pending`)).length, 0);
            const pages = [];
            for (let cursor = ''; cursor !== null; ) {
                const page = await installation.get(`/api/admin/notifications?limit=1${cursor && `&cursor=${cursor}`}`, session);
                pages.push(...page.notifications.map(({ id }) => id));
                cursor = page.next_cursor;
            }
            assert.deepEqual(pages, ['b', 'a'].map((last) => `01890000-0000-7000-8000-00000000000${last}`));
        });
    });
});
