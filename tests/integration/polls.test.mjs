// Calls whose results no webhook brings, and a vendor that gives them in small pieces or not at all.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start_proxy, until, with_installation } from './support.mjs';

const pages_a_look = 50;

const ended = (installation) => installation.sql("SELECT title FROM conversations WHERE status = 'done' ORDER BY title").then((rows) => rows.map(({ title }) => title));
const look_now = (installation) => installation.change_sql("UPDATE jobs SET due_at = 0 WHERE name = 'poll_conversations'");

// With `decide` between the server and its vendors, and a customer who has called so often.
function with_lost_calls(count, decide, use) {
    return with_installation({ front: (url) => start_proxy(url, decide) }, async (installation) => {
        const { number } = await installation.found('harbour-motors');
        await installation.sim('/sim/settings', { webhook_loss: 100 });
        const calls = [];
        for (let i = 0; i < count; ++i) calls.push(await installation.talk('+17785550142', number, { title: `Call ${i}`, turns: [{ role: 'user', message: 'Hello', at: 1 }] }));
        return use(installation, calls);
    });
}

test('more calls than one look takes are found by the next ones, to the oldest', () => {
    const one_a_page = ({ path }) => (path.startsWith('/v1/convai/conversations?') ? { path: path.replace('page_size=100', 'page_size=1') } : undefined);
    return with_lost_calls(pages_a_look + 5, one_a_page, async (installation, calls) => {
        await look_now(installation);
        const newest = await until(() => ended(installation), ({ length }) => length >= pages_a_look);
        assert.ok(!newest.includes('Call 0'));
        await until(
            async () => {
                await look_now(installation);
                return ended(installation);
            },
            ({ length }) => length === calls.length,
        );
        await installation.talk('+17785550142', (await installation.sql('SELECT phone_number FROM phone_numbers'))[0].phone_number, { title: 'One more' });
        await until(
            async () => {
                await look_now(installation);
                return ended(installation);
            },
            (titles) => titles.includes('One more'),
        );
    });
});

for (const [words, count, answer] of [
    ['one conversation that ElevenLabs refuses', 1, { status: 404, body: { detail: { status: 'not_found', message: 'No such conversation.' } } }],
    ['one conversation that ElevenLabs fails to give', 1, { status: 500, body: {} }],
    ['seven in a row that ElevenLabs fails to give', 7, { status: 500, body: {} }], // more than open the breaker
])
    test(`${words}: no other is kept away, and they are asked for again`, () => {
        let withheld = [];
        const decide = ({ path }) => (withheld.some((id) => path === `/v1/convai/conversations/${id}`) ? { answer } : undefined);
        return with_lost_calls(count + 2, decide, async (installation, calls) => {
            withheld = calls.slice(1, -1).map(({ conversation_id }) => conversation_id);
            await look_now(installation);
            assert.deepEqual(await until(() => ended(installation), ({ length }) => length === 2), ['Call 0', `Call ${count + 1}`]);
            const [{ failure }] = await until(
                () => installation.sql("SELECT failure FROM jobs WHERE name = 'poll_conversations'"),
                ([job]) => job.failure !== '',
            );
            assert.match(failure, /^ElevenLabs answered/);
            withheld = [];
            await look_now(installation);
            await until(() => ended(installation), ({ length }) => length === calls.length);
        });
    });
