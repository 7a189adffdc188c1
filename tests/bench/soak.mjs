// A server under mixed load for a while: calls, crowds of them, their results, texts, signups, people reading lists, live streams, slow
// clients. Shows its memory, and fails when it ends badly or a sanitizer has something to say. SECONDS, and DEALERLINE_BIN for another build.
import { readFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { ask, pause, start_installation } from '../integration/support.mjs';
import { in_words, quantiles, ring } from './calls.mjs';

const seconds = Number(process.argv[2] ?? 600);
const rate = Number(process.argv[3] ?? 50); // calls a second
const samples = 60;
const signups_apart = 10_000; // ms
const crowds_apart = 60_000; // ms
const dealers = 12;

const installation = await start_installation({
    doctor: false,
    settings: { DEALERLINE_SIGNUPS_PER_IP_PER_HOUR: '100000', DEALERLINE_MAX_PURCHASES_PER_DAY: '100000', DEALERLINE_QUIET_HOURS: 'ignored', DEALERLINE_OUTBOUND: 'open' },
});
const { url } = installation;
const founded = [];
for (let i = 0; i < dealers; ++i) founded.push({ name: `Steady ${i} Motors`, ...(await installation.found(`steady-${i}-motors`, { organization_name: `Steady ${i} Motors` })) });
const workers = [
    { what: 'post_calls', rate: 0.5, kilobytes: 64, number: founded[0].number },
    { what: 'streams', session: founded.map(({ session }) => session), count: 60 },
    { what: 'idle_and_slow', count: 100 },
].map((data) => new Worker(new URL('disturbance.mjs', import.meta.url), { workerData: { url, ...data } }));
for (const worker of workers) worker.on('error', (failure) => console.log(`a disturbance ended: ${failure.message}`));

let over = false;
const done = { texts: 0, replies: 0, signups: 0, reads: 0, crowded: 0 };
const called = (i) => founded[i % dealers];
const caller = (i) => `+1778555${String(i % 10_000).padStart(4, '0')}`;
const again = async (every, work) => {
    for (let i = 0; !over; ++i) {
        await work(i).catch((failure) => !over && console.log(String(failure).slice(0, 300)));
        await pause(every);
    }
};
const expect = (answer, ...statuses) => {
    if (!statuses.includes(answer.status)) throw new Error(`${answer.status} ${answer.text.slice(0, 200)}`);
    return answer;
};
const loads = [
    again(500, async (i) => {
        await installation.text(`+1778555${String(1000 + (i % 400)).padStart(4, '0')}`, founded[i % dealers].number, `Is the truck number ${i} still there?`);
        ++done.texts;
    }),
    again(2_000, async (i) => {
        const { id, session } = founded[i % dealers];
        const answer = await installation.api('POST', `/api/organizations/${id}/messages`, { session, json: { to_number: `+1778555${String(1000 + (i % 400)).padStart(4, '0')}`, body: `Yes, it is: number ${i}.` } });
        expect(answer, 200, 201, 202, 409, 422, 429);
        ++done.replies;
    }),
    again(signups_apart, async (i) => {
        expect(await installation.sign_up(`new-${i}-motors`), 201, 429, 503);
        ++done.signups;
    }),
    again(100, async (i) => {
        const { id, session } = founded[i % dealers];
        const lists = [`/api/organizations/${id}/leads`, `/api/organizations/${id}/conversations`, `/api/organizations/${id}/conversations?search=truck`, `/api/organizations/${id}/messages`, `/api/organizations/${id}/usage`, '/api/organizations'];
        expect(await ask(url + lists[i % lists.length], { headers: { Cookie: session } }), 200, 400);
        ++done.reads;
    }),
    again(crowds_apart, async () => {
        done.crowded += (await ring(url, { called, caller, rate: 1500, seconds: 2 })).length;
    }),
];

const memory = [];
const began = Date.now();
const watch = (async () => {
    for (let i = 1; i <= samples; ++i) {
        await pause(Math.max(0, began + (seconds * 1000 * i) / samples - Date.now()));
        const status = await readFile(`/proc/${installation.server.pid}/status`, 'utf8');
        memory.push({ minutes: (Date.now() - began) / 60_000, rss: Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024, threads: Number(/Threads:\s+(\d+)/.exec(status)[1]) });
    }
})();
const times = await ring(url, { called, caller, rate, seconds });
await watch;
over = true;
await Promise.all(loads);
for (const worker of workers) {
    const said = new Promise((resolve) => worker.on('message', (message) => message !== 'ready' && resolve(message)));
    worker.postMessage('stop');
    await said;
    await worker.terminate();
}
const how = await installation.server.stop();
const log = installation.log();
await installation.stop();

console.log(`${seconds} s: ${times.length} calls, ${Object.entries(done).map(([what, count]) => `${count} ${what}`).join(', ')}`);
console.log(`calls, ms (p50, p99, most): ${in_words(quantiles(times))}`);
const most = Math.max(...memory.map(({ rss }) => rss));
console.log('minutes    MiB  threads');
for (const { minutes, rss, threads } of memory) console.log(`${minutes.toFixed(1).padStart(7)}${rss.toFixed(1).padStart(7)}${String(threads).padStart(9)}  ${'█'.repeat(Math.round((rss / most) * 60))}`);
const complaints = log.split('\n').filter((line) => /Sanitizer|runtime error:/.test(line));
console.log(`the server ended with ${how}; ${complaints.length} complaints of sanitizers`);
if (how !== 0 || complaints.length > 0) {
    console.log(log.slice(log.search(/Sanitizer|runtime error:/) - 200).slice(0, 20_000));
    process.exitCode = 1;
}
