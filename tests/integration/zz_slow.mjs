// Clients that are slow, idle or do not read never keep a call waiting.
import assert from 'node:assert/strict';
import { readFile, mkdir, mkdtemp, rm, writeFile, copyFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { pause, root, start_installation, until } from './support.mjs';

const crowd = 300; // more than the server has threads
const answer_limit = 5_000; // ms; generous, as everything here shares a machine

let installation, number, folder, sockets;

before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dealerline-web-'));
    await mkdir(join(folder, 'assets'));
    await copyFile(join(root, 'assets', 'signup.html'), join(folder, 'signup.html'));
    await writeFile(join(folder, 'assets', 'large.bin'), Buffer.alloc(8 << 20, 1));
});
after(() => rm(folder, { recursive: true, force: true }));

// Each test has a server of its own: what one crowd still holds must not fail the next.
beforeEach(async () => {
    sockets = [];
    // The usual limit of open files, which a thousand clients exceed.
    installation = await start_installation({ settings: { ELEVENLABS_IMPORT: 'manual', DEALERLINE_WEB_ROOT: folder }, doctor: false, shell: 'true' });
    ({ number } = await installation.found('patient-motors'));
});
afterEach(async () => {
    sockets.forEach(({ socket }) => socket.destroy());
    await installation?.server.kill();
    await installation?.stop();
});

// A client that keeps what it hears and when it was let go.
function new_client({ reads = true } = {}) {
    const client = { text: '', closed: 0, opened: 0 };
    client.socket = connect(Number(new URL(installation.url).port), '127.0.0.1', () => (client.opened = Date.now()));
    if (reads) client.socket.on('data', (part) => (client.text += part));
    client.socket.on('error', () => {});
    client.socket.on('close', () => (client.closed = Date.now()));
    sockets.push(client);
    return client;
}

const clients = (count, options) => Array.from({ length: count }, () => new_client(options));

let calls = 0;
async function assert_calls_are_answered() {
    for (let i = 0; i < 10; ++i) {
        const started = Date.now();
        const answer = await Promise.race([
            installation.initiation({ called_number: number, caller_id: '+17785550142', call_sid: `CA-slow-${++calls}`, agent_id: 'a' }),
            pause(answer_limit).then(() => ({ status: `nothing after ${answer_limit} ms` })),
        ]);
        assert.equal(answer.status, 200);
        assert.equal(answer.json.dynamic_variables.organization_name, 'Patient Motors');
        assert.ok(Date.now() - started < answer_limit);
    }
}

async function ticks() {
    const stat = await readFile(`/proc/${installation.server.pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(fields[11]) + Number(fields[12]); // user and system time, in hundredths of a second
}

test('a thousand idle connections cost nothing, and two hundred slow ones are let go', async () => {
    const idle = clients(1_000);
    await until(() => idle.every(({ opened }) => opened), Boolean);
    for (const { socket } of idle) socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
    await until(() => idle.filter(({ text }) => text.includes('alive')).length, (count) => count === idle.length, 20_000);
    await assert_calls_are_answered();

    await pause(500);
    const before = await ticks();
    await pause(3_000);
    const spent = (await ticks()) - before;
    assert.ok(spent <= 30, `${spent} ticks in three seconds`);

    const slow = clients(200);
    const request = `POST /api/signup HTTP/1.1\r\nHost: x\r\n${'X-Slow: '.padEnd(200, 'y')}\r\n`;
    let sent = 0;
    const drip = setInterval(() => {
        const byte = request[sent++ % request.length];
        for (const { socket } of slow) if (!socket.destroyed) socket.write(byte);
    }, 1_000);
    try {
        await pause(2_000);
        await assert_calls_are_answered();
        await until(() => slow.every(({ closed }) => closed), Boolean, 15_000).catch(() => {});
        const left = slow.filter(({ closed }) => !closed).length;
        assert.equal(left, 0, 'all of them are let go');
        for (const { opened, closed } of slow) {
            assert.ok(closed - opened > 3_500 && closed - opened < 12_000, `let go after ${closed - opened} ms`);
        }
        for (const { text } of slow.filter(({ text }) => text)) {
            assert.match(text, /^HTTP\/1\.1 408 /);
            const { error } = JSON.parse(text.slice(text.indexOf('\r\n\r\n')));
            assert.equal(error.code, 'request_timeout');
            assert.equal(/^X-Request-Id: (\S+)\r$/im.exec(text)?.[1], error.request_id);
            assert.ok(error.request_id, 'every answer carries its id');
        }
        assert.equal(idle.filter(({ closed }) => closed).length, 0, 'who is merely idle stays');
        await assert_calls_are_answered();
    } finally {
        clearInterval(drip);
    }
});

test('a body that comes a byte a second is given half a minute and no more', async () => {
    const head = 'POST /api/signup HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{';
    const slow = clients(20);
    await until(() => slow.every(({ opened }) => opened), Boolean);
    for (const { socket } of slow) socket.write(head);
    const drip = setInterval(() => slow.forEach(({ socket }) => socket.destroyed || socket.write(' ')), 1_000);
    try {
        await assert_calls_are_answered();
        await until(() => slow.every(({ closed }) => closed), Boolean, 45_000).catch(() => {});
        for (const { opened, closed } of slow) assert.ok(closed && closed - opened < 40_000, `still there after ${(closed || Date.now()) - opened} ms`);
    } finally {
        clearInterval(drip);
    }
});

// Each of these crowds tries to take every thread that the webhook needs.
const crowds = {
    'that send large bodies slowly to the API': () => ({
        head: 'POST /api/signup HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{',
    }),
    'that send large bodies slowly to the webhook without its secret': () => ({
        head: 'POST /webhooks/elevenlabs/conversation-initiation HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{',
    }),
    'that send bodies in slow chunks to the webhook without its secret': () => ({
        head: 'POST /webhooks/elevenlabs/conversation-initiation HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n',
    }),
    'that send a body to an address that takes none': () => ({ head: 'POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n{' }),
    'that send a body with a GET': () => ({ head: 'GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n{' }),
    'that leave out the length of their body': () => ({ head: 'POST /api/session HTTP/1.1\r\nHost: x\r\n\r\n' }),
    'that begin a second request and leave it': () => ({ head: 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nG' }),
    'that do not read a large file': () => ({ head: 'GET /assets/large.bin HTTP/1.1\r\nHost: x\r\n\r\n', reads: false }),
};
for (const [what, how] of Object.entries(crowds))
    test(`calls are answered beside ${crowd} clients ${what}`, async () => {
        const { head, ...options } = how();
        const slow = clients(crowd, options);
        await until(() => slow.filter(({ opened }) => opened).length, (count) => count === slow.length, 20_000);
        for (const { socket } of slow) socket.write(head);
        await pause(700);
        await assert_calls_are_answered();
    });

test('calls are answered while signups wait for a slow vendor and passwords are hashed', async () => {
    await installation.latency({ 'twilio.search': 4_000 });
    const signups = Array.from({ length: 12 }, (_, i) => installation.sign_up(`queued-${i}`));
    const guesses = Array.from({ length: 60 }, (_, i) =>
        installation.api('POST', '/api/session', { json: { email: `guess-${i}@example.com`, password: 'a wrong password' } }),
    );
    await pause(300);
    await assert_calls_are_answered();
    await installation.latency({ 'twilio.search': null });
    for (const { status } of await Promise.all(signups)) assert.ok(status === 201 || status === 503, String(status));
    for (const { status, json, headers } of await Promise.all(guesses)) {
        assert.ok([401, 429, 503].includes(status), String(status));
        assert.ok(json.error.message);
        if (status !== 401) assert.match(headers['retry-after'], /^[1-9]\d*$/);
    }
});
