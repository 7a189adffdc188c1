// What a call waits for its five variables, how large the file is and how long a start takes, from a thousand numbers to a million with
// ten conversations each. SIZE,SIZE … as the argument.
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binaries, start_installation } from '../integration/support.mjs';
import { in_words, quantiles, ring, until_at_rest } from './calls.mjs';

const sizes = (process.argv[2] ?? '1000,10000,100000,1000000').split(',').map(Number);
const leads = 2;
const conversations = 5; // of each lead
const rate = 100;
const seconds = 20;
const rounds = 3; // of which that with the middle p99 counts: a shared disk stands still now and then

async function measure(size) {
    const folder = await mkdtemp(join(tmpdir(), 'dealerline-scale-'));
    const database = join(folder, 'bench.db');
    const environment = { ...process.env, DEALERLINE_DATABASE: `sqlite:${database}`, DEALERLINE_LOG: 'warn' };
    const args = ['fixture', '--organizations', size, '--leads', leads, '--conversations', conversations].map(String);
    if (spawnSync(join(binaries, 'dealerline-edge'), args, { env: environment, stdio: ['ignore', 'ignore', 'inherit'] }).status !== 0) throw new Error('no fixture');
    const installation = await start_installation({ doctor: false, settings: { DEALERLINE_DATABASE: `sqlite:${database}` } });
    try {
        await until_at_rest(installation);
        const began = performance.now();
        await installation.restart_server();
        const started = performance.now() - began;
        await until_at_rest(installation);
        spawnSync('sync'); // else the kernel still writes the fixture, and a million lines' bills, while calls are measured
        const called = () => {
            const i = Math.floor(Math.random() * size);
            return { number: `+1604${String(i).padStart(7, '0')}`, name: `Dealer ${i}` };
        };
        const caller = () => `+1778${String(Math.floor(Math.random() * 2 * leads)).padStart(7, '0')}`; // half of them call for the first time
        await ring(installation.url, { called, caller, rate, seconds: 5 });
        const measured = [];
        for (let i = 0; i < rounds; ++i) measured.push(quantiles(await ring(installation.url, { called, caller, rate, seconds })));
        const middle = measured.sort((a, b) => a.p99 - b.p99)[Math.floor(rounds / 2)];
        const memory = Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${installation.server.pid}/status`, 'utf8'))[1]) / 1024;
        const file = (await stat(database)).size / (1 << 20);
        console.log(`${String(size).padStart(9)}${String(size * leads * conversations).padStart(15)}${in_words(middle)}${file.toFixed(0).padStart(10)}${started.toFixed(0).padStart(10)}${memory.toFixed(0).padStart(12)}`);
    } finally {
        await installation.stop();
        await rm(folder, { recursive: true, force: true });
    }
}

console.log(`${rate} calls a second for ${rounds} times ${seconds} s, to numbers and from callers at random; stopping and starting again in ms`);
console.log('  numbers  conversations   p50 ms   p99 ms  most ms  file MiB  restart  memory MiB');
for (const size of sizes) await measure(size);
