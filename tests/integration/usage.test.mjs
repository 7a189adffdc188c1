// Money: what was used is billed once, agrees with what the vendors sold, and is shown to its own dealership only.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assert_refused, start_installation, until, with_installation } from './support.mjs';

const customer = '+17785550142';
const month = new Date().toISOString().slice(0, 7);
const micro = (text) => Math.round(Number(text) * 1e6);
const billed = (installation, id, kinds) =>
    installation.sql(`SELECT COALESCE(sum(amount), 0) AS amount, COALESCE(sum(quantity), 0) AS quantity FROM ledger_entries WHERE organization_id = '${id}' AND kind IN (${kinds.map((kind) => `'${kind}'`)})`).then(([row]) => row);

const conversation = (seconds, cost) => ({
    turns: [{ role: 'agent', message: 'Hi.', at: 0 }, { role: 'user', message: 'Hello.', at: 2 }],
    duration_seconds: seconds,
    summary: 'They said hello.',
    call_successful: 'success',
    cost_fiat: cost,
});

async function idle(installation) {
    await until(() => installation.sql("SELECT count(*) AS n FROM webhook_inbox WHERE state = 'waiting'"), ([{ n }]) => n === 0);
}

describe('usage', () => {
    let installation, ours, theirs, admin;
    before(async () => {
        installation = await start_installation({ settings: { DEALERLINE_OUTBOUND: 'open' } });
        admin = await installation.admin_session();
        ours = await installation.found('our-motors', { organization_name: '=cmd() Motors' });
        theirs = await installation.found('their-motors', { organization_name: 'Their Motors' });
        for (const { id } of [ours, theirs]) await installation.settled(id);
        for (const [seconds, cost] of [[61, 0.05], [30, 0.012345], [600, 0.7]]) await installation.sim('/sim/calls', { from: customer, to: ours.number, conversation: conversation(seconds, cost) });
        await installation.sim('/sim/calls', { from: '+17785550143', to: theirs.number, conversation: conversation(119, 0.08) });
        await until(() => installation.sql("SELECT count(*) AS n FROM ledger_entries WHERE kind = 'agent_cost'"), ([{ n }]) => n === 4);
    });
    after(() => installation?.stop());

    const get = (path, session = ours.session) => installation.get(path, session);

    test('adds up by kind and day, in whole micro-dollars', async () => {
        const usage = await get(`/api/organizations/${ours.id}/usage`);
        assert.equal(usage.month, month);
        assert.deepEqual(usage.totals.voice, { quantity: 2 + 1 + 10, amount: '0.1625' });
        assert.deepEqual(usage.totals.agent, { quantity: 3, amount: '0.762345' });
        assert.deepEqual(usage.totals.numbers, { quantity: 1, amount: '1.00' });
        assert.deepEqual(usage.totals.texts, { quantity: 0, amount: '0.00' });
        assert.equal(usage.total, '1.924845');
        assert.equal(usage.budget.monthly, '50.00');
        assert.equal(usage.budget.spent, usage.total);
        assert.equal(usage.budget.state, 'ok');
        const by_day = usage.days.reduce((sum, day) => sum + micro(day.voice) + micro(day.texts) + micro(day.numbers) + micro(day.agent), 0);
        assert.equal(by_day, micro(usage.total));
        assert.equal(usage.days.at(-1).date, new Date().toISOString().slice(0, 10));
    });

    test('is shown line by line, and filtered', async () => {
        const { lines, counts } = await get(`/api/organizations/${ours.id}/usage/lines`);
        assert.equal(lines.length, 7);
        assert.deepEqual(counts, { voice: 3, texts: 0, numbers: 1, agent: 3, adjustments: 0, all: 7, total: 7 });
        const voice = (await get(`/api/usage/lines?organization_id=${ours.id}&kind=voice`)).lines;
        assert.deepEqual(voice.map(({ quantity }) => quantity).toSorted((a, b) => a - b), [1, 2, 10]);
        for (const line of voice) {
            assert.equal(line.rate, '0.0125');
            assert.equal(line.rate_version, 1);
            assert.equal(line.what, `Call from ${customer}`);
        }
    });

    test('says nothing of another dealership, by any path', async () => {
        for (const path of ['usage', 'usage/lines', 'usage.csv']) {
            assert_refused(await installation.api('GET', `/api/organizations/${theirs.id}/${path}`, { session: ours.session }), 404);
            assert_refused(await installation.api('GET', `/api/${path}?organization_id=${theirs.id}`, { session: ours.session }), 404);
            assert_refused(await installation.api('GET', `/api/${path}`), 401);
            const all = (await installation.api('GET', `/api/${path}`, { session: ours.session })).text;
            assert.ok(!all.includes('Their') && !all.includes(theirs.number) && !all.includes('+17785550143') && !all.includes(theirs.id), path);
        }
        assert.equal((await get('/api/usage')).total, '1.924845');
        assert.equal((await get('/api/usage', admin)).total, '3.029845');
        assert.equal((await get('/api/usage', admin)).budget, null);
    });

    test('comes as a file whose cells no spreadsheet runs', async () => {
        const answer = await installation.api('GET', `/api/usage.csv?organization_id=${ours.id}`, { session: ours.session });
        assert.equal(answer.status, 200);
        assert.match(answer.headers['content-type'], /^text\/csv/);
        assert.equal(answer.headers['content-disposition'], `attachment; filename="usage-our-motors-${month}.csv"`);
        const [head, ...lines] = answer.text.trimEnd().split('\r\n');
        assert.equal(head, 'at,organization,kind,what,quantity,rate,amount,reference');
        assert.equal(lines.length, 7);
        for (const line of lines) assert.equal(line.split(',')[1], '"\'=cmd() Motors"');
        const total = lines.reduce((sum, line) => sum + micro(line.split(',')[6]), 0);
        assert.equal(total, micro('1.924845'));
    });

    test('of another month is empty, and what is no month is refused', async () => {
        const before = await get(`/api/organizations/${ours.id}/usage?month=2024-02`);
        assert.equal(before.total, '0.00');
        assert.equal(before.days.length, 29);
        assert_refused(await installation.api('GET', '/api/usage?month=2026-13', { session: ours.session }), 400, { field: 'month' });
        assert_refused(await installation.api('GET', '/api/usage/lines?kind=all', { session: ours.session }), 400, { field: 'kind' });
        assert_refused(await installation.api('GET', '/api/usage/lines?cursor=x', { session: ours.session }), 400, { field: 'cursor' });
    });
});

test('the simulator’s own records and our ledger agree after mixed traffic, whatever its webhooks do', () =>
    with_installation({ settings: { DEALERLINE_OUTBOUND: 'open' } }, async (installation) => {
        const dealers = [];
        for (const slug of ['first-motors', 'second-motors', 'third-motors']) dealers.push(await installation.found(slug));
        for (const { id } of dealers) {
            await installation.settled(id);
            await installation.api('PATCH', `/api/organizations/${id}`, { session: await installation.admin_session(), json: { monthly_budget: '500.00' } });
        }
        await installation.sim('/sim/settings', { webhook_repeats: 30, webhook_shuffle: true, webhook_shuffle_ms: 500 });
        const call = (dealer, to) => installation.api('POST', `/api/organizations/${dealer.id}/calls`, { session: dealer.session, json: { to_number: to } });
        for (let i = 0; i < 45; ++i) {
            const dealer = dealers[i % 3];
            const from = `+177855503${10 + (i % 7)}`;
            if (i % 5 === 0) {
                await installation.sim('/sim/settings', { outbound_calls: ['answered', 'busy', 'no-answer'][i % 3] });
                assert.equal((await call(dealer, from)).status, 201);
            } else if (i % 5 === 1) await installation.sim('/sim/messages', { from, to: dealer.number, body: 'x'.repeat(1 + ((i * 61) % 500)) });
            else await installation.sim('/sim/calls', { from, to: dealer.number, conversation: conversation((i * 37) % 400, ((i * 7919) % 100_000) / 1e6) });
        }
        await until(() => installation.sql('SELECT count(*) AS n FROM call_attempts WHERE ended_at IS NULL'), ([{ n }]) => n === 0);
        await until(async () => (await installation.sql("SELECT count(*) AS n FROM conversations WHERE status = 'in_progress'"))[0].n, (n) => n === 0);
        await idle(installation);
        const sold = await installation.ledger();
        for (const { id, number } of dealers) {
            const mine = ({ from, to }) => from === number || to === number;
            const calls = sold.calls.filter(mine);
            const minutes = calls.reduce((sum, { duration }) => sum + Math.ceil(duration / 60), 0);
            const voice = await billed(installation, id, ['voice_minute']);
            assert.equal(voice.quantity, minutes);
            assert.equal(voice.amount, calls.reduce((sum, { price }) => sum + Math.abs(micro(price.replace('$', ''))), 0));
            const agent = await billed(installation, id, ['agent_cost']);
            assert.equal(agent.amount, calls.reduce((sum, { agent_cost }) => sum + micro(agent_cost ?? 0), 0));
            const texts = sold.messages.filter(mine);
            const segments = await billed(installation, id, ['sms_segment_in', 'sms_segment_out']);
            assert.equal(segments.quantity, texts.reduce((sum, { segments: count }) => sum + count, 0));
            assert.equal((await billed(installation, id, ['number_month'])).amount, 1_000_000);
        }
        const twice = await installation.sql('SELECT reference FROM ledger_entries GROUP BY reference HAVING count(*) > 1');
        assert.deepEqual(twice, []);
        const sums = await installation.sql('SELECT (SELECT sum(amount) FROM ledger_entries) - (SELECT sum(amount) FROM ledger_days) AS difference');
        assert.equal(sums[0].difference, 0);
    }));

test('every night Twilio’s records are compared with the ledger, and what differs is drift', () =>
    with_installation({}, async (installation) => {
        const dealer = await installation.found('harbour-motors');
        await installation.settled(dealer.id);
        const admin = await installation.admin_session();
        const two_hours_ago = Math.floor(Date.now() / 1000) - 7200;
        for (const [i, seconds] of [61, 30, 600].entries())
            await installation.sim('/sim/calls', { from: `+1778555040${i}`, to: dealer.number, conversation: { ...conversation(seconds, 0.05), started_at: two_hours_ago } });
        await until(() => installation.sql("SELECT count(*) AS n FROM ledger_entries WHERE kind = 'voice_minute'"), ([{ n }]) => n === 3);
        const compare = async () => {
            const before = (await installation.sql("SELECT ran_at FROM jobs WHERE name = 'compare_bills'"))[0].ran_at;
            await installation.change_sql("UPDATE jobs SET due_at = 0 WHERE name = 'compare_bills'");
            await until(() => installation.sql("SELECT ran_at, failure FROM jobs WHERE name = 'compare_bills'"), ([job]) => job.ran_at !== before);
            const { findings } = await installation.get('/api/admin/drift', admin);
            return findings.filter(({ kind }) => kind.startsWith('bill_')).map(({ kind, message }) => [kind, message]);
        };
        assert.deepEqual(await compare(), []);
        const [first, second, third] = (await installation.ledger()).calls;
        await installation.change_sql(`
            UPDATE ledger_entries SET quantity = 9 WHERE reference = 'voice:' || (SELECT id FROM conversations WHERE call_sid = '${first.sid}');
            DELETE FROM ledger_entries WHERE reference = 'voice:' || (SELECT id FROM conversations WHERE call_sid = '${second.sid}');
            UPDATE ledger_entries SET amount = 1 WHERE reference = 'voice:' || (SELECT id FROM conversations WHERE call_sid = '${third.sid}')`);
        const found = (await compare()).toSorted();
        assert.deepEqual(found.map(([kind]) => kind), ['bill_differs', 'bill_differs', 'bill_missing']);
        assert.ok(found.some(([, message]) => message.includes('our ledger 9')), JSON.stringify(found));
        assert.ok(found.some(([, message]) => message.includes(second.sid)), JSON.stringify(found));
        assert.equal((await installation.notifications('?type=drift_found&status=pending')).length, 1);
        assert.equal((await installation.api('POST', '/api/admin/drift/look', { session: admin, json: {} })).status, 200);
        const still = (await installation.get('/api/admin/drift', admin)).findings.filter(({ kind }) => kind.startsWith('bill_'));
        assert.equal(still.length, 3, 'the hourly look leaves them alone');
    }));
