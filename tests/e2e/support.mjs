// A real browser for the tests in this folder; the programs are started as for the integration tests.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

export { admin, binaries, eventually, free_port, root, run_program, start_installation, start_program, web_root } from '../integration/support.mjs';

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
