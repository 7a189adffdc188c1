// Starts the real programs and a real browser for the tests in this folder.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const binaries = resolve(root, process.env.DEALERLINE_BIN ?? 'build/release/bin');
export const web_root = resolve(root, process.env.DEALERLINE_WEB_ROOT ?? 'build/web');

const start_limit = 20_000; // ms
const stop_limit = 10_000;

export const admin = { email: 'admin@dealerline.test', password: 'an admin for the journey' };

// What the simulator takes for an account, a token, a key and an agent is fixed.
const simulator_credentials = {
    TWILIO_ACCOUNT_SID: 'AC00000000000000000000000000000000',
    TWILIO_AUTH_TOKEN: 'simulator-token',
    ELEVENLABS_API_KEY: 'simulator-key',
    ELEVENLABS_AGENT_ID: 'agent_simulator',
    ELEVENLABS_INITIATION_SECRET: 'initiation-secret-of-the-journey',
    ELEVENLABS_WEBHOOK_SECRET: 'webhook-secret-of-the-journey',
};

// The caller's own settings never reach a program under test.
function clean_environment() {
    const ours = /^(DEALERLINE|TWILIO|ELEVENLABS)_/;
    return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}

export function free_port() {
    return new Promise((resolve, reject) => {
        const server = createServer().once('error', reject);
        server.listen(0, '127.0.0.1', () => {
            const { port } = server.address();
            server.close(() => resolve(port));
        });
    });
}

function tail(text) {
    return text.trim().split('\n').slice(-20).join('\n');
}

// Resolves once the program has said where it listens.
export function start_program(name, args, environment = {}) {
    const child = spawn(join(binaries, name), args, {
        cwd: root,
        env: { ...clean_environment(), ...environment },
        stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = { stdout: '', stderr: '' };
    const ended = new Promise((resolve) => child.once('close', (code, signal) => resolve(signal ?? code)));
    const stop = async () => {
        child.kill('SIGTERM');
        const forced = setTimeout(() => child.kill('SIGKILL'), stop_limit);
        await ended;
        clearTimeout(forced);
    };
    return new Promise((resolve, reject) => {
        const fail = (why) => reject(new Error(`${name} ${why}\n${tail(output.stdout)}\n${tail(output.stderr)}`));
        const late = setTimeout(() => {
            fail('did not say where it listens');
            stop();
        }, start_limit);
        child.once('error', (error) => fail(`did not start: ${error.message}`));
        child.stderr.on('data', (text) => (output.stderr += text));
        child.stdout.on('data', (text) => {
            output.stdout += text;
            const [, url] = new RegExp(`^${name} listening on (http://\\S+)$`, 'm').exec(output.stdout) ?? [];
            if (!url) return;
            clearTimeout(late);
            resolve({ name, url, output, ended, stop });
        });
        ended.then((code) => {
            clearTimeout(late);
            fail(`ended with ${code}`);
        });
    });
}

// Runs a program to its end; anything but success is an error with its words.
export function run_program(name, args, environment = {}) {
    return new Promise((resolve, reject) => {
        const child = spawn(join(binaries, name), args, {
            cwd: root,
            env: { ...clean_environment(), ...environment },
            stdio: ['ignore', 'pipe', 'pipe'],
        });
        let output = '';
        child.stdout.on('data', (text) => (output += text));
        child.stderr.on('data', (text) => (output += text));
        child.once('error', reject);
        child.once('close', (code) => {
            if (code === 0) resolve(output);
            else reject(new Error(`${name} ${args.join(' ')} ended with ${code}\n${tail(output)}`));
        });
    });
}

// A simulator, a server on an empty database, and an agent that passes the doctor. `latency` is what every vendor answer
// takes, in milliseconds.
export async function start_installation({ settings = {}, latency = 0 } = {}) {
    const folder = await mkdtemp(join(tmpdir(), 'dealerline-e2e-'));
    const started = [];
    const stop = async () => {
        for (const program of started.toReversed()) await program.stop();
        await rm(folder, { recursive: true, force: true });
    };
    try {
        const simulator = await start_program('telephony-sim', [
            ...['--listen', '127.0.0.1:0'],
            ...['--state', join(folder, 'simulator.db')],
            ...['--latency', String(latency)],
            ...['--webhook-secret', simulator_credentials.ELEVENLABS_WEBHOOK_SECRET],
        ]);
        started.push(simulator);
        const address = `127.0.0.1:${await free_port()}`;
        const environment = {
            ...simulator_credentials,
            TWILIO_API_BASE: simulator.url,
            ELEVENLABS_API_BASE: simulator.url,
            DEALERLINE_LISTEN: address,
            DEALERLINE_PUBLIC_URL: `http://${address}`,
            DEALERLINE_DATABASE: `sqlite:${join(folder, 'dealerline.db')}`,
            DEALERLINE_WEB_ROOT: web_root,
            DEALERLINE_ADMIN_EMAIL: admin.email,
            DEALERLINE_ADMIN_PASSWORD: admin.password,
            DEALERLINE_SIGNUPS_PER_IP_PER_HOUR: '1000',
            DEALERLINE_MAX_PURCHASES_PER_DAY: '1000',
            ...settings,
        };
        const server = await start_program('dealerline-edge', ['serve'], environment);
        started.push(server);
        await run_program('dealerline-edge', ['doctor', '--fix'], environment);
        return { url: server.url, simulator_url: simulator.url, server, simulator, environment, folder, stop };
    } catch (error) {
        await stop();
        throw error;
    }
}

export function open_browser() {
    return chromium.launch({
        executablePath: process.env.DEALERLINE_CHROMIUM ?? '/usr/bin/chromium',
        args: [
            '--no-sandbox',
            '--disable-quic',
            '--no-first-run',
            '--disable-background-networking',
            '--disable-component-update',
            '--disable-sync',
        ],
    });
}

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

// What axe-core finds wrong, one line each; an empty list is what a test wants.
export async function accessibility_problems(page) {
    await page.evaluate(await readFile(axe, 'utf8'));
    const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`));
}

// Reads until the value is the expected one; the last difference is the error.
export async function eventually(read, expected, limit = 5_000) {
    for (const end = Date.now() + limit; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
        const value = await read();
        try {
            return assert.deepEqual(value, expected);
        } catch (difference) {
            if (Date.now() > end) throw difference;
        }
    }
}
