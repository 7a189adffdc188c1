// Calls that a dealership makes: what leaves, what comes of it, and that nobody is ever dialled twice for one click.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assert_refused, credentials, eventually, pause, start_installation, until, with_installation } from './support.mjs';

const open = { DEALERLINE_OUTBOUND: 'open' };
const customer = '+17785550142';

class Dealership {
    constructor(installation, account) {
        Object.assign(this, account, { installation });
        this.path = `/api/organizations/${account.id}`;
    }

    call(json, { session = this.session, key } = {}) {
        return this.installation.api('POST', `${this.path}/calls`, { session, json, headers: key ? { 'Idempotency-Key': key } : {} });
    }

    async placed(json, options) {
        const answer = await this.call(json, options);
        assert.equal(answer.status, 201, answer.text);
        return answer.json.call;
    }

    async attempt(id) {
        return (await this.installation.get(`${this.path}/calls/${id}`, this.session)).call;
    }

    ended(id) {
        return until(() => this.attempt(id), ({ state }) => state === 'ended' || state === 'failed' || state === 'refused');
    }

    async conversation(id) {
        return (await this.installation.get(`${this.path}/conversations/${id}`, this.session)).conversation;
    }

    usage(query = '') {
        return this.installation.get(`${this.path}/usage${query}`, this.session);
    }

    async change(json, session) {
        const answer = await this.installation.api('PATCH', this.path, { session: session ?? (await this.installation.admin_session()), json });
        assert.equal(answer.status, 200, answer.text);
        return answer.json.organization;
    }
}

async function found(installation, slug) {
    const dealership = new Dealership(installation, await installation.found(slug));
    await installation.settled(dealership.id);
    return dealership;
}

const dialled = async (installation, to) => (await installation.ledger()).calls.filter((call) => call.direction === 'outbound-api' && (!to || call.to === to));
const requests = async (installation) => (await installation.journal('elevenlabs.outbound_call')).map(({ body }) => JSON.parse(body));

describe('a call', () => {
    let installation, dealer;
    before(async () => {
        installation = await start_installation({ settings: open });
        dealer = await found(installation, 'premium-auto-sales');
    });
    after(() => installation?.stop());

    test('tells Jack what the dealership knows, in the five variables, whoever calls; ours under a unique id', async () => {
        await installation.sim('/sim/calls', {
            from: customer,
            to: dealer.number,
            conversation: {
                turns: [{ role: 'agent', message: 'Hi, this is Jack.', at: 0 }, { role: 'user', message: 'My name is John.', at: 3 }],
                duration_seconds: 90,
                summary: 'Customer asked about the 2024 Honda Civic.',
                call_successful: 'success',
                collected: { customer_name: 'John' },
            },
        });
        await until(() => installation.get(`${dealer.path}/leads`, dealer.session), ({ leads }) => leads[0]?.name === 'John');
        const { json: heard } = await installation.initiation({ caller_id: customer, agent_id: credentials.ELEVENLABS_AGENT_ID, called_number: dealer.number, call_sid: 'CA-returning' });
        assert.deepEqual(heard, {
            type: 'conversation_initiation_client_data',
            dynamic_variables: {
                organization_name: 'Premium Auto Sales',
                customer_name: 'John',
                lead_status: 'Returning Customer',
                previous_summary: 'Customer asked about the 2024 Honda Civic.',
                conversation_context: heard.dynamic_variables.conversation_context,
                greeting: 'Hi John',
            },
        });
        assert.match(heard.dynamic_variables.conversation_context, /^Returning caller\./);

        const call = await dealer.placed({ to_number: customer, reason: 'the test drive' });
        assert.match(call.state, /^(placed|ended)$/);
        assert.equal(call.to_number, customer);
        const [number] = await installation.numbers(dealer.id);
        const [body] = await requests(installation);
        const variables = body.conversation_initiation_client_data.dynamic_variables;
        assert.deepEqual(body, {
            agent_id: credentials.ELEVENLABS_AGENT_ID,
            agent_phone_number_id: number.elevenlabs_phone_id,
            to_number: customer,
            conversation_initiation_client_data: {
                user_id: call.id,
                dynamic_variables: {
                    organization_name: 'Premium Auto Sales',
                    customer_name: 'John',
                    lead_status: 'Returning Customer',
                    previous_summary: 'Customer asked about the 2024 Honda Civic.',
                    conversation_context: variables.conversation_context,
                    greeting: 'Hi John',
                },
            },
        });
        assert.match(variables.conversation_context, /^You are calling them: the test drive\. Returning caller\./);
        const conversation = await dealer.conversation(call.conversation_id);
        assert.equal(conversation.direction, 'outbound');
        assert.equal(conversation.external_number, customer);
        assert.deepEqual(Object.fromEntries(conversation.variables.map(({ name, value }) => [name, value])), variables);
        await dealer.ended(call.id);
    });

    for (const [outcome, cause] of [['busy', 'The line was busy.'], ['no-answer', 'Nobody answered.']])
        test(`that is met by ${outcome} ends, is billed nothing, and says so`, async () => {
            const to = outcome === 'busy' ? '+17785550150' : '+17785550151';
            await installation.sim('/sim/settings', { outbound_calls: outcome });
            const call = await dealer.placed({ to_number: to });
            const ended = await dealer.ended(call.id);
            assert.equal(ended.cause, cause);
            const conversation = await dealer.conversation(ended.conversation_id);
            assert.equal(conversation.status, 'failed');
            assert.equal(conversation.failure, outcome);
            assert.deepEqual(await installation.sql(`SELECT * FROM ledger_entries WHERE subject_id = '${conversation.id}'`), []);
            await installation.sim('/sim/settings', { outbound_calls: 'answered' });
        });

    test('that ElevenLabs does not place is refused in words, although its answer is a 200', async () => {
        await installation.sim('/sim/settings', { outbound_calls: 'refused' });
        const call = await dealer.placed({ to_number: '+17785550152' });
        await installation.sim('/sim/settings', { outbound_calls: 'answered' });
        assert.equal(call.state, 'refused');
        assert.match(call.cause, /^ElevenLabs did not place the call/);
        assert.equal(call.conversation_id, null);
        assert.equal((await dialled(installation, '+17785550152')).length, 0);
        assert.equal((await dealer.usage()).budget.reserved, '0.00');
    });

    test('that is answered without ids is found by its attempt when its result comes', async () => {
        await installation.sim('/sim/settings', { null_ids: true });
        const call = await dealer.placed({ to_number: '+17785550153' });
        await installation.sim('/sim/settings', { null_ids: false });
        const ended = await dealer.ended(call.id);
        const conversation = await dealer.conversation(ended.conversation_id);
        assert.equal(conversation.status, 'done');
        assert.match(conversation.call_sid, /^CA/);
        assert.equal((await installation.sql(`SELECT count(*) AS n FROM conversations WHERE external_number = '+17785550153'`))[0].n, 1);
    });

    test('with the same key is one call, however often it is clicked', async () => {
        const to = '+17785550154';
        const clicks = await Promise.all(Array.from({ length: 6 }, () => dealer.placed({ to_number: to }, { key: 'click-1' })));
        assert.equal(new Set(clicks.map(({ id }) => id)).size, 1);
        assert.equal((await dialled(installation, to)).length, 1);
        assert_refused(await dealer.call({ to_number: customer }, { key: 'click-1' }), 409, { code: 'key_reused', field: 'Idempotency-Key' });
    });

    test('names one number or one lead of this dealership', async () => {
        const other = await found(installation, 'inland-cars');
        await other.placed({ to_number: customer });
        const [theirs] = (await installation.get(`${other.path}/leads`, other.session)).leads;
        const [ours] = (await installation.get(`${dealer.path}/leads`, dealer.session)).leads;
        assert_refused(await dealer.call({ lead_id: theirs.id }), 404);
        assert_refused(await dealer.call({ lead_id: ours.id }, { session: other.session }), 404);
        assert_refused(await installation.api('GET', `${other.path}/calls/${(await dealer.placed({ lead_id: ours.id })).id}`, { session: other.session }), 404);
        assert_refused(await dealer.call({}), 422, { field: 'to_number' });
        assert_refused(await dealer.call({ lead_id: ours.id, to_number: customer }), 422, { field: 'to_number' });
        assert_refused(await dealer.call({ to_number: customer, when: 'now' }), 400, { field: 'when' });
        assert_refused(await dealer.call({ to_number: customer, reason: 'x'.repeat(301) }), 422, { field: 'reason' });
        assert_refused(await dealer.call({ to_number: customer }, { session: '' }), 401);
        for (const to_number of ['+19005550142', '911', '+16049110142', '+18005550142', '+18765550142', '55501', dealer.number, other.number])
            assert_refused(await dealer.call({ to_number }), 422, { code: 'destination_not_allowed', field: 'to_number' });
    });

    test('is not made from a line that is switched off', async () => {
        const session = await installation.admin_session();
        const other = await found(installation, 'silent-cars');
        assert.equal((await installation.api('POST', `${other.path}/suspend`, { session, json: {} })).status, 200);
        await until(() => installation.numbers(other.id), ([number]) => number.state === 'suspended');
        assert_refused(await other.call({ to_number: customer }), 409, { code: 'no_number' });
    });

    test('is not made to who said STOP', async () => {
        await installation.change_sql(`
            INSERT INTO opt_outs (id, organization_id, phone_number_id, our_number, customer_number, kind, words, message_sid, at)
            SELECT 'o1', organization_id, id, phone_number, '+17785550160', 'stop', 'STOP', 'SM1', ${Date.now()} FROM phone_numbers WHERE phone_number = '${dealer.number}'`);
        assert_refused(await dealer.call({ to_number: '+17785550160' }), 422, { code: 'opted_out' });
    });
});

test('a stranger is called only with a platform admin’s word', () =>
    with_installation({}, async (installation) => {
        const dealer = await found(installation, 'premium-auto-sales');
        assert_refused(await dealer.call({ to_number: customer }), 403, { code: 'outbound_not_allowed' });
        assert_refused(await installation.api('PATCH', dealer.path, { session: dealer.session, json: { outbound_allowed: true } }), 403, { field: 'outbound_allowed' });
        assert_refused(await installation.api('PATCH', dealer.path, { session: dealer.session, json: { group: 'Friends' } }), 403, { field: 'group' });
        assert_refused(await dealer.call({ to_number: customer }), 403, { code: 'outbound_not_allowed' });
        await installation.call(dealer.number, customer); // they call first
        const call = await dealer.placed({ to_number: customer });
        assert.match(call.state, /^(placed|ended)$/, call.cause);
        assert_refused(await dealer.call({ to_number: '+17785550143' }), 403, { code: 'outbound_not_allowed' });
        const allowed = await dealer.change({ outbound_allowed: true, group: 'Harbour Group', forwarding_number: '+16045550177' });
        assert.equal(allowed.outbound_allowed, true);
        assert.equal(allowed.group, 'Harbour Group');
        assert.equal(allowed.forwarding_number, '+16045550177');
        assert.match((await dealer.placed({ to_number: '+17785550143' })).state, /^(placed|ended)$/);
        for (const forwarding_number of [dealer.number, '+19005550142', 'x'])
            assert_refused(await installation.api('PATCH', dealer.path, { session: dealer.session, json: { forwarding_number } }), 422, { field: 'forwarding_number' });
        for (const monthly_budget of ['x', '-1', '1.1234567', ''])
            assert_refused(await installation.api('PATCH', dealer.path, { session: dealer.session, json: { monthly_budget } }), 422, { field: 'monthly_budget' });
    }));

describe('an unclear outcome', () => {
    for (const kind of ['lost', 'late'])
        test(`(${kind}) is looked up, and nobody is dialled twice`, () =>
            with_installation({ settings: open }, async (installation) => {
                const dealer = await found(installation, 'premium-auto-sales');
                await installation.arm({ operation: 'elevenlabs.outbound_call', kind, ...(kind === 'late' ? { ms: 1_500 } : {}) });
                const call = await dealer.placed({ to_number: customer });
                const ended = await dealer.ended(call.id);
                assert.equal(ended.state, 'ended', ended.cause);
                assert.equal((await dealer.conversation(ended.conversation_id)).status, 'done');
                assert.equal((await dialled(installation)).length, 1);
                assert.equal((await requests(installation)).length, 1);
            }));

    test('(nothing left) ends as not dialled, after the grace time, and frees its money', () =>
        with_installation({ settings: open }, async (installation) => {
            const dealer = await found(installation, 'premium-auto-sales');
            await installation.arm({ operation: 'elevenlabs.outbound_call', kind: 'error', status: 503 });
            const call = await dealer.placed({ to_number: customer });
            assert.equal(call.state, 'posted');
            assert.notEqual((await dealer.usage()).budget.reserved, '0.00');
            const ended = await until(() => dealer.attempt(call.id), ({ state }) => state === 'failed', 120_000);
            assert.match(ended.cause, /knows of no such call/);
            assert.equal((await dialled(installation)).length, 0);
            assert.equal((await dealer.usage()).budget.reserved, '0.00');
        }));
});

test('a server that is killed at any moment of a call dials once or not at all, and knows which', () =>
    with_installation({ settings: open, latency: 150 }, async (installation) => {
        const dealer = await found(installation, 'premium-auto-sales');
        const attempts = [];
        for (let step = 0; step < 8; ++step) {
            const to = `+1778555017${step}`;
            const clicked = dealer.call({ to_number: to }).catch(() => undefined);
            await pause(step * 50);
            await installation.server.kill();
            await clicked;
            await installation.start_server();
            const [row] = await installation.sql(`SELECT id FROM call_attempts WHERE to_number = '${to}'`);
            if (row) attempts.push({ to, id: row.id });
        }
        assert.ok(attempts.length > 0);
        for (const { to, id } of attempts) {
            const ended = await until(() => dealer.attempt(id), ({ state }) => ['ended', 'failed', 'refused'].includes(state), 180_000);
            const calls = await dialled(installation, to);
            assert.equal(calls.length, ended.state === 'ended' ? 1 : 0, `${to}: ${ended.state} ${ended.cause}`);
            const billed = await installation.sql(`SELECT count(*) AS n FROM ledger_entries l JOIN conversations c ON l.reference = 'voice:' || c.id WHERE c.attempt_id = '${id}'`);
            assert.equal(billed[0].n, calls.length);
        }
        const open_attempts = await installation.sql('SELECT count(*) AS n FROM call_attempts WHERE ended_at IS NULL');
        assert.equal(open_attempts[0].n, 0);
    }));

test('50 calls that race for the last dollar never exceed the budget, and inbound is never stopped', () =>
    with_installation({ settings: open }, async (installation) => {
        const dealer = await found(installation, 'premium-auto-sales');
        await installation.sim('/sim/settings', { post_call_delay_ms: 4_000 });
        const { spent } = (await dealer.usage()).budget;
        const monthly = Number(spent) + 1;
        await dealer.change({ monthly_budget: monthly.toFixed(2) });
        const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => dealer.call({ to_number: `+177855502${10 + i}` })));
        const begun = answers.filter(({ status }) => status === 201);
        const refused = answers.filter(({ status }) => status !== 201);
        assert.ok(begun.length >= 1, 'the last dollar pays for a call');
        for (const answer of refused) assert_refused(answer, 422, { code: 'budget_reached' });
        const { budget } = await dealer.usage();
        assert.ok(Number(budget.spent) + Number(budget.reserved) <= monthly + 1e-9, JSON.stringify(budget));
        for (const { json } of begun) await dealer.ended(json.call.id);
        const afterwards = (await dealer.usage()).budget;
        assert.equal(afterwards.reserved, '0.00');
        assert.ok(Number(afterwards.spent) <= monthly + 1e-9, JSON.stringify(afterwards));
        assert.equal((await dialled(installation)).length, begun.length);

        await dealer.change({ monthly_budget: '0.01' });
        assert.equal((await dealer.usage()).budget.state, 'stopped');
        assert_refused(await dealer.call({ to_number: customer }), 422, { code: 'budget_reached' });
        assert.equal((await installation.call(dealer.number, customer)).answered_by, 'agent');
        const warned = await installation.notifications(`?organization_id=${dealer.id}&type=budget_warning&status=pending`);
        assert.equal(warned.length, 1);
        await dealer.change({ monthly_budget: '50.00' });
        assert.deepEqual(await installation.notifications(`?organization_id=${dealer.id}&type=budget_warning&status=pending`), []);
        assert.match((await dealer.placed({ to_number: customer })).state, /^(placed|ended)$/);
    }));
