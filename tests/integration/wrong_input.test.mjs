// Whatever is sent to the API, the answer says what is wrong and where, and nothing is written.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { ask, assert_refused, password, start_installation } from './support.mjs';

const known_id = 'ORGANIZATION';
const number = 'NUMBER';
const notification = '01890000-0000-7000-8000-00000000000a';

let installation, dealer, admin_session;

before(async () => {
    installation = await start_installation({ settings: { ELEVENLABS_IMPORT: 'manual' } });
    dealer = await installation.found('known-motors');
    admin_session = await installation.admin_session();
    await installation.change_sql(`
        INSERT INTO admin_notifications (id, type, subject, organization_id, message, created_at)
        VALUES ('${notification}', 'drift_found', 'x', '${dealer.id}', 'Look', 0)`);
});
after(() => installation?.stop());

const right_signup = {
    email: 'new@example.com',
    password,
    organization_name: 'New Motors',
    organization_slug: 'new-motors',
    area_code: '604',
    time_zone: 'America/Vancouver',
};

// `json`: what this address takes; `fields`: its members, the required ones marked with !.
const endpoints = [
    { method: 'POST', path: '/api/signup', who: 'anyone', json: right_signup, fields: ['email!', 'password!', 'organization_name!', 'organization_slug!', 'area_code', 'time_zone'] },
    { method: 'POST', path: '/api/session', who: 'anyone', json: { email: 'known-motors@example.com', password }, fields: ['email!', 'password!'] },
    { method: 'GET', path: '/api/session', who: 'member' },
    { method: 'DELETE', path: '/api/session', who: 'member' },
    { method: 'GET', path: '/api/organizations', who: 'member' },
    { method: 'GET', path: `/api/organizations/${known_id}`, who: 'member' },
    { method: 'PATCH', path: `/api/organizations/${known_id}`, who: 'member', json: { name: 'Other Name', time_zone: 'UTC' }, fields: ['name', 'time_zone'] },
    { method: 'GET', path: `/api/organizations/${known_id}/phone-numbers`, who: 'member' },
    { method: 'GET', path: `/api/organizations/${known_id}/provisioning`, who: 'member' },
    { method: 'POST', path: `/api/organizations/${known_id}/provisioning/retry`, who: 'admin', json: { area_code: '604' }, fields: ['area_code'] },
    { method: 'GET', path: '/api/phone-numbers', who: 'member' },
    { method: 'GET', path: '/api/admin/overview', who: 'admin' },
    { method: 'GET', path: '/api/admin/notifications', who: 'admin' },
    { method: 'GET', path: `/api/admin/notifications/${notification}`, who: 'admin' },
    { method: 'POST', path: `/api/admin/notifications/${notification}/resolve`, who: 'admin' },
    { method: 'POST', path: `/api/admin/notifications/${notification}/dismiss`, who: 'admin' },
    { method: 'POST', path: `/api/admin/phone-numbers/${number}/activate`, who: 'admin', json: { elevenLabsPhoneId: 'phnum_1' }, fields: ['elevenLabsPhoneId!'] },
];
const with_body = endpoints.filter(({ json }) => json);
const title = ({ method, path }) => `${method} ${path}`;

function send(endpoint, { method = endpoint.method, query = '', ...options } = {}) {
    const path = endpoint.path.replace(known_id, dealer.id).replace(number, dealer.number) + query;
    const session = endpoint.who === 'admin' ? admin_session : endpoint.who === 'member' ? dealer.session : undefined;
    return installation.api(method, path, { ...options, session });
}

async function writes_nothing(action) {
    const before = await installation.row_counts();
    await action();
    assert.deepEqual(await installation.row_counts(), before);
}

// [what, what is sent, the status]; no field is at fault.
const json_type = { 'Content-Type': 'application/json' };
const wrong_bodies = [
    ['text that is no JSON', { body: 'this is not JSON', headers: json_type }, 400],
    ['half a JSON', { body: '{"email":"a', headers: json_type }, 400],
    ['two JSONs', { body: '{}{}', headers: json_type }, 400],
    ['an array', { body: '[]', headers: json_type }, 400],
    ['a string', { body: '"email"', headers: json_type }, 400],
    ['a number', { body: '1', headers: json_type }, 400],
    ['null', { body: 'null', headers: json_type }, 400],
    ['only spaces', { body: '   ', headers: json_type }, 400],
    ['bytes that are no UTF-8', { body: Buffer.concat([Buffer.from('{"email":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]), headers: json_type }, 400],
    ['a lone surrogate', { body: '{"email":"\\ud800"}', headers: json_type }, 400],
    ['a raw NUL', { body: '{"email":"a\0b"}', headers: json_type }, 400],
    ['deep nesting', { body: `{"email":${'['.repeat(30_000)}${']'.repeat(30_000)}}`, headers: json_type }, 400, 'any'],
    ['deep nesting that never closes', { body: '{"a":'.repeat(10_000), headers: json_type }, 400],
    ['a form', { body: 'email=a', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }, 415],
    ['plain text', { body: '{}', headers: { 'Content-Type': 'text/plain' } }, 415],
    ['no content type', { body: '{}' }, 415],
    ['a content type that only begins like JSON', { body: '{}', headers: { 'Content-Type': 'application/jsonp' } }, 415],
    ['a compressed body', { body: '{}', headers: { ...json_type, 'Content-Encoding': 'gzip' } }, 415],
    ['a body that is too large', { body: JSON.stringify({ email: 'x'.repeat(70_000) }), headers: json_type }, 413],
    ['a body in chunks that is too large', { body: JSON.stringify({ email: 'x'.repeat(200_000) }), headers: { ...json_type, 'Transfer-Encoding': 'chunked' } }, 413],
];

for (const endpoint of with_body)
    describe(title(endpoint), () => {
        for (const [what, sent, status, fault] of wrong_bodies)
            test(`refuses ${what}`, () =>
                writes_nothing(async () => {
                    const answer = await send(endpoint, sent);
                    if (fault) assert.equal(answer.status, status, answer.text);
                    else assert_refused(answer, status);
                }));

        test('refuses a member that it does not know, by its name', () =>
            writes_nothing(async () => {
                const answer = await send(endpoint, { json: { ...endpoint.json, surprise: 1 } });
                assert_refused(answer, 400, { field: 'surprise' });
                assert.match(answer.json.error.message, /surprise/);
                const long = 'n'.repeat(10_000);
                const bounded = await send(endpoint, { json: { ...endpoint.json, [long]: 1 } });
                assert.equal(bounded.status, 400);
                assert.ok(bounded.text.length < 2_000, 'the name is not sent back whole');
            }));

        for (const named of endpoint.fields) {
            const field = named.replace('!', '');
            for (const wrong of [7, true, [], {}, [endpoint.json[field]]])
                test(`refuses ${JSON.stringify(wrong)} as ${field}`, () =>
                    writes_nothing(async () => assert_refused(await send(endpoint, { json: { ...endpoint.json, [field]: wrong } }), 400, { field })));
            if (!named.endsWith('!')) continue;
            for (const missing of [undefined, null, ''])
                test(`refuses ${missing === undefined ? 'a missing' : JSON.stringify(missing) + ' as'} ${field}`, () =>
                    writes_nothing(async () => assert_refused(await send(endpoint, { json: { ...endpoint.json, [field]: missing } }), 422, { field })));
        }
    });

describe('a request that needs no body', () => {
    for (const endpoint of endpoints.filter(({ method, json }) => !json && method === 'POST'))
        test(`${title(endpoint)} takes none that it does not understand`, () =>
            writes_nothing(async () => {
                for (const [what, sent, status] of wrong_bodies.filter(([, , status]) => status !== 413)) {
                    const answer = await send(endpoint, sent);
                    await installation.change_sql(`UPDATE admin_notifications SET status = 'pending', decided_at = NULL WHERE id = '${notification}'`);
                    assert.equal(answer.status, status, `${what}: ${answer.text}`);
                }
                assert_refused(await send(endpoint, { json: { surprise: 1 } }), 400, { field: 'surprise' });
            }));
});

describe('an address answers to its methods only', () => {
    const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'];
    const paths = new Map();
    for (const { method, path } of endpoints) paths.set(path, [...(paths.get(path) ?? []), method, ...(method === 'GET' ? ['HEAD'] : [])]);
    for (const [path, allowed] of paths)
        test(path, () =>
            writes_nothing(async () => {
                for (const method of methods.filter((method) => !allowed.includes(method))) {
                    const answer = await send({ path, who: 'admin' }, { method });
                    assert.deepEqual(answer.headers.allow?.split(', ').toSorted(), allowed.toSorted(), `${method} ${answer.status}`);
                    if (method === 'HEAD') assert.equal(answer.status, 405);
                    else assert_refused(answer, 405, { code: 'method_not_allowed' });
                }
            }));

    test('an unknown address is not found, in any method', async () => {
        for (const method of ['GET', 'POST', 'DELETE'])
            for (const path of ['/api', '/api/', '/api/nothing', '/api/signup/', '/api/session/x', '/api/admin', `/api/organizations//provisioning`, '/webhooks', '/%00'])
                assert_refused(await installation.api(method, path), 404);
    });
});

describe('a signup with a wrong', () => {
    const bidi = ['\u202a', '\u202e', '\u2066', '\u2069', '\u200e', '\u200f', '\u061c'];
    const cases = {
        email: ['plain', '@example.com', 'a@', 'a@b', 'a@@example.com', 'a b@example.com', 'a@example..com', 'a@.com', `${'a'.repeat(250)}@example.com`,
            'a\u0000@example.com', 'a\n@example.com', 'a@example.com\u202e', 'a@example.com>', '"a"@example.com', 'a@example.com, b@example.com'],
        password: ['short', '12345678901', 'x'.repeat(257), 'é'.repeat(11)],
        organization_name: ['   ', 'x'.repeat(81), 'é'.repeat(81), 'Jack {{secret__token}}', '{{', 'New\u0000Motors', 'New\nMotors', 'New\u007fMotors', 'New\u0085Motors',
            ...bidi.map((mark) => `New ${mark}Motors`), '\u200b', '\ufeffMotors'],
        organization_slug: ['x', 'X'.repeat(5), 'new motors', 'new_motors', '-new', 'new-', 'new--motors', 'néw', 'x'.repeat(64), 'new/motors', 'new\u0000motors', '..', 'new.motors'],
        area_code: ['999', '12', 'abc', '6044', ' 604', '604 ', '+604', '911', '800', '000', '６０４', '604\u0000', "604' OR '1"],
        time_zone: ['Vancouver', 'America/Vancouver\u0000', '../../etc/passwd', 'America/ Vancouver', 'x'.repeat(65), 'America/{{x}}', '<script>'],
    };
    for (const [field, values] of Object.entries(cases))
        test(field, () =>
            writes_nothing(async () => {
                for (const value of values) {
                    const answer = await installation.api('POST', '/api/signup', { json: { ...right_signup, [field]: value } });
                    assert.equal(answer.status, 422, `${JSON.stringify(value)}: ${answer.text}`);
                    assert_refused(answer, 422, { field });
                }
            }));

    test('short name that is taken', () =>
        writes_nothing(async () => {
            const answer = await installation.api('POST', '/api/signup', { json: { ...right_signup, organization_slug: 'known-motors' } });
            assert_refused(answer, 409, { code: 'slug_taken', field: 'organization_slug' });
        }));

    test('Idempotency-Key that is too long', () =>
        writes_nothing(async () => {
            const answer = await installation.api('POST', '/api/signup', { json: right_signup, headers: { 'Idempotency-Key': 'k'.repeat(300) } });
            assert_refused(answer, 400, { field: 'Idempotency-Key' });
        }));

    test('member twice', () =>
        writes_nothing(async () => {
            const body = JSON.stringify({ ...right_signup, email: 'wrong' }).replace('{', '{"email":"first@example.com",');
            const answer = await installation.api('POST', '/api/signup', { body, headers: json_type });
            assert.ok(answer.status === 400 || answer.status === 422, answer.text);
        }));
});

describe('names that are right', () => {
    for (const [slug, organization_name] of [
        ['accents', 'Garage Élite'],
        ['kanji', '日本自動車'],
        ['emoji', 'Cars 🚗'],
        ['quotes', `O'Neil & "Sons" <Autos>`],
        ['arabic', 'سيارات'],
        ['brace', 'One { brace }'],
        ['eighty', 'é'.repeat(80)],
        ['trimmed', '  Spaced Motors '],
    ])
        test(organization_name.trim(), async () => {
            const { id, organization } = await installation.found(slug, { organization_name });
            assert.equal(organization.name, organization_name.trim());
            assert.equal((await installation.get(`/api/organizations/${id}`, admin_session)).organization.name, organization_name.trim());
        });
});

describe('a change of settings', () => {
    const patch = (json) => send({ method: 'PATCH', path: `/api/organizations/${known_id}`, who: 'member' }, { json });

    test('is held to the rules of a signup', () =>
        writes_nothing(async () => {
            for (const name of ['', '  ', 'x'.repeat(81), 'a {{b}}', 'a\u202eb', 'a\u0000b', 'a\nb']) assert_refused(await patch({ name }), 422, { field: 'name' });
            for (const time_zone of ['', 'Vancouver', '../..', 'x'.repeat(65)]) assert_refused(await patch({ time_zone }), 422, { field: 'time_zone' });
        }));

    test('with one wrong member changes none', () => writes_nothing(async () => assert_refused(await patch({ name: 'Changed', time_zone: 'x' }), 422, { field: 'time_zone' })));
});

describe('lists', () => {
    for (const path of ['/api/organizations', '/api/phone-numbers', '/api/admin/notifications'])
        test(`${path} bound what they take`, () =>
            writes_nothing(async () => {
                const get = (query) => send({ method: 'GET', path, who: 'admin' }, { query });
                for (const limit of ['0', '-1', '501', 'abc', '', '5x', '99999999999999999999', '1.5']) assert_refused(await get(`?limit=${limit}`), 400, { field: 'limit' });
                for (const cursor of ['x', "'", 'A'.repeat(100), '%00', '../']) assert_refused(await get(`?cursor=${encodeURIComponent(cursor)}`), 400, { field: 'cursor' });
                assert.equal((await get('?limit=500')).status, 200);
            }));

    test('a filter that is none is refused by its name', async () => {
        const get = (query) => send({ method: 'GET', path: '/api/admin/notifications', who: 'admin' }, { query });
        assert_refused(await get('?status=open'), 400, { field: 'status' });
        assert_refused(await get('?type=nothing'), 400, { field: 'type' });
        assert.deepEqual((await get(`?organization_id=${encodeURIComponent("' OR '1'='1")}`)).json.notifications, []);
        assert_refused(await send({ method: 'GET', path: '/api/organizations', who: 'admin' }, { query: `?search=${'x'.repeat(201)}` }), 400, { field: 'search' });
    });

    test('a search is text, never a pattern or SQL', async () => {
        for (const search of ['%', '_', "' OR '1'='1", '*', '\\', '%00'])
            assert.deepEqual((await send({ method: 'GET', path: '/api/organizations', who: 'admin' }, { query: `?search=${encodeURIComponent(search)}` })).json.organizations, []);
    });
});

describe('an activation', () => {
    const activate = (written, id) => installation.activate(written, id);

    test('names what is wrong with the id', () =>
        writes_nothing(async () => {
            for (const id of ['a b', '../agents', 'x'.repeat(129), 'phnum_\u0000', 'é', '{{x}}', 'a/b', 'a?b'])
                assert_refused(await activate(dealer.number, id), 422, { field: 'elevenLabsPhoneId' });
        }));

    test('names what is wrong with the number', () =>
        writes_nothing(async () => {
            for (const written of ['abc', '604', '%2B', '%2B0604', '16045550123', '%2B1604555012345678', '%2B1604%00', 'tel:%2B16045550123'])
                assert_refused(await activate(written, 'phnum_1'), 400, { field: 'number' });
            assert_refused(await activate('%2B16045550123', 'phnum_1'), 404, { field: 'number' });
        }));
});

describe('a retry', () => {
    test('names a wrong area code, and a number that is there already', () =>
        writes_nothing(async () => {
            for (const area_code of ['999', '12', 'abc']) assert_refused(await installation.retry(dealer.id, { area_code }), 422, { field: 'area_code' });
            assert_refused(await installation.retry(dealer.id, { area_code: '778' }), 409, { field: 'area_code' });
            assert_refused(await installation.retry('nobody'), 404);
        }));
});

describe('HTTP itself', () => {
    const raw = (text, { wait = 10_000 } = {}) =>
        new Promise((done, failed) => {
            let received = '';
            const started = Date.now();
            const socket = connect(Number(new URL(installation.url).port), '127.0.0.1', () => socket.write(text));
            const late = setTimeout(() => socket.destroy(), wait);
            socket.on('data', (part) => (received += part));
            socket.on('error', failed);
            socket.on('close', () => {
                clearTimeout(late);
                done({ text: received, took: Date.now() - started });
            });
        });

    const assert_answered = ({ text }, statuses) => {
        const status = Number(/^HTTP\/1\.1 (\d+) /.exec(text)?.[1]);
        assert.ok(statuses.includes(status), `answered ${text.slice(0, 300)}`);
        assert.match(text, /^X-Request-Id: (\S+)\r$/m, text.slice(0, 300));
        const id = /^X-Request-Id: (\S+)\r$/m.exec(text)[1];
        assert.equal(JSON.parse(text.slice(text.indexOf('\r\n\r\n'))).error.request_id, id);
    };

    for (const [what, text, statuses] of [
        ['a request line that is none', 'HELLO\r\n\r\n', [400]],
        ['an unknown version', 'GET / HTTP/9.9\r\n\r\n', [400, 505]],
        ['an unknown method', 'BREW /api/session HTTP/1.1\r\nHost: x\r\n\r\n', [400, 405, 501]],
        ['a header without a colon', 'GET /api/session HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n', [400, 401]],
        ['an address of 20 kB', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, [400, 404, 414, 431]],
        ['headers of 100 kB', `GET / HTTP/1.1\r\nHost: x\r\n${'X-Filler: '.padEnd(1_000, 'x').concat('\r\n').repeat(100)}\r\n`, [400, 413, 431]],
        ['a broken length', 'POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: abc\r\n\r\n', [400]],
        ['a negative length', 'POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: -1\r\n\r\n', [400]],
        ['two lengths', 'POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\nContent-Length: 4\r\n\r\n{}{}', [400]],
        ['a length and chunks', 'POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', [400]],
    ])
        test(`refuses ${what}`, () => writes_nothing(async () => assert_answered(await raw(text), statuses)));

    describe('answers a request without a length at once, as it has no body:', { concurrency: true }, () => {
        for (const [method, path] of [
            ['POST', '/api/session'],
            ['DELETE', '/api/session'],
            ['PATCH', '/api/organizations/x'],
            ['PUT', '/api/nothing'],
        ])
            test(`${method} ${path}`, async () => {
                const answer = await raw(`${method} ${path} HTTP/1.1\r\nHost: x\r\n\r\n`, { wait: 25_000 });
                assert.ok(answer.took < 20_000, `no answer within ${answer.took} ms`);
                assert_answered(answer, [400, 401, 404, 405]);
            });
    });

    test('tells a client that waits for it to go on with the body', async () => {
        const body = JSON.stringify({ email: 'nobody@example.com', password });
        const head = `POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nExpect: 100-continue\r\n\r\n`;
        const { text } = await raw(head, { wait: 3_000 });
        assert.match(text, /^HTTP\/1\.1 (100|4\d\d|3\d\d|2\d\d) /);
        assert.doesNotMatch(text, /^HTTP\/1\.1 408 /);
    });

    test('keeps the answer to a large body that it does not want', async () => {
        for (let i = 0; i < 5; ++i) {
            const answer = await ask(`${installation.url}/api/session`, { method: 'POST', headers: json_type, body: 'x'.repeat(8 << 20) });
            assert_refused(answer, 413);
        }
    });

    test('answers every request with an id of its own', async () => {
        const ids = await Promise.all(Array.from({ length: 20 }, async () => (await ask(`${installation.url}/api/session`)).headers['x-request-id']));
        assert.equal(new Set(ids).size, 20);
    });
});
