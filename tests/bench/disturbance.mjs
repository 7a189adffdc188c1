// What else a server may have to do, each in a thread of its own, so that the calls' clock is not disturbed by it.
// workerData: {what, url, …}; posts {ready}, then on 'stop' {count, refused}.
import { createHmac } from 'node:crypto';
import { connect } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { ask, credentials, pause } from '../integration/support.mjs';

const { what, url, session, count, rate, kilobytes } = workerData;
const port = Number(new URL(url).port);
const open = [];
const done = { count: 0, refused: 0 };
let stopping = false;

const connection = (first) =>
    new Promise((resolve, reject) => {
        const socket = connect(port, '127.0.0.1', () => {
            if (first) socket.write(first);
            resolve(socket);
        });
        socket.on('error', reject);
        socket.on('data', () => {});
        open.push(socket);
    });

const alive = () => open.filter((socket) => !socket.destroyed && socket.readyState === 'open').length;

async function idle_and_slow() {
    const health = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';
    for (let i = 0; i < count; ++i) await connection(health);
    // A byte a second: the server lets such a request go after 5 s, and its client comes back.
    const body = 'POST /webhooks/elevenlabs/conversation-initiation HTTP/1.1\r\nHost: x\r\n';
    for (let i = 0; i < count; ++i)
        (async () => {
            await pause((i * 1000) / count);
            while (!stopping) {
                const socket = await connection().catch(() => undefined);
                for (let sent = 0; socket && !socket.destroyed && !stopping; ++sent) {
                    socket.write(body[sent % body.length]);
                    await pause(1000);
                }
                if (socket) open.splice(open.indexOf(socket), 1);
            }
        })();
    await pause(1500);
    parentPort.postMessage('ready');
    return () => (done.count = alive());
}

async function streams() {
    for (let i = 0; i < count; ++i) await connection(`GET /api/events HTTP/1.1\r\nHost: x\r\nCookie: ${session[i % session.length]}\r\n\r\n`);
    parentPort.postMessage('ready');
    return () => (done.count = alive());
}

async function signups() {
    const one = async (i) => {
        const json = { email: `owner${i}@example.com`, password: 'correct horse battery', organization_name: `Dealer ${i}`, organization_slug: `new-${i}`, area_code: '604' };
        for (;;) {
            const answer = await ask(`${url}/api/signup`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(json) });
            if (answer.status === 201) return void ++done.count;
            if (answer.status !== 429 && answer.status !== 503) throw new Error(answer.text);
            ++done.refused;
            if (stopping) return;
            await pause(1000 * Number(answer.headers['retry-after']));
        }
    };
    for (let i = 0; i < count; ++i) one(i);
    parentPort.postMessage('ready');
    return () => {};
}

// Results of calls with a transcript of so many kilobytes, at a steady rate, signed as ElevenLabs signs.
async function post_calls() {
    const words = 'the truck needs new brakes before friday and financing over sixty months with a trade in of my old car'.split(' ');
    let salt = 0;
    const spoken = () => Array.from({ length: 60 }, () => words[(salt = (salt * 48271 + 11) % 2147483647) % words.length] + (salt % 97 === 0 ? salt % 10_000 : '')).join(' ');
    const transcript = [];
    for (let size = 0, at = 0; size < kilobytes * 1024; ++at) {
        const turn = { role: at % 2 ? 'user' : 'agent', message: spoken(), time_in_call_secs: at };
        transcript.push(turn);
        size += JSON.stringify(turn).length + 1;
    }
    parentPort.postMessage('ready');
    (async () => {
        const began = performance.now();
        for (let i = 0; !stopping; ++i) {
            while (performance.now() < began + (i * 1000) / rate) await pause(5);
            const at = Math.floor(Date.now() / 1000);
            const id = `conv_flood_${began}_${i}`;
            const body = JSON.stringify({
                type: 'post_call_transcription',
                event_timestamp: at,
                data: {
                    agent_id: credentials.ELEVENLABS_AGENT_ID,
                    conversation_id: id,
                    status: 'done',
                    transcript,
                    metadata: { start_time_unix_secs: at, call_duration_secs: 600, phone_call: { call_sid: `CA${id}`, direction: 'inbound', agent_number: workerData.number, external_number: '+17785550142' } },
                    analysis: { call_successful: 'success', transcript_summary: 'A long talk about a truck.' },
                },
            });
            const signature = createHmac('sha256', credentials.ELEVENLABS_WEBHOOK_SECRET).update(`${at}.${body}`).digest('hex');
            ask(`${url}/webhooks/elevenlabs/post-call`, { method: 'POST', headers: { 'Content-Type': 'application/json', 'ElevenLabs-Signature': `t=${at},v0=${signature}` }, body }).then(
                ({ status }) => (status === 200 ? ++done.count : ++done.refused),
                () => ++done.refused,
            );
        }
    })();
    return () => {};
}

const stop = await { idle_and_slow, streams, signups, post_calls }[what]();
parentPort.on('message', () => {
    stopping = true;
    stop();
    open.forEach((socket) => socket.destroy());
    parentPort.postMessage(done);
    parentPort.close();
});
