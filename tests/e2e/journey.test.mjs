// From the signup form to Jack's voice, as a dealership and its first caller go through it.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { accessibility_problems, admin, eventually, open_browser, patience, start_installation, test_limit, web_root } from './support.mjs';

const live_limit = 60_000; // ms
const latency = 300; // ms; slow enough to watch the steps
const password = 'correct horse battery';

let installation, browser, contexts, complaints;

before(async () => {
    installation = await start_installation({ latency });
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

async function new_page(options = {}) {
    const context = await browser.newContext({ baseURL: installation.url, viewport: { width: 1440, height: 900 }, ...options });
    context.setDefaultTimeout(patience);
    contexts.push(context);
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
        if (message.text().includes('Content Security Policy')) complaints.push(message.text());
    });
    return page;
}

const field = (page, label) => page.getByLabel(label, { exact: true });
const submit = (page) => page.getByRole('button', { name: 'Get my number' });
const steps = (page) => page.getByRole('list', { name: 'Steps' });
const number = (page) => page.getByRole('heading', { level: 1, name: /^\(\d{3}\) \d{3}-\d{4}$/ });
const is_focused = (locator) => locator.evaluate((element) => element === document.activeElement);

async function fill_form(page, { name, slug, email, secret = password }) {
    await page.goto('/signup');
    await field(page, 'Dealership name').fill(name);
    if (slug) await field(page, 'Short name').fill(slug);
    await field(page, 'E-mail').fill(email);
    await field(page, 'Password').fill(secret);
    await page.getByRole('radio', { name: /604/ }).check();
}

async function sign_up(page, details) {
    await fill_form(page, details);
    await submit(page).click();
    await number(page).waitFor({ timeout: live_limit });
}

async function description_of(locator) {
    return locator.evaluate((element) => {
        const ids = (element.getAttribute('aria-describedby') ?? '').split(' ').filter(Boolean);
        return ids.map((id) => document.getElementById(id).innerText.trim()).join(' ');
    });
}

async function assert_accessible(page, state) {
    assert.deepEqual(await accessibility_problems(page), [], state);
}

// axe-core cannot run where scripts are off, so it judges the same page in a context of its own.
async function assert_accessible_with_scripts_off(page, state) {
    const html = await page.content();
    const twin = await new_page();
    await twin.route('**/*', (route) => {
        if (route.request().isNavigationRequest()) return route.fulfill({ body: html, contentType: 'text/html; charset=utf-8' });
        return route.continue();
    });
    await twin.goto(page.url());
    await assert_accessible(twin, state);
}

test('a dealership signs up, watches its line being made, and hears Jack say its name', { timeout: test_limit }, async () => {
    const page = await new_page();
    await page.goto('/signup');
    await page.getByRole('heading', { level: 1, name: 'Your own line, answered by Jack' }).waitFor();
    await assert_accessible(page, 'empty form');

    await fill_form(page, { name: 'Harbour Motors', email: 'ann@harbour-motors.test' });
    await eventually(() => field(page, 'Short name').inputValue(), 'harbour-motors');
    const callers = page.getByRole('complementary', { name: 'What your callers hear' });
    await callers.getByText('Hi, this is Jack from Harbour Motors').waitFor();
    await callers.getByText('(604) ••• ••••').waitFor();
    await assert_accessible(page, 'filled form');

    await installation.latency({ default: 5_000 }); // the line is not live before everything on the way to it is seen
    let sent = 0;
    page.on('request', (request) => (sent += request.method() === 'POST'));
    await submit(page).dblclick();
    await page.waitForURL(/\/signup\/progress\?organization=/);

    await steps(page).waitFor();
    assert.equal(await steps(page).getByRole('listitem').count(), 6);
    await assert_accessible(page, 'progress');

    await page.route('**/signup/progress?*', (route) => route.abort());
    await page.getByRole('status').getByText('We lost the connection. Trying again.').waitFor();
    await page.unroute('**/signup/progress?*');
    await installation.latency({ default: latency });

    await number(page).waitFor({ timeout: live_limit });
    assert.equal(sent, 1, 'the second press is ignored');
    await eventually(() => is_focused(number(page)), true);
    const size = await number(page).evaluate((element) => parseFloat(getComputedStyle(element).fontSize));
    assert.ok(size >= 60, `the number stands at ${size} px`);
    await page.getByText(/^Live after /).waitFor();
    await page.getByText('Signed in as ann@harbour-motors.test').waitFor();
    assert.equal(await page.getByRole('link', { name: 'Open the console' }).getAttribute('href'), '/console');
    await assert_accessible(page, 'number');

    const bought = (await page.getByRole('link', { name: 'Call it now' }).getAttribute('href')).replace('tel:', '');
    assert.match(bought, /^\+1604\d{7}$/);
    assert.equal(bought.slice(2), (await number(page).innerText()).replace(/\D/g, ''));
    await page.getByRole('link', { name: /simulator’s telephone/ }).waitFor();

    await page.goto(installation.simulator_url);
    await page.getByLabel('Number to call').fill(bought);
    await page.getByRole('button', { name: 'Call', exact: true }).click();
    await page.getByText(/Jack from Harbour Motors/).first().waitFor();
});

test('a dealership without JavaScript gets its number too', { timeout: test_limit }, async () => {
    const page = await new_page({ javaScriptEnabled: false });
    await page.goto('/signup');
    await assert_accessible_with_scripts_off(page, 'form');

    await fill_form(page, { name: 'Saanich Motors', email: 'ivy@saanich-motors.test', secret: 'short' });
    await submit(page).click();
    await page.getByRole('heading', { name: '1 thing to put right. Nothing was bought.' }).waitFor();
    assert.equal(await field(page, 'Dealership name').inputValue(), 'Saanich Motors');
    assert.equal(await field(page, 'E-mail').inputValue(), 'ivy@saanich-motors.test');
    assert.equal(await page.getByRole('radio', { name: /604/ }).isChecked(), true);
    assert.equal(await field(page, 'Password').inputValue(), '', 'a password is never sent back');
    await assert_accessible_with_scripts_off(page, 'errors');

    await field(page, 'Password').fill(password);
    await submit(page).click();
    await page.waitForURL(/\/signup\/progress\?organization=/);
    await number(page).waitFor({ timeout: live_limit });
    await page.getByText('Jack answers as Saanich Motors').waitFor();
    await assert_accessible_with_scripts_off(page, 'number');
});

test('wrong fields are named with a way out, and nothing typed is lost', { timeout: test_limit }, async () => {
    await sign_up(await new_page(), { name: 'Cedar Motors', email: 'li@cedar-motors.test' });

    const page = await new_page();
    await fill_form(page, { name: 'Cedar Motors', email: 'kim@cedarmotors', secret: '12345' });
    await page.getByRole('radio', { name: /778/ }).check();
    await submit(page).click();

    const summary = page.getByRole('region', { name: '3 things to put right. Nothing was bought.' });
    await summary.waitFor();
    await eventually(() => is_focused(summary), true);
    assert.equal(await summary.getByRole('link').count(), 3);
    for (const [label, words] of [
        ['Short name', /taken/],
        ['E-mail', /ending/],
        ['Password', /5 characters/],
    ]) {
        assert.equal(await field(page, label).getAttribute('aria-invalid'), 'true', label);
        assert.match(await description_of(field(page, label)), words);
    }
    assert.equal(await field(page, 'Dealership name').getAttribute('aria-invalid'), 'false');
    assert.equal(await field(page, 'Dealership name').inputValue(), 'Cedar Motors');
    assert.equal(await field(page, 'Short name').inputValue(), 'cedar-motors');
    assert.equal(await field(page, 'E-mail').inputValue(), 'kim@cedarmotors');
    assert.equal(await field(page, 'Password').inputValue(), '12345');
    assert.equal(await page.getByRole('radio', { name: /778/ }).isChecked(), true);
    await assert_accessible(page, 'errors');

    await summary.getByRole('link').nth(1).click();
    await eventually(() => is_focused(field(page, 'E-mail')), true);

    const suggestion = page.getByRole('button', { name: /^cedar-motors-/ });
    const free = await suggestion.innerText();
    await suggestion.click();
    assert.equal(await field(page, 'Short name').inputValue(), free);

    await field(page, 'E-mail').fill('kim@cedarmotors.test');
    await field(page, 'Password').fill(password);
    await submit(page).click();
    await number(page).waitFor({ timeout: live_limit });
    await page.getByText('Jack answers as Cedar Motors').waitFor();
});

test('an area code beside the three offered is typed into its own field', { timeout: test_limit }, async () => {
    const page = await new_page();
    await fill_form(page, { name: 'Prairie Motors', email: 'jo@prairie-motors.test' });
    await page.getByRole('radio', { name: 'Other' }).click();
    await eventually(() => is_focused(field(page, 'Other area code')), true);
    await field(page, 'Other area code').fill('12');
    await submit(page).click();
    await page.getByRole('heading', { name: '1 thing to put right. Nothing was bought.' }).waitFor();
    assert.equal(await field(page, 'Other area code').inputValue(), '12');
    assert.notEqual(await description_of(field(page, 'Other area code')), '');
    await assert_accessible(page, 'area code');

    await field(page, 'Other area code').fill('403');
    await page.getByText('(403) ••• ••••').waitFor();
    await submit(page).click();
    await number(page).waitFor({ timeout: live_limit });
});

test('a lost connection keeps what was typed, and pressing again goes on', { timeout: test_limit }, async () => {
    const page = await new_page();
    await fill_form(page, { name: 'Island Motors', email: 'sam@island-motors.test' });
    await page.context().setOffline(true);
    await submit(page).click();
    await page.getByRole('alert').getByText(/We could not reach Dealerline/).waitFor();
    assert.equal(await field(page, 'Password').inputValue(), password);
    await assert_accessible(page, 'no connection');

    await page.context().setOffline(false);
    await submit(page).click();
    await number(page).waitFor({ timeout: live_limit });
});

const console_skip = existsSync(join(web_root, 'console.html')) ? false : 'the console has not been built';

test('the platform admin signs in to the console', { skip: console_skip, timeout: test_limit }, async () => {
    const page = await new_page();
    await page.goto('/console');
    await page.getByLabel('E-mail').fill(admin.email);
    await page.getByLabel('Password').fill(admin.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    await page.getByText(admin.email).waitFor();
    await assert_accessible(page, 'console');
});
