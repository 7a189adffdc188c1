// Many signups at once. First: 200 while every vendor call takes 5 s, with calls coming in meanwhile. Then: thousands against the limit
// of 25 purchases a day.
import { readFile } from 'node:fs/promises';
import { admin, credentials, pause, start_installation, until } from '../integration/support.mjs';

const storm = Number(process.argv[2] ?? 10_000);
const purchases = 25; // a day
const clients = 400; // at once
const tries_limit = 1_000; // of one signup
const releases = 20; // held ones that are approved afterwards
const settling_limit = 600_000; // ms
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

// "25 done, 975 held", once nobody works on any run.
async function until_settled(installation) {
    await until(
        () => installation.sql("SELECT count(*) AS waiting FROM provisioning_runs WHERE state NOT IN ('done', 'held', 'needs_attention')"),
        ([{ waiting }]) => waiting === 0,
        settling_limit,
    );
    const states = await installation.sql('SELECT state, count(*) AS runs FROM provisioning_runs GROUP BY state');
    return states.map(({ state, runs }) => `${runs} ${state}`).join(', ');
}

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
        const settled = await until_settled(installation);
        console.log(`vendors fast again: all settled after ${((performance.now() - started) / 1000).toFixed(1)} s: ${settled}; ${(await installation.ledger()).sold} sold`);
    } finally {
        await installation.stop();
    }
}

// One in ten is a dealership with an address of its own; the others come from a hundred addresses that ask again and again.
async function many_addresses() {
    const installation = await start_installation({
        settings: { DEALERLINE_TRUSTED_PROXIES: '127.0.0.1', DEALERLINE_MAX_PURCHASES_PER_DAY: `${purchases}`, DEALERLINE_SIGNUPS_PER_IP_PER_HOUR: '5' },
    });
    try {
        const memory = async () => Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${installation.server.pid}/status`, 'utf8'))[1]) / 1024;
        const before = await memory();
        let most_memory = before;
        const watch = setInterval(() => memory().then((now) => (most_memory = Math.max(most_memory, now))), 500);
        const is_honest = (i) => i % 10 === 0;
        const address_of = (i) => (is_honest(i) ? `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}` : `192.0.2.${i % 100}`);
        const times = { 201: [], 429: [], 503: [] };
        let next = 0;
        let most_tries = 0;
        // Comes back when it is told to; whoever asked too often is sent away.
        const one = async (i) => {
            let said;
            for (let tries = 1; tries <= tries_limit; ++tries) {
                const { answer, took } = await timed(() => installation.sign_up(`storm-${i}`, { headers: { 'X-Forwarded-For': address_of(i) } }));
                if (!times[answer.status]) throw new Error(answer.text);
                times[answer.status].push(took);
                said = answer.text;
                most_tries = Math.max(most_tries, tries);
                if (answer.status === 201 || (answer.status === 429 && !is_honest(i))) return;
                await pause(1000 * Number(answer.headers['retry-after']) * (0.5 + Math.random()));
            }
            throw new Error(`signup ${i} was sent away ${tries_limit} times: ${said}`);
        };
        const client = async () => {
            while (next < storm) await one(next++);
        };
        const started = performance.now();
        await Promise.all(Array.from({ length: clients }, client));
        clearInterval(watch);
        const seconds = (performance.now() - started) / 1000;
        const honest = Array.from({ length: storm }, (_, i) => i).filter(is_honest);
        const slugs = new Set((await installation.sql('SELECT slug FROM organizations')).map(({ slug }) => slug));
        const lost = honest.filter((i) => !slugs.has(`storm-${i}`));
        const settled = await until_settled(installation);
        const { sold } = await installation.ledger();
        console.log(`${storm} signups by ${clients} clients at once, ${honest.length} of them honest, ${purchases} purchases a day: ${seconds.toFixed(0)} s`);
        for (const [status, list] of Object.entries(times)) if (list.length > 0) console.log(`  ${list.length} x ${status}: ${quantiles(list)}`);
        console.log(`  ${slugs.size} kept, ${lost.length} honest ones lost, ${most_tries} tries at most; ${settled}; ${sold} sold`);
        console.log(`  memory ${before.toFixed(0)} MiB before, ${most_memory.toFixed(0)} MiB at most`);
        if (sold > purchases || lost.length > 0) throw new Error('more was bought than allowed, or a signup was lost');

        const held = await installation.sql("SELECT o.id, o.slug FROM provisioning_runs r JOIN organizations o ON o.id = r.organization_id WHERE r.state = 'held'");
        const approved = held.filter(({ slug }) => is_honest(Number(slug.split('-')[1]))).slice(0, releases);
        for (const { id } of approved) await installation.retry(id);
        const states = await Promise.all(approved.map(async ({ id }) => (await installation.settled(id)).state));
        console.log(`  of ${approved.length} held ones that ${admin.email} approves, ${states.filter((state) => state === 'done').length} are live`);
        if (!states.every((state) => state === 'done')) throw new Error(`an approved one is not live: ${states}`);
    } finally {
        await installation.stop();
    }
}

await slow_vendors();
await many_addresses();
