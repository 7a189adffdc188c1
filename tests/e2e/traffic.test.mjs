// What happens on a line, as its people see it: the telephone page on one side, the console on the other, and nobody reloads.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { accessibility_problems, eventually, open_browser, start_installation, web_root } from './support.mjs';

const skip = existsSync(join(web_root, 'console.html')) ? false : 'the console has not been built';
const customer = '+14165550142'; // of the telephone page
const national = (number) => `(${number.slice(2, 5)}) ${number.slice(5, 8)}-${number.slice(8)}`;

let installation, browser, harbour, cedar, telephone;
const complaints = []; // of the page's own scripts

before(async () => {
    if (skip) return;
    installation = await start_installation({ settings: { DEALERLINE_OUTBOUND: 'open' } });
    harbour = await installation.found('harbour-motors');
    cedar = await installation.found('cedar-motors', { area_code: '236' });
    browser = await open_browser();
    telephone = await browser.newPage();
    await telephone.goto(installation.simulator_url);
});

after(async () => {
    await browser?.close();
    await installation?.stop();
});

afterEach(() => assert.deepEqual(complaints.splice(0), []));

async function open_console(address, { session, ...options } = {}) {
    const context = await browser.newContext({ baseURL: installation.url, viewport: { width: 1440, height: 900 }, ...options });
    const [name, value] = (session ?? (await installation.sign_in())).split('=');
    await context.addCookies([{ name, value, url: installation.url }]);
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    page.loads = 0;
    page.on('load', () => ++page.loads);
    await page.goto(`/console${address}`);
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    if ((options.viewport?.width ?? 1440) > 500) await page.getByRole('status').filter({ hasText: /^Live$/ }).waitFor();
    return page;
}

async function text_from_customer(words, to = harbour.number) {
    await telephone.getByLabel('With', { exact: true }).selectOption(to);
    await telephone.getByLabel('Your text').fill(words);
    await telephone.getByRole('button', { name: 'Send text' }).click();
    await telephone.getByRole('list', { name: 'Texts with this number' }).getByText(words).last().waitFor();
    await eventually(() => telephone.getByLabel('Your text').inputValue(), '');
}

async function talk(...said) {
    await telephone.getByLabel('Number to call').fill(harbour.number);
    await telephone.getByRole('button', { name: 'Call', exact: true }).click();
    const words = telephone.getByLabel('Your words to Jack');
    for (const one of said) {
        await words.fill(one);
        await telephone.getByRole('button', { name: 'Say', exact: true }).click();
        await telephone.getByRole('log').getByText(one).waitFor();
    }
    await telephone.getByRole('button', { name: 'Hang up' }).click();
    await telephone.getByText('Call ended').waitFor();
}

// From when the telephone page has said that it is done.
async function said_how_soon(t, what, doing, row) {
    await doing();
    const began = performance.now();
    await row.waitFor();
    t.diagnostic(`${what} was in the console ${Math.round(performance.now() - began)} ms later`);
}

test('a text and a call from the telephone appear by themselves; the text is answered, the lead is called', { skip, timeout: 240_000 }, async (t) => {
    const page = await open_console('#/messages');
    await page.getByText('No texts yet').first().waitFor();
    const row = page.getByRole('table', { name: 'Threads' }).getByRole('row').filter({ hasText: 'Is the red Tacoma' });
    await said_how_soon(t, 'the text', () => text_from_customer('Is the red Tacoma still there?'), row);
    await page.getByRole('link', { name: 'Messages, 1 unread' }).waitFor();
    assert.equal(page.loads, 1);

    await row.getByRole('link').click();
    const thread = page.getByRole('log', { name: /^Texts with/ });
    await thread.getByText('Is the red Tacoma still there?').waitFor();
    await eventually(() => page.getByRole('link', { name: 'Messages, 1 unread' }).count(), 0);
    const composer = page.getByRole('textbox', { name: 'Text' });
    await composer.fill('It is.\nCome and see it – Saturday?');
    await page.getByRole('status').filter({ hasText: /characters · 1 segment · \$0\.0075/ }).waitFor();
    await page.getByText('– makes it Unicode').waitFor();
    await composer.press('Control+Enter');
    await thread.getByText('It is.').waitFor();
    await eventually(() => composer.inputValue(), '');
    await thread.getByText(/· Delivered$/).waitFor({ timeout: 30_000 });
    await telephone.getByRole('list', { name: 'Texts with this number' }).getByText('Saturday?').waitFor();

    await page.evaluate(() => (location.hash = '#/conversations'));
    await page.getByText('No calls yet').waitFor();
    const call = page.getByRole('table', { name: 'Conversations' }).getByRole('row').filter({ hasText: 'John Miller' });
    await said_how_soon(t, 'the call', () => talk('My name is John Miller, is the 2024 Honda Civic still there?', 'Thanks, bye'), call);
    assert.equal(page.loads, 1);
    await page.getByRole('searchbox', { name: 'Search what was said' }).fill('civic');
    await page.waitForURL(/search=civic/);
    await call.getByRole('link').click();
    await page.getByRole('list', { name: 'What was said' }).getByText('is the 2024 Honda Civic still there?').waitFor();
    await page.getByRole('list', { name: 'What Jack was told' }).getByText('Harbour Motors').waitFor();
    await page.goBack();
    await page.getByRole('searchbox', { name: 'Search what was said' }).fill('unicorn');
    await page.getByText('Nothing matches').waitFor();

    await page.evaluate((address) => (location.hash = address), `#/organizations/${harbour.id}/leads`);
    await page.getByRole('link', { name: /^John Miller/ }).waitFor();
    await page.getByText('2024 Honda Civic').click(); // what lies over a card opens it too
    await page.getByRole('heading', { name: 'John Miller' }).first().waitFor();
    await page.getByRole('textbox', { name: 'Note' }).fill('Likes red.\nCall after five.');
    await page.getByRole('button', { name: 'Add note' }).click();
    await page.getByRole('list', { name: 'Notes' }).getByText('Call after five.').waitFor();
    await page.keyboard.press('Escape');
    await page.waitForURL(/leads$/);
    await page.goBack();
    await page.getByRole('list', { name: 'Notes' }).getByText('Call after five.').waitFor();
    await page.keyboard.press('m');
    await page.getByRole('dialog', { name: 'Status of John Miller' }).getByRole('button', { name: 'Appointment set' }).click();
    await page.getByRole('status').filter({ hasText: 'Moved' }).waitFor();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.keyboard.press('c');
    const dialog = page.getByRole('dialog', { name: `Call John Miller at ${national(customer)}?` });
    await dialog.getByText(`Jack calls from ${national(harbour.number)}`).waitFor();
    await dialog.getByRole('button', { name: 'Call', exact: true }).click();
    await dialog.waitFor({ state: 'hidden', timeout: 30_000 });
    await page.getByText(/Jack is calling|Nobody was called|The call is on its way/).first().waitFor();
    await page.context().close();
});

test('who opted out cannot be written to, and the reason stands where one would type', { skip, timeout: 120_000 }, async () => {
    await text_from_customer('hello', cedar.number);
    await text_from_customer('STOP', cedar.number);
    const page = await open_console('#/messages?filter=opted_out');
    await page.getByRole('table', { name: 'Threads' }).getByRole('row').filter({ hasText: 'STOP' }).getByRole('link').click();
    const reason = page.getByRole('status').filter({ hasText: 'Opted out. Texts to this number are off.' });
    await reason.getByText(/They texted “STOP”/).waitFor();
    await page.getByRole('button', { name: 'Call instead' }).waitFor();
    assert.equal(await page.getByRole('textbox', { name: 'Text' }).count(), 0);
    await page.context().close();
});

test('people of an organisation see theirs alone, without the platform', { skip, timeout: 120_000 }, async () => {
    await text_from_customer('only for cedar', cedar.number);
    const page = await open_console('#/messages', { session: cedar.session });
    await page.getByText('only for cedar').first().waitFor();
    assert.equal(await page.getByText('Is the red Tacoma').count(), 0);
    assert.equal(await page.getByRole('link', { name: 'Webhook inbox' }).count(), 0);
    await page.evaluate((address) => (location.hash = address), `#/organizations/${harbour.id}/conversations`);
    await page.getByText('There is nothing at this address').waitFor();
    await page.context().close();
});

describe('nothing is wrong with the screens', () => {
    for (const colorScheme of ['light', 'dark']) {
        for (const width of [1440, 390]) {
            test(`${colorScheme}, ${width} pixels wide`, { skip, timeout: 180_000 }, async () => {
                const page = await open_console('#/overview', { colorScheme, viewport: { width, height: 900 } });
                const [{ id: lead }] = (await installation.api('GET', `/api/organizations/${harbour.id}/leads`, { session: await installation.sign_in() })).json.leads;
                const addresses = ['#/overview', '#/conversations', '#/messages', `#/messages/${harbour.id}/${lead}`, '#/leads', '#/leads?view=table'];
                addresses.push(`#/organizations/${harbour.id}/leads/${lead}`, `#/organizations/${harbour.id}/usage`, '#/usage', '#/inbox', `#/organizations/${harbour.id}/settings`);
                for (const address of addresses) {
                    await page.evaluate((to) => (location.hash = to), address);
                    await eventually(() => page.locator('#mirror [aria-busy]').count(), 0);
                    assert.deepEqual(await accessibility_problems(page), [], address);
                    if (!process.env.SCREENSHOTS) continue;
                    await mkdir(process.env.SCREENSHOTS, { recursive: true });
                    await page.screenshot({ path: `${process.env.SCREENSHOTS}/traffic${address.replace(/[^a-z]+/g, '-').slice(0, 40)}-${colorScheme}-${width}.png` });
                }
                await page.context().close();
            });
        }
    }
});
