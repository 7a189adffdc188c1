// What a script adds to the signup page. Without it every part works, one page load at a time: the server's rendering is the
// only one, and what is changed here comes from an answered page.

const poll_interval = 600; // ms
const stopped_interval = 20_000; // a stopped run waits for a person
const longest_wait = 15_000;
const request_timeout = 30_000;

const kept = 'What you typed is still here, and pressing again never buys a second number.';

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const parsed = (text) => new DOMParser().parseFromString(text, 'text/html');
const signup_form = () => document.getElementById('signup');

function announce(text) {
    document.getElementById('announcement').textContent = text;
}

// Brings one tree to what another says by the smallest changes, so that focus, selection and a turning arc survive.
function bring_up_to_date(old, next) {
    if (old.nodeName !== next.nodeName) {
        old.replaceWith(document.importNode(next, true));
    } else if (old.nodeType !== Node.ELEMENT_NODE) {
        if (old.data !== next.data) old.data = next.data;
    } else if (old.childNodes.length !== next.childNodes.length) {
        old.replaceWith(document.importNode(next, true));
    } else {
        for (const name of old.getAttributeNames()) {
            if (!next.hasAttribute(name)) old.removeAttribute(name);
        }
        for (const { name, value } of next.attributes) {
            if (old.getAttribute(name) !== value) old.setAttribute(name, value);
        }
        [...old.childNodes].forEach((child, at) => bring_up_to_date(child, next.childNodes[at]));
    }
}

// The form

function short_name_from(name) {
    const letters = name.normalize('NFKD').replace(/[\p{M}'’]/gu, '').toLowerCase();
    return letters.replace(/[^a-z0-9]+/g, '-').replace(/^-/, '').slice(0, 60).replace(/-$/, '');
}

let short_name_follows = false;

function prepare_form() {
    const { organization_name: name, organization_slug: slug, time_zone } = signup_form().elements;
    time_zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? '';
    short_name_follows = slug.value === '' || slug.value === short_name_from(name.value);
    for (const words of signup_form().querySelectorAll('[data-fills]')) {
        const button = document.createElement('button');
        button.type = 'button';
        button.dataset.fills = words.dataset.fills;
        button.textContent = words.textContent;
        words.replaceWith(button);
    }
    show_to_callers();
}

function show_to_callers() {
    const { organization_name, area_code, other_area_code } = signup_form().elements;
    const code = area_code.value === 'other' ? other_area_code.value : area_code.value;
    const shown = {
        organization_name: organization_name.value.trim() || 'your dealership',
        number: `(${/^\d{3}$/.test(code) ? code : '•••'}) ••• ••••`,
    };
    for (const place of document.querySelectorAll('[data-shows]')) place.textContent = shown[place.dataset.shows];
}

function set_busy(busy) {
    signup_form().setAttribute('aria-busy', busy);
    if (busy) signup_form().querySelector('.trouble').textContent = '';
    announce(busy ? 'Sending.' : '');
}

function show_trouble(sentence) {
    set_busy(false);
    signup_form().querySelector('.trouble').textContent = `${sentence} ${kept}`;
}

function refusal_of(answer) {
    if (answer.status !== 429) return 'Something went wrong on our side. Press the button again in a minute.';
    const minutes = Math.ceil(Number(answer.headers.get('Retry-After')) / 60);
    return `Too many signups came from your address. Press the button again ${minutes > 1 ? `in ${minutes} minutes` : 'in a minute'}.`;
}

function show_answered_form(next) {
    const password = signup_form().elements.password.value;
    document.title = next.title;
    document.querySelector('main').replaceWith(document.importNode(next.querySelector('main'), true));
    signup_form().elements.password.value = password;
    announce('');
    prepare_form();
    (document.querySelector('.summary') ?? signup_form()).focus();
}

async function send() {
    const form = signup_form();
    if (form.getAttribute('aria-busy') === 'true') return;
    set_busy(true);
    try {
        const answer = await fetch(form.action, {
            method: 'POST',
            body: new URLSearchParams(new FormData(form)),
            headers: { Accept: 'text/html' },
            signal: AbortSignal.timeout(request_timeout),
        });
        if (answer.redirected) {
            location.assign(answer.url); // busy until the next page is here
            return;
        }
        const next = parsed(await answer.text());
        if (next.getElementById('signup')) show_answered_form(next);
        else show_trouble(refusal_of(answer));
    } catch {
        show_trouble('We could not reach Dealerline. Check your connection, then press the button again.');
    }
}

function heed_input({ target }) {
    const { organization_name: name, organization_slug: slug } = signup_form().elements;
    if (target === slug) short_name_follows = slug.value === '';
    if (target === name && short_name_follows) slug.value = short_name_from(name.value);
    show_to_callers();
}

function heed_click(event) {
    const { target } = event;
    if (target.dataset.fills) {
        const field = signup_form().elements[target.dataset.fills];
        field.value = target.textContent;
        short_name_follows = false;
        field.focus();
    } else if (target.id === 'area_other' && event.detail > 0) {
        document.getElementById('other_area_code').focus(); // pressed, not reached with the arrow keys
    } else if (target.hash === '#area_code') {
        event.preventDefault();
        document.querySelector('[name=area_code]:checked, #area_other').focus();
    }
}

// The steps

const progress = () => document.querySelector('[data-progress]');
const step_states = () => [...document.querySelectorAll('.step .title')].map((title) => title.textContent);
const problem_text = () => document.querySelector('.problem')?.innerText ?? '';

function show_answered_page(next) {
    const steps_before = step_states();
    const problem_before = problem_text();
    document.title = next.title;
    bring_up_to_date(document.querySelector('.page'), next.querySelector('.page'));
    if (!progress()) {
        announce('');
        document.querySelector('h1').focus();
        return;
    }
    const news = step_states().filter((state, at) => state !== steps_before[at] && !state.endsWith(', waiting'));
    if (problem_text() !== problem_before) news.push(problem_text());
    if (news.length > 0) announce(`${news.join('. ')}.`);
}

async function follow_progress() {
    let failures = 0;
    while (progress()) {
        const interval = progress().dataset.progress === 'running' ? poll_interval : stopped_interval;
        await pause(failures === 0 ? interval : Math.min(poll_interval * 2 ** failures, longest_wait));
        let answer, text;
        try {
            answer = await fetch(location.href, { headers: { Accept: 'text/html' }, signal: AbortSignal.timeout(request_timeout) });
            if (answer.status >= 500 || answer.status === 429) throw answer;
            text = await answer.text();
        } catch {
            failures += 1;
            document.querySelector('.connection').textContent = 'We lost the connection. Trying again.';
            continue;
        }
        const next = parsed(text);
        if (!answer.ok || answer.redirected || !next.querySelector('[data-progress], .number')) {
            location.assign(answer.url); // signed out, or gone: the server's own page says so
            return;
        }
        failures = 0;
        show_answered_page(next);
    }
}

if (signup_form()) {
    prepare_form();
    document.addEventListener('input', heed_input);
    document.addEventListener('click', heed_click);
    document.addEventListener('submit', (event) => {
        event.preventDefault();
        send();
    });
    window.addEventListener('pageshow', () => set_busy(false)); // back from the next page
}
if (progress()) follow_progress();
