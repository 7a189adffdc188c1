// Texts both ways: whom they reach, who is left alone, and that each goes out once whatever happens on the way.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import twilio from 'twilio';
import { ask, assert_refused, credentials, eventually, pause, until, with_installation } from './support.mjs';

const token = credentials.TWILIO_AUTH_TOKEN;
const empty_twiml = '<?xml version="1.0" encoding="UTF-8"?><Response/>';
const any_sid = () => `SM${[...Array(32)].map(() => Math.floor(Math.random() * 16).toString(16)).join('')}`;
let customers = 0;
const any_customer = () => `+1778555${String(++customers + 1000).padStart(4, '0')}`;

// A webhook as Twilio signs it, by its own library.
function webhook(installation, path, params, { signed_with = token, signature, signed_url, body, url = installation.url } = {}) {
    const address = url + path;
    const given = signature ?? twilio.getExpectedTwilioSignature(signed_with, signed_url ?? address, params);
    return ask(installation.url + path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...(given ? { 'X-Twilio-Signature': given } : {}) },
        body: body ?? new URLSearchParams(params).toString(),
    });
}

const text_form = (from, to, body, sid = any_sid()) => ({
    ToCountry: 'CA', SmsMessageSid: sid, NumMedia: '0', ToCity: '', SmsSid: sid, SmsStatus: 'received', Body: body, To: to, NumSegments: '1',
    MessageSid: sid, AccountSid: credentials.TWILIO_ACCOUNT_SID, From: from, ApiVersion: '2010-04-01',
});

async function bring(installation, form) {
    const answer = await webhook(installation, '/webhooks/twilio/sms', form);
    assert.equal(answer.status, 200, answer.text);
    assert.match(answer.headers['content-type'], /^text\/xml/);
    assert.equal(answer.text, empty_twiml);
}

const writes = (installation, from, to, body, more = {}) => installation.sim('/sim/messages', { from, to, body, ...more });
const thread_of = async (installation, { id, session }, customer) =>
    (await installation.get(`/api/threads?organization_id=${id}`, session)).threads.find(({ phone_number }) => phone_number === customer);
const written = (installation, organization, customer, is_right = () => true) =>
    until(() => thread_of(installation, organization, customer), (thread) => thread && is_right(thread));
const texts_of = async (installation, { id, session }, lead_id) =>
    (await installation.get(`/api/organizations/${id}/messages?lead_id=${lead_id}`, session)).messages;
const send = (installation, { id, session }, json, headers = {}) =>
    installation.api('POST', `/api/organizations/${id}/messages`, { session, json, headers });

async function sent(installation, organization, json, headers) {
    const answer = await send(installation, organization, json, headers);
    assert.equal(answer.status, 201, answer.text);
    return answer.json.message;
}

const text_of = async (installation, organization, { lead_id, id }) =>
    (await texts_of(installation, organization, lead_id)).find((message) => message.id === id);
const in_state = (installation, organization, message, ...states) =>
    until(() => text_of(installation, organization, message), ({ state }) => states.includes(state), 120_000);
// What left for the customer, as the other side recorded it.
const gone_to = async (installation, customer) =>
    (await installation.ledger()).messages.filter(({ direction, to }) => direction === 'outbound-api' && to === customer);

describe('texts', { concurrency: 4 }, () => {
    test('a text reaches the dealership whose number was texted and no other, and is answered from that number', () =>
        with_installation({}, async (installation) => {
            const [ours, theirs] = [await installation.found('harbour-motors'), await installation.found('valley-auto')];
            const customer = any_customer();
            const stream = connect(Number(new URL(installation.url).port), '127.0.0.1');
            let heard = '';
            stream.on('data', (part) => (heard += part));
            stream.write(`GET /api/events HTTP/1.1\r\nHost: x\r\nCookie: ${theirs.session}\r\n\r\n`);
            await until(() => heard, (text) => text.includes('data:'));

            const words = 'Is the 2024 Civic still there? 👍 50% & more = yes';
            await writes(installation, customer, ours.number, words, { media: 2 });
            const thread = await written(installation, ours, customer);
            assert.deepEqual([thread.unread, thread.last_message, thread.last_direction, thread.opted_out], [1, words, 'inbound', false]);
            const [received] = await texts_of(installation, ours, thread.id);
            assert.deepEqual([received.body, received.pictures, received.state, received.to_number, received.encoding], [words, 2, 'received', ours.number, 'ucs2']);
            assert.equal((await installation.journal()).filter(({ path }) => path?.includes('/Media/')).length, 0, 'pictures are noted, never fetched');

            const reply = await sent(installation, ours, { lead_id: thread.id, body: ' Yes, come by at 5! ' });
            assert.deepEqual([reply.state, reply.from_number, reply.to_number, reply.author], ['queued', ours.number, customer, 'harbour-motors@example.com']);
            await in_state(installation, ours, reply, 'delivered');
            assert.deepEqual((await gone_to(installation, customer)).map(({ from, body }) => [from, body]), [[ours.number, 'Yes, come by at 5!']]);

            const { session } = theirs;
            assert.deepEqual((await installation.get('/api/threads', session)).threads, []);
            assert.deepEqual((await installation.get(`/api/threads?search=${encodeURIComponent('civic')}`, session)).threads, []);
            assert.deepEqual((await installation.get(`/api/organizations/${theirs.id}/messages`, session)).messages, []);
            for (const path of ['messages', `messages?lead_id=${thread.id}`])
                assert_refused(await installation.api('GET', `/api/organizations/${ours.id}/${path}`, { session }), 404, { code: 'not_found' });
            assert_refused(await installation.api('GET', `/api/threads?organization_id=${ours.id}`, { session }), 404, { code: 'not_found' });
            assert_refused(await send(installation, { id: ours.id, session }, { lead_id: thread.id, body: 'x' }), 404, { code: 'not_found' });
            assert_refused(await send(installation, theirs, { lead_id: thread.id, body: 'x' }), 404, { code: 'not_found', field: 'lead_id' });
            stream.destroy();
            assert.ok(!/"kind":"(message|lead|usage)"/.test(heard), heard);

            const found = await installation.get(`/api/threads?search=${encodeURIComponent('civic')}`, await installation.admin_session());
            assert.equal(found.threads.length, 0, 'the last text counts');
            assert.equal((await installation.get('/api/threads?search=come%20by', ours.session)).threads.length, 1);
            const lines = await installation.sql('SELECT kind, quantity, amount, organization_id FROM ledger_entries WHERE kind LIKE \'sms%\' ORDER BY kind');
            assert.deepEqual(lines, ['in', 'out'].map((way) => ({ kind: `sms_segment_${way}`, quantity: 1, amount: 7500, organization_id: ours.id })));
        }));

    test('who says STOP is left alone, by word and by plain request, until they say START', () =>
        with_installation({}, async (installation) => {
            const ours = await installation.found('harbour-motors');
            await Promise.all([
                ['STOP', 'START'],
                ['arrêt', 'START'],
                ['please stop texting me', 'you can text me again'],
                ["Arrêtez de m'envoyer des textos", 'commencer'],
                ['Not interested. Remove me from your list', 'start'],
            ].map(async ([stop, start]) => {
                const customer = any_customer();
                await writes(installation, customer, ours.number, 'Hello');
                const { id: lead_id } = await written(installation, ours, customer);
                await writes(installation, customer, ours.number, stop);
                await written(installation, ours, customer, ({ opted_out }) => opted_out);
                for (const json of [{ lead_id, body: 'x' }, { to_number: customer, body: 'x' }])
                    assert_refused(await send(installation, ours, json), 422, { code: 'opted_out' });
                await pause(1_100); // Twilio's clock counts seconds, and of one second the STOP counts
                await writes(installation, customer, ours.number, start);
                await written(installation, ours, customer, ({ opted_out }) => !opted_out);
                const reply = await sent(installation, ours, { lead_id, body: `Welcome back after ${stop}` });
                await in_state(installation, ours, reply, 'delivered');
                assert.equal((await gone_to(installation, customer)).length, 1, 'no answer of ours to a STOP or a START');
            }));
            const { counts } = await installation.get('/api/threads?filter=opted_out', ours.session);
            assert.deepEqual(counts, { all: 5, unread: 5, opted_out: 0 });
            const evidence = await installation.sql("SELECT count(*) AS n FROM opt_outs WHERE words <> '' AND message_sid LIKE 'SM%'");
            assert.deepEqual(evidence, [{ n: 10 }]);
        }));

    test('a STOP stops what was written before it and has not left, and counts for the group if the dealership says so', () =>
        with_installation({}, async (installation) => {
            const [ours, theirs] = [await installation.found('harbour-motors'), await installation.found('valley-auto')];
            const customer = any_customer();
            await writes(installation, customer, ours.number, 'Hello');
            await writes(installation, customer, theirs.number, 'Hello');
            const { id: lead_id } = await written(installation, ours, customer);
            const { id: their_lead } = await written(installation, theirs, customer);

            await installation.arm({ operation: 'twilio.create_message', kind: 'throttled', retry_after: 3, times: 1 });
            const waiting = await sent(installation, ours, { lead_id, body: 'On my way to you' });
            await writes(installation, customer, ours.number, 'stop');
            const stopped = await in_state(installation, ours, waiting, 'failed');
            assert.match(stopped.error, /START/);
            assert.deepEqual(await gone_to(installation, customer), []);

            await in_state(installation, theirs, await sent(installation, theirs, { lead_id: their_lead, body: 'One' }), 'delivered');
            await installation.change_sql(`INSERT INTO groups (id, name, created_at) VALUES ('g', 'Two', 1); UPDATE organizations SET group_id = 'g', shares_opt_outs = (id = '${theirs.id}')`);
            assert_refused(await send(installation, theirs, { lead_id: their_lead, body: 'Two' }), 422, { code: 'opted_out' });
            assert.deepEqual((await gone_to(installation, customer)).map(({ body }) => body), ['One']);
        }));

    test('STOP and START count in the order in which they were written, whatever comes first', () =>
        with_installation({}, async (installation) => {
            const ours = await installation.found('harbour-motors');
            const at = (seconds_ago) => Math.floor(Date.now() / 1000) - seconds_ago;
            for (const [first, second, opted_out] of [['STOP', 'START', false], ['START', 'STOP', true]]) {
                const customer = any_customer();
                // Twilio has them; their webhooks come now, the later text first and each twice.
                const sids = [];
                for (const [body, ago] of [[first, 400], [second, 300]])
                    sids.push((await writes(installation, customer, ours.number, body, { date_sent: at(ago) })).message_sid);
                for (const [body, sid] of [[second, sids[1]], [first, sids[0]], [second, sids[1]], [first, sids[0]]])
                    await bring(installation, text_form(customer, ours.number, body, sid));
                const words = `SELECT count(*) AS n, count(ask_at) AS to_ask FROM opt_outs WHERE customer_number = '${customer}'`;
                await until(() => installation.sql(words), ([{ n, to_ask }]) => n === 2 && to_ask === 0);
                assert.equal((await written(installation, ours, customer)).opted_out, opted_out, `${first} ${second}`);
            }
        }));

    test('repeats and another order of what Twilio tells end in the same state', () =>
        with_installation({}, async (installation) => {
            const ours = await installation.found('harbour-motors');
            const story = async (shuffle) => {
                const customer = any_customer();
                await writes(installation, customer, ours.number, 'Hello');
                const { id: lead_id } = await written(installation, ours, customer);
                await installation.sim('/sim/settings', { status_delay_ms: 600_000 });
                const reply = await sent(installation, ours, { lead_id, body: 'Hi' });
                const [{ twilio_sid }] = await until(() => installation.sql(`SELECT twilio_sid FROM messages WHERE id = '${reply.id}'`), ([row]) => row.twilio_sid);
                const told = [
                    ...['queued', 'sending', 'sent', 'undelivered', 'delivered'].map((MessageStatus) => [
                        `/webhooks/twilio/message-status?message=${reply.id}`,
                        { MessageSid: twilio_sid, MessageStatus, To: customer, From: ours.number, ...(MessageStatus === 'undelivered' ? { ErrorCode: '30003' } : {}) },
                    ]),
                    ...['And the Accord?', 'Thanks', 'STOP'].map((words) => ['/webhooks/twilio/sms', text_form(customer, ours.number, words)]),
                ];
                for (const [path, form] of shuffle([...told, ...told, ...told])) {
                    const { status } = await webhook(installation, path, form);
                    assert.equal(status, path.includes('status') ? 204 : 200);
                }
                await until(() => installation.sql("SELECT count(*) AS n FROM webhook_inbox WHERE state = 'waiting'"), ([{ n }]) => n === 0);
                const thread = await written(installation, ours, customer);
                const texts = await texts_of(installation, ours, lead_id);
                const lines = await installation.sql(`SELECT kind, quantity, amount FROM ledger_entries WHERE subject_id IN (SELECT id FROM messages WHERE lead_id = '${lead_id}') ORDER BY kind`);
                return { unread: thread.unread, opted_out: thread.opted_out, lines, texts: texts.map(({ body, state, error, segments }) => [body, state, error, segments]).sort() };
            };
            const in_order = await story((all) => all);
            assert.deepEqual(in_order.lines.map(({ kind }) => kind), ['sms_segment_in', 'sms_segment_in', 'sms_segment_in', 'sms_segment_in', 'sms_segment_out']);
            assert.ok(in_order.texts.some(([body, state]) => body === 'Hi' && state === 'delivered'));
            assert.deepEqual(await story((all) => all.reverse()), in_order);
            assert.deepEqual(await story((all) => all.sort(() => Math.random() - 0.5)), in_order);
        }));

    test('what is not signed by Twilio for this very address is refused and leaves nothing', () =>
        with_installation({}, async (installation) => {
            const ours = await installation.found('harbour-motors');
            const form = text_form(any_customer(), ours.number, 'Hello');
            await bring(installation, form);
            await written(installation, ours, form.From);
            await until(() => installation.sql("SELECT count(*) AS n FROM webhook_inbox WHERE state = 'waiting'"), ([{ n }]) => n === 0);
            const rows = async () => ({ ...(await installation.row_counts()), jobs: undefined }); // those come and go by themselves
            const before = await rows();
            const other = { ...form, MessageSid: any_sid() };
            for (const path of ['sms', 'message-status', 'voice', 'voice-fallback'].map((name) => `/webhooks/twilio/${name}`))
                for (const options of [
                    { signature: '' },
                    { signature: 'bm90IGEgc2lnbmF0dXJl' },
                    { signed_with: 'another-token' },
                    { signed_with: '' },
                    { body: new URLSearchParams({ ...other, Body: 'forged' }).toString() },
                    { body: `${new URLSearchParams(other)}&Extra=1` },
                    { body: '' },
                    { signed_url: `${installation.url}/webhooks/twilio/another` },
                    { signed_url: `https://edge.example.com${path}` },
                ]) {
                    const answer = await webhook(installation, path, other, options);
                    assert_refused(answer, 403, { code: 'wrong_signature' });
                }
            assert_refused(await webhook(installation, '/webhooks/twilio/sms?x=1', other, { signed_url: `${installation.url}/webhooks/twilio/sms` }), 403);
            assert.equal((await ask(`${installation.url}/webhooks/twilio/sms`)).status, 405);
            await bring(installation, form); // an old one again: signed, and known
            await pause(300);
            assert.deepEqual(await rows(), before);
        }));

    test('a text to nobody’s number is answered with silence and shown to a human; a short code is never answered', () =>
        with_installation({}, async (installation) => {
            const ours = await installation.found('harbour-motors');
            const nobodys = '+16045550999';
            for (let i = 0; i < 2; ++i) await bring(installation, text_form(any_customer(), nobodys, 'Hello?'));
            const unrouted = () => installation.notifications('?type=unrouted_message&status=pending');
            const [notification, ...more] = await until(unrouted, ({ length }) => length > 0);
            assert.deepEqual(more, []);
            assert.deepEqual([notification.phone_number, notification.organization_id], [nobodys, null]);
            await eventually(() => installation.sql("SELECT count(*) AS n FROM webhook_inbox WHERE state = 'unrouted' AND organization_id IS NULL"), [{ n: 2 }]);
            assert.deepEqual(await installation.sql('SELECT count(*) AS n FROM leads'), [{ n: 0 }]);

            await bring(installation, text_form('72345', ours.number, 'Your code is 123456'));
            await eventually(() => installation.sql('SELECT count(*) AS n FROM messages WHERE lead_id IS NULL'), [{ n: 1 }]);
            assert.deepEqual((await installation.get('/api/threads', ours.session)).threads, []);
            for (const to_number of ['72345', '911', '+19005550100', '+18005550100', '+442071234567', ours.number, 'nonsense'])
                assert_refused(await send(installation, ours, { to_number, body: 'x' }), 422, { code: 'destination_not_allowed', field: 'to_number' });
            assert.equal((await installation.ledger()).messages.filter(({ direction }) => direction === 'outbound-api').length, 0);
        }));

    test('the default number sends for who has none; what comes in on it is nobody’s, and a STOP to it blocks all who use it', () =>
        with_installation({ settings: { DEALERLINE_OUTBOUND: 'open' } }, async (installation) => {
            const { available_phone_numbers } = await installation.twilio('GET', '/AvailablePhoneNumbers/CA/Local.json?AreaCode=416');
            const default_number = available_phone_numbers[0].phone_number;
            await installation.twilio('POST', '/IncomingPhoneNumbers.json', { PhoneNumber: default_number, FriendlyName: 'default', SmsUrl: `${installation.url}/webhooks/twilio/sms` });
            const proper = await installation.found('harbour-motors');
            await installation.restart_server({ DEALERLINE_DEFAULT_NUMBER: default_number, DEALERLINE_MAX_PURCHASES_PER_DAY: '0' });
            const numberless = [await installation.found('valley-auto'), await installation.found('island-cars')];
            const customer = any_customer();
            // They wrote within the hour, so that the clock at the customer's is no matter here.
            for (const { id } of numberless)
                await installation.change_sql(`
                    INSERT INTO leads (id, organization_id, phone_number, created_at, last_contact_at, last_message_at) VALUES ('lead-${id}', '${id}', '${customer}', ${Date.now()}, ${Date.now()}, ${Date.now()});
                    INSERT INTO messages (id, organization_id, lead_id, direction, from_number, to_number, body, encoding, segments, state, sent_at, created_at)
                    VALUES ('text-${id}', '${id}', 'lead-${id}', 'inbound', '${customer}', '${default_number}', 'Hi', 'gsm7', 1, 'received', ${Date.now()}, ${Date.now()})`);
            const first = await sent(installation, numberless[0], { to_number: customer, body: 'From the default number' });
            assert.equal(first.from_number, default_number);
            await in_state(installation, numberless[0], first, 'delivered');
            assert.equal((await gone_to(installation, customer))[0].from, default_number);

            await writes(installation, customer, default_number, 'STOP');
            await until(() => installation.notifications('?type=unrouted_message&status=pending'), ({ length }) => length > 0);
            for (const organization of numberless)
                assert_refused(await send(installation, organization, { to_number: customer, body: 'x' }), 422, { code: 'opted_out' });
            assert.equal((await thread_of(installation, numberless[1], customer)).opted_out, true);
            assert.equal((await thread_of(installation, proper, customer)), undefined);
            assert.equal((await installation.sql('SELECT organization_id FROM opt_outs'))[0].organization_id, null);
            const look = await installation.api('POST', '/api/admin/drift/look', { session: await installation.admin_session() });
            assert.equal(look.status, 200, look.text);
            assert.ok(!look.text.includes(default_number), look.text);
            assert.deepEqual((await installation.get('/api/admin/orphans', await installation.admin_session())).orphans, []);
        }));

    test('a text that may not be sent says why, and one click sends one text', () =>
        with_installation({}, async (installation) => {
            const ours = await installation.found('harbour-motors');
            const american = await installation.found('puget-autos', { area_code: '206' });
            const customer = any_customer();
            assert_refused(await send(installation, ours, { to_number: customer, body: 'Hello stranger' }), 403, { code: 'outbound_not_allowed' });
            await writes(installation, customer, ours.number, 'Hello');
            const { id: lead_id } = await written(installation, ours, customer);
            for (const [json, status, code, field] of [
                [{ lead_id, body: ' \n ' }, 422, 'required', 'body'],
                [{ lead_id }, 422, 'required', 'body'],
                [{ body: 'x' }, 422, 'required', 'to_number'],
                [{ lead_id, to_number: customer, body: 'x' }, 422, 'required', 'to_number'],
                [{ lead_id, body: 'a\u202Eb' }, 422, 'not_printable', 'body'],
                [{ lead_id, body: 'x', media: [] }, 400, undefined, 'media'],
            ]) assert_refused(await send(installation, ours, json), status, { code, field });
            const long = await send(installation, ours, { lead_id, body: 'é'.repeat(1531) });
            assert_refused(long, 422, { code: 'too_long', field: 'body' });
            assert.match(long.json.error.message, /1531 characters.* 11 parts; 10/);
            assert.match((await send(installation, ours, { lead_id, body: `${'a'.repeat(1000)}’` })).json.error.message, /"’"/);
            assert_refused(await send(installation, american, { to_number: customer, body: 'x' }), 422, { code: 'sms_not_ready' });
            assert_refused(await send(installation, { id: ours.id }, { lead_id, body: 'x' }), 401);

            const key = { 'Idempotency-Key': 'click-1' };
            const body = `${'Long, '.repeat(50)}but not too long`;
            const [first, ...repeats] = await Promise.all([1, 2, 3].map(() => sent(installation, ours, { lead_id, body }, key)));
            for (const repeat of repeats) assert.equal(repeat.id, first.id);
            assert.equal(first.segments, 3);
            assert_refused(await send(installation, ours, { lead_id, body: 'Another' }, key), 409, { code: 'key_used', field: 'Idempotency-Key' });
            await in_state(installation, ours, first, 'delivered');
            assert.equal((await gone_to(installation, customer)).length, 1);
            assert.deepEqual(await installation.sql("SELECT quantity, amount FROM ledger_entries WHERE kind = 'sms_segment_out'"), [{ quantity: 3, amount: 22500 }]);
        }));

    test('what a carrier or Twilio says of a text is said in words, and 21610 is a STOP', () =>
        with_installation({}, async (installation) => {
            const ours = await installation.found('harbour-motors');
            for (const [delivery, state, words] of [['undelivered:30003', 'undelivered', /off or out of coverage/], ['failed:30034', 'failed', /not registered/], ['undelivered:30007', 'undelivered', /filtered/]]) {
                const customer = any_customer();
                await writes(installation, customer, ours.number, 'Hello');
                const { id: lead_id } = await written(installation, ours, customer);
                await installation.sim('/sim/settings', { delivery });
                const text = await in_state(installation, ours, await sent(installation, ours, { lead_id, body: 'Hi' }), 'undelivered', 'failed');
                assert.deepEqual([text.state, text.error_code], [state, delivery.split(':')[1]]);
                assert.match(text.error, words);
            }
            assert.deepEqual(await installation.sql("SELECT count(*) AS n FROM ledger_entries WHERE kind = 'sms_segment_out'"), [{ n: 2 }], 'what never left costs nothing');

            const customer = any_customer();
            await writes(installation, customer, ours.number, 'Hello');
            const { id: lead_id } = await written(installation, ours, customer);
            await installation.arm({ operation: 'twilio.create_message', kind: 'refuse', code: 21610, status: 400, message: 'Attempt to send to unsubscribed recipient' });
            const text = await in_state(installation, ours, await sent(installation, ours, { lead_id, body: 'Hi' }), 'failed');
            assert.match(text.error, /STOP/);
            assert.equal((await thread_of(installation, ours, customer)).opted_out, true);
            assert_refused(await send(installation, ours, { lead_id, body: 'Hi' }), 422, { code: 'opted_out' });
            assert.deepEqual(await gone_to(installation, customer), []);
        }));

    test('a request whose end is not known is looked for and never sent again', () =>
        with_installation({}, async (installation) => {
            const ours = await installation.found('harbour-motors');
            const cases = [];
            for (const [fault, count] of [
                [{ kind: 'lost' }, 1],
                [{ kind: 'error', status: 500, after: true }, 1],
                [{ kind: 'error', status: 502, body: 'html', after: true }, 1],
                [{ kind: 'garbled' }, 1],
                [{ kind: 'reset' }, 0],
                [{ kind: 'error', status: 500 }, 0],
            ]) {
                const customer = any_customer();
                await writes(installation, customer, ours.number, 'Hello');
                const { id: lead_id } = await written(installation, ours, customer);
                // Without its callbacks, which would tell the SID by themselves.
                await installation.sim('/sim/settings', { webhook_loss: 100 });
                await installation.arm({ operation: 'twilio.create_message', ...fault });
                const text = await sent(installation, ours, { lead_id, body: 'Once and only once' });
                await until(() => installation.sql(`SELECT posted_at FROM messages WHERE id = '${text.id}'`), ([{ posted_at }]) => posted_at !== null);
                await until(() => installation.sim('/sim/faults'), ({ faults }) => faults.every(({ struck, times }) => struck === times));
                await installation.sim('/sim/settings', { webhook_loss: 0 });
                cases.push({ fault, count, customer, lead_id, text });
            }
            for (const { fault, count, customer, lead_id, text } of cases) {
                const settled = await until(() => text_of(installation, ours, text), ({ state }) => state === 'unclear' || (count === 1 && state === 'delivered'), 240_000);
                assert.equal(settled.state, count === 1 ? 'delivered' : 'unclear', JSON.stringify(fault));
                assert.equal((await gone_to(installation, customer)).length, count, JSON.stringify(fault));
                if (count === 0) assert.match(settled.error, /not sent again by itself/);
                // A person may.
                const again = await sent(installation, ours, { lead_id, body: 'Once and only once' });
                await in_state(installation, ours, again, 'delivered');
                assert.equal((await gone_to(installation, customer)).length, count + 1);
            }
            const sids = await installation.sql("SELECT count(twilio_sid) AS n, count(DISTINCT twilio_sid) AS of FROM messages WHERE direction = 'outbound'");
            assert.deepEqual(sids, [{ n: 10, of: 10 }]);
        }));

    test('a server that dies while a text is on its way does not send it twice', () =>
        with_installation({}, async (installation) => {
            const ours = await installation.found('harbour-motors');
            for (const fault of [{ kind: 'slow', ms: 5_000 }, { kind: 'reset' }]) {
                const customer = any_customer();
                await writes(installation, customer, ours.number, 'Hello');
                const { id: lead_id } = await written(installation, ours, customer);
                await installation.arm({ operation: 'twilio.create_message', ...fault });
                const text = await sent(installation, ours, { lead_id, body: 'Before I die' });
                await until(() => installation.sql(`SELECT posted_at FROM messages WHERE id = '${text.id}'`), ([{ posted_at }]) => posted_at !== null);
                await installation.server.kill();
                await installation.start_server();
                const settled = await in_state(installation, ours, text, 'delivered', 'unclear');
                assert.equal((await gone_to(installation, customer)).length, settled.state === 'delivered' ? 1 : 0, JSON.stringify(fault));
            }
        }));

    test('what no webhook brings, the poller does', () =>
        with_installation({}, async (installation) => {
            const ours = await installation.found('harbour-motors');
            const customer = any_customer();
            await writes(installation, customer, ours.number, 'Hello');
            const { id: lead_id } = await written(installation, ours, customer);
            await installation.sim('/sim/settings', { webhook_loss: 100 });
            const reply = await sent(installation, ours, { lead_id, body: 'Hi' });
            await until(() => gone_to(installation, customer), ({ length }) => length === 1); // Twilio would refuse it after the STOP
            await writes(installation, customer, ours.number, 'I am here');
            await writes(installation, customer, ours.number, 'STOP');
            await until(() => thread_of(installation, ours, customer), ({ opted_out, unread }) => opted_out && unread === 3, 240_000);
            await in_state(installation, ours, reply, 'delivered');
            assert.deepEqual((await texts_of(installation, ours, lead_id)).map(({ body }) => body).sort(), ['Hello', 'Hi', 'I am here', 'STOP']);
            const polled = await installation.sql("SELECT DISTINCT kind, state FROM webhook_inbox WHERE source = 'twilio' AND via = 'poll' ORDER BY kind");
            assert.deepEqual(polled, ['message_status', 'sms'].map((kind) => ({ kind, state: 'done' })));
        }));

    test('a call that Jack cannot answer hears the dealership’s name and goes to its own phone', () =>
        with_installation({}, async (installation) => {
            const ours = await installation.found('joes-cars', { organization_name: 'Joe’s Cars & <Trucks>' });
            const call = (path, form) => webhook(installation, `/webhooks/twilio/${path}`, { CallSid: 'CA1', From: any_customer(), To: ours.number, CallStatus: 'ringing', ...form });
            for (const path of ['voice', 'voice-fallback']) {
                const answer = await call(path, {});
                assert.equal(answer.status, 200);
                assert.match(answer.headers['content-type'], /^text\/xml/);
                assert.match(answer.text, /<Say>Thank you for calling Joe’s Cars &amp; &lt;Trucks&gt;\. .*<\/Say><Hangup\/><\/Response>$/);
                assert.match((await call(path, { To: '+16045550999' })).text, /Jack Automotive/);
            }
            const settings = await installation.api('PATCH', `/api/organizations/${ours.id}`, { session: ours.session, json: { forwarding_number: '+16045550177' } });
            assert.equal(settings.status, 200, settings.text);
            const forwarded = await call('voice', {});
            assert.ok(forwarded.text.includes(`<Dial timeout="25" method="POST" action="${installation.url}/webhooks/twilio/voice">+16045550177</Dial>`), forwarded.text);
            assert.match((await call('voice', { DialCallStatus: 'no-answer' })).text, /<Say>We cannot take your call right now/);
            assert.match((await call('voice', { DialCallStatus: 'completed' })).text, /<Response><Hangup\/><\/Response>$/);
        }));
});
