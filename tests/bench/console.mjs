// What the console costs in a browser: time to the first frame and to usable, and the main thread's share of a frame while a list of
// 100,000 organisations is scrolled, all of it loaded, with GL drawn in software.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open_browser } from '../e2e/support.mjs';
import { admin, binaries, pause, start_installation, ticks_of, until } from '../integration/support.mjs';

const organizations = Number(process.argv[2] ?? 100_000);
const row_height = 40;
const folder = await mkdtemp(join(tmpdir(), 'dealerline-console-'));
const settings = { DEALERLINE_DATABASE: `sqlite:${join(folder, 'bench.db')}` };
execFileSync(join(binaries, 'dealerline-edge'), ['fixture', '--organizations', String(organizations), '--leads', '0'], {
    env: { ...process.env, ...settings },
    stdio: 'ignore',
});
const installation = await start_installation({ settings });
// A server with that many numbers that it has never seen bills them first, beside everything else that begins with it.
let spent = 0;
const is_at_work = async () => {
    await pause(2_000);
    const before = spent;
    spent = await ticks_of(installation.server.pid);
    return spent - before > 10;
};
await until(is_at_work, (busy) => !busy, 900_000);
const browser = await open_browser();
try {
    const page = await browser.newPage({ baseURL: installation.url, viewport: { width: 1440, height: 900 } });
    await page.addInitScript(() => {
        globalThis.measured = { frames: [] };
        document.addEventListener('DOMContentLoaded', () => {
            const canvas = document.getElementById('canvas');
            new MutationObserver(() => {
                measured.first_frame ??= performance.now();
                measured.frames.push(Number(canvas.dataset.milliseconds));
            }).observe(canvas, { attributeFilter: ['data-frames'] });
            new MutationObserver(() => {
                if (document.querySelector('#mirror input')) measured.usable ??= performance.now();
            }).observe(document.getElementById('mirror'), { childList: true, subtree: true });
        });
    });
    await page.goto('/console#/organizations');
    await page.getByLabel('E-mail').fill(admin.email);
    await page.getByLabel('Password', { exact: true }).fill(admin.password);
    const start = await page.evaluate(() => ({ ...measured, frames: undefined }));
    console.log(`first frame after ${Math.round(start.first_frame)} ms, usable after ${Math.round(start.usable)} ms`);
    await page.getByRole('button', { name: 'Sign in' }).click();
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
    await pause(10_000);
    console.log(`at rest for 10 s: ${(await taken()).length} frames`);
} finally {
    await browser.close();
    await installation.stop();
    await rm(folder, { recursive: true, force: true });
}
