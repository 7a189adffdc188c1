// The console as a page: whatever is drawn can be found by role and name, typed into, copied, gone back to and heard.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { accessibility_problems, admin, eventually, open_browser, patience, root, run_program, start_installation, test_limit, web_root } from './support.mjs';

const password = 'correct horse battery'; // of everybody who signs up
const fixtures = 300; // organisations that are there from the start
const most_bytes = 450 * 1024; // of the console, as sent
const recovery_limit = 60_000; // ms; between two attempts the console waits up to 15 s, and an answer may take 30 s to be late
const skip = existsSync(join(web_root, 'console.html')) ? false : 'the console has not been built';

let installation, browser, contexts, complaints;
let waiting; // the id of an organisation whose number nobody imports

before(async () => {
    if (skip) return;
    installation = await start_installation({ settings: { ELEVENLABS_IMPORT: 'manual' } });
    await installation.server.stop();
    for (const suffix of ['', '-wal', '-shm']) await rm(installation.database + suffix, { force: true });
    await run_program('dealerline-edge', ['fixture', '--organizations', String(fixtures), '--leads', '0'], installation.environment);
    await installation.start_server();
    waiting = (await installation.found('waiting-motors')).id;
    browser = await open_browser();
});

after(async () => {
    await browser?.close();
    await installation?.stop();
});

beforeEach(() => {
    contexts = [];
    complaints = [];
});

afterEach(async () => {
    for (const context of contexts) await context.close();
    assert.deepEqual(complaints, []);
});

// --- pages ---

async function new_context(options = {}) {
    const context = await browser.newContext({ baseURL: installation.url, viewport: { width: 1440, height: 900 }, ...options });
    context.setDefaultTimeout(patience);
    contexts.push(context);
    return context;
}

async function page_of(context) {
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
        if (message.text().includes('Content Security Policy')) complaints.push(message.text());
    });
    return page;
}

async function sign_in_context(context, session) {
    const [name, value] = session.split('=');
    await context.addCookies([{ name, value, url: installation.url }]);
}

// A console at an address, signed in without the form; without a session, as the platform admin.
async function open_console(address, { session, ...options } = {}) {
    const context = await new_context(options);
    await sign_in_context(context, session ?? (await installation.sign_in()));
    const page = await page_of(context);
    await page.goto(`/console${address}`);
    await live(page, options.viewport);
    return page;
}

async function live(page, viewport, limit = patience) {
    if (viewport?.width < 500) return page.getByRole('navigation', { name: 'Main' }).waitFor(); // a phone has no room to say it
    await page.getByRole('status').filter({ hasText: /^Live$/ }).waitFor({ timeout: limit });
}

const title = (page, name) => page.getByRole('heading', { level: 1, name, exact: typeof name === 'string' });
const rows = (page, name) => page.getByRole('table', { name }).getByRole('row');
const scroller = (page) => page.getByRole('table', { name: 'Organisations' }).locator('.scroller');
const filter = (page) => page.getByRole('searchbox', { name: 'Filter by name, number or e-mail' });
const notice = (page) => page.getByRole('status').filter({ hasText: 'The server does not answer' });
const address_of = (page) => new URL(page.url()).hash;
const national = (number) => `(${number.slice(2, 5)}) ${number.slice(5, 8)}-${number.slice(8)}`;
const is_focused = (locator) => locator.evaluate((element) => element === document.activeElement);

function focused(page) {
    return page.evaluate(() => {
        const element = document.activeElement;
        return element.getAttribute('aria-label') || element.title || (element.id && document.querySelector(`label[for="${element.id}"]`)?.innerText) || element.textContent.trim();
    });
}

async function fill_sign_in(page, { email, password: secret }) {
    await page.getByLabel('E-mail', { exact: true }).fill(email);
    await page.getByLabel('Password', { exact: true }).fill(secret);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

// --- the journey ---

test('a signup appears by itself, is put live in the console, and Jack answers', { skip, timeout: test_limit }, async () => {
    const page = await page_of(await new_context());
    await page.goto('/console');
    await title(page, 'Sign in to Dealerline').waitFor();
    await fill_sign_in(page, admin);

    await title(page, 'Overview').waitFor();
    const figure = page.getByRole('group', { name: 'Numbers live' });
    await figure.getByText(String(fixtures), { exact: true }).waitFor();
    await figure.getByText(`of ${fixtures + 1}`, { exact: true }).waitFor();
    await page.getByText(`${fixtures} of ${fixtures + 1} lines are answered by Jack.`).waitFor();

    await page.getByRole('link', { name: /^Organisations/ }).click();
    await rows(page, 'Organisations').nth(1).waitFor();
    assert.equal(await page.getByRole('table', { name: 'Organisations' }).getAttribute('aria-rowcount'), String(fixtures + 2)); // with the header
    let loads = 0;
    page.on('load', () => ++loads);

    const { id, number } = await installation.found('harbour-motors');
    const row = rows(page, 'Organisations').filter({ hasText: 'Harbour Motors' });
    await row.waitFor();
    await row.getByText(national(number)).waitFor();
    await row.getByText('Needs a human').waitFor();
    assert.equal(loads, 0);

    await row.getByRole('link', { name: 'Harbour Motors' }).click();
    await page.waitForURL(`**/console#/organizations/${id}`);
    await page.getByRole('heading', { name: 'Harbour Motors' }).first().waitFor();
    await page.getByRole('region', { name: `Number ${national(number)}` }).getByText(national(number), { exact: true }).waitFor();
    const steps = page.getByRole('list', { name: 'Steps' }).getByRole('listitem');
    for (const name of ['Signed up', 'Choose a number', 'Buy it from Twilio', 'Handed to a human']) await steps.filter({ hasText: name }).first().waitFor();

    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Needs a human, 2 open' }).click();
    await title(page, 'Needs a human').waitFor();
    await page.getByRole('list').getByRole('link', { name: /^Import number into ElevenLabs, Harbour Motors/ }).click();
    const article = page.getByRole('article', { name: 'Import number into ElevenLabs' });
    await article.getByText(number, { exact: true }).waitFor();

    await article.getByLabel('ElevenLabs phone id').fill('phnum_nobody_has_this');
    await article.getByRole('button', { name: 'Activate' }).click();
    await eventually(() => article.getByLabel('ElevenLabs phone id').getAttribute('aria-invalid'), 'true');
    assert.equal(await article.getByLabel('ElevenLabs phone id').inputValue(), 'phnum_nobody_has_this', 'what was typed stays');

    await article.getByLabel('ElevenLabs phone id').fill(await installation.import_by_hand(number));
    await article.getByRole('button', { name: 'Activate' }).click();
    await page.getByRole('status').filter({ hasText: 'The line is live' }).getByText(`${national(number)} is answered by Jack.`).waitFor();
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Needs a human, 1 open' }).waitFor();

    await page.goto(`/console#/organizations/${id}`);
    await page.getByRole('region', { name: `Number ${national(number)}` }).getByText('Live', { exact: true }).waitFor();
    await steps.getByText('Jack answers.').waitFor();

    await page.goto(installation.simulator_url);
    await page.getByLabel('Number to call').fill(number);
    await page.getByRole('button', { name: 'Call', exact: true }).click();
    await page.getByText(/Jack from Harbour Motors/).first().waitFor();
});

test('the same goes by keyboard only', { skip, timeout: test_limit }, async () => {
    const { id, number } = await installation.found('keyboard-motors');
    const phone_id = await installation.import_by_hand(number);
    const page = await page_of(await new_context());
    const { keyboard } = page;
    const press = async (...keys) => {
        for (const key of keys) await keyboard.press(key);
    };
    await page.goto('/console');
    await eventually(() => focused(page), 'E-mail');
    await keyboard.type(admin.email);
    await press('Tab');
    await eventually(() => focused(page), 'Password');
    await keyboard.type(admin.password);
    await press('Tab', 'Tab');
    await eventually(() => focused(page), 'Sign in');
    await press('Enter');
    await title(page, 'Overview').waitFor();
    await live(page);

    await press('g', 'n');
    await title(page, 'Needs a human').waitFor();
    await page.getByRole('link', { name: /^Import number into ElevenLabs, Keyboard Motors/ }).waitFor();
    const [{ id: wanted }] = await installation.notifications(`?organization_id=${id}&status=pending`);
    for (let before = ''; address_of(page) !== `#/notifications/${wanted}`; before = address_of(page)) {
        await press('j');
        await eventually(() => ['#/notifications', before].includes(address_of(page)), false);
    }
    const field = page.getByLabel('ElevenLabs phone id');
    await field.waitFor();
    await press('a');
    await eventually(() => focused(page), 'ElevenLabs phone id');
    await keyboard.type(phone_id);
    await press('Enter');
    await page.getByRole('status').filter({ hasText: 'The line is live' }).waitFor();
    assert.equal((await installation.numbers(id))[0].is_active, true);

    await press('Escape');
    await keyboard.press('Shift+Tab'); // out of whatever field has the keys
    await press('g', 'r');
    await title(page, 'Organisations').waitFor();
    await rows(page, 'Organisations').nth(1).waitFor();
    await press('j');
    await eventually(() => page.evaluate(() => Boolean(document.activeElement.closest('[role=row]'))), true);
    const first = await focused(page);
    await press('ArrowDown');
    await eventually(async () => (await focused(page)) !== first, true);
    const second = await focused(page);
    await eventually(() => is_focused(page.getByRole('link', { name: second, exact: true })), true);

    await press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await eventually(() => focused(page), 'Close');
    await press('Escape');
    await eventually(() => page.getByRole('dialog').count(), 0);
    await eventually(() => focused(page), second);

    await press('Control+k');
    await page.getByRole('dialog', { name: 'Search or jump to' }).waitFor();
    await eventually(() => focused(page), 'Search or jump to');
    await press('Escape');
    await eventually(() => page.getByRole('dialog').count(), 0);
    await eventually(() => focused(page), second);

    await press('Enter');
    await page.waitForURL(/#\/organizations\/./);
    await title(page, second).first().waitFor();

    await press('Control+k');
    await eventually(() => focused(page), 'Search or jump to');
    await keyboard.type('keyboard mo');
    const option = page.getByRole('option', { name: /^Keyboard Motors/ });
    await option.waitFor();
    await eventually(() => option.getAttribute('aria-selected'), 'true');
    await press('Enter');
    await page.waitForURL(`**/console#/organizations/${id}`);
    await title(page, 'Keyboard Motors').first().waitFor();
    await eventually(() => page.getByRole('dialog').count(), 0);
});

test('Tab reaches every control of a screen and goes round', { skip, timeout: test_limit }, async () => {
    const page = await open_console('#/organizations');
    await rows(page, 'Organisations').nth(1).waitFor();
    const reached = [];
    for (let i = 0; i < 40; ++i) {
        await page.keyboard.press('Tab');
        const name = await focused(page);
        if (reached.includes(name)) break;
        reached.push(name);
    }
    const wanted = [/^Overview/, /^Needs a human/, /^Organisations/, /^Numbers/, /^You: /, /^Theme: /, /^Search or jump to/, /^Keys/, /^Filter by/, /^All \d+/, /^Signed up$/, / Motors$|^Dealer /];
    for (const name of wanted) assert.ok(reached.some((had) => name.test(had)), `${name} is not among ${reached.join(' | ')}`);
});

// By the mouse at what is written, which is where people press.
for (const [what, address, text, done] of [
    ['the name of who is signed in', '#/organizations', (page) => page.getByText(admin.email, { exact: true }), (page) => page.getByRole('dialog', { name: 'You' })],
    ['a notification in the list', '#/notifications', (page) => page.getByText('Import number into ElevenLabs', { exact: true }), (page) => page.getByRole('article')],
    ['a line of the overview', '#/overview', (page) => page.getByText('Waiting Motors', { exact: true }), (page) => page.getByRole('article')],
    ['a row of the list', '#/organizations', (page) => rows(page, 'Organisations').filter({ hasText: 'Waiting' }).getByText('waiting-motors@example.com'), (page) => page.getByRole('list', { name: 'Steps' })],
    ['an entry of the menu', '#/organizations', (page) => page.getByRole('navigation', { name: 'Main' }).getByText('Numbers', { exact: true }), (page) => page.getByRole('table', { name: 'Numbers' })],
])
    test(`a press on the words works: ${what}`, { skip, timeout: test_limit }, async () => {
        const page = await open_console(address);
        await text(page).first().click();
        await done(page).first().waitFor();
    });

test('a refusal and its end leave the mirror whole', { skip, timeout: test_limit }, async () => {
    const page = await open_console(`#/organizations/${waiting}/settings`);
    const form = page.getByRole('form', { name: 'Settings' });
    const name = form.getByLabel('Name', { exact: true });
    const save = form.getByRole('button', { name: 'Save', exact: true });
    const hint = () => name.evaluate((element) => document.getElementById(element.getAttribute('aria-describedby'))?.innerText ?? '');
    const order = () => form.evaluate((element) => [...element.querySelectorAll('input, button')].map(({ id }) => id));
    const at_first = await order();
    const words = await hint();
    assert.match(words, /What Jack says/);
    await name.fill('');
    await save.click();
    await eventually(() => name.getAttribute('aria-invalid'), 'true');
    await eventually(async () => ['', words].includes(await hint()), false);
    assert.deepEqual(await order(), at_first);
    await name.fill('Waiting Motors & Sons');
    await save.click();
    await page.getByRole('status').filter({ hasText: 'Saved' }).waitFor();
    await eventually(hint, words);
    await eventually(() => name.getAttribute('aria-invalid'), null);
    assert.deepEqual(await order(), at_first);
    await name.fill('Waiting Motors');
    await save.click();
    await page.getByRole('status').filter({ hasText: '"Waiting Motors"' }).waitFor();
});

// --- what axe-core says ---

const looks = [
    { name: '1440 light', viewport: { width: 1440, height: 900 }, colorScheme: 'light' },
    { name: '1440 dark', viewport: { width: 1440, height: 900 }, colorScheme: 'dark' },
    { name: '390 light', viewport: { width: 390, height: 844 }, colorScheme: 'light', hasTouch: true },
    { name: '390 dark', viewport: { width: 390, height: 844 }, colorScheme: 'dark', hasTouch: true },
];

async function waiting_notification() {
    const [{ id }] = await installation.notifications(`?organization_id=${waiting}&status=pending`);
    return id;
}

describe('axe-core finds nothing', { skip, concurrency: 1 }, () => {
    for (const { name: look, ...options } of looks) {
        const phone = options.viewport.width < 500;
        const screens = {
            overview: ['#/overview', (page) => page.getByRole('group', { name: 'Numbers live' })],
            notifications: ['#/notifications', (page) => page.getByRole('link', { name: /^Import number into ElevenLabs/ }).first()],
            'one notification': [async () => `#/notifications/${await waiting_notification()}`, (page) => page.getByLabel('ElevenLabs phone id')],
            organisations: ['#/organizations', (page) => rows(page, 'Organisations').nth(2)],
            'organisations, none found': ['#/organizations?search=nobody', (page) => page.getByText('Nothing matches')],
            'one organisation': [() => `#/organizations/${waiting}`, (page) => page.getByRole('list', { name: 'Steps' })],
            settings: [() => `#/organizations/${waiting}/settings`, (page) => page.getByLabel('Time zone')],
            numbers: ['#/numbers', (page) => rows(page, 'Numbers').nth(2)],
            'an address that leads nowhere': ['#/nowhere', (page) => page.getByText('There is nothing at this address')],
            'an organisation that is not there': ['#/organizations/nobody', (page) => page.getByText('There is nothing at this address')],
        };
        for (const [screen, [address, ready]] of Object.entries(screens))
            test(`${look}: ${screen}`, { timeout: test_limit }, async () => {
                const page = await open_console(typeof address === 'string' ? address : await address(), options);
                await ready(page).waitFor();
                assert.deepEqual(await accessibility_problems(page), []);
            });

        test(`${look}: palette, keys, menu, dismiss`, { timeout: test_limit }, async () => {
            const page = await open_console(`#/notifications/${await waiting_notification()}`, options);
            const problems = {};
            const close = async () => {
                await page.keyboard.press('Escape');
                await eventually(() => page.getByRole('dialog').count(), 0);
            };
            const judge = async (name) => {
                await page.getByRole('dialog', { name }).waitFor();
                problems[name] = await accessibility_problems(page);
            };
            await page.getByRole('button', { name: /^Search or jump to/ }).click();
            await page.getByRole('combobox', { name: 'Search or jump to' }).fill('deal');
            await page.getByRole('option', { name: /^Dealer / }).first().waitFor();
            await judge('Search or jump to');
            await page.getByRole('combobox', { name: 'Search or jump to' }).fill('no such thing anywhere');
            await page.getByText('Nothing is called that.').waitFor();
            problems['nothing found'] = await accessibility_problems(page);
            await close();
            await page.getByRole('button', { name: phone ? 'More' : /^You: / }).click();
            await judge('You');
            await page.getByRole('dialog').getByRole('button', { name: 'Keys' }).click();
            await judge('Keys');
            await close();
            await page.getByRole('button', { name: 'Dismiss…' }).click();
            await judge('Dismiss this for Waiting Motors?');
            await close();
            const without = Object.fromEntries(Object.keys(problems).map((name) => [name, []]));
            assert.deepEqual(problems, without);
        });

        test(`${look}: sign in`, { timeout: test_limit }, async () => {
            const page = await page_of(await new_context(options));
            await page.goto('/console');
            await title(page, 'Sign in to Dealerline').waitFor();
            assert.deepEqual(await accessibility_problems(page), [], 'empty');
            await fill_sign_in(page, { ...admin, password: 'not the password' });
            await eventually(() => page.getByLabel('Password', { exact: true }).getAttribute('aria-invalid'), 'true');
            assert.deepEqual(await accessibility_problems(page), [], 'refused');
        });
    }
});

// --- cost ---

test('the console is small and soon there', { skip, timeout: test_limit }, async (context) => {
    const page = await page_of(await new_context());
    await page.addInitScript(() => {
        globalThis.seen = {};
        const look = () => {
            if (!seen.frame && document.querySelector('#canvas.drawn')) seen.frame = performance.now();
            if (!seen.usable && document.querySelector('#mirror h1')) seen.usable = performance.now();
            if (!seen.frame || !seen.usable) setTimeout(look, 2);
        };
        look();
    });
    const sizes = {};
    page.on('requestfinished', async (request) => {
        const path = new URL(request.url()).pathname;
        const answer = await request.response();
        const { responseBodySize } = await request.sizes();
        sizes[path] = [responseBodySize, answer.headers()['content-encoding'] ?? 'plain'];
    });
    await page.goto('/console');
    await title(page, 'Sign in to Dealerline').waitFor();
    await page.waitForLoadState('networkidle');
    const { frame, usable } = await page.evaluate(() => seen);
    const parts = Object.entries(sizes).filter(([path]) => /^\/console$|\.(js|wasm|css)$/.test(path));
    const sum = parts.reduce((sum, [, [bytes]]) => sum + bytes, 0);
    context.diagnostic(`first frame after ${Math.round(frame)} ms, usable after ${Math.round(usable)} ms`);
    context.diagnostic(`${(sum / 1024).toFixed(1)} KB: ${Object.entries(sizes).map(([path, [bytes, coding]]) => `${path} ${bytes} ${coding}`).join(', ')}`);
    for (const [path, [, coding]] of parts) assert.equal(coding, 'br', path);
    assert.ok(parts.some(([path]) => path.endsWith('.wasm')));
    assert.ok(sum <= most_bytes, `${sum} bytes`);
});

for (const [name, address] of [
    ['sign in', null],
    ['organisations', '#/organizations'],
    ['overview', '#/overview'],
    ['numbers', '#/numbers'],
])
    test(`nothing is drawn at rest: ${name}`, { skip, timeout: test_limit }, async () => {
        let page;
        if (address) {
            page = await open_console(address);
        } else {
            page = await page_of(await new_context());
            await page.goto('/console');
            await title(page, 'Sign in to Dealerline').waitFor();
        }
        const frames = () => page.evaluate(() => document.getElementById('canvas').dataset.frames);
        let last;
        const is_at_rest = async () => {
            const before = await frames();
            await page.waitForTimeout(3_000);
            return before === (last = await frames());
        };
        await eventually(is_at_rest, true);
        await page.waitForTimeout(10_000);
        assert.equal(await frames(), last);
    });

// --- text ---

async function open_organization_with_number(options) {
    const [{ id, phone_number }] = await installation.sql(
        "SELECT o.id, n.phone_number FROM organizations o JOIN phone_numbers n ON n.organization_id = o.id WHERE o.slug = 'dealer-42'",
    );
    const page = await open_console(`#/organizations/${id}`, options);
    const region = page.getByRole('region', { name: `Number ${national(phone_number)}` });
    await region.waitFor();
    return { page, region, id, number: phone_number };
}

test('text can be selected, found and copied', { skip, timeout: test_limit }, async () => {
    const { page, region, number } = await open_organization_with_number({ permissions: ['clipboard-read', 'clipboard-write'] });
    const text = region.getByText(national(number), { exact: true });
    const selected = await text.evaluate((element) => {
        const range = document.createRange();
        range.selectNodeContents(element);
        getSelection().removeAllRanges();
        getSelection().addRange(range);
        return getSelection().toString();
    });
    assert.equal(selected, national(number));
    await page.keyboard.press('Control+c');
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), national(number));

    await page.evaluate(() => getSelection().removeAllRanges());
    await text.click({ clickCount: 3 });
    assert.equal((await page.evaluate(() => getSelection().toString())).trim(), national(number), 'by the mouse');

    await page.evaluate(() => getSelection().removeAllRanges());
    assert.equal(await page.evaluate((wanted) => window.find(wanted), national(number)), true);
    assert.equal(await page.evaluate(() => getSelection().toString()), national(number));

    await page.evaluate(() => navigator.clipboard.writeText('before'));
    await region.getByRole('button', { name: 'Copy E.164' }).click();
    await eventually(() => page.evaluate(() => navigator.clipboard.readText()), number);
    await page.getByRole('status').filter({ hasText: 'Copied' }).getByText(number).waitFor();
});

test('two presses select a word, one goes to the record, and a third way opens a tab', { skip, timeout: test_limit }, async () => {
    const page = await open_console('#/organizations');
    const row = rows(page, 'Organisations').filter({ hasText: 'Waiting Motors' });
    const email = row.getByText('waiting-motors@example.com');
    await email.dblclick();
    await page.waitForTimeout(600);
    const selected = await page.evaluate(() => getSelection().toString());
    assert.ok(selected && 'waiting-motors@example.com'.includes(selected.trim()), selected);
    assert.equal(address_of(page), '#/organizations');
    await page.evaluate(() => getSelection().removeAllRanges());

    for (const options of [{ modifiers: ['Control'] }, { button: 'middle' }]) {
        const [tab] = await Promise.all([page.context().waitForEvent('page'), email.click(options)]);
        await tab.waitForURL(`**/console#/organizations/${waiting}`);
        assert.equal(address_of(page), '#/organizations');
        await tab.close();
    }
    await email.click();
    await page.waitForURL(`**/console#/organizations/${waiting}`);
});

test('cells are copied with tabs between them and rows with new lines', { skip, timeout: test_limit }, async () => {
    const page = await open_console('#/organizations?search=dealer', { permissions: ['clipboard-read', 'clipboard-write'] });
    await rows(page, 'Organisations').nth(3).waitFor();
    const expected = await rows(page, 'Organisations').evaluateAll((all) => {
        const words = (cell) => [...cell.querySelectorAll('a, p')].map((part) => part.textContent).join(' ') || cell.textContent;
        return all.slice(1, 4).map((row) => [...row.querySelectorAll('[role=cell]')].map(words));
    });
    await page.evaluate(() => {
        const all = document.querySelectorAll('[role=table] [role=row]');
        const range = document.createRange();
        range.setStartBefore(all[1]);
        range.setEndAfter(all[3]);
        getSelection().removeAllRanges();
        getSelection().addRange(range);
    });
    await page.keyboard.press('Control+c');
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.deepEqual(copied.split('\n').map((line) => line.split('\t')), expected);
});

// What the element itself shows, seen: the canvas has nothing there.
const is_shown = (locator) => locator.evaluate((element) => getComputedStyle(element).color !== 'rgba(0, 0, 0, 0)');

for (const [script, name] of Object.entries({ Chinese: '列治文汽车行', Arabic: 'معرض السيارات', Punjabi: 'ਪੰਜਾਬ ਮੋਟਰਜ਼', emoji: 'Speedy 🚗 Auto' }))
    test(`a name that our fonts lack is shown by its element: ${script}`, { skip, timeout: test_limit }, async () => {
        await installation.change_sql(`UPDATE organizations SET name = '${name}' WHERE slug = 'dealer-7'`);
        const [{ id }] = await installation.sql("SELECT id FROM organizations WHERE slug = 'dealer-7'");
        const page = await open_console(`#/organizations?search=${encodeURIComponent(name)}`);
        const link = rows(page, 'Organisations').getByRole('link', { name, exact: true });
        await link.waitFor();
        assert.equal(await is_shown(link), true);
        const { width, size, dir } = await link.evaluate((element) => ({ width: element.clientWidth, size: getComputedStyle(element).fontSize, dir: element.dir }));
        assert.equal(size, '13px');
        assert.equal(dir, 'auto');
        const needed = await link.evaluate((element) => {
            const range = document.createRange();
            range.selectNodeContents(element);
            return range.getBoundingClientRect().width;
        });
        assert.ok(width >= needed && width < needed + 6, `${width} for ${needed}`);
        assert.equal(await is_shown(rows(page, 'Organisations').nth(0).getByText('Number')), false);
        await page.keyboard.press('Control+k');
        await page.getByRole('dialog', { name: 'Search or jump to' }).waitFor();
        await page.keyboard.press('Escape');
        await link.click();
        await page.waitForURL(`**/console#/organizations/${id}`);
        await page.getByRole('heading', { level: 2, name }).waitFor();
        assert.equal(await is_shown(page.getByRole('heading', { level: 2, name })), true);
        assert.deepEqual(await accessibility_problems(page), []);
        const narrow = await open_console(`#/organizations/${id}`, { viewport: { width: 390, height: 844 } });
        await narrow.getByRole('heading', { level: 2, name }).waitFor();
        assert.equal(await narrow.evaluate(() => document.documentElement.scrollWidth), 390);
        await installation.change_sql("UPDATE organizations SET name = 'Dealer 7' WHERE slug = 'dealer-7'");
    });

test('letters, an input method and a paste arrive', { skip, timeout: test_limit }, async () => {
    const page = await open_console('#/organizations', { permissions: ['clipboard-read', 'clipboard-write'] });
    await rows(page, 'Organisations').nth(1).waitFor();
    const field = filter(page);
    const searched = () => new URLSearchParams(address_of(page).split('?')[1]).get('search');
    const holds = async (words) => {
        await eventually(() => field.inputValue(), words);
        await eventually(searched, words);
        await page.waitForTimeout(300);
        assert.equal(await field.inputValue(), words, 'the answer takes nothing back');
        assert.equal(await is_focused(field), true);
    };
    await field.click();
    await page.keyboard.insertText('é');
    await holds('é');
    await page.keyboard.insertText('ö');
    await holds('éö');

    const input = await page.context().newCDPSession(page);
    await input.send('Input.imeSetComposition', { text: 'k', selectionStart: 1, selectionEnd: 1 });
    await input.send('Input.imeSetComposition', { text: 'か', selectionStart: 1, selectionEnd: 1 });
    await page.waitForTimeout(600); // the console searches while the word is still being made
    await input.send('Input.imeSetComposition', { text: 'かん', selectionStart: 2, selectionEnd: 2 });
    await input.send('Input.insertText', { text: '漢' });
    await holds('éö漢');

    await page.keyboard.press('Control+a');
    await page.evaluate(() => navigator.clipboard.writeText('Müller 🚗'));
    await page.keyboard.press('Control+v');
    await holds('Müller 🚗');
    await page.getByText('Nothing matches').waitFor();

    await page.keyboard.press('Control+a');
    await page.keyboard.type('dealer 42', { delay: 20 });
    await holds('dealer 42');
    await rows(page, 'Organisations').filter({ hasText: 'Dealer 42' }).waitFor();
    await page.keyboard.press('Control+z');
    await eventually(async () => (await field.inputValue()) !== 'dealer 42', true);

    await field.focus();
    await page.keyboard.press('Escape');
    await eventually(() => field.inputValue(), '');
    await eventually(searched, null);
});

// --- places ---

for (const [when, rest] of [
    ['after a rest', 1_000],
    ['at once', 0],
])
    test(`Back returns to the same scroll and filter, and so does a reload: a row opened ${when}`, { skip, timeout: test_limit }, async () => {
        const page = await open_console('#/organizations');
        await rows(page, 'Organisations').nth(1).waitFor();
        await filter(page).fill('dealer');
        await page.waitForURL(/search=dealer/);
        await page.getByRole('button', { name: /^Live \d+/ }).click();
        await page.waitForURL(/status=active/);
        await eventually(async () => (await rows(page, 'Organisations').count()) > 5, true);
        const place = address_of(page);
        const top = 4_000;
        const in_place = async (what) => {
            await eventually(() => address_of(page), place);
            await eventually(() => scroller(page).evaluate((element) => element.scrollTop), top);
            assert.equal(await filter(page).inputValue(), 'dealer', what);
            await eventually(() => page.getByRole('button', { name: /^Live \d+/ }).getAttribute('aria-pressed'), 'true');
        };
        await eventually(async () => {
            await scroller(page).evaluate((element, to) => (element.scrollTop = to), top);
            return rows(page, 'Organisations').locator(`xpath=self::*[@aria-rowindex="${top / 40 + 4}"]`).count();
        }, 1);
        const row = rows(page, 'Organisations').locator(`xpath=self::*[@aria-rowindex="${top / 40 + 4}"]`);
        const name = await row.getByRole('link').innerText();
        await page.waitForTimeout(rest);
        await row.getByRole('link').click();
        await title(page, name).first().waitFor();

        await page.goBack();
        await in_place('after Back');
        await row.getByRole('link', { name, exact: true }).waitFor();
        await page.goForward();
        await title(page, name).first().waitFor();
        await page.goBack();
        await in_place('after Forward and Back');
        await page.waitForTimeout(600);
        await page.reload();
        await live(page);
        await in_place('after a reload');
        await row.getByRole('link', { name, exact: true }).waitFor();
    });

test('a stopped server is said, nothing typed is lost, and the console recovers', { skip, timeout: test_limit }, async () => {
    const { page, id } = await open_organization_with_number();
    await page.getByRole('navigation', { name: 'Of this organisation' }).getByRole('link', { name: 'Settings' }).click();
    await page.waitForURL(`**/console#/organizations/${id}/settings`);
    const field = page.getByLabel('Name', { exact: true });
    await field.fill('Half a na');
    await installation.server.stop();
    await notice(page).waitFor({ timeout: recovery_limit });
    assert.match(await notice(page).innerText(), /We try again by ourselves; nothing that you typed is lost\./);
    await field.press('End');
    await page.keyboard.type('me');
    assert.equal(await field.inputValue(), 'Half a name');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.waitForTimeout(1_500);
    assert.equal(await field.inputValue(), 'Half a name');

    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /^Numbers/ }).click();
    await page.waitForURL('**/console#/numbers'); // else going back goes one further
    await page.getByText('The server does not answer').first().waitFor();
    await page.goBack();
    await eventually(() => field.inputValue(), 'Half a name');

    await installation.start_server();
    await eventually(() => notice(page).count(), 0, recovery_limit);
    await live(page, undefined, recovery_limit);
    assert.equal(await field.inputValue(), 'Half a name');
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /^Numbers/ }).click();
    await rows(page, 'Numbers').nth(1).waitFor();
});

test('a server that hangs is noticed, and found again', { skip, timeout: test_limit }, async () => {
    const page = await open_console('#/organizations');
    await rows(page, 'Organisations').nth(1).waitFor();
    const { pid } = installation.server;
    process.kill(pid, 'SIGSTOP');
    try {
        await page.getByRole('status').filter({ hasText: /^Data from / }).waitFor({ timeout: recovery_limit });
        await page.getByRole('status').filter({ hasText: 'The server is slow to answer.' }).waitFor({ timeout: recovery_limit });
    } finally {
        process.kill(pid, 'SIGCONT');
    }
    await eventually(() => page.getByRole('status').filter({ hasText: /^Live$/ }).count(), 1, recovery_limit);
    await eventually(() => page.getByRole('status').filter({ hasText: 'slow to answer' }).count(), 0, recovery_limit);
});

for (const verb of ['Resolve', 'Dismiss…'])
    test(`after a decision by keyboard the focus is on the heading: ${verb}`, { skip, timeout: test_limit }, async () => {
        const { id } = await installation.found(verb === 'Resolve' ? 'resolved-motors' : 'dismissed-motors');
        const [{ id: notification }] = await installation.notifications(`?organization_id=${id}&status=pending`);
        const page = await open_console(`#/notifications/${notification}`);
        await page.getByRole('button', { name: verb, exact: true }).focus();
        await page.keyboard.press('Enter');
        if (verb === 'Dismiss…') {
            await page.getByRole('dialog').getByRole('button', { name: 'Dismiss', exact: true }).focus();
            await page.keyboard.press('Enter');
        }
        await page.getByText(/^(Resolved|Dismissed) \d/).waitFor();
        await eventually(() => is_focused(page.getByRole('heading', { level: 2, name: 'Import number into ElevenLabs' })), true);
    });

test('signing out in one tab ends the other, which goes on where it was', { skip, timeout: test_limit }, async () => {
    const first = await open_console('#/overview');
    const second = await page_of(first.context());
    await second.goto('/console#/organizations?search=dealer');
    await rows(second, 'Organisations').nth(1).waitFor();

    await first.getByRole('button', { name: /^You: / }).click();
    await first.getByRole('dialog', { name: 'You' }).getByRole('button', { name: 'Sign out', exact: true }).click();
    await title(first, 'Sign in to Dealerline').waitFor();

    const dialog = second.getByRole('dialog', { name: 'Your session ended' });
    await dialog.waitFor();
    await dialog.getByRole('heading', { name: 'Your session ended' }).waitFor();
    assert.equal(await dialog.getByLabel('E-mail').inputValue(), admin.email);
    await eventually(() => is_focused(dialog.getByLabel('Password', { exact: true })), true);
    assert.deepEqual(await accessibility_problems(second), []);
    await dialog.getByLabel('Password', { exact: true }).fill('not the password');
    await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
    await eventually(() => dialog.getByLabel('Password', { exact: true }).getAttribute('aria-invalid'), 'true');
    await dialog.getByLabel('Password', { exact: true }).fill(admin.password);
    await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    assert.equal(address_of(second), '#/organizations?search=dealer');
    assert.equal(await filter(second).inputValue(), 'dealer');
    const { number } = await installation.found('after-hours-dealer');
    await rows(second, 'Organisations').filter({ hasText: national(number) }).waitFor();
});

test('every tab that hears events says so', { skip, timeout: test_limit }, async () => {
    const first = await open_console('#/organizations');
    const second = await page_of(first.context());
    await second.goto('/console#/organizations');
    await rows(second, 'Organisations').nth(1).waitFor();
    const { number } = await installation.found('two-tabs-dealer');
    for (const page of [first, second]) await rows(page, 'Organisations').filter({ hasText: national(number) }).waitFor();
    await eventually(() => first.getByRole('status').filter({ hasText: /^Live$/ }).count(), 1);
    await eventually(() => second.getByRole('status').filter({ hasText: /^Live$/ }).count(), 1);

    await first.close(); // the other tab takes over
    const later = await installation.found('one-tab-dealer');
    await rows(second, 'Organisations').filter({ hasText: national(later.number) }).waitFor();
    await eventually(() => second.getByRole('status').filter({ hasText: /^Live$/ }).count(), 1);
});

test('a member sees its own organisation and nothing else', { skip, timeout: test_limit }, async () => {
    const { id, number } = await installation.found('member-motors');
    const other = await installation.found('strange-motors');
    const page = await page_of(await new_context());
    await page.goto('/console');
    await fill_sign_in(page, { email: 'member-motors@example.com', password });
    await page.waitForURL(`**/console#/organizations/${id}`);
    await page.getByRole('region', { name: `Number ${national(number)}` }).waitFor();
    await live(page);
    const navigation = page.getByRole('navigation', { name: 'Main' });
    assert.deepEqual(await navigation.getByRole('link').allInnerTexts(), ['Organisations', 'Conversations', 'Messages', 'Leads', 'Usage', 'Numbers']);
    assert.equal(await page.getByRole('link', { name: /Needs a human/ }).count(), 0);

    await navigation.getByRole('link', { name: 'Organisations' }).click();
    await rows(page, 'Organisations').filter({ hasText: 'Member Motors' }).waitFor();
    assert.equal(await page.getByRole('table', { name: 'Organisations' }).getAttribute('aria-rowcount'), '2');
    await navigation.getByRole('link', { name: 'Numbers' }).click();
    await rows(page, 'Numbers').filter({ hasText: national(number) }).waitFor();
    assert.equal(await page.getByRole('table', { name: 'Numbers' }).getAttribute('aria-rowcount'), '2');

    for (const address of ['#/overview', '#/notifications', `#/organizations/${other.id}`, `#/organizations/${other.id}/settings`]) {
        await page.goto(`/console${address}`);
        await page.getByText('There is nothing at this address').waitFor();
        assert.doesNotMatch(await page.locator('#mirror').innerText(), /Strange Motors|Dealer \d/, address);
    }
    await page.getByRole('button', { name: 'Go to the first page' }).click();
    await page.waitForURL(`**/console#/organizations/${id}`);

    await page.keyboard.press('g');
    await page.keyboard.press('o');
    await page.waitForTimeout(300);
    assert.equal(address_of(page), `#/organizations/${id}`, 'no key leads there either');
});

// --- pictures ---

test('pictures for people to look at', { skip, timeout: test_limit }, async () => {
    const folder = join(root, 'build', 'screenshots');
    await mkdir(folder, { recursive: true });
    for (const { name, ...options } of looks.slice(0, 3)) {
        const screens = {
            overview: ['#/overview', (page) => page.getByRole('group', { name: 'Numbers live' })],
            notifications: [`#/notifications/${await waiting_notification()}`, (page) => page.getByLabel('ElevenLabs phone id')],
            organisations: ['#/organizations', (page) => rows(page, 'Organisations').nth(2)],
            organisation: [`#/organizations/${waiting}`, (page) => page.getByRole('list', { name: 'Steps' })],
        };
        const page = await open_console('#/overview', { ...options, deviceScaleFactor: 2 });
        for (const [screen, [address, ready]] of Object.entries(screens)) {
            await page.goto(`/console${address}`);
            await ready(page).waitFor();
            await page.waitForTimeout(300);
            await page.screenshot({ path: join(folder, `${screen} ${name}.png`.replaceAll(' ', '-')) });
        }
    }
});
