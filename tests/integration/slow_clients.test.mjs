// Clients that are slow, idle or do not read never keep a call waiting.
import assert from 'node:assert/strict';
import { readFile, mkdir, mkdtemp, rm, writeFile, copyFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pause, root, start_installation, until, ticks_of } from './support.mjs';

const crowd = 600; // more than the server has threads
const answer_limit = 5_000; // ms; generous, as everything here shares a machine

let folder;

before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dealerline-web-'));
    await mkdir(join(folder, 'assets'));
    await copyFile(join(root, 'assets', 'signup.html'), join(folder, 'signup.html'));
    await writeFile(join(folder, 'assets', 'large.bin'), Buffer.alloc(8 << 20, 1));
});
after(() => rm(folder, { recursive: true, force: true }));

// A server of its own with a live webhook, and the clients that trouble it.
class Scene {
    static async play(use) {
        const scene = new Scene();
        // The usual limit of open files, which a thousand clients exceed.
        scene.installation = await start_installation({
            settings: { ELEVENLABS_IMPORT: 'manual', DEALERLINE_WEB_ROOT: folder },
            doctor: false,
            shell: 'ulimit -Sn 1024',
        });
        scene.clients = [];
        scene.calls = 0;
        try {
            ({ number: scene.number } = await scene.installation.found('patient-motors'));
            await use(scene);
        } finally {
            scene.clients.forEach(({ socket }) => socket.destroy());
            await scene.installation.server.kill();
            await scene.installation.stop();
        }
    }

    // A client that keeps what it hears, and when it was let go.
    connect({ reads = true } = {}) {
        const client = { text: '', closed: 0, opened: 0 };
        client.socket = connect(Number(new URL(this.installation.url).port), '127.0.0.1', () => (client.opened = Date.now()));
        if (reads) client.socket.on('data', (part) => (client.text += part));
        client.socket.on('error', () => {});
        client.socket.on('close', () => (client.closed = Date.now()));
        this.clients.push(client);
        return client;
    }

    async crowd(count, head, options) {
        const clients = Array.from({ length: count }, () => this.connect(options));
        await until(() => clients.filter(({ opened }) => opened).length, (connected) => connected === count, 20_000);
        for (const { socket } of clients) socket.write(head);
        return clients;
    }

    async assert_calls_are_answered() {
        for (let i = 0; i < 10; ++i) {
            const answer = await Promise.race([
                this.installation.initiation({ called_number: this.number, caller_id: '+17785550142', call_sid: `CA-slow-${++this.calls}` }),
                pause(answer_limit).then(() => ({ status: `nothing after ${answer_limit} ms` })),
            ]);
            assert.equal(answer.status, 200);
            assert.equal(answer.json.dynamic_variables.organization_name, 'Patient Motors');
        }
    }

    async about_process(file) {
        return readFile(`/proc/${this.installation.server.pid}/${file}`, 'utf8');
    }

    ticks() {
        return ticks_of(this.installation.server.pid);
    }

    async resident_megabytes() {
        return Number(/^VmRSS:\s+(\d+) kB$/m.exec(await this.about_process('status'))[1]) / 1024;
    }
}

const scene_of = (use) => () => Scene.play(use);

async function dripping(clients, byte, use) {
    let sent = 0;
    const drip = setInterval(() => {
        const next = byte(sent++);
        for (const { socket } of clients) if (!socket.destroyed) socket.write(next);
    }, 1_000);
    try {
        await use();
    } finally {
        clearInterval(drip);
    }
}

describe('slow clients', { concurrency: 2 }, () => {
    // First, as it takes longest.
    test('whose body comes a byte a second are given half a minute and no more', scene_of(async (scene) => {
        const head = 'POST /api/signup HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{';
        const slow = await scene.crowd(20, head);
        await dripping(slow, () => ' ', async () => {
            await scene.assert_calls_are_answered();
            await until(() => slow.every(({ closed }) => closed), Boolean, 45_000).catch(() => {});
            for (const { opened, closed } of slow) assert.ok(closed && closed - opened < 40_000, `still there after ${(closed || Date.now()) - opened} ms`);
        });
    }));

    test('by the thousand cost nothing while they are idle, and two hundred that drip are let go', scene_of(async (scene) => {
        const idle = await scene.crowd(1_000, 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
        await until(() => idle.filter(({ text }) => text.includes('alive')).length, (count) => count === idle.length, 20_000);
        await scene.assert_calls_are_answered();

        await pause(500);
        const before = await scene.ticks();
        await pause(3_000);
        const spent = (await scene.ticks()) - before;
        assert.ok(spent <= 30, `${spent} ticks in three seconds`);

        const request = `POST /api/signup HTTP/1.1\r\nHost: x\r\n${'X-Slow: '.padEnd(200, 'y')}\r\n`;
        const slow = await scene.crowd(200, request[0]);
        await dripping(slow, (sent) => request[sent + 1], async () => {
            await pause(2_000);
            await scene.assert_calls_are_answered();
            await until(() => slow.every(({ closed }) => closed), Boolean, 15_000).catch(() => {});
            assert.equal(slow.filter(({ closed }) => !closed).length, 0, 'all of them are let go');
        });
        for (const { opened, closed } of slow) assert.ok(closed - opened > 3_500 && closed - opened < 12_000, `let go after ${closed - opened} ms`);
        assert.equal(idle.filter(({ closed }) => closed).length, 0, 'who is merely idle stays');
        await scene.assert_calls_are_answered();
    }));

    test('that are let go are told why, with a request id as in every answer', scene_of(async (scene) => {
        const [slow] = await scene.crowd(1, 'POST /api/signup HTTP/1.1\r\nHost: x\r\n');
        await until(() => slow.closed, Boolean, 15_000);
        assert.match(slow.text, /^HTTP\/1\.1 408 /);
        const { error } = JSON.parse(slow.text.slice(slow.text.indexOf('\r\n\r\n')));
        assert.equal(error.code, 'request_timeout');
        assert.ok(error.request_id);
        assert.equal(/^X-Request-Id: (\S+)\r$/im.exec(slow.text)?.[1], error.request_id);
    }));

    // Each of these crowds would take every thread that the webhook needs.
    const json_post = (path) => `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n`;
    const webhook = '/webhooks/elevenlabs/conversation-initiation';
    const crowds = {
        'that send large bodies slowly to the API': `${json_post('/api/signup')}Content-Length: 60000\r\n\r\n{`,
        'that send large bodies slowly to the webhook without its secret': `${json_post(webhook)}Content-Length: 60000\r\n\r\n{`,
        'that send bodies in slow chunks to the webhook without its secret': `${json_post(webhook)}Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n`,
        'that send a body to an address that takes none': 'POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n{',
        'that send a body of a wrong type': 'POST /api/signup HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 60000\r\n\r\n{',
        'that send a body with a GET': 'GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n{',
        'that leave out the length of their body': 'POST /api/session HTTP/1.1\r\nHost: x\r\n\r\n',
        'that begin a second request and leave it': 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nG',
    };
    for (const [what, head] of Object.entries(crowds))
        test(`do not keep calls waiting: ${crowd} ${what}`, scene_of(async (scene) => {
            await scene.crowd(crowd, head);
            await pause(700);
            await scene.assert_calls_are_answered();
        }));

    test('that do not read a large file share its one copy', scene_of(async (scene) => {
        const before = await scene.resident_megabytes();
        await scene.crowd(60, 'GET /assets/large.bin HTTP/1.1\r\nHost: x\r\n\r\n', { reads: false });
        await pause(1_500);
        const grown = (await scene.resident_megabytes()) - before;
        await scene.assert_calls_are_answered();
        assert.ok(grown < 400, `60 clients of a file of 8 MB took ${Math.round(grown)} MB`);
    }));

    test('and waiting signups, and many who sign in, do not keep calls waiting', scene_of(async (scene) => {
        const { installation } = scene;
        await installation.latency({ 'twilio.search': 4_000 });
        const signups = Array.from({ length: 12 }, (_, i) => installation.sign_up(`queued-${i}`));
        const guesses = Array.from({ length: 60 }, (_, i) =>
            installation.api('POST', '/api/session', { json: { email: `guess-${i}@example.com`, password: 'a wrong password' } }),
        );
        await pause(300);
        await scene.assert_calls_are_answered();
        await installation.latency({ 'twilio.search': null });
        for (const { status } of await Promise.all(signups)) assert.ok(status === 201 || status === 503, String(status));
        for (const { status, json, headers } of await Promise.all(guesses)) {
            assert.ok([401, 429, 503].includes(status), String(status));
            assert.ok(json.error.message);
            if (status !== 401) assert.match(headers['retry-after'], /^[1-9]\d*$/);
        }
    }));
});
