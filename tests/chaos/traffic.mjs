// Mixed webhooks, some lost, repeated, late and in any order, while the server is killed twice: afterwards every book says the same as
// after a quiet run. node tests/chaos/traffic.mjs [--events N] [--seed S]
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import { start_installation, until } from '../integration/support.mjs';

const { values } = parseArgs({ options: { events: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' } } });
const events = Number(values.events);
const seed = Number(values.seed);
const lanes = 8; // each customer's events come one after the other, in one of them
const customers_a_lane = 25;
const settle_limit = 600_000;
const disturbances = { webhook_loss: 10, webhook_repeats: 20, webhook_shuffle: true, webhook_shuffle_ms: 1500, webhook_late: 5, webhook_late_ms: 5000, webhook_bad_signature: 2 };

// The same numbers for the same seed (mulberry32).
function random_from(state) {
    return () => {
        state = (state + 0x6d2b79f5) | 0;
        let t = Math.imul(state ^ (state >>> 15), 1 | state);
        t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
        return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
}

// What happens, as every run of this seed does it.
function plan() {
    const random = random_from(seed);
    const pick = (count) => Math.floor(random() * count);
    const all = Array.from({ length: lanes }, () => []);
    for (let i = 0; i < events; ++i) {
        const lane = pick(lanes);
        const customer = `+1778556${String(1000 + lane * 100 + pick(customers_a_lane))}`;
        const dealership = pick(3);
        const kind = random() < 0.55 ? 'call' : lane % 2 ? (random() < 0.1 ? 'stop' : 'text') : random() < 0.3 ? 'reply' : 'text';
        all[lane].push({ i, kind, customer, dealership });
    }
    return all;
}

const words = ['truck', 'sedan', 'lease', 'towing', 'winter tires', 'trade-in'];

function conversation(i, base) {
    return {
        turns: [
            { role: 'agent', message: 'Hi, this is Jack.', at: 0 },
            { role: 'user', message: `Call ${i} about the ${words[i % words.length]}`, at: 3 },
        ],
        duration_seconds: 20 + (i % 200),
        title: `Call ${i}`,
        summary: `Asked about the ${words[i % words.length]}, number ${i}.`,
        call_successful: ['success', 'failure', 'unknown'][i % 3],
        collected: i % 4 ? {} : { customer_name: `Customer ${i}`, interest: words[i % words.length] },
        cost_fiat: (i % 50) / 100,
        started_at: base + i,
        more_turns: i % 41 ? 0 : 1200, // a call of an hour, now and then
    };
}

async function again_until_answered(what) {
    for (const end = Date.now() + 60_000; ; ) {
        try {
            return await what();
        } catch (error) {
            if (Date.now() > end || error instanceof assert.AssertionError) throw error;
            await new Promise((done) => setTimeout(done, 200));
        }
    }
}

async function run(disturbed) {
    const installation = await start_installation({ settings: { DEALERLINE_OUTBOUND: 'open', DEALERLINE_BUDGET: '100000.00' } });
    try {
        const dealerships = [];
        for (const slug of ['north', 'south', 'west']) dealerships.push(await installation.found(`${slug}-motors`));
        const base = Math.floor(Date.now() / 1000) + 1;
        await installation.sim('/sim/settings', { failed_initiation: 'placeholders', status_delay_ms: 20 });
        const written = new Set(); // whom a dealership may answer
        if (disturbed) await installation.sim('/sim/settings', { ...disturbances, webhook_seed: seed });

        let done = 0, kills = 0;
        const sent = { calls: 0, texts: 0, replies: 0 };
        const perform = async ({ i, kind, customer, dealership }) => {
            const { number, id, session } = dealerships[dealership];
            if (kind === 'call') {
                await installation.sim('/sim/calls', { from: customer, to: number, conversation: conversation(i, base) });
                ++sent.calls;
                return;
            }
            if (kind === 'reply' && written.has(customer + number)) {
                const answer = await again_until_answered(() =>
                    installation.api('POST', `/api/organizations/${id}/messages`, { session, json: { to_number: customer, body: `Answer ${i}` }, headers: { 'Idempotency-Key': `reply-${i}` } }),
                );
                assert.equal(answer.status, 201, answer.text);
                ++sent.replies;
                return;
            }
            await installation.sim('/sim/messages', { from: customer, to: number, body: kind === 'stop' ? 'STOP' : `Text ${i} – ${words[i % words.length]}` });
            ++sent.texts;
            if (kind === 'reply') {
                // The first one of a pair is waited for: who has not written may not be answered at any hour.
                await until(
                    async () => (await installation.sql(`SELECT 1 FROM messages WHERE from_number = '${customer}' AND to_number = '${number}' LIMIT 1`)).length,
                    (count) => count === 1,
                    settle_limit,
                );
                written.add(customer + number);
            }
        };
        const kill_at = disturbed ? [events / 3, (2 * events) / 3].map(Math.floor) : [];
        let killing = Promise.resolve();
        await Promise.all(
            plan().map(async (lane) => {
                for (const event of lane) {
                    await perform(event);
                    if (++done >= (kill_at[kills] ?? Infinity)) {
                        ++kills;
                        killing = killing.then(async () => {
                            await installation.server.kill();
                            await installation.start_server();
                        });
                    }
                }
            }),
        );
        await killing;
        if (disturbed) await installation.sim('/sim/settings', { webhook_loss: 0, webhook_repeats: 0, webhook_shuffle: false, webhook_late_ms: 0, webhook_bad_signature: 0 });

        // A reply that was under way when the server died may not have reached Twilio. It says so, and is not sent again by itself: a person does.
        const sent_again = new Set();
        const send_unclear_again = async () => {
            for (const { id, organization_id, from_number, to_number, body } of await installation.sql("SELECT * FROM messages WHERE state = 'unclear'")) {
                if (sent_again.has(id)) continue;
                sent_again.add(id);
                assert.ok(!(await installation.thread(to_number, from_number)).some((text) => text.body === body), `${body}: Twilio has it`);
                const { session } = dealerships.find((dealership) => dealership.id === organization_id);
                const answer = await installation.api('POST', `/api/organizations/${organization_id}/messages`, { session, json: { to_number, body } });
                assert.equal(answer.status, 201, answer.text);
            }
        };
        const one = async (statement) => (await installation.sql(statement))[0].n;
        await until(
            async () => {
                await send_unclear_again();
                return {
                    calls: await one("SELECT count(*) AS n FROM conversations WHERE status <> 'in_progress'"),
                    texts: await one("SELECT count(*) AS n FROM messages WHERE direction = 'inbound'"),
                    replies: await one("SELECT count(*) AS n FROM messages WHERE state = 'delivered'"),
                    waiting: await one("SELECT count(*) AS n FROM webhook_inbox WHERE state = 'waiting'"),
                    asked: await one('SELECT count(*) AS n FROM opt_outs WHERE ask_at IS NOT NULL'),
                };
            },
            (found) => found.calls === sent.calls && found.texts === sent.texts && found.replies === sent.replies && found.waiting === 0 && found.asked === 0,
            settle_limit,
        );
        const state = await books(installation);
        const via = await installation.sql('SELECT via, count(*) AS n FROM webhook_inbox GROUP BY via');
        return { state, sent, kills, sent_again: sent_again.size, via: Object.fromEntries(via.map(({ via, n }) => [via, n])) };
    } finally {
        await installation.stop();
    }
}

// Everything that may not depend on who came first: all but ids and the times of arrival.
async function books(installation) {
    const all = {
        conversations: `SELECT o.slug, c.external_number, c.direction, c.status, c.outcome, c.title, c.summary, c.duration_seconds, c.termination_reason, c.collected,
                               c.agent_cost, t.turns, l.phone_number,
                               (SELECT group_concat(p.turns) FROM (SELECT turns FROM transcript_parts WHERE conversation_id = c.id ORDER BY part) p) AS parts
                        FROM conversations c JOIN organizations o ON o.id = c.organization_id LEFT JOIN transcripts t ON t.conversation_id = c.id
                        LEFT JOIN leads l ON l.id = c.lead_id ORDER BY c.title`,
        messages: `SELECT o.slug, m.direction, m.from_number, m.to_number, m.body, m.encoding, m.segments, m.state, m.error_code, l.phone_number
                   FROM messages m JOIN organizations o ON o.id = m.organization_id LEFT JOIN leads l ON l.id = m.lead_id
                   WHERE m.state <> 'unclear' ORDER BY m.body, o.slug, m.from_number, m.to_number`,
        leads: `SELECT o.slug, l.phone_number, l.name, l.stage, l.interest, l.trade_in, l.appointment, l.wants_person, l.unread, l.opted_out
                FROM leads l JOIN organizations o ON o.id = l.organization_id ORDER BY o.slug, l.phone_number`,
        opt_outs: `SELECT o.slug, x.our_number, x.customer_number, x.kind, x.words, count(*) AS n FROM opt_outs x JOIN organizations o ON o.id = x.organization_id
                   GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5`,
        ledger: `SELECT o.slug, e.kind, count(*) AS n, sum(e.quantity) AS quantity, sum(e.amount) AS amount FROM ledger_entries e
                 JOIN organizations o ON o.id = e.organization_id GROUP BY 1, 2 ORDER BY 1, 2`,
        lost_parts: 'SELECT count(*) AS n FROM inbox_parts WHERE item_id NOT IN (SELECT id FROM webhook_inbox)',
        unsettled: "SELECT state, kind, cause FROM webhook_inbox WHERE state <> 'done'",
    };
    const rows = {};
    for (const [name, statement] of Object.entries(all)) rows[name] = await installation.sql(statement);
    return rows;
}

const hash = (state) => createHash('sha256').update(JSON.stringify(state)).digest('hex').slice(0, 16);
const started = Date.now();
const quiet = await run(false);
const disturbed = await run(true);
const seconds = ((Date.now() - started) / 1000).toFixed(1);
console.log(`${events} events of seed ${seed}: ${JSON.stringify(quiet.sent)}, ${seconds} s`);
console.log(`quiet      ${hash(quiet.state)}, brought by ${JSON.stringify(quiet.via)}`);
console.log(`disturbed  ${hash(disturbed.state)}, brought by ${JSON.stringify(disturbed.via)}, ${disturbed.kills} kills, ${disturbed.sent_again} replies sent again`);
for (const name of Object.keys(quiet.state)) assert.deepEqual(disturbed.state[name], quiet.state[name], name);
console.log('both runs end in the same books');
