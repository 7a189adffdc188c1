// Many signups at once. First: 200 while every vendor call takes 5 s, with calls coming in meanwhile. Then: thousands from as many
// addresses against the limit of 25 purchases a day.
import { readFile } from 'node:fs/promises';
import { admin, credentials, pause, start_installation } from '../integration/support.mjs';

const storm = Number(process.argv[2] ?? 10_000);
const at = (sorted, share) => sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)];
const quantiles = (times) => {
    const sorted = times.sort((a, b) => a - b);
    return `p50 ${at(sorted, 0.5).toFixed(0)} ms, p99 ${at(sorted, 0.99).toFixed(0)} ms, most ${at(sorted, 1).toFixed(0)} ms`;
};
const timed = async (work) => {
    const started = performance.now();
    const answer = await work();
    return { answer, took: performance.now() - started };
};

async function slow_vendors() {
    const installation = await start_installation();
    try {
        const { number } = await installation.found('first-motors');
        const calls = { quiet: [], busy: [] };
        let phase = 'quiet';
        let ringing = true;
        const ring = async () => {
            for (let i = 0; ringing; ++i) {
                const { answer, took } = await timed(() => installation.initiation({ caller_id: '+16045550111', agent_id: credentials.ELEVENLABS_AGENT_ID, called_number: number, call_sid: `CA-${phase}-${i}` }));
                if (answer.json?.dynamic_variables?.organization_name !== 'First Motors') throw new Error(`a call was answered ${answer.status} ${answer.text}`);
                calls[phase].push(took);
                await pause(20);
            }
        };
        const rings = ring();
        await pause(3_000);
        phase = 'busy';
        await installation.latency({ default: 5_000 });
        const signups = await Promise.all(Array.from({ length: 200 }, (_, i) => timed(() => installation.sign_up(`storm-${i}`))));
        ringing = false;
        await rings;
        const statuses = {};
        for (const { answer } of signups) statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
        console.log(`200 signups at once, every vendor call takes 5 s: ${Object.entries(statuses).map(([status, count]) => `${count} x ${status}`).join(', ')}; answered after ${quantiles(signups.map(({ took }) => took))}`);
        console.log(`calls before: ${quantiles(calls.quiet)} (${calls.quiet.length}); meanwhile: ${quantiles(calls.busy)} (${calls.busy.length})`);
        await installation.latency({ default: 0 });
        const started = performance.now();
        for (;;) {
            const [{ waiting }] = await installation.sql("SELECT count(*) AS waiting FROM provisioning_runs WHERE state NOT IN ('done', 'held', 'needs_attention')");
            if (waiting === 0) break;
            await pause(500);
        }
        const states = await installation.sql('SELECT state, count(*) AS runs FROM provisioning_runs GROUP BY state');
        console.log(`vendors fast again: all settled after ${((performance.now() - started) / 1000).toFixed(1)} s: ${states.map(({ state, runs }) => `${runs} ${state}`).join(', ')}; ${(await installation.ledger()).sold} sold`);
    } finally {
        await installation.stop();
    }
}

async function many_addresses() {
    const installation = await start_installation({
        settings: { DEALERLINE_TRUSTED_PROXIES: '127.0.0.1', DEALERLINE_MAX_PURCHASES_PER_DAY: '25', DEALERLINE_SIGNUPS_PER_IP_PER_HOUR: '5' },
    });
    try {
        const memory = async () => Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${installation.server.pid}/status`, 'utf8'))[1]) / 1024;
        const before = await memory();
        let next = 0;
        let retried = 0;
        const times = [];
        const one = async () => {
            for (let i = next++; i < storm; i = next++) {
                for (;;) {
                    const headers = { 'X-Forwarded-For': `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}` };
                    const { answer, took } = await timed(() => installation.sign_up(`storm-${i}`, { headers }));
                    times.push(took);
                    if (answer.status === 201) break;
                    if (answer.status !== 503) throw new Error(answer.text);
                    ++retried;
                    await pause(1000 * Number(answer.headers['retry-after'] ?? 1));
                }
            }
        };
        const started = performance.now();
        await Promise.all(Array.from({ length: 100 }, one));
        const states = await installation.sql('SELECT state, count(*) AS runs FROM provisioning_runs GROUP BY state');
        console.log(`${storm} signups from as many addresses, 25 purchases a day: ${((performance.now() - started) / 1000).toFixed(0)} s, ${quantiles(times)}, ${retried} told to come back; ${states.map(({ state, runs }) => `${runs} ${state}`).join(', ')}; ${(await installation.ledger()).sold} sold; memory ${before.toFixed(0)} MiB before, ${(await memory()).toFixed(0)} MiB after`);
        const [{ id }] = await installation.sql("SELECT organization_id AS id FROM provisioning_runs WHERE state = 'held' LIMIT 1");
        await installation.retry(id);
        const released = await installation.settled(id);
        console.log(`a held one that an admin (${admin.email}) approves is ${released.state}`);
    } finally {
        await installation.stop();
    }
}

await slow_vendors();
await many_addresses();
