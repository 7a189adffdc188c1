// What happened on a call: told by ElevenLabs in any order and any number of times, found again, and never by the wrong people.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { ask, assert_refused, credentials, eventually, start_installation, until } from './support.mjs';

let installation, north, south;

before(async () => {
    installation = await start_installation();
    north = await installation.found('north-motors');
    south = await installation.found('south-motors');
});
after(() => installation?.stop());

const secret = credentials.ELEVENLABS_WEBHOOK_SECRET;
const now = () => Math.floor(Date.now() / 1000);
let count = 0;
const new_sid = () => `CA${String(++count).padStart(32, 'a')}`;
const new_conversation = () => `conv_${++count}`;

const sign = (body, { t = now(), key = secret } = {}) => `t=${t},v0=${createHmac('sha256', key).update(`${t}.`).update(body).digest('hex')}`;

function send(event, { headers, body = JSON.stringify(event), ...how } = {}) {
    return ask(`${installation.url}/webhooks/elevenlabs/post-call`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'ElevenLabs-Signature': sign(body, how), ...headers },
        body,
    });
}

async function tell(event) {
    const answer = await send(event);
    assert.equal(answer.status, 200, answer.text);
}

const ring = (called_number, caller_id, call_sid = new_sid()) =>
    installation
        .initiation({ caller_id, called_number, call_sid, agent_id: credentials.ELEVENLABS_AGENT_ID })
        .then((answer) => ({ call_sid, variables: answer.json.dynamic_variables }));

function transcription({ call_sid = new_sid(), conversation_id = new_conversation(), agent_number, external_number = '+17785550142', at = now(), ...more } = {}) {
    return {
        type: 'post_call_transcription',
        event_timestamp: more.event_timestamp ?? at + 60,
        data: {
            agent_id: credentials.ELEVENLABS_AGENT_ID,
            conversation_id,
            status: 'done',
            user_id: null,
            transcript: more.transcript ?? [
                { role: 'agent', message: 'Hi, this is Jack.', time_in_call_secs: 0, tool_calls: null },
                { role: 'user', message: more.said ?? 'I want the red truck.', time_in_call_secs: 4 },
            ],
            metadata: {
                start_time_unix_secs: at,
                call_duration_secs: more.duration ?? 61,
                cost: 300,
                cost_fiat: 0.05,
                termination_reason: 'client ended call',
                phone_call: { type: 'twilio', direction: 'inbound', phone_number_id: 'phnum_1', agent_number, external_number, stream_sid: 'MZ1', call_sid },
            },
            analysis:
                more.analysis === undefined
                    ? {
                          call_successful: 'success',
                          transcript_summary: more.summary ?? 'Wants the red truck.',
                          call_summary_title: 'Red truck',
                          data_collection_results: Object.fromEntries(
                              Object.entries(more.collected ?? {}).map(([name, value]) => [name, { data_collection_id: name, value, rationale: '' }]),
                          ),
                      }
                    : more.analysis,
            conversation_initiation_client_data: { dynamic_variables: { organization_name: 'Somewhere', system__call_sid: call_sid } },
            some_new_member: { of: 'theirs' },
        },
    };
}

const conversations = async (id, query = '') =>
    (await installation.get(`/api/organizations/${id}/conversations${query}`, await installation.admin_session())).conversations;
const settled = (id, call_sid) =>
    until(
        async () => (await conversations(id)).find((each) => each.call_sid === call_sid),
        (found) => found && found.status !== 'in_progress',
    );
const inbox = async (query = '') => installation.get(`/api/admin/inbox${query}`, await installation.admin_session());
const item_of = (conversation_id) =>
    until(
        async () => (await inbox()).items.find(({ subject }) => subject === conversation_id),
        (item) => item && item.state !== 'waiting',
    );
const leads = async (id) => (await installation.get(`/api/organizations/${id}/leads`, await installation.admin_session())).leads;

describe('a call that was recorded when it rang', () => {
    test('gets its transcript, summary, lead and what Jack was told', async () => {
        const { call_sid, variables } = await ring(north.number, '+17785550101');
        const [open] = await conversations(north.id);
        assert.equal(open.status, 'in_progress');
        await tell(transcription({ call_sid, agent_number: north.number, external_number: '+17785550101', collected: { customer_name: 'Ann Lee', interest: 'Red truck' } }));
        const { id } = await settled(north.id, call_sid);
        const { conversation } = await installation.get(`/api/organizations/${north.id}/conversations/${id}`, north.session);
        assert.equal(conversation.status, 'done');
        assert.equal(conversation.outcome, 'success');
        assert.equal(conversation.duration_seconds, 61);
        assert.equal(conversation.summary, 'Wants the red truck.');
        assert.equal(conversation.title, 'Red truck');
        assert.equal(conversation.external_number, '+17785550101');
        assert.equal(conversation.phone_number, north.number);
        assert.equal(conversation.agent_cost, '0.05');
        assert.deepEqual(conversation.transcript, [
            { role: 'agent', message: 'Hi, this is Jack.', at_seconds: 0 },
            { role: 'user', message: 'I want the red truck.', at_seconds: 4 },
        ]);
        assert.deepEqual(Object.fromEntries(conversation.variables.map(({ name, value }) => [name, value])), variables);
        assert.deepEqual(conversation.collected, [
            { name: 'customer_name', value: 'Ann Lee' },
            { name: 'interest', value: 'Red truck' },
        ]);
        const lead = (await leads(north.id)).find(({ phone_number }) => phone_number === '+17785550101');
        assert.equal(lead.name, 'Ann Lee');
        assert.equal(lead.interest, 'Red truck');
        assert.equal(lead.status, 'New Inquiry');
        assert.equal(conversation.lead_name, 'Ann Lee');

        const next = await ring(north.number, '(778) 555-0101');
        assert.equal(next.variables.customer_name, 'Ann Lee');
        assert.equal(next.variables.greeting, 'Hi Ann');
        assert.equal(next.variables.lead_status, 'Returning Customer');
        assert.equal(next.variables.previous_summary, 'Wants the red truck.');
        assert.match(next.variables.conversation_context, /Interested in: Red truck/);
        assert.equal((await ring(south.number, '+17785550101')).variables.customer_name, '');
    });

    test('ends the same however often and in whatever order it is told', async () => {
        const results = [];
        for (const order of [
            [0, 1],
            [1, 0],
            [0, 0, 1, 1, 0],
            [1, 1, 0, 1],
        ]) {
            const { call_sid } = await ring(north.number, '+17785550102');
            const conversation_id = new_conversation();
            const at = now() - 300;
            const events = [
                transcription({ call_sid, conversation_id, agent_number: north.number, external_number: '+17785550102', at }),
                {
                    type: 'call_initiation_failure',
                    event_timestamp: at + 5,
                    data: { conversation_id, failure_reason: 'no-answer', metadata: { type: 'twilio', body: { CallSid: call_sid, From: north.number, To: '+17785550102' } } },
                },
            ];
            for (const index of order) await tell(events[index]);
            await until(
                () => conversations(north.id),
                (all) => all.find((each) => each.call_sid === call_sid)?.status === 'done',
            );
            const { id } = await settled(north.id, call_sid);
            const { conversation } = await installation.get(`/api/organizations/${north.id}/conversations/${id}`, north.session);
            const { status, outcome, failure, summary, duration_seconds, transcript } = conversation;
            results.push({ status, outcome, failure, summary, duration_seconds, transcript });
        }
        for (const result of results) assert.deepEqual(result, results[0]);
        assert.equal(results[0].failure, null);
    });

    test('is kept without an analysis, and with nonsense in it', async () => {
        for (const analysis of [null, {}, { call_successful: 7, transcript_summary: ['x'], data_collection_results: [1] }]) {
            const { call_sid } = await ring(north.number, '+17785550103');
            await tell(transcription({ call_sid, agent_number: north.number, external_number: '+17785550103', analysis }));
            assert.equal((await settled(north.id, call_sid)).status, 'done');
        }
    });
});

describe('whose call it was', () => {
    test('without a record it is the owner of the number when it began', async () => {
        const call_sid = new_sid();
        await tell(transcription({ call_sid, agent_number: south.number, external_number: '+17785550104' }));
        assert.equal((await settled(south.id, call_sid)).direction, 'inbound');
        assert.ok((await leads(south.id)).some(({ phone_number }) => phone_number === '+17785550104'));
        assert.ok(!(await leads(north.id)).some(({ phone_number }) => phone_number === '+17785550104'));
    });

    test('the record decides, whatever number is named', async () => {
        const { call_sid } = await ring(north.number, '+17785550105');
        await tell(transcription({ call_sid, agent_number: south.number, external_number: '+17785550105' }));
        await settled(north.id, call_sid);
        assert.ok(!(await conversations(south.id)).some((each) => each.call_sid === call_sid));
    });

    test('before the number was ours it is nobody’s, and an unknown number too: kept, told, replayed from there', async () => {
        const before_us = new_conversation(), elsewhere = new_conversation();
        await tell(transcription({ conversation_id: before_us, agent_number: north.number, at: now() - 30 * 86_400 }));
        await tell(transcription({ conversation_id: elsewhere, agent_number: '+16045550199' }));
        for (const id of [before_us, elsewhere]) assert.equal((await item_of(id)).state, 'unrouted');
        assert.ok((await installation.notifications('?type=unrouted_message&status=pending')).length > 0);
        const { id } = await item_of(elsewhere);
        assert.match((await inbox(`/${id}`)).item.body, /"agent_number": "\+16045550199"/);
        const replayed = await installation.api('POST', `/api/admin/inbox/${id}/replay`, { session: await installation.admin_session() });
        assert.equal(replayed.status, 200, replayed.text);
        assert.equal((await item_of(elsewhere)).state, 'unrouted');
        assert.equal((await installation.api('POST', `/api/admin/inbox/${id}/replay`, { session: north.session })).status, 403);
    });

    test('a number that was released and belongs to another now leaves the old calls where they were', async () => {
        const first = await installation.found('first-owner');
        const { call_sid } = await ring(first.number, '+17785550106');
        await tell(transcription({ call_sid, agent_number: first.number, external_number: '+17785550106', said: 'unmistakable zebra' }));
        await settled(first.id, call_sid);
        const second = await installation.found('second-owner');
        const an_hour_ago = Date.now() - 3_600_000;
        await installation.change_sql(`
            UPDATE phone_numbers SET created_at = ${an_hour_ago - 3_600_000}, released_at = ${an_hour_ago}, state = 'released', is_active = 0 WHERE organization_id = '${first.id}';
            UPDATE phone_numbers SET phone_number = '${first.number}', created_at = ${an_hour_ago + 1} WHERE organization_id = '${second.id}'`);
        const late = new_sid(), fresh = new_sid();
        await tell(transcription({ call_sid: late, agent_number: first.number, external_number: '+17785550106', at: Math.floor(an_hour_ago / 1000) - 600 }));
        await tell(transcription({ call_sid: fresh, agent_number: first.number, external_number: '+17785550106' }));
        await settled(first.id, late);
        await settled(second.id, fresh);
        assert.deepEqual((await conversations(second.id)).map((each) => each.call_sid), [fresh]);
        assert.equal((await conversations(second.id, '?search=zebra')).length, 0);
        assert.equal((await conversations(first.id, '?search=zebra')).length, 1);
        assert.equal((await ring(first.number, '+17785550106')).variables.organization_name, 'Second Owner');
    });
});

describe('a word said in a call', () => {
    test('is found by its dealership and by the platform, and by nobody else', async () => {
        const { call_sid } = await ring(north.number, '+17785550107');
        await tell(transcription({ call_sid, agent_number: north.number, external_number: '+17785550107', said: 'Does the Crosstrek come with a châssis noir?' }));
        await settled(north.id, call_sid);
        for (const search of ['Crosstrek', 'crosst', 'chassis NOIR', '(778) 555-0107']) {
            const found = await conversations(north.id, `?search=${encodeURIComponent(search)}`);
            assert.deepEqual(found.map((each) => each.call_sid), [call_sid], search);
            if (search === 'Crosstrek') assert.match(found[0].excerpt, /Crosstrek come with/);
            assert.deepEqual(await conversations(south.id, `?search=${encodeURIComponent(search)}`), []);
            const theirs = await installation.get(`/api/conversations?search=${encodeURIComponent(search)}`, south.session);
            assert.deepEqual(theirs.conversations, []);
            const all = await installation.get(`/api/conversations?search=${encodeURIComponent(search)}`, await installation.admin_session());
            assert.deepEqual(all.conversations.map((each) => each.call_sid), [call_sid]);
        }
        for (const search of ['nothing of it', '"', 'words : x', 'NEAR(', '*', "' OR 1=1", `tenant:t${north.id.replaceAll('-', '')}`])
            assert.deepEqual(await conversations(south.id, `?search=${encodeURIComponent(search)}`), [], search);
    });

    test('is found once, wherever it was said in a call of hours, also when the call is told again', async () => {
        const { call_sid } = await ring(north.number, '+17785550117');
        const other = await ring(north.number, '+17785550118');
        const turns = (last) =>
            Array.from({ length: 400 }, (_, i) => ({ role: i % 2 ? 'user' : 'agent', message: `${'The marmalade truck it is. '.repeat(30)}${i === 399 ? last : ''}`, time_in_call_secs: i * 20 }));
        const conversation_id = new_conversation();
        const event = (last, at) => transcription({ call_sid, conversation_id, agent_number: north.number, external_number: '+17785550117', transcript: turns(last), event_timestamp: at });
        await tell(transcription({ ...other, agent_number: north.number, external_number: '+17785550118', said: 'Also marmalade, please.' }));
        await tell(event('Goodbye, zeppelin.', now()));
        const sids = async (search, more = '') => (await conversations(north.id, `?search=${search}${more}`)).map((each) => each.call_sid);
        await eventually(() => sids('zeppelin'), [call_sid]);
        assert.deepEqual((await sids('marmalade')).sort(), [call_sid, other.call_sid].sort());
        const first = await installation.get(`/api/organizations/${north.id}/conversations?search=marmalade&limit=1`, north.session);
        const second = await installation.get(`/api/organizations/${north.id}/conversations?search=marmalade&limit=1&cursor=${first.next_cursor}`, north.session);
        assert.notEqual(first.conversations[0].call_sid, second.conversations[0].call_sid);
        await tell(event('Goodbye, airship.', now() + 1));
        await eventually(() => sids('airship'), [call_sid]);
        assert.deepEqual(await sids('zeppelin'), []);
    });

    test('another dealership’s call, lead and list are not there', async () => {
        const [{ id, lead_id }] = (await conversations(north.id)).filter((each) => each.lead_id);
        for (const path of [
            `/api/organizations/${north.id}/conversations`,
            `/api/organizations/${north.id}/conversations/${id}`,
            `/api/organizations/${south.id}/conversations/${id}`,
            `/api/organizations/${south.id}/conversations?lead_id=${lead_id}`,
            `/api/organizations/${south.id}/leads/${lead_id}`,
            `/api/organizations/${north.id}/activity`,
            `/api/activity?organization_id=${north.id}`,
        ])
            assert_refused(await installation.api('GET', path, { session: south.session }), 404, { code: 'not_found' });
        for (const path of ['/api/conversations', '/api/leads', '/api/activity']) {
            assert.doesNotMatch(JSON.stringify(await installation.get(path, south.session)), new RegExp(north.id));
            assert_refused(await installation.api('GET', path), 401);
        }
        assert_refused(await installation.api('GET', '/api/admin/inbox', { session: south.session }), 403);
    });

    test('lists are paged without a gap', async () => {
        const all = await conversations(north.id, '?limit=500');
        const paged = [];
        for (let cursor = ''; cursor !== null; ) {
            const page = await installation.get(`/api/organizations/${north.id}/conversations?limit=2${cursor && `&cursor=${cursor}`}`, north.session);
            paged.push(...page.conversations);
            cursor = page.next_cursor;
        }
        assert.deepEqual(paged.map(({ id }) => id), all.map(({ id }) => id));
        assert_refused(await installation.api('GET', '/api/conversations?cursor=x', { session: north.session }), 400, { field: 'cursor' });
    });
});

describe('a lead', () => {
    test('keeps what a person wrote, whatever later calls say', async () => {
        const { call_sid } = await ring(north.number, '+17785550108');
        await tell(transcription({ call_sid, agent_number: north.number, external_number: '+17785550108', collected: { customer_name: 'Jon', wants_person: 'true' } }));
        const { lead_id } = await settled(north.id, call_sid);
        const path = `/api/organizations/${north.id}/leads/${lead_id}`;
        await eventually(async () => (await installation.get(path, north.session)).lead.wants_person, true);
        const change = (json, session = north.session) => installation.api('PATCH', path, { session, json });
        const changed = await change({ name: 'John Smith', status: 'Appointment set', appointment: 'Saturday 11:00', wants_person: false });
        assert.equal(changed.status, 200, changed.text);
        assert.equal(changed.json.lead.status, 'Appointment set');
        assert.equal(changed.json.lead.wants_person, false);
        assert.equal((await installation.api('POST', `${path}/notes`, { session: north.session, json: { text: 'Prefers mornings' } })).status, 200);

        const again = await ring(north.number, '+17785550108');
        assert.equal(again.variables.lead_status, 'Appointment set');
        assert.match(again.variables.conversation_context, /Appointment: Saturday 11:00.*Prefers mornings/);
        await tell(transcription({ call_sid: again.call_sid, agent_number: north.number, external_number: '+17785550108', collected: { customer_name: 'Johnny', trade_in: 'Civic' } }));
        await settled(north.id, again.call_sid);
        const { lead } = await installation.get(path, north.session);
        assert.deepEqual([lead.name, lead.status, lead.trade_in, lead.calls], ['John Smith', 'Appointment set', 'Civic', 2]);
        assert.equal(lead.notes[0].text, 'Prefers mornings');
        assert.equal(lead.notes[0].author, 'north-motors@example.com');
    });

    test('refuses what is wrong and who may not', async () => {
        const [{ id }] = await leads(north.id);
        const path = `/api/organizations/${north.id}/leads/${id}`;
        const change = (json, session = north.session) => installation.api('PATCH', path, { session, json });
        assert_refused(await change({ status: 'Hot' }), 422, { field: 'status' });
        assert_refused(await change({ name: 'x'.repeat(81) }), 422, { field: 'name' });
        assert_refused(await change({ nickname: 'x' }), 400, { field: 'nickname' });
        assert_refused(await change({ wants_person: 'yes' }), 400, { field: 'wants_person' });
        assert_refused(await change({ name: 'x' }, south.session), 404);
        assert_refused(await installation.api('POST', `${path}/notes`, { session: north.session, json: { text: ' ' } }), 422, { field: 'text' });
        assert_refused(await installation.api('PATCH', `/api/organizations/${south.id}/leads/${id}`, { session: south.session, json: { name: 'x' } }), 404);
    });
});

describe('the signature', () => {
    const event = () => transcription({ agent_number: north.number });
    const refused = async (how, change) => {
        const before = await installation.row_counts();
        assert_refused(await send(event(), how), 401, { code: 'wrong_signature', ...change });
        assert.deepEqual(await installation.row_counts(), before);
    };

    test('of a day or less is taken, also the same event twice', async () => {
        const one = event();
        for (const t of [now(), now() - 31 * 60, now() - 23 * 3600, now() + 200]) assert.equal((await send(one, { t })).status, 200);
        await item_of(one.data.conversation_id);
        assert.equal((await inbox()).items.filter(({ subject }) => subject === one.data.conversation_id).length, 1);
    });

    test('that is older, ahead, of another key, of another body or malformed is refused, and nothing is kept', async () => {
        await refused({ t: now() - 25 * 3600 });
        await refused({ t: now() + 400 });
        await refused({ key: 'another' });
        const good = sign('{}');
        for (const signature of [good, '', 'nonsense', 't=1', `v0=${'0'.repeat(64)}`, `t=,v0=`, `${good},v0=${'0'.repeat(64)}`, `t=1e9,v0=${'0'.repeat(64)}`, 'x'.repeat(5000)])
            await refused({ headers: { 'ElevenLabs-Signature': signature } });
        await refused({ headers: { 'ElevenLabs-Signature': sign(JSON.stringify(event())).toUpperCase() } });
    });

    test('of a rotated secret is taken while both are configured', async () => {
        const other = await start_installation({ settings: { ELEVENLABS_WEBHOOK_SECRET: 'new-secret,old-secret' }, doctor: false });
        try {
            for (const key of ['new-secret', 'old-secret']) {
                const body = JSON.stringify(event());
                const answer = await ask(`${other.url}/webhooks/elevenlabs/post-call`, { method: 'POST', headers: { 'ElevenLabs-Signature': sign(body, { key }) }, body });
                assert.equal(answer.status, 200, answer.text);
            }
        } finally {
            await other.stop();
        }
    });

    test('of something that is no event: signed, but refused or kept with its cause', async () => {
        for (const body of ['', '[]', 'nonsense', '{}', '{"type":7}'])
            assert.equal((await send(undefined, { body })).status, 400, body);
        const kept = { type: 'post_call_audio', event_timestamp: now(), data: { conversation_id: new_conversation(), full_audio: 'AAAA' } };
        await tell(kept);
        assert.equal((await item_of(kept.data.conversation_id)).state, 'failed');
        const nested = JSON.stringify(transcription({ agent_number: north.number })).replace('"success"', '['.repeat(20_000) + ']'.repeat(20_000));
        assert.equal((await send(undefined, { body: nested })).status, 200);
    });
});

test('a call that rings appears in the events of its dealership, and of no other', async () => {
    const changes = async (session) => {
        const answer = await fetch(`${installation.url}/api/events?last_event_id=0`, { headers: { Cookie: session } });
        const reader = answer.body.getReader();
        let text = '';
        for (const end = Date.now() + 2_000; Date.now() < end; ) {
            const part = await Promise.race([reader.read(), new Promise((done) => setTimeout(() => done({ value: new Uint8Array() }), 300))]);
            text += Buffer.from(part.value ?? []).toString();
        }
        await reader.cancel();
        return text;
    };
    const { call_sid } = await ring(north.number, '+17785550110');
    const { id } = await until(
        async () => (await conversations(north.id)).find((each) => each.call_sid === call_sid),
        (found) => found,
    );
    assert.match(await changes(north.session), new RegExp(`"conversation"[^\\n]*${id}|${id}[^\\n]*"conversation"`));
    assert.doesNotMatch(await changes(south.session), new RegExp(id));
});
