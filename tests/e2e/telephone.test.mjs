// The simulator's telephone page: one talks to Jack in writing, texts a dealership, and makes the day a bad one.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { accessibility_problems, open_browser, start_installation } from './support.mjs';

let installation;
let browser;
let dealership;
before(async () => {
    installation = await start_installation();
    dealership = await installation.found('harbour-motors');
    browser = await open_browser();
});
after(async () => {
    await browser?.close();
    await installation?.stop();
});

async function open_telephone(options = {}) {
    const page = await browser.newPage(options);
    await page.goto(installation.simulator_url);
    return page;
}

test('a call is talked through in writing, and the vendor keeps what was said', { timeout: 120_000 }, async () => {
    const page = await open_telephone();
    await page.getByLabel('Number to call').fill(dealership.number);
    await page.getByRole('button', { name: 'Call', exact: true }).click();
    const words = page.getByLabel('Your words to Jack');
    await words.waitFor();
    await words.fill('My name is John Miller, is the 2024 Honda Civic still there?');
    await page.getByRole('button', { name: 'Say', exact: true }).click();
    await page.getByRole('log').getByText(/Nice to meet you, John.*2024 Honda Civic/).waitFor();
    await words.fill('Thanks, bye');
    await words.press('Enter');
    await page.getByRole('log').getByText(/Goodbye/).waitFor();
    await page.getByRole('button', { name: 'Hang up' }).click();
    await page.getByText(/The post-call webhook/).waitFor();
    await page.getByText('Call ended').waitFor();
    assert.equal(await words.isVisible(), false);
    const { conversations } = await installation.elevenlabs('GET', '/v1/convai/conversations?summary_mode=include');
    assert.match(conversations[0].transcript_summary, /John Miller asked about a 2024 Honda Civic/);
    await page.close();
});

test('leaving the page ends the call', { timeout: 120_000 }, async () => {
    const page = await open_telephone();
    await page.getByLabel('Number to call').fill(dealership.number);
    await page.getByRole('button', { name: 'Call', exact: true }).click();
    await page.getByLabel('Your words to Jack').waitFor();
    await page.goto('about:blank');
    for (;;) {
        const { calls } = await installation.ledger();
        if (calls.every(({ status }) => status === 'completed')) break;
        await new Promise((done) => setTimeout(done, 50));
    }
    await page.close();
});

test('texts go both ways in a thread for each number', { timeout: 120_000 }, async () => {
    const other = await installation.found('cedar-motors', { area_code: '236' });
    const page = await open_telephone();
    await page.getByRole('button', { name: `Text (${dealership.number.slice(2, 5)})` }).first().waitFor();
    const thread = page.getByRole('list', { name: 'Texts with this number' });
    await page.getByLabel('With', { exact: true }).selectOption(dealership.number);
    await page.getByLabel('Your text').fill('Do you have a Civic?');
    await page.getByRole('button', { name: 'Send text' }).click();
    await thread.getByText('Do you have a Civic?').waitFor();

    const answer = { From: dealership.number, To: '+14165550142', Body: 'We do, come and see it.' };
    await installation.twilio('POST', '/Messages.json', answer);
    await thread.getByText('We do, come and see it.').waitFor();
    await page.getByLabel('With', { exact: true }).selectOption(other.number);
    await page.getByText('No texts with this number yet.').waitFor();

    await page.getByLabel('Withhold my number').check();
    await page.getByLabel('Your text').fill('hello');
    await page.getByLabel('Your text').press('Enter');
    await page.getByText('A text needs a caller id').waitFor();
    await page.close();
});

test('the day can be made a bad one and a good one again', { timeout: 120_000 }, async () => {
    const page = await open_telephone();
    await page.getByLabel('An outbound call is').selectOption('busy');
    await page.getByLabel('Webhooks lost, percent').fill('20');
    await page.getByLabel('Webhooks lost, percent').blur();
    const calm = page.getByRole('button', { name: 'All well again' });
    await calm.waitFor();
    const settings = await installation.sim('/sim/settings');
    assert.deepEqual([settings.outbound_calls, settings.webhook_loss], ['busy', 20]);
    await calm.click();
    await calm.waitFor({ state: 'hidden' });
    assert.equal((await installation.sim('/sim/settings')).webhook_loss, 0);
    await page.close();
});

describe('nothing is wrong with the page', () => {
    for (const colorScheme of ['light', 'dark']) {
        for (const width of [1440, 390]) {
            test(`${colorScheme}, ${width} pixels wide`, { timeout: 120_000 }, async () => {
                const page = await open_telephone({ colorScheme, viewport: { width, height: 900 } });
                assert.deepEqual(await accessibility_problems(page), [], 'at first');
                await page.getByLabel('Number to call').fill(dealership.number);
                await page.getByRole('button', { name: 'Call', exact: true }).click();
                await page.getByLabel('Your words to Jack').fill('My name is Ann');
                await page.getByLabel('Your words to Jack').press('Enter');
                await page.getByRole('log').getByText(/Nice to meet you/).waitFor();
                await page.getByLabel('With', { exact: true }).selectOption(dealership.number);
                for (let i = 0; i < 3; i += 1) {
                    await page.getByLabel('Your text').fill(`A text of some length that needs more than one line on a small telephone, number ${i}`);
                    await page.getByRole('button', { name: 'Send text' }).click();
                    await page.getByRole('list', { name: 'Texts with this number' }).getByText(`number ${i}`).first().waitFor();
                }
                if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/telephone-${colorScheme}-${width}.png`, fullPage: true });
                assert.deepEqual(await accessibility_problems(page), [], 'in a call, with a thread');
                const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
                assert.equal(overflow, 0, 'nothing scrolls sideways');
                await page.getByRole('button', { name: 'Hang up' }).click();
                await page.close();
            });
        }
    }
});
