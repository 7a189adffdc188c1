// Lists over many organisations: each order is paged through whole while others sign up, and nobody sees what is not theirs.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assert_refused, start_installation } from './support.mjs';

let installation, admin, ours, theirs;

const hex = (number, digits) => number.toString(16).padStart(digits, '0');
const statuses = ['needs_attention', 'held', 'provisioning', 'suspended', 'active', 'closed'];

// Many organisations in every status, older than the ones that sign up; several share a name.
function many(count) {
    const values = [], runs = [], numbers = [];
    for (let i = 0; i < count; ++i) {
        const id = `01800000-0000-7000-8000-${hex(i, 12)}`;
        const status = statuses[i % statuses.length];
        values.push(`('${id}', 'Dealer ${i % 40}', 'many-${i}', 'many${i}@example.com', '604', 'UTC', '${status === 'closed' ? 'closed' : 'open'}', ${i}, '${status}')`);
        const has_number = ['active', 'suspended'].includes(status);
        const number_id = `01810000-0000-7000-8000-${hex(i, 12)}`;
        if (has_number) numbers.push(`('${number_id}', '${id}', '+1778555${String(i).padStart(4, '0')}', '${status}', ${status === 'active' ? 1 : 0}, 'ready', 'PNmany${i}', 'AC1', 'Burnaby', ${i})`);
        const run_state = has_number ? 'done' : status === 'held' || status === 'needs_attention' ? status : 'done';
        runs.push(`('01820000-0000-7000-8000-${hex(i, 12)}', '${id}', '${run_state}', ${run_state === 'done' ? "''" : "'Stopped.'"}, '604', ${has_number ? `'${number_id}'` : 'NULL'}, 0, 0)`);
    }
    return `
        INSERT INTO organizations (id, name, slug, email, area_code, time_zone, state, created_at, status) VALUES ${values.join(', ')};
        INSERT INTO phone_numbers (id, organization_id, phone_number, state, is_active, sms_status, twilio_sid, twilio_account_sid, place, created_at) VALUES ${numbers.join(', ')};
        INSERT INTO provisioning_runs (id, organization_id, state, cause, area_code, phone_number_id, due_at, created_at) VALUES ${runs.join(', ')};`;
}

before(async () => {
    installation = await start_installation({ settings: { DEALERLINE_SIGNUPS_PER_IP_PER_HOUR: '100' } });
    ours = await installation.found('our-motors');
    theirs = await installation.found('their-motors');
    await installation.change_sql(many(300));
    admin = await installation.admin_session();
});
after(() => installation?.stop());

const with_query = (path, values) => `${path}?${new URLSearchParams(values)}`;

async function pages(path, member, values, between = async () => {}) {
    const found = [];
    for (let cursor = '', page = 0; cursor !== null; ++page) {
        const answer = await installation.get(with_query(path, { limit: '37', ...values, ...(cursor && { cursor }) }), admin);
        assert.equal('counts' in answer, page === 0);
        found.push(...answer[member]);
        cursor = answer.next_cursor;
        await between(page);
    }
    return found;
}

describe('organisations', () => {
    const rank = ({ status }) => statuses.indexOf(status);
    const newest = (a, b) => (a.id < b.id ? 1 : -1);
    const by_name = (a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : a.name.toLowerCase() > b.name.toLowerCase() ? 1 : newest(a, b));
    const orders = { attention: (a, b) => rank(a) - rank(b) || newest(a, b), name: by_name, newest };

    for (const [sort, order] of Object.entries(orders))
        for (const filter of [{}, { status: 'active' }, { search: 'dealer 1' }])
            test(`by ${sort} ${JSON.stringify(filter)}: no one twice and no one missing while others sign up`, async () => {
                const path = '/api/organizations';
                const expected = (await installation.get(with_query(path, { limit: '500', sort, ...filter }), admin)).organizations;
                let count = 0;
                const found = await pages(path, 'organizations', { sort, ...filter }, async (page) => {
                    if (page > 2) return;
                    const slug = `late-${sort}-${Object.keys(filter)[0] ?? 'all'}-${++count}`;
                    await installation.change_sql(`
                        INSERT INTO organizations (id, name, slug, email, area_code, time_zone, created_at, status)
                        VALUES ('${hex(Date.now(), 12).replace(/^(.{8})/, '$1-')}-7${hex(count, 3)}-8000-${hex(Math.floor(Math.random() * 2 ** 47), 12)}', 'Dealer 1', '${slug}', 'l@example.com', '', 'UTC', 0, '${statuses[count]}')`);
                });
                const ids = found.map(({ id }) => id);
                assert.equal(new Set(ids).size, ids.length, 'twice');
                const known = new Set(expected.map(({ id }) => id));
                assert.deepEqual(ids.filter((id) => known.has(id)), expected.map(({ id }) => id));
                assert.deepEqual(found.map(({ id }) => id), found.toSorted(order).map(({ id }) => id), 'in order');
            });

    test('are counted by status, whatever is filtered', async () => {
        const get = (values) => installation.get(with_query('/api/organizations', { limit: '1', ...values }), admin);
        const { counts } = await get({ search: 'many-' });
        assert.deepEqual(counts, { all: 300, total: 300, ...Object.fromEntries(statuses.map((status) => [status, 50])) });
        assert.deepEqual((await get({ search: 'many-', status: 'held' })).counts, { ...counts, total: 50 });
        assert.equal((await get({ search: 'no such dealer' })).counts.all, 0);
    });

    test('are found by name, short name, e-mail and digits of the number, and text is never a pattern', async () => {
        const find = async (search) => (await installation.get(with_query('/api/organizations', { search }), admin)).organizations;
        const [ours_found] = await find('OUR-MOTORS@example');
        assert.equal(ours_found.id, ours.id);
        assert.equal(ours_found.status, 'active');
        assert.equal(typeof ours_found.place, 'string');
        assert.equal(ours_found.cause, null);
        assert.deepEqual((await find(ours.number.slice(-7))).map(({ id }) => id), [ours.id]);
        assert.deepEqual((await find(`(${ours.number.slice(2, 5)}) ${ours.number.slice(5, 8)}-${ours.number.slice(8)}`)).map(({ id }) => id), [ours.id]);
        assert.equal((await find('many-0'))[0].cause, 'Stopped.');
        for (const nothing of ['%', '_____', "' OR 1=1", '*']) assert.deepEqual(await find(nothing), [], nothing);
    });
});

describe('phone numbers', () => {
    for (const sort of ['newest', 'number'])
        test(`by ${sort}: all of them, once each`, async () => {
            const found = await pages('/api/phone-numbers', 'phone_numbers', { sort });
            const stored = await installation.sql('SELECT id FROM phone_numbers');
            assert.deepEqual(found.map(({ id }) => id).toSorted(), stored.map(({ id }) => id).toSorted());
            const key = ({ id, phone_number }) => (sort === 'number' ? phone_number : id);
            const sorted = found.map(key).toSorted();
            assert.deepEqual(found.map(key), sort === 'number' ? sorted : sorted.reverse());
        });

    test('are counted, found and filtered', async () => {
        const get = (values) => installation.get(with_query('/api/phone-numbers', values), admin);
        const { counts, phone_numbers } = await get({ search: 'dealer', state: 'suspended' });
        assert.equal(counts.suspended, 50);
        assert.equal(counts.active, 50);
        assert.equal(counts.all, 100);
        assert.equal(counts.total, 50);
        assert.ok(phone_numbers.every(({ state }) => state === 'suspended'));
        const [one] = (await get({ search: ours.number })).phone_numbers;
        assert.equal(one.organization_name, (await installation.get(`/api/organizations/${ours.id}`, admin)).organization.name);
        assert.equal(one.released_at, null);
    });
});

test('a member sees what is theirs, whatever is asked', async () => {
    const { session } = ours;
    const all = (name) => ['', '?search=their', '?search=dealer', '?limit=500', `?search=${theirs.number.slice(1)}`, ...name];
    for (const query of all(['?sort=name', '?sort=newest', '?status=held', '?status=active&sort=name'])) {
        const { organizations, counts } = await installation.get(`/api/organizations${query}`, session);
        for (const { id } of organizations) assert.equal(id, ours.id, query);
        assert.ok(counts.all <= 1, query);
    }
    for (const query of all(['?sort=number', '?state=suspended', '?state=active&sort=number'])) {
        const { phone_numbers, counts } = await installation.get(`/api/phone-numbers${query}`, session);
        for (const { organization_id } of phone_numbers) assert.equal(organization_id, ours.id, query);
        assert.ok(counts.all <= 1, query);
    }
    assert.equal((await installation.get('/api/phone-numbers', session)).phone_numbers.length, 1);
    const cursor = (await installation.get('/api/organizations?limit=1&sort=newest', admin)).next_cursor;
    for (const { id } of (await installation.get(with_query('/api/organizations', { sort: 'newest', cursor }), session)).organizations) assert.equal(id, ours.id);
    for (const path of ['overview', 'notifications', 'notifications/x']) assert_refused(await installation.api('GET', `/api/admin/${path}`, { session }), 403);
    for (const path of ['/api/organizations', '/api/phone-numbers', '/api/admin/overview']) assert_refused(await installation.api('GET', path), 401);
});

test('what an address may not say is refused by its name', async () => {
    const refused = async (path, field) => assert_refused(await installation.api('GET', path, { session: admin }), 400, { field });
    const name_cursor = (await installation.get('/api/organizations?limit=1&sort=name', admin)).next_cursor;
    await refused('/api/organizations?status=open', 'status');
    await refused('/api/organizations?sort=id', 'sort');
    await refused('/api/phone-numbers?state=live', 'state');
    await refused('/api/phone-numbers?sort=name', 'sort');
    for (const path of ['/api/organizations', '/api/phone-numbers']) {
        for (const limit of ['0', '501', 'x']) await refused(`${path}?limit=${limit}`, 'limit');
        for (const cursor of ['x', '..', 'A'.repeat(3_000), '%00', name_cursor]) await refused(`${path}?cursor=${cursor}`, 'cursor');
        await refused(`${path}?search=${'x'.repeat(201)}`, 'search');
    }
    for (const offset of ['x', '-721', '841', '1.5', '']) await refused(`/api/admin/overview?utc_offset=${offset}`, 'utc_offset');
});

test('notifications are counted and shown one by one', async () => {
    const id = '01890000-0000-7000-8000-00000000000c';
    await installation.change_sql(`INSERT INTO admin_notifications (id, type, subject, organization_id, message, created_at) VALUES ('${id}', 'drift_found', 'x', '${ours.id}', 'Look', 5000)`);
    const { counts } = await installation.get('/api/admin/notifications?status=resolved&type=drift_found', admin);
    assert.deepEqual(counts, { pending: 1, resolved: 0, dismissed: 0 });
    assert.equal((await installation.get(`/api/admin/notifications/${id}`, admin)).notification.message, 'Look');
    assert_refused(await installation.api('GET', '/api/admin/notifications/x', { session: admin }), 404);
});

test('the overview says how the installation is', async () => {
    const overview = await installation.get('/api/admin/overview?utc_offset=-480', admin);
    const lists = await installation.get('/api/organizations?limit=1', admin);
    for (const status of statuses) assert.equal(overview.organizations[status], lists.counts[status], status);
    assert.equal(overview.numbers.owned, 102);
    assert.equal(overview.numbers.monthly_rent, '102.00');
    assert.equal(overview.signups.length, 30);
    assert.equal(overview.signups_today, overview.signups.at(-1).organizations);
    assert.equal(overview.signups_today, 2);
    assert.ok(overview.seconds_to_live >= 0);
    assert.deepEqual(overview.notifications.oldest_created_at, overview.notifications.oldest[0]?.created_at ?? null);
    assert.ok(Array.isArray(overview.providers));
});
