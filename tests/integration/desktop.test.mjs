// The console on the desktop, in a display of its own: over a server, and over a snapshot without one.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { binaries, call_api, eventually, finish_program, password, start_installation } from './support.mjs';

const run = promisify(execFile);
const start_limit = 60_000; // ms; with sanitizers, GL in software and both processors busy

let installation, display, screen, folder;

before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dealerline-desktop-'));
    installation = await start_installation();
    const signup = { email: 'ann@harbour.test', password, organization_name: 'Harbour Motors', organization_slug: 'harbour-motors' };
    assert.equal((await call_api(installation.url, 'POST', '/api/signup', { json: signup })).status, 201);
    display = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '1440x900x24', '-nolisten', 'tcp'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [number] = await new Promise((done, fail) => {
        display.once('error', fail);
        display.stdout.once('data', (data) => done(String(data).split('\n')));
    });
    screen = `:${number}`;
});

after(async () => {
    display?.kill();
    await installation?.stop();
    await rm(folder, { recursive: true, force: true });
});

function start_console(...args) {
    const environment = { ...process.env, DISPLAY: screen, SDL_VIDEODRIVER: 'x11', LIBGL_ALWAYS_SOFTWARE: '1', HOME: folder, XDG_CONFIG_HOME: folder };
    const program = spawn(join(binaries, 'dealerline-console'), args, { env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
    program.complaints = '';
    program.stderr.on('data', (data) => (program.complaints += data));
    return program;
}

async function titles() {
    const { stdout } = await run('xwininfo', ['-root', '-tree', '-display', screen], { env: { ...process.env, LC_ALL: 'C.UTF-8' } });
    return [...stdout.matchAll(/"([^"]*Dealerline[^"]*)"/g)].map((match) => match[1]);
}

async function with_console(args, use) {
    const program = start_console(...args);
    const ended = new Promise((done) => program.once('exit', done));
    try {
        await use(program);
        assert.equal(program.exitCode, null, program.complaints);
    } finally {
        program.kill();
        await ended;
    }
}

test('over a server it begins with signing in', async () => {
    await with_console(['--server', installation.url], async () => {
        await eventually(async () => (await titles()).some((title) => title.startsWith('Sign in')), true, start_limit);
    });
});

test('over a snapshot it shows everything, with no server and nothing to sign in to', async () => {
    const file = join(folder, 'review.snapshot');
    await finish_program('dealerline-edge', ['snapshot', file], installation.environment);
    await with_console(['--snapshot', file, '--server', 'http://127.0.0.1:1'], async () => {
        await eventually(async () => (await titles()).some((title) => title.startsWith('Overview')), true, start_limit);
    });
});

test('a file that is no snapshot, or none at all, is refused with one sentence', async () => {
    for (const file of [installation.database, '']) {
        const program = start_console('--snapshot', file);
        const status = await new Promise((done) => program.once('exit', done));
        assert.equal(status, 1);
        assert.match(program.complaints, /^dealerline-console: .+\n$/);
    }
});
