// What a call waits for its five variables while the server has something else to do: every case beside the calm before it.
// Calls come at a steady rate and are timed from the moment when they were due. --seconds of each measurement, --rate a second,
// --reader-age in seconds, --only CASE,CASE.
import { execFileSync, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { pause, run_program, start_installation } from '../integration/support.mjs';
import { in_words, quantiles, ring } from './calls.mjs';

const organizations = 1000;
const leads = 200;
const { values } = parseArgs({
    options: { seconds: { type: 'string', default: '20' }, rate: { type: 'string', default: '100' }, 'reader-age': { type: 'string', default: '600' }, only: { type: 'string' } },
});
const seconds = Number(values.seconds);
const rate = Number(values.rate);
const reader_age = Number(values['reader-age']);

const folder = await mkdtemp(join(tmpdir(), 'dealerline-isolation-'));
const called = (i) => ({ number: `+1604${String((i * 7919) % organizations).padStart(7, '0')}`, name: `Dealer ${(i * 7919) % organizations}` });
const calls = (url, more = {}) => ring(url, { called, rate, seconds, ...more });

async function disturb(data) {
    const worker = new Worker(new URL('disturbance.mjs', import.meta.url), { workerData: data });
    const heard = () => new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
    await heard();
    return {
        async stop() {
            const last = heard();
            worker.postMessage('stop');
            const { count, refused } = await last;
            await worker.terminate();
            return { count, refused };
        },
    };
}

async function fill(database) {
    const environment = { DEALERLINE_DATABASE: `sqlite:${database}` };
    await run_program('dealerline-edge', ['fixture', '--organizations', `${organizations}`, '--leads', `${leads}`], environment);
}

const database = join(folder, 'bench.db');
await fill(database);
const installation = await start_installation({
    doctor: false,
    settings: { DEALERLINE_DATABASE: `sqlite:${database}`, DEALERLINE_SIGNUPS_PER_IP_PER_HOUR: '100000', DEALERLINE_MAX_PURCHASES_PER_DAY: '100000' },
});
const { url } = installation;

// Each returns the measured times, and words about what else happened.
const cases = {
    async '500 signups, Twilio takes 5 s'() {
        await installation.latency({ default: 5_000 });
        const signups = await disturb({ what: 'signups', url, count: 500 });
        const times = await calls(url);
        const { count, refused } = await signups.stop();
        await installation.latency({ default: 0 });
        return [times, `${count} answered meanwhile, ${refused} told to come back`];
    },
    async '1000 idle, 1000 byte by byte'() {
        const crowd = await disturb({ what: 'idle_and_slow', url, count: 1000 });
        const times = await calls(url);
        return [times, `${(await crowd.stop()).count} open at the end`];
    },
    async '200 event streams'() {
        const session = [];
        for (let i = 0; i < 20; ++i) {
            const { session: cookie } = await installation.found(`listener-${i}`);
            session.push(cookie);
        }
        const listeners = await disturb({ what: 'streams', url, session, count: 200 });
        const times = await calls(url);
        return [times, `${(await listeners.stop()).count} open at the end`];
    },
    async 'a backup'() {
        let backups = 0;
        let over = false;
        const backing = (async () => {
            while (!over) {
                await run_program('dealerline-edge', ['backup', join(folder, `copy-${backups}.db`)], { DEALERLINE_DATABASE: `sqlite:${database}` });
                ++backups;
            }
        })();
        const times = await calls(url);
        over = true;
        await backing;
        return [times, `${backups} backups of ${((await stat(database)).size / (1 << 20)).toFixed(0)} MiB, one after the other`];
    },
    async 'post-calls of 1 MB, 2 a second'() {
        const flood = await disturb({ what: 'post_calls', url, rate: 2, kilobytes: 1024, number: called(0).number });
        const times = await calls(url);
        const { count, refused } = await flood.stop();
        return [times, `${count} taken, ${refused} refused`];
    },
    async [`a reader of ${reader_age} s`]() {
        const reader = spawn('sqlite3', ['-readonly', database], { stdio: ['pipe', 'pipe', 'inherit'] });
        reader.stdin.write('BEGIN;\nSELECT count(*) FROM organizations;\n');
        await new Promise((done) => reader.stdout.once('data', done));
        await calls(url, { seconds: reader_age });
        const times = await calls(url);
        const log = (await stat(`${database}-wal`)).size;
        reader.stdin.end('COMMIT;\n.quit\n');
        await new Promise((done) => reader.once('close', done));
        return [times, `the log has ${(log / (1 << 20)).toFixed(0)} MiB`];
    },
};

async function with_the_disk_full() {
    const disk = join(folder, 'disk');
    await mkdir(disk);
    try {
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=600m', 'tmpfs', disk], { stdio: 'pipe' });
    } catch {
        return console.log('the disk full: not measured, no file system can be mounted here');
    }
    try {
        const small = join(disk, 'bench.db');
        await fill(small);
        const full = await start_installation({ doctor: false, settings: { DEALERLINE_DATABASE: `sqlite:${small}` } });
        try {
            const calm = quantiles(await calls(full.url));
            row('calm, in memory', calm);
            const { bavail, bsize } = await statfs(disk);
            await writeFile(join(disk, 'ballast'), Buffer.alloc(bavail * bsize)).catch(() => {});
            row('the disk full', quantiles(await calls(full.url)), calm, 'every call answered from what can still be read');
        } finally {
            await full.stop();
        }
    } finally {
        execFileSync('umount', ['-l', disk]);
    }
}

function row(name, measured, calm, words = '') {
    const ratio = calm ? (measured.p99 / calm.p99).toFixed(2) : '';
    console.log(`${name.padEnd(34)}${in_words(measured)}${ratio.padStart(9)}   ${words}`);
}

try {
    console.log(`${rate} calls a second for ${seconds} s each, ${organizations} numbers with ${leads} leads each; ms`);
    console.log(`${''.padEnd(34)}      p50      p99     most  p99/calm`);
    await calls(url, { seconds: 5 });
    for (const [name, work] of Object.entries(cases)) {
        if (values.only && !values.only.split(',').some((part) => name.includes(part))) continue;
        const calm = quantiles(await calls(url));
        row('calm', calm);
        const [times, words] = await work();
        row(name, quantiles(times), calm, words);
        await pause(3_000);
    }
    if (!values.only || 'the disk full'.includes(values.only)) await with_the_disk_full();
} finally {
    await installation.stop();
    await rm(folder, { recursive: true, force: true });
}
