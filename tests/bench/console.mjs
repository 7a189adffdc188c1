// What the console costs in a browser: what is downloaded; the time from an empty cache to the first frame and to a list of organisations
// that can be used, beside a list page of react-admin with the same rows from the same server; the main thread's share of a frame while a
// list of 100,000 organisations is scrolled, all of it loaded, with GL drawn in software; and what it costs at rest.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { open_browser } from '../e2e/support.mjs';
import { binaries, pause, root, start_installation, web_root } from '../integration/support.mjs';
import { until_at_rest } from './calls.mjs';

const organizations = Number(process.argv[2] ?? 100_000);
const rounds = 7; // of which the median counts
const rest = 60_000; // ms
const row_height = 40;
const folder = await mkdtemp(join(tmpdir(), 'dealerline-console-'));

// react-admin's page among the console's own files, on the same server.
async function build_pages() {
    const source = join(folder, 'react-admin');
    await cp(join(root, 'tests/bench/react-admin'), source, { recursive: true });
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: source, stdio: ['ignore', 'ignore', 'inherit'] });
    execFileSync('npx', ['vite', 'build', '--logLevel=error'], { cwd: source, stdio: 'ignore' });
    const pages = join(folder, 'pages');
    const theirs = join(pages, 'assets/react-admin');
    await cp(web_root, pages, { recursive: true });
    await cp(join(source, 'dist'), theirs, { recursive: true });
    for (const name of await readdir(theirs)) await writeFile(join(theirs, `${name}.br`), brotliCompressSync(await readFile(join(theirs, name))));
    return pages;
}

const settings = { DEALERLINE_DATABASE: `sqlite:${join(folder, 'bench.db')}`, DEALERLINE_WEB_ROOT: await build_pages() };
execFileSync(join(binaries, 'dealerline-edge'), ['fixture', '--organizations', String(organizations), '--leads', '0'], {
    env: { ...process.env, ...settings },
    stdio: 'ignore',
});
const installation = await start_installation({ settings });
await until_at_rest(installation);

// As somebody who has signed in already, with an empty cache.
async function new_page(session) {
    const context = await browser.newContext({ baseURL: installation.url, viewport: { width: 1440, height: 900 } });
    const [name, value] = session.split('=');
    await context.addCookies([{ name, value, url: installation.url }]);
    return context.newPage();
}

// A first visit: when a row's text is there to be read, and what came over the wire.
async function visit(address, session) {
    const page = await new_page(session);
    const network = await page.context().newCDPSession(page);
    await network.send('Network.enable');
    let bytes = 0;
    network.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
    await page.addInitScript(() => {
        globalThis.measured = {};
        new MutationObserver(() => {
            if (document.querySelector('canvas.drawn')) measured.first_frame ??= performance.now();
            if (!measured.usable && document.body?.textContent.includes('Dealer 9')) requestAnimationFrame(() => (measured.usable ??= performance.now()));
        }).observe(document, { childList: true, subtree: true, characterData: true, attributes: true });
    });
    await page.goto(address);
    const measured = await (await page.waitForFunction(() => globalThis.measured.usable && globalThis.measured)).jsonValue();
    await pause(500);
    await page.context().close();
    return { ...measured, bytes };
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

const browser = await open_browser();
try {
    console.log('downloaded, bytes with brotli');
    for (const name of ['console.html', ...(await readdir(join(web_root, 'assets'))).filter((each) => !/[.](br|gz)$/.test(each)).map((each) => `assets/${each}`)]) {
        const { size } = await stat(join(web_root, `${name}.br`)).catch(() => stat(join(web_root, name)));
        console.log(`${name.padEnd(50)}${String(size).padStart(9)}`);
    }
    const session = await installation.admin_session();
    const addresses = { console: '/console#/organizations', 'react-admin': '/assets/react-admin/index.html#/organizations' };
    const visits = { console: [], 'react-admin': [] };
    for (let i = 0; i < rounds; ++i) for (const [name, address] of Object.entries(addresses)) visits[name].push(await visit(address, session));
    for (const [name, list] of Object.entries(visits)) {
        const frame = list[0].first_frame ? `first frame after ${median(list.map((each) => each.first_frame)).toFixed(0)} ms, ` : '';
        console.log(`${name}: ${frame}a row can be read after ${median(list.map(({ usable }) => usable)).toFixed(0)} ms, ${median(list.map(({ bytes }) => bytes))} bytes over the wire; median of ${rounds} first visits`);
    }
    console.log(`console / react-admin: ${(median(visits.console.map(({ usable }) => usable)) / median(visits['react-admin'].map(({ usable }) => usable))).toFixed(2)}`);

    const page = await new_page(session);
    const process_metrics = await page.context().newCDPSession(page);
    await process_metrics.send('Performance.enable');
    const busy = async () => (await process_metrics.send('Performance.getMetrics')).metrics.find((metric) => metric.name === 'TaskDuration').value * 1000;
    await page.addInitScript(() => {
        globalThis.measured = { frames: [] };
        document.addEventListener('DOMContentLoaded', () => {
            const canvas = document.getElementById('canvas');
            new MutationObserver(() => measured.frames.push(Number(canvas.dataset.milliseconds))).observe(canvas, { attributeFilter: ['data-frames'] });
        });
    });
    await page.goto(addresses.console);
    const table = page.getByRole('table', { name: 'Organisations' });
    await table.waitFor();
    assert.equal(Number(await table.getAttribute('aria-rowcount')), organizations + 1);

    const list = page.locator('#organizations-rows');
    const scroll = (top) => list.evaluate((element, to) => (element.scrollTop = to), top);
    await scroll(organizations * row_height);
    while ((await page.locator('#organizations-footer').innerText()).includes('loaded')) await pause(500);
    const summary = (times) => {
        const sorted = times.sort((a, b) => a - b);
        const at = (share) => sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)].toFixed(1);
        return `${sorted.length} frames, ms of the main thread: p50 ${at(0.5)}, p95 ${at(0.95)}, most ${at(1)}`;
    };
    const taken = () => page.evaluate(() => measured.frames.splice(0));
    for (const [what, step] of [['a row at a time', row_height], ['a page at a time', 800]]) {
        await scroll((organizations * row_height) / 2);
        await pause(1000);
        await taken();
        await list.evaluate(
            (element, by) =>
                new Promise((done) => {
                    let left = 120;
                    const move = () => {
                        element.scrollTop += by;
                        if (--left > 0) requestAnimationFrame(move);
                        else done();
                    };
                    move();
                }),
            step
        );
        console.log(`${organizations} rows, scrolling ${what}: ${summary(await taken())}`);
    }
    for (let i = 0; i < 60; ++i) await page.mouse.move(400 + i, 300 + i);
    console.log(`${organizations} rows, moving the mouse: ${summary(await taken())}`);
    await pause(1000);
    await taken();
    const before = await busy();
    await pause(rest);
    const memory = await page.evaluate(() => performance.memory.usedJSHeapSize);
    console.log(`at rest for ${rest / 1000} s: ${(await taken()).length} frames, ${((await busy()) - before).toFixed(1)} ms of the main thread; ${(memory / (1 << 20)).toFixed(0)} MiB of JavaScript and mirror, with ${organizations} rows loaded`);
} finally {
    await browser.close();
    await installation.stop();
    await rm(folder, { recursive: true, force: true });
}
