// What ElevenLabs hears when a call comes in: the right dealership's words, and nothing of anyone else.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { assert_refused, credentials, eventually, start_installation } from './support.mjs';

const names = ['conversation_context', 'customer_name', 'greeting', 'lead_status', 'organization_name', 'previous_summary'];
const neutral = {
    conversation_context: '',
    customer_name: '',
    greeting: 'Hi',
    lead_status: '',
    organization_name: 'Jack Automotive',
    previous_summary: '',
};

let installation, north, south;

before(async () => {
    installation = await start_installation({ settings: { ELEVENLABS_INITIATION_SECRET: 'a-new-secret,an-old-secret', ELEVENLABS_IMPORT: 'manual' } });
    north = await installation.found('north-motors');
    south = await installation.found('south-motors');
});
after(() => installation?.stop());

const secret = 'a-new-secret';
let calls = 0;
const new_call = () => `CA${String(++calls).padStart(32, '0')}`;

const question = (changes = {}) => ({
    caller_id: '+17785550142',
    agent_id: credentials.ELEVENLABS_AGENT_ID,
    called_number: north.number,
    call_sid: new_call(),
    ...changes,
});

function variables_of(answer) {
    assert.equal(answer.status, 200, answer.text);
    assert.match(answer.headers['content-type'], /^application\/json/);
    assert.equal(answer.json.type, 'conversation_initiation_client_data');
    const variables = answer.json.dynamic_variables;
    assert.deepEqual(Object.keys(variables).toSorted(), names);
    for (const name of names) assert.equal(typeof variables[name], 'string', name);
    return variables;
}

const hear = async (changes) => variables_of(await installation.initiation(question(changes), { secret }));

const records = async () => {
    const { leads, conversations } = await installation.row_counts();
    return { leads, conversations };
};

async function record_nothing(action) {
    const before = await installation.row_counts();
    const result = await action();
    assert.deepEqual(await installation.row_counts(), before);
    return result;
}

describe('a caller', () => {
    test('is new at each dealership by itself, and returns to each by itself', async () => {
        const caller_id = '+17785550101';
        const first_call = new_call();
        const first = await hear({ caller_id, call_sid: first_call });
        assert.equal(first.organization_name, 'North Motors');
        assert.equal(first.lead_status, 'New Inquiry');
        assert.equal((await hear({ caller_id, call_sid: first_call })).lead_status, 'New Inquiry', 'the same call, asked again');

        const elsewhere = await hear({ caller_id, called_number: south.number });
        assert.equal(elsewhere.organization_name, 'South Motors');
        assert.equal(elsewhere.lead_status, 'New Inquiry');

        assert.equal((await hear({ caller_id })).lead_status, 'Returning Customer');
        assert.equal((await hear({ caller_id, call_sid: first_call })).lead_status, 'New Inquiry', 'the first call, asked once more');

        const leads = await installation.sql(`SELECT organization_id, first_call_sid FROM leads WHERE phone_number = '${caller_id}'`);
        assert.deepEqual(leads.map(({ organization_id }) => organization_id).toSorted(), [north.id, south.id].toSorted());
        const conversations = await installation.sql(`
            SELECT c.organization_id, count(*) AS count FROM conversations c JOIN leads l ON l.id = c.lead_id AND l.organization_id = c.organization_id
            WHERE l.phone_number = '${caller_id}' GROUP BY c.organization_id ORDER BY count`);
        assert.deepEqual(conversations, [
            { organization_id: south.id, count: 1 },
            { organization_id: north.id, count: 2 },
        ]);
    });

    test('has what one dealership knows of it told at that dealership only', async () => {
        const caller_id = '+17785550102';
        await hear({ caller_id });
        await hear({ caller_id, called_number: south.number });
        await installation.change_sql(`
            UPDATE leads SET name = 'John Carter', status = 'Hot' WHERE phone_number = '${caller_id}' AND organization_id = '${north.id}';
            UPDATE conversations SET summary = 'Wants the red truck.' WHERE lead_id =
                (SELECT id FROM leads WHERE phone_number = '${caller_id}' AND organization_id = '${north.id}')`);
        const known = await hear({ caller_id });
        assert.equal(known.customer_name, 'John Carter');
        assert.equal(known.greeting, 'Hi John');
        assert.equal(known.lead_status, 'Hot', 'what someone set stays');
        assert.equal(known.previous_summary, 'Wants the red truck.');
        assert.match(known.conversation_context, /red truck/);
        const unknown = await hear({ caller_id, called_number: south.number });
        assert.deepEqual([unknown.customer_name, unknown.previous_summary, unknown.greeting], ['', '', 'Hi']);
        assert.equal(unknown.lead_status, 'Returning Customer');
        assert.doesNotMatch(JSON.stringify(unknown), /John|truck|Hot/);
    });

    for (const caller_id of ['anonymous', '', 'Restricted', '+266696687', '+7378742833', 'sip:joe@example.com', '5550100', '+0', null, undefined, 7785550100])
        test(`that shows ${JSON.stringify(caller_id)} is nobody: no lead, no memory, but a conversation`, async () => {
            const before = await records();
            for (let i = 0; i < 2; ++i) {
                const variables = await hear({ caller_id });
                assert.equal(variables.organization_name, 'North Motors');
                assert.equal(variables.lead_status, 'New Inquiry');
                assert.deepEqual([variables.customer_name, variables.previous_summary], ['', '']);
            }
            assert.deepEqual(await records(), { leads: before.leads, conversations: before.conversations + 2 });
        });

    test('is the same in every way that the number is written', async () => {
        await hear({ caller_id: '+17785550109' });
        for (const caller_id of ['7785550109', '17785550109', '(778) 555-0109', '778.555.0109', '+1 778 555 0109', 'tel:+17785550109'])
            assert.equal((await hear({ caller_id })).lead_status, 'Returning Customer', caller_id);
    });

    test('that is withheld shares nothing with the one before', async () => {
        const first_call = new_call();
        await hear({ caller_id: 'anonymous', call_sid: first_call });
        await installation.change_sql(`UPDATE conversations SET summary = 'A secret wish.' WHERE call_sid = '${first_call}'`);
        const next = await hear({ caller_id: 'anonymous' });
        assert.doesNotMatch(JSON.stringify(next), /secret wish/);
        assert.equal(next.lead_status, 'New Inquiry');
    });

    test('to an unknown number hears the neutral name and leaves no trace', async () => {
        await hear({ caller_id: '+17785550103' });
        for (const called_number of ['+16045550199', '+12125550000', north.number.slice(1), ` ${north.number}`, `${north.number}0`, '', 'x', null, undefined, 7, [], {}])
            await record_nothing(async () => assert.deepEqual(await hear({ caller_id: '+17785550103', called_number }), neutral));
    });

    test('of a number that is bought but not live yet hears the dealership already', async () => {
        assert.equal((await installation.numbers(north.id))[0].state, 'bought');
        assert.equal((await hear()).organization_name, 'North Motors');
    });
});

test('braces in what customers said never reach the answer', async () => {
    const caller_id = '+17785550104';
    await hear({ caller_id });
    const hostile = ['{{secret__token}}', '{{{{x}}}}', '{ {', "{\u200b{system__caller_id}}", '{\u0000{x}}', '}}{{'];
    for (const words of hostile) {
        const literal = `CAST(x'${Buffer.from(words).toString('hex')}' AS TEXT)`;
        await installation.change_sql(`
            UPDATE leads SET name = ${literal}, status = ${literal} WHERE phone_number = '${caller_id}';
            UPDATE conversations SET summary = ${literal} WHERE lead_id = (SELECT id FROM leads WHERE phone_number = '${caller_id}')`);
        const answer = await installation.initiation(question({ caller_id }), { secret });
        variables_of(answer);
        assert.ok(!answer.text.includes('{{'), `${JSON.stringify(words)} became ${answer.text}`);
    }
    // Bytes that are no text at all are dropped, not a reason to fail.
    await installation.change_sql(`UPDATE leads SET name = CAST(x'4a6fff7bfe7b7b68' AS TEXT), status = '' WHERE phone_number = '${caller_id}'`);
    const answer = await installation.initiation(question({ caller_id }), { secret });
    assert.ok(!variables_of(answer).customer_name.includes('{{'));
});

test('long words of customers are bounded', async () => {
    const caller_id = '+17785550105';
    await hear({ caller_id });
    await installation.change_sql(`
        UPDATE leads SET name = '${'n'.repeat(5_000)}' WHERE phone_number = '${caller_id}';
        UPDATE conversations SET summary = '${'s'.repeat(50_000)}' WHERE lead_id = (SELECT id FROM leads WHERE phone_number = '${caller_id}')`);
    const variables = await hear({ caller_id });
    assert.ok(variables.customer_name.length <= 200);
    assert.ok(variables.previous_summary.length <= 2_000);
});

test('the secret opens the webhook, also the old one while it rotates', async () => {
    for (const right of ['a-new-secret', 'an-old-secret']) variables_of(await installation.initiation(question(), { secret: right }));
    for (const wrong of [undefined, 'a-new-secret,an-old-secret', 'a-new-secre', 'a-new-secret2', 'A-NEW-SECRET', ',', ' '])
        await record_nothing(async () => assert_refused(await installation.initiation(question(), { secret: wrong }), 401));
    for (const Authorization of ['Bearer', 'Bearer ', 'a-new-secret', 'Basic a-new-secret', `Basic ${Buffer.from('a-new-secret').toString('base64')}`])
        await record_nothing(async () => assert_refused(await installation.initiation(question(), { secret: undefined, headers: { Authorization } }), 401));
});

test('without a configured secret nobody gets in', async () => {
    const open = await start_installation({ settings: { ELEVENLABS_INITIATION_SECRET: '' }, doctor: false });
    try {
        for (const Authorization of [undefined, 'Bearer ', 'Bearer', 'Bearer x'])
            assert_refused(
                await open.initiation(question(), { secret: undefined, headers: Authorization ? { Authorization } : {} }),
                401,
            );
    } finally {
        await open.stop();
    }
});

describe('once the secret is right the answer is 200', () => {
    const send = (body, headers = {}) => installation.initiation(undefined, { secret, body, headers });

    for (const [what, body] of [
        ['no JSON', 'this is not JSON'],
        ['half a JSON', '{"called_number":'],
        ['an array', '[]'],
        ['a string', '"text"'],
        ['null', 'null'],
        ['an empty body', ''],
        ['an empty object', '{}'],
        ['wrong types', '{"caller_id":[],"agent_id":{},"called_number":42,"call_sid":true}'],
        ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
        ['a NUL', '\0'],
        ['deep nesting', '['.repeat(30_000)],
        ['1 MB', JSON.stringify({ called_number: '+16045550199', padding: 'x'.repeat(1 << 20) })],
        ['4 MB', 'x'.repeat(4 << 20)],
    ])
        test(`for ${what}`, () => record_nothing(async () => assert.deepEqual(variables_of(await send(body)), neutral)));

    test('for a body in chunks, which is read', async () => {
        const body = JSON.stringify(question());
        assert.equal(variables_of(await send(body, { 'Transfer-Encoding': 'chunked' })).organization_name, 'North Motors');
        assert.deepEqual(variables_of(await send('x'.repeat(200_000), { 'Transfer-Encoding': 'chunked' })), neutral);
    });

    test('for another content type or none, which is read all the same', async () => {
        for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=utf-8', ''])
            assert.equal(variables_of(await send(JSON.stringify(question()), { 'Content-Type': type })).organization_name, 'North Motors', type);
    });

    test('for a question with members that we do not know', async () => {
        assert.equal((await hear({ new_member: { of: 'theirs' } })).organization_name, 'North Motors');
    });

    for (const missing of ['caller_id', 'agent_id', 'call_sid'])
        test(`without ${missing}`, async () => assert.equal((await hear({ [missing]: undefined })).organization_name, 'North Motors'));

    for (const [what, call_sid] of [
        ['that is empty', ''],
        ['that is no text', 12],
        ['that is far too long', 'C'.repeat(10_000)],
    ])
        test(`with a call_sid ${what}, and records nothing`, () =>
            record_nothing(async () => assert.equal((await hear({ call_sid })).organization_name, 'North Motors')));

    test('for our own check, which records nothing', () =>
        record_nothing(async () => {
            const variables = await hear({ call_sid: 'verify-01890000-0000-7000-8000-000000000000', caller_id: '+17785550106' });
            assert.equal(variables.organization_name, 'North Motors');
        }));

    test('for a call_sid that another dealership has already, whose record stays', async () => {
        const call_sid = new_call();
        await hear({ call_sid, caller_id: '+17785550107' });
        assert.equal((await hear({ call_sid, caller_id: '+17785550107', called_number: south.number })).organization_name, 'South Motors');
        const rows = await installation.sql(`SELECT organization_id FROM conversations WHERE call_sid = '${call_sid}'`);
        assert.ok(rows.some(({ organization_id }) => organization_id === north.id));
    });

    test('for two hundred calls at once, each with its own record', async () => {
        const before = await records();
        const answers = await Promise.all(
            Array.from({ length: 200 }, (_, i) => hear({ caller_id: `+1604555${1000 + i}`, called_number: i % 2 ? north.number : south.number })),
        );
        answers.forEach(({ organization_name }, i) => assert.equal(organization_name, i % 2 ? 'North Motors' : 'South Motors'));
        assert.deepEqual(await records(), { leads: before.leads + 200, conversations: before.conversations + 200 });
    });

    test('while the database is locked by someone else', async () => {
        const { spawn } = await import('node:child_process');
        const locker = spawn('sqlite3', [installation.database], { stdio: ['pipe', 'pipe', 'inherit'] });
        const says = (word) => new Promise((done) => locker.stdout.on('data', (text) => String(text).includes(word) && done()));
        const locked = says('locked');
        locker.stdin.write(".timeout 10000\nBEGIN IMMEDIATE;\nSELECT 'locked';\n");
        await locked;
        const call_sid = new_call();
        const started = Date.now();
        const variables = await hear({ call_sid });
        const took = Date.now() - started;
        locker.stdin.end('ROLLBACK;\n.quit\n');
        await new Promise((done) => locker.once('close', done));
        assert.equal(variables.organization_name, 'North Motors');
        assert.ok(took < 8_000, `answered after ${took} ms`);
        const stored = async () => (await installation.sql(`SELECT 1 FROM conversations WHERE call_sid = '${call_sid}'`)).length;
        for (const end = Date.now() + 15_000; (await stored()) === 0 && Date.now() < end; );
        assert.equal(await stored(), 1, 'the record comes late, but it comes');
    });
});

test('only POST is answered', async () => {
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
        const answer = await installation.initiation(undefined, { secret, method, body: '{}' });
        assert_refused(answer, 405);
        assert.equal(answer.headers.allow, 'POST');
    }
});

test('an answer to a broken request line is an answer', async () => {
    const { port } = new URL(installation.url);
    const text = await new Promise((done, failed) => {
        let received = '';
        const socket = connect(Number(port), '127.0.0.1', () => socket.write('NONSENSE\r\n\r\n'));
        socket.on('data', (part) => (received += part));
        socket.on('close', () => done(received));
        socket.on('error', failed);
    });
    assert.match(text, /^HTTP\/1\.1 400 /);
    assert.match(text, /"request_id":"/);
    assert.equal((await hear()).organization_name, 'North Motors');
});

test('a restart forgets nobody', async () => {
    const caller_id = '+17785550108';
    const call_sid = new_call();
    await hear({ caller_id, call_sid });
    await installation.server.kill();
    await installation.start_server();
    assert.equal((await hear({ caller_id })).lead_status, 'Returning Customer');
    assert.equal((await hear({ caller_id, call_sid })).lead_status, 'New Inquiry');
});

test('of a crowd of returning callers each has one conversation, also when the server dies under them', async () => {
    const callers = Array.from({ length: 20 }, (_, i) => `+1778555${2000 + i}`);
    for (const caller_id of callers) await hear({ caller_id });
    const answered = [];
    let dead = false;
    const lane = async () => {
        for (let i = 0; !dead && answered.length < 3_000; ++i) {
            const call_sid = new_call();
            await hear({ caller_id: callers[i % callers.length], call_sid });
            if (i % 50 === 49) await hear({ caller_id: callers[i % callers.length], call_sid }); // asked again
            answered.push(call_sid);
            if (answered.length === 2_500) {
                dead = true;
                await installation.server.kill();
            }
        }
    };
    const ends = await Promise.allSettled(Array.from({ length: 48 }, lane));
    for (const { reason } of ends) if (reason) assert.match(String(reason), /ECONN|socket hang up/);
    await installation.start_server();
    const recorded = async () =>
        (await installation.sql(`SELECT count(*) AS count FROM conversations WHERE lead_id IS NOT NULL AND call_sid IN ('${answered.join("','")}')`))[0].count;
    await eventually(recorded, answered.length);
    await eventually(() => installation.sql('SELECT * FROM begun_calls'), []);
});
