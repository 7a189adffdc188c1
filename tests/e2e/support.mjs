// A real browser for the tests in this folder; the programs are started as for the integration tests.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import { eventually as eventually_within } from '../integration/support.mjs';

export { admin, binaries, free_port, root, run_program, start_installation, start_program, web_root } from '../integration/support.mjs';

// How long a browser and a server that share two busy processors may take for anything, and a test for all of it.
export const patience = 30_000; // ms
export const test_limit = 240_000;

export const eventually = (read, expected, limit = patience) => eventually_within(read, expected, limit);

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
