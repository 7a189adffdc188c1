// What an admin puts right in the console: drift, numbers that nobody uses, and lines that are switched off, on and closed.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { accessibility_problems, open_browser, patience, start_installation, test_limit, web_root } from './support.mjs';

const skip = existsSync(join(web_root, 'console.html')) ? false : 'the console has not been built';
const national = (number) => `(${number.slice(2, 5)}) ${number.slice(5, 8)}-${number.slice(8)}`;

let installation, browser, context;
const complaints = []; // of the page's own scripts

before(async () => {
    if (skip) return;
    installation = await start_installation();
    browser = await open_browser();
});

after(async () => {
    await browser?.close();
    await installation?.stop();
});

afterEach(async () => {
    await context?.close();
    assert.deepEqual(complaints.splice(0), []);
});

async function open(address, options = {}) {
    context = await browser.newContext({ baseURL: installation.url, viewport: { width: 1440, height: 900 }, ...options });
    context.setDefaultTimeout(patience);
    const [name, value] = (await installation.sign_in()).split('=');
    await context.addCookies([{ name, value, url: installation.url }]);
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`/console${address}`);
    return page;
}

const button = (page, name) => page.getByRole('button', { name, exact: typeof name === 'string' });

test('a difference is seen, planned and repaired, one and all', { skip, timeout: test_limit }, async () => {
    const lines = [];
    for (const slug of ['north-motors', 'south-motors', 'east-motors']) lines.push(await installation.found(slug));
    for (const { number } of lines) await installation.tamper(number, { sms_url: 'https://example.com/elsewhere' });
    const page = await open('#/drift');
    await button(page, 'Look now').click();
    await page.getByRole('heading', { name: '3 differences' }).waitFor();
    const list = page.getByRole('list').filter({ hasText: 'Texts to' });
    assert.equal(await list.getByRole('listitem').count(), 3);
    await list.getByText('Repair: Set the number’s texts').or(list.getByText("Repair: Set the number's texts to come to us.")).first().waitFor();
    assert.deepEqual(await accessibility_problems(page), []);
    await button(page, `Repair: Texts to ${lines[0].number} do not come to us.`).click();
    await page.getByRole('heading', { name: '2 differences' }).waitFor();
    assert.match((await installation.at_twilio(lines[0].number)).sms_url, /webhooks\/twilio\/sms/);
    await button(page, 'Repair all 2').click();
    await page.getByText('None. What we have written down is what the vendors hold.').waitFor();
    for (const { number } of lines) assert.match((await installation.at_twilio(number)).sms_url, /webhooks\/twilio\/sms/);
    assert.deepEqual(await accessibility_problems(page), []);
});

test('an orphan is released when its number is typed, by keyboard only', { skip, timeout: test_limit }, async () => {
    const [{ id }] = await installation.sql('SELECT id FROM installation');
    const orphan = '+16045550177';
    await installation.sim('/sim/numbers', { phone_number: orphan, friendly_name: `dealerline:${id}:${'a'.repeat(32)}` });
    await installation.sim('/sim/numbers', { phone_number: '+16045550188', friendly_name: 'Pizza line' });
    const page = await open('#/drift');
    await button(page, 'Look now').focus();
    await page.keyboard.press('Enter');
    await page.getByText('$1.00 a month').waitFor();
    await page.getByText(/without our mark.*555-0188/).waitFor();
    await button(page, `Release ${national(orphan)}…`).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    assert.deepEqual(await accessibility_problems(page), []);
    await page.keyboard.type('+16045550178');
    await page.keyboard.press('Enter');
    assert.ok(await installation.at_twilio(orphan), 'another number releases nothing');
    for (let i = 0; i < 'x'.length; ++i) await page.keyboard.press('Backspace');
    await page.keyboard.type('7');
    await page.keyboard.press('Enter');
    await page.getByText('None. Every number that we pay for has its dealership.').waitFor();
    assert.equal(await installation.at_twilio(orphan), undefined);
    assert.equal((await installation.at_twilio('+16045550188')).friendly_name, 'Pizza line');
});

test('a line is switched off and on again, closed, and the closing cancelled', { skip, timeout: test_limit }, async () => {
    const { id, number } = await installation.found('resting-motors');
    const page = await open(`#/organizations/${id}/settings`);
    await button(page, 'Switch off…').click();
    await button(page, 'Keep it on').click();
    await button(page, 'Switch off…').click();
    await button(page, 'Switch off').click();
    await page.getByText('It is switched off: Jack does not answer').waitFor();
    await page.goto(`/console#/organizations/${id}`);
    await page.getByText('Suspended', { exact: true }).first().waitFor();
    assert.equal((await installation.at_twilio(number)).voice_url, `${installation.url}/webhooks/twilio/voice`);

    await page.goto(`/console#/organizations/${id}/settings`);
    await button(page, 'Switch on').click();
    await button(page, 'Switch off…').waitFor();
    await page.goto(`/console#/organizations/${id}`);
    await page.getByText('Live', { exact: true }).nth(1).waitFor();

    await page.goto(`/console#/organizations/${id}/settings`);
    await button(page, 'Close…').click();
    await page.getByLabel('Type Resting Motors to confirm').fill('Resting Motors');
    assert.deepEqual(await accessibility_problems(page), []);
    await button(page, 'Close').click();
    await page.getByText(/Its number is given back on/).waitFor();
    await button(page, 'Cancel the closing').click();
    await button(page, 'Switch off…').waitFor();
    await installation.settled(id);
});

test('drift on a phone', { skip, timeout: test_limit }, async () => {
    const { number } = await installation.found('phone-motors');
    await installation.tamper(number, { voice_url: 'https://example.com/elsewhere' });
    const page = await open('#/drift', { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true });
    await button(page, 'Look now').click();
    await button(page, /^Repair: Calls/).click();
    await page.getByText('None. What we have written down is what the vendors hold.').waitFor();
    assert.deepEqual(await accessibility_problems(page), []);
});
