// Calls at a steady rate, as ElevenLabs would ask about them, each timed from the moment when it was due: a server that stalls is not
// spared what piles up meanwhile.
import { Agent, request as http_request } from 'node:http';
import { credentials, pause, ticks_of, until } from '../integration/support.mjs';

const most_open = 256;
const rest_limit = 1_800_000; // ms

export const at = (sorted, share) => sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)];

export function quantiles(times) {
    const sorted = Float64Array.from(times).sort();
    return { count: sorted.length, p50: at(sorted, 0.5), p99: at(sorted, 0.99), most: at(sorted, 1) };
}

export const in_words = ({ p50, p99, most }) => [p50, p99, most].map((ms) => ms.toFixed(1).padStart(9)).join('');

function post(url, agent, body) {
    return new Promise((resolve, reject) => {
        const headers = { Authorization: `Bearer ${credentials.ELEVENLABS_INITIATION_SECRET}`, 'Content-Type': 'application/json', 'Content-Length': body.length };
        const request = http_request(`${url}/webhooks/elevenlabs/conversation-initiation`, { method: 'POST', agent, headers }, (response) => {
            let text = '';
            response.on('data', (part) => (text += part));
            response.on('end', () => resolve({ status: response.statusCode, text }));
        });
        request.on('error', reject);
        request.end(body);
    });
}

// A server with many numbers that it has never seen bills them first, beside everything else that begins with it.
export async function until_at_rest({ server }) {
    let spent = 0;
    const is_at_work = async () => {
        await pause(3_000);
        const before = spent;
        spent = await ticks_of(server.pid);
        return spent - before > 15;
    };
    await until(is_at_work, (busy) => !busy, rest_limit);
}

let run = 0;

// `called(i)` is {number, name} of the i-th call, `caller(i)` who calls. Resolves to how long each took in ms; throws for a wrong answer.
export async function ring(url, { called, caller = (i) => `+1778${String(i % 200).padStart(7, '0')}`, rate = 100, seconds = 20, until = () => false }) {
    const agent = new Agent({ keepAlive: true, maxSockets: most_open });
    const mark = `CA${Date.now()}-${++run}`;
    const times = [];
    const wrong = [];
    const open = new Set();
    const began = performance.now();
    for (let i = 0; i < rate * seconds && !until(); ++i) {
        const due = began + (i * 1000) / rate;
        while (performance.now() < due) await pause(Math.max(0, due - performance.now()));
        const { number, name } = called(i);
        const body = JSON.stringify({ caller_id: caller(i), agent_id: credentials.ELEVENLABS_AGENT_ID, called_number: number, call_sid: `${mark}-${i}` });
        const one = post(url, agent, body)
            .then(({ status, text }) => {
                times.push(performance.now() - due);
                if (status !== 200 || !text.includes(`"organization_name":"${name}"`)) wrong.push(`${status} ${text.slice(0, 300)}`);
            })
            .catch((failure) => wrong.push(String(failure)))
            .finally(() => open.delete(one));
        open.add(one);
    }
    await Promise.all(open);
    agent.destroy();
    if (wrong.length > 0) throw new Error(`${wrong.length} calls were not answered rightly; the first: ${wrong[0]}`);
    return times;
}
