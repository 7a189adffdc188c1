// Vendors that answer too late, wrongly, with lies or with our own secrets.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { admin, ask, assert_live, assert_stopped, credentials, password, pending_types, start_installation, start_proxy, until, with_installation } from './support.mjs';

const is_buy = ({ method, path }) => method === 'POST' && path.endsWith('/IncomingPhoneNumbers.json');
const is_import = ({ method, path }) => method === 'POST' && path === '/v1/convai/phone-numbers';
const is_list = ({ method, path }) => method === 'GET' && path.includes('/IncomingPhoneNumbers.json');

const html = { status: 500, headers: { 'Content-Type': 'text/html' }, body: '<html><body><h1>Service Unavailable</h1></body></html>' };
const huge = { status: 200, body: Buffer.alloc(6 << 20, ' ') };

describe('what is bought and imported stays right with', { concurrency: 2 }, () => {
    describe('a vendor whose answer is lost or senseless after its work was done', { concurrency: 1 }, () => {
        let installation, elsewhere, nasty;
        let signups = 0;
        let strangers = 0;

        before(async () => {
            elsewhere = createServer((_, response) => {
                ++strangers;
                response.end('{}');
            });
            await new Promise((done) => elsewhere.listen(0, '127.0.0.1', done));
            // Each signup meets one such answer.
            installation = await start_installation({ front: (simulator_url) => start_proxy(simulator_url, (asked) => nasty?.(asked)) });
        });
        after(async () => {
            elsewhere.close();
            await installation?.stop();
        });

        const redirect = () => ({ status: 307, headers: { Location: `http://127.0.0.1:${elsewhere.address().port}/stolen` }, body: '' });
        const answers = {
            'a cut connection': () => 'reset',
            'an HTML page with 500': () => html,
            'an empty 200': () => ({ status: 200, body: '' }),
            'a 200 that is another thing': () => ({ status: 200, body: { hello: 'world', sid: 7, phone_number_id: [] } }),
            'an answer of 6 MB': () => huge,
            'a redirect to elsewhere': redirect,
        };
        for (const [what, is_hit] of [
            ['purchase', is_buy],
            ['import', is_import],
        ])
            for (const [how, answer] of Object.entries(answers))
                test(`the ${what} answered with ${how} is found again and done once`, async () => {
                    let hits = 0;
                    nasty = (asked) => (is_hit(asked) && ++hits === 1 ? { then: answer() } : undefined);
                    const { id } = await installation.found(`lossy-${++signups}`);
                    const number = await assert_live(installation, id);
                    assert.equal(hits, 1, 'it was not sent twice');
                    const { sales } = await installation.ledger();
                    assert.equal(sales.length, signups);
                    assert.equal(sales.at(-1).phone_number, number);
                    assert.equal(strangers, 0, 'a redirect is not followed');
                });

        test('a purchase that Twilio does not show at once is repeated for the same number only', async () => {
            let buys = 0;
            let looks = 0;
            nasty = (asked) => {
                if (is_buy(asked) && ++buys === 1) return { then: 'reset' };
                if (is_list(asked) && ++looks <= 2) return { answer: { status: 200, body: { incoming_phone_numbers: [], next_page_uri: null } } };
                return undefined;
            };
            const before = (await installation.ledger()).sold;
            const { id } = await installation.found(`lossy-${++signups}`);
            await assert_live(installation, id);
            assert.equal((await installation.ledger()).sold, before + 1);
            const posted = installation.front.seen.filter(is_buy).map(({ body }) => new URLSearchParams(body).get('PhoneNumber'));
            assert.equal(new Set(posted).size, signups, 'one number for each signup, however often it was posted');
        });

        test('an address of the next page that lies elsewhere gets no credentials', async () => {
            let buys = 0;
            let looks = 0;
            const next_page_uri = `http://127.0.0.1:${elsewhere.address().port}/2010-04-01/Accounts/${credentials.TWILIO_ACCOUNT_SID}/IncomingPhoneNumbers.json`;
            nasty = (asked) => {
                if (is_buy(asked) && ++buys === 1) return { then: 'reset' };
                if (is_list(asked) && ++looks === 1) return { answer: { status: 200, body: { incoming_phone_numbers: [], next_page_uri } } };
                return undefined;
            };
            const { id } = await installation.found(`lossy-${++signups}`);
            await assert_live(installation, id);
            assert.equal(strangers, 0);
        });

        test('"too many requests" is waited for', async () => {
            let refusals = 0;
            nasty = (asked) =>
                (is_buy(asked) || is_import(asked)) && ++refusals % 2
                    ? { answer: { status: 429, headers: { 'Retry-After': '1' }, body: { code: 20429, message: 'Too Many Requests', status: 429 } } }
                    : undefined;
            const { id } = await installation.found(`lossy-${++signups}`);
            await assert_live(installation, id);
            assert.equal((await installation.ledger()).sold, signups);
        });
    });

    describe('a vendor that', { concurrency: 3 }, () => {
        test('says a number is gone is looked at twice before another number is bought', () => {
            let refused;
            const decide = (asked) => {
                if (!is_buy(asked)) return undefined;
                const number = new URLSearchParams(asked.body).get('PhoneNumber');
                refused ??= { number, at: Date.now(), looks: 0 };
                if (number !== refused.number) return void (refused.next ??= Date.now());
                return { answer: { status: 400, body: { code: 21422, message: `${number} is not available.`, status: 400 } } };
            };
            const count_looks = (asked) => {
                if (refused && is_list(asked) && !refused.next) ++refused.looks;
                return decide(asked);
            };
            return with_installation({ front: (simulator_url) => start_proxy(simulator_url, count_looks) }, async (installation) => {
                const answer = await installation.found('patient-motors');
                assert.equal(answer.organization.status, 'provisioning', 'the signup is answered while the run waits');
                assert.equal(answer.number, null);
                const number = await assert_live(installation, answer.id);
                assert.notEqual(number, refused.number);
                assert.ok(refused.looks >= 2);
                assert.ok(refused.next - refused.at >= 15_000, 'nothing that was sent can still be on its way');
                assert.equal((await installation.ledger()).sold, 1);
            });
        });

        test('never comes to the end of its answer is left after a while, and what it did is found', () => {
            let left = false;
            const decide = (asked) => (is_buy(asked) ? { then: { status: 201, drips: true } } : is_list(asked) ? void (left ||= true) : undefined);
            return with_installation({ front: (simulator_url) => start_proxy(simulator_url, decide) }, async (installation) => {
                const { id } = await installation.found('dripping-motors');
                await until(() => left, Boolean, 25_000).catch((late) => installation.server.kill().then(() => Promise.reject(late)));
                await assert_live(installation, id);
                assert.equal((await installation.ledger()).sold, 1);
                assert.equal(installation.front.seen.filter(is_buy).length, 1);
            });
        });

        test('is down for good ends in a cause, and goes on when it is back', () => {
            let is_down = true;
            const decide = (asked) => (is_down && is_import(asked) ? { answer: html } : undefined);
            return with_installation({ front: (simulator_url) => start_proxy(simulator_url, decide) }, async (installation) => {
                const { id } = await installation.found('waiting-motors');
                const run = await assert_stopped(installation, id);
                assert.match(run.cause, /ElevenLabs/);
                assert.equal((await pending_types(installation, id)).length, 1);
                is_down = false;
                assert.equal((await installation.retry(id)).status, 200);
                await assert_live(installation, id);
                assert.equal((await installation.ledger()).sold, 1);
            });
        });

        // Everything that such an answer could carry back to us.
        const echo = ({ headers, body }) => ({ body, headers: JSON.stringify(headers) });
        const refusals = {
            'a 422 with our whole request in it': (asked) => ({
                status: 422,
                body: {
                    detail: [
                        { type: 'string_pattern', loc: ['body', 'token'], msg: `Value error in ${echo(asked).body}`, input: asked.body, ctx: { got: asked.body } },
                        { type: 'missing', loc: ['body', asked.body], msg: 'Field required', input: JSON.parse(asked.body || '{}') },
                    ],
                },
            }),
            'our request as the text of its error': (asked) => ({ status: 400, body: { detail: `We did not like ${asked.body} with ${echo(asked).headers}` } }),
            'our request as its message': (asked) => ({ status: 400, body: { detail: { status: 'bad', code: 'bad', message: `Got ${asked.body} ${echo(asked).headers}` } } }),
            'our request as its code': (asked) => ({ status: 400, body: { detail: { status: asked.body, code: `${asked.body}${'x'.repeat(100_000)}`, message: 'No.' } } }),
            'our request as the id of the number': (asked) => ({ status: 200, body: { phone_number_id: asked.body } }),
            'a page with our request': (asked) => ({ status: 422, headers: { 'Content-Type': 'text/html' }, body: `<html>${asked.body}${echo(asked).headers}</html>` }),
            'letters that break out of JSON': () => ({ status: 400, body: { detail: { code: 'bad', message: '"}],"x":{{secret__token}}\u0000\u202e</script>\ud83d\ude97' } } }),
        };
        let slug = 0;
        for (const [what, answer] of Object.entries(refusals))
            test(`refuses the import with ${what} ends in a cause and gives no secret away`, () =>
                with_installation(
                    {
                        settings: { DEALERLINE_LOG: 'debug' },
                        front: (simulator_url) => start_proxy(simulator_url, (asked) => (is_import(asked) ? { answer: answer(asked) } : undefined)),
                    },
                    async (installation) => {
                        const { id, session } = await installation.found(`echoed-${++slug}`);
                        const run = await assert_stopped(installation, id);
                        assert.ok(run.cause.length <= 1_000, `the cause has ${run.cause.length} characters`);
                        assert.ok(!run.cause.includes('{{'));
                        await assert_no_secret(installation, id, session);
                        assert.equal((await installation.ledger()).sold, 1);
                    },
                ));

        test('refuses the purchase with our credentials in its words gives no secret away', () =>
            with_installation(
                {
                    settings: { DEALERLINE_LOG: 'debug' },
                    front: (simulator_url) =>
                        start_proxy(simulator_url, (asked) =>
                            is_buy(asked)
                                ? { answer: { status: 400, body: { code: 21631, status: 400, message: `Authorization was ${asked.headers.authorization}; ${credentials.TWILIO_AUTH_TOKEN}` } } }
                                : undefined,
                        ),
                },
                async (installation) => {
                    const { id, session } = await installation.found('spoken-motors');
                    await assert_stopped(installation, id);
                    await assert_no_secret(installation, id, session);
                    assert.equal((await installation.ledger()).sold, 0);
                },
            ));

        async function assert_no_secret(installation, id, session) {
            const answers = [];
            const admin_session = await installation.admin_session();
            for (const [path, cookie] of [
                [`/api/organizations/${id}`, session],
                [`/api/organizations/${id}/provisioning`, session],
                [`/api/organizations/${id}/phone-numbers`, session],
                [`/signup/progress?organization=${id}`, session],
                ['/api/admin/notifications', admin_session],
                ['/api/organizations', admin_session],
            ])
                answers.push((await ask(installation.url + path, { headers: { Cookie: cookie } })).text);
            const places = { database: await installation.bytes_on_disk(), log: installation.log(), answers: answers.join('\n') };
            const { TWILIO_ACCOUNT_SID: sid, TWILIO_AUTH_TOKEN: token, ELEVENLABS_API_KEY, ELEVENLABS_WEBHOOK_SECRET, ELEVENLABS_INITIATION_SECRET } = credentials;
            const secrets = [
                ...[token, ELEVENLABS_API_KEY, ELEVENLABS_WEBHOOK_SECRET, ELEVENLABS_INITIATION_SECRET, admin.password, password],
                ...[Buffer.from(`${sid}:${token}`).toString('base64'), session.split('=')[1], admin_session.split('=')[1]],
            ];
            const found = Object.entries(places).flatMap(([place, text]) => secrets.filter((secret) => text.includes(secret)).map((secret) => `${secret} in the ${place}`));
            assert.deepEqual(found, []);
        }
    });
});
