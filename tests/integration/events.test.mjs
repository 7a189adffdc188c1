// Live streams: what changed, to those who may see it, without holding anything up.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { admin, assert_refused, pause, start_installation, until, with_installation } from './support.mjs';

const streams_of_a_user = 16;
const streams_of_all = 512;
const manual = { settings: { ELEVENLABS_IMPORT: 'manual' }, doctor: false };

// A stream that keeps what it hears, and when it heard last.
class Listener {
    constructor(installation, session, { after: last, query = '', reads = true } = {}) {
        Object.assign(this, { raw: '', closed: 0, heard_at: 0 });
        this.socket = connect(Number(new URL(installation.url).port), '127.0.0.1');
        const lines = [`GET /api/events${query} HTTP/1.1`, 'Host: x', ...(session ? [`Cookie: ${session}`] : []), ...(last === undefined ? [] : [`Last-Event-ID: ${last}`])];
        this.socket.write(`${lines.join('\r\n')}\r\n\r\n`);
        if (reads)
            this.socket.on('data', (part) => {
                this.raw += part;
                this.heard_at = Date.now();
            });
        this.socket.on('error', () => {});
        this.socket.on('close', () => (this.closed = Date.now()));
    }

    get status() {
        return Number(/^HTTP\/1\.1 (\d+)/.exec(this.raw)?.[1]);
    }

    get head() {
        return this.raw.split('\r\n\r\n', 1)[0];
    }

    get messages() {
        const body = this.raw.slice(this.raw.indexOf('\r\n\r\n') + 4);
        const whole = body.slice(0, body.lastIndexOf('\n\n') + 2);
        return whole.split('\n\n').flatMap((block) => {
            const fields = Object.fromEntries(block.split('\n').filter((line) => line && !line.startsWith(':')).map((line) => line.split(/: (.*)/s, 2)));
            return fields.event && fields.event !== 'beat' ? [{ event: fields.event, id: fields.id && Number(fields.id), data: JSON.parse(fields.data) }] : [];
        });
    }

    get changes() {
        return this.messages.filter(({ event }) => event === 'change');
    }

    async begun() {
        await until(() => this.messages.length, (count) => count > 0, 30_000);
        return this;
    }

    hears(is_right, limit = 30_000) {
        return until(() => this.messages, (messages) => messages.some(is_right), limit);
    }

    leave() {
        this.socket.destroy();
    }
}

const about = (kind, organization_id) => ({ event, data }) => event === 'change' && data.kind === kind && data.organization_id === organization_id;

// Users with a session each, without the time that their passwords would take.
async function make_users(installation, count) {
    const users = Array.from({ length: count }, () => {
        const token = randomBytes(32).toString('hex');
        return { id: `user-${randomBytes(8).toString('hex')}`, token, session: `dealerline_session=${token}` };
    });
    const present = Date.now();
    const rows = (write) => users.map(write).join(', ');
    await installation.change_sql(
        `INSERT INTO users (id, email, password_hash, created_at) VALUES ${rows(({ id }) => `('${id}', '${id}@example.com', 'none', ${present})`)};
         INSERT INTO sessions (token_hash, user_id, created_at, last_seen_at, expires_at) VALUES
         ${rows(({ id, token }) => `('${createHash('sha256').update(token).digest('hex')}', '${id}', ${present}, ${present}, ${present + 3_600_000})`)};`,
    );
    return users;
}

// A user after the other: so many requests at one moment would be told to come back.
async function crowd(installation, users, of_each) {
    const listeners = [];
    for (const { session } of users) {
        const theirs = Array.from({ length: of_each }, () => new Listener(installation, session));
        await until(() => theirs.every(({ messages }) => messages.length), Boolean, 20_000);
        listeners.push(...theirs);
    }
    return listeners;
}

describe('live streams', () => {
    let installation, listeners;
    const listen = async (session, options) => {
        const listener = new Listener(installation, session, options);
        listeners.push(listener);
        return listener.begun();
    };

    before(async () => {
        installation = await start_installation(manual);
        listeners = [];
    });
    after(async () => {
        listeners.forEach((listener) => listener.leave());
        await installation.stop();
    });

    test('need a session', async () => {
        assert_refused(await installation.api('GET', '/api/events'), 401, { code: 'not_signed_in' });
    });

    test('begin with the build, and are not stored on the way', async () => {
        const listener = await listen(await installation.admin_session());
        assert.equal(listener.status, 200);
        assert.match(listener.head, /^Content-Type: text\/event-stream\r?$/m);
        assert.match(listener.head, /^Cache-Control: no-store\r?$/m);
        const [hello] = listener.messages;
        assert.equal(hello.event, 'hello');
        const { installation: about_it } = await installation.get('/api/session', await installation.admin_session());
        assert.deepEqual(about_it, { simulated: true, version: '1.0', build: hello.data.build });
    });

    test('tell a signup to the platform: organisation, run, number and notification', async () => {
        const listener = await listen(await installation.admin_session());
        const { id } = await installation.found('told-motors');
        for (const kind of ['organization', 'run', 'phone_number', 'notification']) await listener.hears(about(kind, id));
        const numbers = listener.changes.map((change) => change.id);
        assert.deepEqual(numbers, [...numbers].sort((a, b) => a - b), 'in order');
        assert.equal(new Set(numbers).size, numbers.length, 'each once');
        assert.ok(listener.changes.every(({ data }) => ['organization', 'run', 'phone_number', 'notification', 'usage'].includes(data.kind)));
        const [notification] = await installation.notifications(`?organization_id=${id}`);
        assert.ok(listener.changes.some(({ data }) => data.kind === 'notification' && data.id === notification.id));
    });

    test('tell a change well within a tenth of a second', async () => {
        const { id, session } = await installation.found('prompt-motors');
        const listener = await listen(session);
        const waits = [];
        for (let i = 0; i < 5; ++i) {
            const known = listener.messages.length;
            await installation.api('PATCH', `/api/organizations/${id}`, { session, json: { name: `Prompt Motors ${i}` } });
            const answered = Date.now();
            await until(() => listener.messages.length, (count) => count > known, 3_000);
            waits.push(listener.heard_at - answered);
            await pause(100);
        }
        waits.sort((a, b) => a - b);
        assert.ok(waits[2] < 50, `heard ${waits} ms after the answer`);
    });

    test('tell members about their own organisation only', async () => {
        const ours = await installation.found('our-motors');
        const theirs = await installation.found('their-motors');
        const listener = await listen(ours.session);
        const rename = ({ id, session }, name) => installation.api('PATCH', `/api/organizations/${id}`, { session, json: { name } });
        assert.equal((await rename(theirs, 'Their New Motors')).status, 200);
        assert.equal((await rename(ours, 'Our New Motors')).status, 200);
        await listener.hears(about('organization', ours.id));
        assert.ok(listener.changes.every(({ data }) => data.organization_id === ours.id), listener.raw);

        const all = await listen(ours.session, { after: 0 });
        await until(() => all.changes.at(-1)?.id, (id) => id >= listener.changes.at(-1).id, 30_000);
        assert.ok(all.changes.every(({ data }) => data.organization_id === ours.id), all.raw);
    });

    test('hear of a second organisation as soon as they belong to it', async () => {
        const first = await installation.found('first-lot', { email: 'twice@example.com' });
        const listener = await listen(first.session);
        const second = await installation.found('second-lot', { email: 'twice@example.com' });
        await listener.hears(about('run', second.id));
    });

    test('resume after the last event heard, by header or query, and miss nothing', async () => {
        const { id, session } = await installation.found('resumed-motors');
        const steady = await listen(session);
        const rename = (name) => installation.api('PATCH', `/api/organizations/${id}`, { session, json: { name } });
        const broken = await listen(session);
        await rename('Resumed 1');
        await broken.hears(about('organization', id));
        const last = broken.messages.at(-1).id;
        broken.leave();
        for (const name of ['Resumed 2', 'Resumed 3', 'Resumed 4']) await rename(name);
        await until(() => steady.changes.length, (count) => count >= 4, 30_000);
        const missed = steady.changes.filter((change) => change.id > last);
        assert.equal(missed.length, 3);
        const by_header = await listen(session, { after: last });
        const by_query = await listen(session, { query: `?last_event_id=${last}` });
        for (const resumed of [by_header, by_query]) {
            await until(() => resumed.changes.length, (count) => count >= missed.length, 30_000);
            assert.deepEqual(resumed.changes, missed);
        }
        // Nothing had changed before the connection broke: the greeting's number is enough.
        const greeted = await listen(session);
        greeted.leave();
        await rename('Resumed 5');
        const again = await listen(session, { after: greeted.messages[0].id });
        await again.hears(about('organization', id));
        assert.equal(again.changes.length, 1);
    });

    test('say reload when what was missed is no longer known', async () => {
        for (const last of ['999999999', 'never said']) {
            const listener = await listen(await installation.admin_session(), { after: last });
            await listener.hears(({ event }) => event === 'reload');
            assert.deepEqual(listener.messages.map(({ event }) => event), ['hello', 'reload']);
        }
    });

    test('end when the session ends, and only those of that session', async () => {
        const { session } = await installation.found('leaving-motors');
        const other = await installation.sign_in({ email: 'leaving-motors@example.com', password: 'correct horse battery' });
        const [leaving, staying] = [await listen(session), await listen(other)];
        assert.equal((await installation.api('DELETE', '/api/session', { session })).status, 204);
        await until(() => leaving.closed, Boolean, 10_000); // well before the look at every 30 s
        assert.deepEqual(leaving.messages.at(-1), { event: 'session_ended', id: undefined, data: {} });
        await pause(200);
        assert.equal(staying.closed, 0);
    });

    test('all end when the user signs out everywhere, and it is on record', async () => {
        const { session } = await installation.found('everywhere-motors');
        const user = { email: 'everywhere-motors@example.com', password: 'correct horse battery' };
        const sessions = [session, await installation.sign_in(user), await installation.sign_in(user)];
        const bystander = await installation.admin_session();
        const open = await Promise.all(sessions.map((cookie) => listen(cookie)));
        assert_refused(await installation.api('DELETE', '/api/session?everywhere=yes', { session }), 400, { code: 'invalid_value', field: 'everywhere' });
        assert.equal((await installation.api('DELETE', '/api/session?everywhere=true', { session })).status, 204);
        await until(() => open.every(({ closed }) => closed), Boolean, 30_000);
        for (const { messages } of open) assert.equal(messages.at(-1).event, 'session_ended');
        for (const cookie of sessions) assert_refused(await installation.api('GET', '/api/session', { session: cookie }), 401);
        assert.equal((await installation.api('GET', '/api/session', { session: bystander })).status, 200);
        const [{ actor, subject }] = await installation.sql("SELECT actor, subject FROM audit_log WHERE action = 'signed_out_everywhere'");
        assert.equal(actor, subject);
    });

    test('let go of a reader that takes nothing, and bring a far one up to date', async () => {
        const { id, session } = await installation.found('slow-motors');
        const [{ newest }] = await installation.sql('SELECT last_sequence AS newest FROM event_counter');
        const many = 10_000;
        await installation.change_sql(
            `BEGIN IMMEDIATE; INSERT INTO events (sequence, organization_id, kind, subject_id, at)
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${many})
             SELECT (SELECT last_sequence FROM event_counter) + i, '${id}', 'organization', '${id}', ${Date.now()} FROM n;
             UPDATE event_counter SET last_sequence = last_sequence + ${many}; COMMIT;`,
        );
        const deaf = new Listener(installation, session, { after: newest, reads: false });
        listeners.push(deaf);
        deaf.socket.pause();
        const is_connected = async () => (await connections_of(installation)).includes(deaf.socket.localPort);
        await until(is_connected, Boolean);
        const far = await listen(session, { after: newest });
        await until(() => far.changes.length, (count) => count >= many, 60_000);
        assert.equal(far.changes.at(-1).id - far.changes[0].id, far.changes.length - 1, 'without a gap');
        await until(is_connected, (there) => !there, 60_000);
        assert.equal(far.closed, 0);
    });

    test('have a heartbeat', async () => {
        const listener = await listen(await installation.admin_session());
        await until(() => /\nevent: beat\ndata: \{\}\n\n/.test(listener.raw), Boolean, 20_000);
    });
});

// The clients' ports that the server still has a connection to.
async function connections_of(installation) {
    const port = Number(new URL(installation.url).port);
    const of_hex = (address) => parseInt(address.split(':')[1], 16);
    const lines = (await readFile('/proc/net/tcp', 'utf8')).trim().split('\n').slice(1).map((line) => line.trim().split(/\s+/));
    const established = '01';
    return lines.filter(([, local, , state]) => of_hex(local) === port && state === established).map(([, , remote]) => of_hex(remote));
}

test('300 idle streams keep no call waiting', () =>
    with_installation(manual, async (installation) => {
        const { number } = await installation.found('crowded-motors');
        const idle = await crowd(installation, await make_users(installation, 20), 15);
        for (let i = 0; i < 20; ++i) {
            const begun = Date.now();
            const answer = await installation.initiation({ called_number: number, caller_id: '+17785550142', call_sid: `CA-crowd-${i}` });
            assert.equal(answer.json.dynamic_variables.organization_name, 'Crowded Motors');
            assert.ok(Date.now() - begun < 10_000); // no stream ends by itself
        }
        assert.equal(idle.filter(({ closed }) => closed).length, 0);
        idle.forEach((listener) => listener.leave());
    }));

test('there is a bound of streams, for one user and for all, and a place is free again when its client leaves', () =>
    with_installation(manual, async (installation) => {
        const users = await make_users(installation, streams_of_all / streams_of_a_user + 1);
        const last = users.pop();
        const [first, ...others] = users;
        const ask_for_one = ({ session }) =>
            Promise.race([installation.api('GET', '/api/events', { session }), pause(3_000).then(() => ({ status: 'a stream', text: 'no refusal' }))]);
        const of_first = await crowd(installation, [first], streams_of_a_user);
        const too_many = await ask_for_one(first);
        assert_refused(too_many, 429, { code: 'too_many_streams' });
        assert.match(too_many.headers['retry-after'], /^[1-9]\d*$/);

        const rest = await crowd(installation, others, streams_of_a_user);
        const full = await ask_for_one(last);
        assert_refused(full, 503, { code: 'too_many_streams' });
        assert.match(full.headers['retry-after'], /^[1-9]\d*$/);

        of_first.pop().leave();
        await until(() => {
            const listener = new Listener(installation, last.session);
            return pause(200).then(() => {
                listener.leave();
                return listener.status;
            });
        }, (status) => status === 200, 30_000);
        [...of_first, ...rest].forEach((listener) => listener.leave());
    }));

test('the server stops promptly with open streams, and ends them cleanly', () =>
    with_installation(manual, async (installation) => {
        const open = await crowd(installation, await make_users(installation, 4), 10);
        let resets = 0;
        for (const { socket } of open) socket.on('error', () => ++resets);
        assert.equal(await installation.server.stop(), 0); // it is killed when it waits for them
        await until(() => open.every(({ closed }) => closed), Boolean, 20_000);
        assert.equal(resets, 0);
    }));

test('a HEAD takes no place', () =>
    with_installation(manual, async (installation) => {
        const session = await installation.sign_in(admin);
        for (let i = 0; i < streams_of_a_user + 2; ++i) assert.equal((await installation.api('HEAD', '/api/events', { session })).status, 200);
        const listener = await new Listener(installation, session).begun();
        listener.leave();
    }));
