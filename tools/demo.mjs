// tools/demo.mjs SERVER SIMULATOR: three dealerships and a few weeks of what happens on their lines, made as the vendors would
// make it: signups, calls and texts through the simulator's webhooks, answers through the API. It asks nothing twice and never hurries.
const [server, simulator] = process.argv.slice(2);
const password = process.env.DEALERLINE_ADMIN_PASSWORD; // the dealerships' people have the same
if (!simulator || !password) throw new Error('tools/demo.mjs SERVER SIMULATOR, and a DEALERLINE_ADMIN_PASSWORD');

const day = 86_400;
const now = Math.floor(Date.now() / 1000);
const patience_ms = 15_000;

const dealerships = [
    { name: 'Premium Auto Sales', slug: 'premium-auto', person: 'ann', area_code: '604', zone: 'America/Vancouver', calls: 26 },
    { name: 'Lakeshore Motors', slug: 'lakeshore-motors', person: 'marc', area_code: '416', zone: 'America/Toronto', calls: 20 },
    { name: 'Rainier Auto Group', slug: 'rainier-auto', person: 'june', area_code: '206', zone: 'America/Los_Angeles', calls: 14 },
];

const customers = [
    ['John Miller', '0142'], ['Priya Nair', '0117'], ['Luc Tremblay', '0163'], ['Sarah Chen', '0128'], ['Omar Haddad', '0155'],
    ['Emily Ross', '0171'], ['Diego Alvarez', '0134'], ['Hannah Kim', '0109'], ['Peter Novak', '0186'], ['Grace Okafor', '0192'],
];
const exchange = { 604: '778555', 416: '647555', 206: '425555' };

const cars = ['2024 Honda Civic', '2023 Toyota RAV4', '2022 Ford F-150', '2021 Mazda CX-5', '2024 Subaru Outback', '2020 Hyundai Tucson'];
const days = ['Monday at 10 am', 'Tuesday at 3 pm', 'Thursday at 11 am', 'Saturday at 1 pm'];

// What is said, and what the analysis makes of it. `{name}`, `{car}`, `{day}` and `{trade}` are this call's.
const talks = [
    {
        words: ['Hi, my name is {name}. Is the {car} still there?', 'I have that down. Would you like to come in for a test drive?',
            'Yes, {day} would work.', 'I have noted {day}. Someone will confirm it.', 'Great, thank you. Bye.'],
        title: 'Test drive', summary: '{name} asked about the {car} and wants a test drive {day}.',
        collected: { customer_name: '{name}', interest: '{car}', appointment: '{day}' },
    },
    {
        words: ['Hello, this is {name}. What would you give me for my {trade}?', 'I would rather not guess. Someone can look at it and call you back.',
            'Fine. I am looking at the {car}.', 'I have noted both.', 'Thanks.'],
        title: 'Trade-in', summary: '{name} would trade in a {trade} for a {car}.', collected: { customer_name: '{name}', interest: '{car}', trade_in: '{trade}' },
    },
    {
        words: ['Can I talk to somebody in service, please?', 'I will ask someone to call you back at this number.', 'It is about my brakes. {name} is the name.',
            'Thank you, {name}. I have noted it.'],
        title: 'Service', summary: '{name} wants a call back from service about the brakes.', collected: { customer_name: '{name}', wants_person: true },
    },
    {
        words: ['What are your hours on Saturday?', 'I would rather not guess. Someone can call you back with that.', 'No need, I will look it up.'],
        title: 'Opening hours', summary: 'The caller asked about the hours on Saturday.', collected: {},
    },
];
const trades = ['2016 Corolla', '2018 Jeep Wrangler', '2015 Golf'];
const texts = [
    ['Hi, is the {car} still for sale?', 'It is. Would you like to see it this week?'],
    ['Running ten minutes late for my appointment, sorry', 'No problem, see you soon.'],
    ['Can you send me the papers for the {car}?', 'They are on their way to your e-mail.'],
    ['What do I need to bring for the trade-in?', 'Your registration and both keys, please.'],
];

// Always the same traffic: the n-th draw is what it is.
let drawn = 7;
const draw = (list) => {
    drawn = (drawn * 16_807) % 2_147_483_647;
    return list[drawn % list.length];
};
const pause = (milliseconds) => new Promise((done) => { setTimeout(done, milliseconds); });

async function ask(base, method, path, body, session) {
    const answer = await fetch(base + path, {
        method,
        headers: { ...(body ? { 'Content-Type': 'application/json' } : {}), ...(session ? { Cookie: session, Origin: base } : {}) },
        body: body && JSON.stringify(body),
        signal: AbortSignal.timeout(patience_ms),
    });
    const json = await answer.json().catch(() => ({}));
    return { status: answer.status, json, session: answer.headers.getSetCookie()[0]?.split(';')[0] };
}

async function sign_up({ name, slug, person, area_code, zone }) {
    const answer = await ask(server, 'POST', '/api/signup', {
        email: `${person}@${slug}.test`, password, organization_name: name, organization_slug: slug, area_code, time_zone: zone,
    });
    if (answer.status !== 201) throw new Error(`${name} was not signed up: ${JSON.stringify(answer.json)}`);
    const { id } = answer.json.organization;
    let number = answer.json.organization.phoneNumberPurchased;
    for (let tries = 0; !number && tries < 60; tries += 1) { // a slow machine takes longer than a signup waits
        await pause(500);
        const { json } = await ask(server, 'GET', `/api/organizations/${id}/phone-numbers`, undefined, answer.session);
        number = json.phoneNumbers?.find((each) => each.is_active)?.phone_number;
    }
    if (!number) throw new Error(`${name} has no number`);
    return { id, number, session: answer.session };
}

const filled = (value, facts) => (typeof value === 'string' ? value.replace(/\{(\w+)\}/g, (_, name) => facts[name]) : value);

// Its calls of three weeks, as {at, from, conversation}.
function calls_of({ calls, area_code }) {
    return Array.from({ length: calls }, (_, index) => {
        const [name, line] = draw(customers);
        const facts = { name, car: draw(cars), day: draw(days), trade: draw(trades) };
        const days_ago = 21 - (21 * index) / calls;
        const at = Math.floor(now - days_ago * day - draw([0, 900, 2700, 5400, 9000]));
        const talk = draw(talks);
        const silent = index % 9 === 8;
        const turns = silent ? [] : talk.words.map((words, turn) => ({ role: turn % 2 ? 'agent' : 'user', message: filled(words, facts), at: 3 + turn * 7 }));
        const conversation = {
            turns, started_at: at, duration_seconds: silent ? 4 : 25 + draw([6, 19, 38, 64, 95]), call_successful: silent ? 'unknown' : 'success',
            title: silent ? '' : talk.title, summary: silent ? 'The caller hung up after the greeting.' : filled(talk.summary, facts),
            collected: silent ? {} : Object.fromEntries(Object.entries(talk.collected).map(([key, value]) => [key, filled(value, facts)])),
        };
        return { at, from: index % 13 === 12 ? '' : `+1${exchange[area_code]}${line}`, conversation };
    });
}

// Written today, and answered where the line may text.
async function write_texts({ area_code }, { id, number, session }) {
    for (const [question, answer] of texts) {
        const [, line] = draw(customers);
        const from = `+1${exchange[area_code]}${line}`;
        await ask(simulator, 'POST', '/sim/messages', { from, to: number, body: filled(question, { car: draw(cars) }) });
        if (draw([true, true, false])) await ask(server, 'POST', `/api/organizations/${id}/messages`, { to_number: from, body: answer }, session);
    }
    const from = `+1${exchange[area_code]}0199`;
    await ask(simulator, 'POST', '/sim/messages', { from, to: number, body: 'Do you buy used cars?' });
    await ask(simulator, 'POST', '/sim/messages', { from, to: number, body: 'STOP' });
}

const lines = await Promise.all(dealerships.map(sign_up));
const calls = dealerships.flatMap((dealership, index) => calls_of(dealership).map((call) => ({ ...call, to: lines[index].number })));
for (const { from, to, conversation } of calls.sort((one, other) => one.at - other.at)) await ask(simulator, 'POST', '/sim/calls', { from, to, conversation });
for (const [index, dealership] of dealerships.entries()) await write_texts(dealership, lines[index]);
console.log(`${calls.length} calls, and texts, on ${lines.map(({ number }) => number).join(', ')}`);
