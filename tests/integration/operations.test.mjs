// Starting, stopping, copying, checking and serving files: what an operator relies on.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { copyFile, mkdir, mkdtemp, open, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import {
    admin, ask, assert_live, call_api, cookie_of, credentials, eventually, finish_program, free_port, password, root, sqlite, start_installation,
    start_program, until, with_installation,
} from './support.mjs';

// A refusal to start: one line that names the program and what is wrong.
function assert_one_line({ code, stdout, stderr }, status, words) {
    const lines = (stdout + stderr).trim().split('\n');
    assert.equal(lines.length, 1, `one line, not: ${stdout}${stderr}`);
    assert.match(lines[0], words);
    if (status === undefined) assert.ok(Number.isInteger(code) && code !== 0, `ended with ${code}`);
    else assert.equal(code, status, lines[0]);
}

describe('operations', { concurrency: 4 }, () => {
    describe('stopping', () => {
        for (const operation of ['twilio.search', 'twilio.buy', 'elevenlabs.import'])
            test(`while a signup waits for ${operation} answers it, ends well, and the run goes on at the next start`, () =>
                with_installation({}, async (installation) => {
                    await installation.latency({ [operation]: 2_000 });
                    const waiting = installation.found('interrupted-motors');
                    await until(() => installation.journal(operation), ({ length }) => length > 0);
                    assert.equal(await installation.server.stop(), 0);
                    const { id, organization } = await waiting;
                    assert.equal(organization.status, 'provisioning');
                    await installation.latency({ [operation]: null });
                    await installation.start_server();
                    await assert_live(installation, id);
                    assert.equal((await installation.ledger()).sold, 1);
                    assert.equal((await installation.journal('twilio.buy')).length, 1);
                    assert.equal((await installation.journal('elevenlabs.import')).length, 1);
                }));

        test('with idle connections open takes a moment only', () =>
            with_installation({ doctor: false }, async (installation) => {
                const { port } = new URL(installation.url);
                const sockets = Array.from({ length: 20 }, (_, i) => connect(Number(port), '127.0.0.1').on('error', () => {}).on('connect', function () {
                    if (i % 2) this.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
                }));
                await until(() => sockets.every(({ bytesRead }, i) => !(i % 2) || bytesRead > 0), Boolean);
                const started = Date.now();
                assert.equal(await installation.server.stop(), 0);
                assert.ok(Date.now() - started < 20_000);
                sockets.forEach((socket) => socket.destroy());
            }));

        test('by Ctrl-C is the same', () =>
            with_installation({ doctor: false }, async (installation) => {
                process.kill(installation.server.pid, 'SIGINT');
                assert.equal(await installation.server.ended, 0);
            }));
    });

    describe('backups', { concurrency: 1 }, () => {
        let installation, dealer, folder;

        before(async () => {
            installation = await start_installation({ settings: { ELEVENLABS_IMPORT: 'manual' } });
            dealer = await installation.found('kept-motors');
            folder = await mkdtemp(join(tmpdir(), 'dealerline-backup-'));
        });
        after(async () => {
            await installation?.stop();
            await rm(folder, { recursive: true, force: true });
        });

        const run = (args, database = installation.database) => finish_program('dealerline-edge', args, { ...installation.environment, DEALERLINE_DATABASE: `sqlite:${database}` });

        async function assert_serves_the_same(database) {
            const address = `127.0.0.1:${await free_port()}`;
            const server = await start_program('dealerline-edge', ['serve'], {
                ...installation.environment,
                DEALERLINE_LISTEN: address,
                DEALERLINE_PUBLIC_URL: `http://${address}`,
                DEALERLINE_DATABASE: `sqlite:${database}`,
            });
            try {
                const signed_in = await call_api(server.url, 'POST', '/api/session', { json: { email: 'kept-motors@example.com', password } });
                assert.equal(signed_in.status, 200, signed_in.text);
                const session = cookie_of(signed_in);
                for (const path of ['', '/phone-numbers', '/provisioning']) {
                    const there = await call_api(server.url, 'GET', `/api/organizations/${dealer.id}${path}`, { session });
                    assert.equal(there.status, 200);
                    assert.deepEqual(there.json, await installation.get(`/api/organizations/${dealer.id}${path}`, dealer.session));
                }
                const heard = await ask(`${server.url}/webhooks/elevenlabs/conversation-initiation`, {
                    method: 'POST',
                    headers: { Authorization: `Bearer ${credentials.ELEVENLABS_INITIATION_SECRET}` },
                    body: JSON.stringify({ called_number: dealer.number, call_sid: 'CA1', caller_id: '' }),
                });
                assert.equal(heard.json.dynamic_variables.organization_name, 'Kept Motors');
            } finally {
                await server.stop();
            }
        }

        test('are made while the server writes, and restored serve the same data', async () => {
            const file = join(folder, 'whole.backup');
            let is_writing = true;
            const writing = (async () => {
                for (let i = 0; is_writing; ++i)
                    await installation.initiation({ called_number: dealer.number, caller_id: `+1604555${1000 + (i % 9000)}`, call_sid: `CA-busy-${i}`, agent_id: 'a' });
            })();
            try {
                for (let i = 0; i < 3; ++i) {
                    const made = await run(['backup', file]);
                    assert.equal(made.code, 0, made.stderr);
                }
            } finally {
                is_writing = false;
                await writing;
            }
            const place = join(folder, 'elsewhere', 'restored.db');
            await mkdir(join(folder, 'elsewhere'));
            const restored = await run(['restore', file], place);
            assert.equal(restored.code, 0, restored.stderr);
            await assert_serves_the_same(place);
        });

        test('are restored over another database, whose last words are gone', async () => {
            const file = join(folder, 'over.backup');
            assert.equal((await run(['backup', file])).code, 0);
            await with_installation({ settings: { ELEVENLABS_IMPORT: 'manual' }, doctor: false }, async (other) => {
                await other.found('replaced-motors');
                await other.server.kill(); // leaves a write-ahead log behind
                const restored = await run(['restore', file], other.database);
                assert.equal(restored.code, 0, restored.stderr);
                await assert_serves_the_same(other.database);
                assert.deepEqual(await other.sql('SELECT slug FROM organizations'), [{ slug: 'kept-motors' }]);
            });
        });

        test('are readable by their owner only', async () => {
            const file = join(folder, 'private.backup');
            assert.equal((await run(['backup', file])).code, 0);
            assert.equal((await stat(file)).mode & 0o077, 0, 'password hashes and sessions are in it');
            assert.equal((await stat(installation.database)).mode & 0o077, 0);
        });

        test('that are damaged or foreign are refused, and the database stays', async () => {
            const whole = join(folder, 'good.backup');
            assert.equal((await run(['backup', whole])).code, 0);
            const { size } = await stat(whole);
            const damaged = async (name, damage) => {
                const file = join(folder, name);
                await copyFile(whole, file);
                await damage(file);
                return file;
            };
            const overwritten = async (file, at, bytes) => {
                const handle = await open(file, 'r+');
                await handle.write(bytes, 0, bytes.length, at);
                await handle.close();
            };
            const place = join(folder, 'stays.db');
            assert.equal((await run(['restore', whole], place)).code, 0);
            const before = createHash('sha256').update(await readFile(place)).digest('hex');
            const bad = [
                await damaged('cut.backup', (file) => truncate(file, Math.floor(size / 2))),
                await damaged('head.backup', (file) => overwritten(file, 0, Buffer.from('not a database'))),
                await damaged('pages.backup', (file) => overwritten(file, Math.floor(size / 2), Buffer.alloc(20_000, 0xa5))),
                await damaged('empty.backup', (file) => truncate(file, 0)),
                await damaged('text.backup', (file) => writeFile(file, 'hello\n')),
                join(folder, 'missing.backup'),
                folder,
            ];
            const foreign = join(folder, 'foreign.backup');
            await sqlite(foreign, 'CREATE TABLE someone (id TEXT); INSERT INTO someone VALUES (1)', { readonly: false });
            for (const file of [...bad, foreign]) {
                assert_one_line(await run(['restore', file], place), undefined, /^dealerline-edge: /);
                assert.equal(createHash('sha256').update(await readFile(place)).digest('hex'), before, file);
            }
            await assert_serves_the_same(place);
        });

        test('are not restored under a running server', async () => {
            const file = join(folder, 'late.backup');
            assert.equal((await run(['backup', file])).code, 0);
            assert_one_line(await run(['restore', file]), undefined, /^dealerline-edge: .*already/);
            assert.equal((await installation.get('/api/session', dealer.session)).user.email, 'kept-motors@example.com');
        });

        test('of no database, or to nowhere, are refused', async () => {
            assert_one_line(await run(['backup', join(folder, 'x.backup')], join(folder, 'none.db')), undefined, /none\.db/);
            assert_one_line(await run(['backup', join(folder, 'no', 'such', 'folder', 'x.backup')]), undefined, /^dealerline-edge: /);
        });
    });

    describe('starting', () => {
        let installation;

        before(async () => (installation = await start_installation({ doctor: false })));
        after(() => installation?.stop());

        let starts = 0;
        const start = async (settings, args = ['serve']) => {
            const own = { DEALERLINE_LISTEN: `127.0.0.1:${await free_port()}`, DEALERLINE_DATABASE: `sqlite:${installation.folder}/start-${++starts}.db` };
            return finish_program('dealerline-edge', args, { ...installation.environment, ...own, ...settings }, { limit: 10_000 });
        };

        test('a second server on the same database is refused', async () => {
            assert_one_line(await start({ DEALERLINE_DATABASE: `sqlite:${installation.database}` }), undefined, /already uses/);
            assert.equal((await ask(`${installation.url}/healthz`)).status, 200);
        });

        test('a second server on the same port is refused', async () => {
            const settings = { ...installation.environment, DEALERLINE_DATABASE: `sqlite:${installation.folder}/port.db` };
            const second = await start_program('dealerline-edge', ['serve'], settings).catch(({ message }) => message);
            if (second.stop) await second.stop();
            assert.match(String(second), /cannot listen on/);
        });

        const wrong = {
            DEALERLINE_LISTEN: ['8080', 'localhost', ':8080', '127.0.0.1:x', '127.0.0.1:70000', '127.0.0.1:-1'],
            DEALERLINE_PUBLIC_URL: ['line.example.com', 'ftp://line.example.com', 'http://', 'https://line.example.com/?a=b', 'https://user@line.example.com', 'https://a b'],
            DEALERLINE_DATABASE: ['dealerline.db', 'sqlite:', 'mysql://localhost/x'],
            TWILIO_API_BASE: ['api.twilio.com', 'ftp://api.twilio.com'],
            ELEVENLABS_API_BASE: ['nonsense'],
            TWILIO_ACCOUNT_SID: ['AC1', 'SK00000000000000000000000000000000', `AC${'z'.repeat(32)}`, `AC${'0'.repeat(28)}/../`],
            ELEVENLABS_IMPORT: ['yes', 'Auto'],
            DEALERLINE_COUNTRY: ['UK', 'ca', 'CAN'],
            DEALERLINE_AREA_CODE: ['212', '999', 'abc'],
            DEALERLINE_DEFAULT_NAME: ['Jack {{x}}', 'x'.repeat(81)],
            DEALERLINE_ADMIN_EMAIL: ['nobody'],
            DEALERLINE_ADMIN_PASSWORD: ['short', ''],
            DEALERLINE_MAX_PURCHASES_PER_DAY: ['-1', 'many', '1.5', '99999999999999999999'],
            DEALERLINE_SIGNUPS_PER_IP_PER_HOUR: ['0', 'x'],
            DEALERLINE_TRUSTED_PROXIES: ['proxy', '1.2.3'],
            DEALERLINE_WEB_ROOT: ['/no/such/folder'],
            DEALERLINE_LOG: ['loud'],
        };
        for (const [variable, values] of Object.entries(wrong))
            for (const value of values)
                test(`${variable}=${value} stops it with one line that names it`, async () => {
                    assert_one_line(await start({ [variable]: value }), 2, new RegExp(`${variable}|${`--${variable.replace(/^DEALERLINE_/, '').toLowerCase().replaceAll('_', '-')}`}`));
                });

        test('auto import without a key stops it', async () => assert_one_line(await start({ ELEVENLABS_IMPORT: 'auto', ELEVENLABS_API_KEY: '' }), 2, /ELEVENLABS_IMPORT/));

        test('a secret in a file that cannot be read stops it', async () =>
            assert_one_line(await start({ TWILIO_AUTH_TOKEN: '', TWILIO_AUTH_TOKEN_FILE: '/no/such/file' }), 2, /TWILIO_AUTH_TOKEN_FILE/));

        test('a secret is no flag', async () => {
            for (const flag of ['--twilio-auth-token', '--admin-password', '--elevenlabs-api-key', '--elevenlabs-webhook-secret', '--elevenlabs-initiation-secret'])
                assert.notEqual((await start({}, ['serve', flag, 'x'])).code, 0, flag);
        });

        test('--help lists every variable with its default', async () => {
            const { code, stdout } = await start({}, ['--help']);
            assert.equal(code, 0);
            for (const variable of Object.keys(wrong)) assert.ok(stdout.includes(variable), variable);
        });

        test('a flag is taken before the variable', async () => {
            const address = `127.0.0.1:${await free_port()}`;
            const flags = ['--listen', address, '--database', `sqlite:${installation.folder}/flags.db`];
            const server = await start_program('dealerline-edge', ['serve', ...flags], installation.environment);
            assert.equal(server.url, `http://${address}`);
            assert.equal(await server.stop(), 0);
        });
    });

    describe('the doctor', () => {
        test('says what is wrong, repairs it with --fix, and then is content', () =>
            with_installation({ doctor: false }, async (installation) => {
                const first = await installation.doctor();
                assert.equal(first.code, 1);
                assert.match(first.stdout, /^wrong The agent does not ask our initiation webhook/m);
                assert.match(first.stdout, /doctor --fix/);
                assert.equal((await installation.journal('elevenlabs.agent_patch')).length, 0, 'looking changes nothing');
                const fixed = await installation.doctor('--fix');
                assert.equal(fixed.code, 0, fixed.stdout);
                assert.match(fixed.stdout, /^fixed /m);
                const again = await installation.doctor('--fix');
                assert.equal(again.code, 0);
                assert.doesNotMatch(again.stdout, /^fixed /m, 'a second time there is nothing to do');
                assert.equal((await installation.sim('/sim/workspace')).webhooks.length, 1);
                const { code, stdout } = await installation.doctor();
                assert.equal(code, 0);
                assert.doesNotMatch(stdout, /^wrong/m);
                for (const secret of ['TWILIO_AUTH_TOKEN', 'ELEVENLABS_API_KEY', 'ELEVENLABS_INITIATION_SECRET', 'ELEVENLABS_WEBHOOK_SECRET'])
                    for (const { stdout, stderr } of [first, fixed, again]) assert.ok(!(stdout + stderr).includes(credentials[secret]), secret);
            }));

        test('sees every way in which an agent is not ours', () =>
            with_installation({}, async (installation) => {
                const agent = `/v1/convai/agents/${credentials.ELEVENLABS_AGENT_ID}`;
                const { webhooks } = await installation.sim('/sim/workspace');
                const breaks = [
                    [agent, { platform_settings: { overrides: { enable_conversation_initiation_client_data_from_webhook: false } } }],
                    [agent, { platform_settings: { workspace_overrides: { conversation_initiation_client_data_webhook: { url: 'https://elsewhere.example.com/', request_headers: {} } } } }],
                    [agent, { conversation_config: { agent: { first_message: 'Hi, this is Jack.' } } }],
                    [agent, { conversation_config: { agent: { first_message: 'Hi {{customer_name}}, this is Jack from {{organization_name}}.' } } }],
                    [agent, { conversation_config: { agent: { prompt: { prompt: 'You are Jack.' } } } }],
                    [`/v1/workspace/webhooks/${webhooks[0].webhook_id}`, { is_disabled: true, name: webhooks[0].name }],
                ];
                for (const [path, patch] of breaks) {
                    await installation.elevenlabs('PATCH', path, patch);
                    const { code, stdout } = await installation.doctor();
                    assert.equal(code, 1, `${JSON.stringify(patch)}\n${stdout}`);
                    const fixed = await installation.doctor('--fix');
                    assert.equal(fixed.code, 0, `${JSON.stringify(patch)}\n${fixed.stdout}`);
                }
            }));

        test('names wrong credentials without showing them', () =>
            with_installation({ doctor: false }, async (installation) => {
                for (const [variable, words] of [
                    ['TWILIO_AUTH_TOKEN', /^wrong Twilio/m],
                    ['ELEVENLABS_API_KEY', /^wrong ElevenLabs/m],
                ]) {
                    const { code, stdout, stderr } = await finish_program('dealerline-edge', ['doctor', '--fix'], { ...installation.environment, [variable]: 'a-very-wrong-secret' });
                    assert.equal(code, 1);
                    assert.match(stdout, words);
                    assert.ok(!(stdout + stderr).includes('a-very-wrong-secret'));
                }
                const bare = await finish_program('dealerline-edge', ['doctor'], { DEALERLINE_DATABASE: installation.environment.DEALERLINE_DATABASE });
                assert.equal(bare.code, 1);
                assert.match(bare.stdout, /TWILIO_ACCOUNT_SID/);
            }));

        test('writes the new webhook secret into the file that is named for it', () =>
            with_installation({ doctor: false }, async (installation) => {
                const file = join(installation.folder, 'webhook-secret');
                const environment = { ...installation.environment, ELEVENLABS_WEBHOOK_SECRET: '', ELEVENLABS_WEBHOOK_SECRET_FILE: file };
                const fixed = await finish_program('dealerline-edge', ['doctor', '--fix'], environment);
                assert.equal(fixed.code, 0, fixed.stdout + fixed.stderr);
                assert.equal((await readFile(file, 'utf8')).trim(), credentials.ELEVENLABS_WEBHOOK_SECRET);
                assert.equal((await stat(file)).mode & 0o077, 0);
                assert.ok(!(fixed.stdout + fixed.stderr).includes(credentials.ELEVENLABS_WEBHOOK_SECRET), 'the terminal does not show it');
                assert.equal((await finish_program('dealerline-edge', ['doctor'], environment)).code, 0);
            }));
    });

    describe('files', { concurrency: 1 }, () => {
        let installation, folder;
        const script = `// A script\n${"console.log('hello');\n".repeat(200)}`;
        const wasm = Buffer.concat([Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]), Buffer.alloc(5_000, 7)]);

        before(async () => {
            folder = await mkdtemp(join(tmpdir(), 'dealerline-web-'));
            await mkdir(join(folder, 'assets'));
            await copyFile(join(root, 'assets', 'signup.html'), join(folder, 'signup.html'));
            await writeFile(join(folder, 'console.html'), '<!doctype html><title>Console</title>');
            for (const [name, content] of [['console.0123456789.js', Buffer.from(script)], ['console.0123456789.wasm', wasm], ['page.0123456789.css', Buffer.from('a{}')]]) {
                await writeFile(join(folder, 'assets', name), content);
                if (name.endsWith('.css')) continue;
                await writeFile(join(folder, 'assets', `${name}.br`), brotliCompressSync(content));
                await writeFile(join(folder, 'assets', `${name}.gz`), gzipSync(content));
            }
            await writeFile(join(folder, '..', 'dealerline-outside.txt'), 'outside');
            installation = await start_installation({ settings: { DEALERLINE_WEB_ROOT: folder, DEALERLINE_LOG: 'debug' } });
        });
        after(async () => {
            await installation?.stop();
            await rm(folder, { recursive: true, force: true });
            await rm(join(folder, '..', 'dealerline-outside.txt'), { force: true });
        });

        const get = (path, headers = {}, method = 'GET') => ask(installation.url + path, { method, headers });
        const js = '/assets/console.0123456789.js';

        for (const [accepted, encoding] of [
            ['br', 'br'],
            ['gzip', 'gzip'],
            ['gzip, deflate, br', 'br'],
            ['gzip, deflate, br, zstd', 'br'],
            ['gzip;q=1.0, br;q=0.5', undefined],
            ['br;q=0, gzip', 'gzip'],
            ['br;q=0.0, gzip;q=0.000', null],
            ['GZIP', 'gzip'],
            ['deflate', null],
            ['identity', null],
            ['brotli', null],
            ['', null],
        ])
            test(`are sent as a client that accepts "${accepted}" can read them`, async () => {
                for (const [path, content] of [[js, Buffer.from(script)], ['/assets/console.0123456789.wasm', wasm]]) {
                    const { status, headers, bytes } = await get(path, { 'Accept-Encoding': accepted });
                    assert.equal(status, 200);
                    const coding = headers['content-encoding'] ?? null;
                    if (encoding !== undefined) assert.equal(coding, encoding);
                    const decode = { br: brotliDecompressSync, gzip: gunzipSync }[coding] ?? ((plain) => plain);
                    assert.ok(decode(bytes).equals(content));
                    assert.match(headers.vary, /Accept-Encoding/i);
                    assert.equal(Number(headers['content-length']), bytes.length);
                }
            });

        test('have their types, and may be kept for ever', async () => {
            for (const [path, type] of [[js, /^text\/javascript/], ['/assets/console.0123456789.wasm', /^application\/wasm$/], ['/assets/page.0123456789.css', /^text\/css/]]) {
                const { headers } = await get(path);
                assert.match(headers['content-type'], type);
                assert.match(headers['cache-control'], /public, max-age=31536000, immutable/);
                assert.equal(headers['x-content-type-options'], 'nosniff');
                assert.ok(headers['x-request-id']);
            }
            assert.doesNotMatch((await get('/console')).headers['cache-control'], /immutable/);
        });

        test('are not sent again to who has them', async () => {
            for (const path of [js, '/console']) {
                const { headers } = await get(path);
                assert.match(headers.etag, /^"[^"]+"$/);
                for (const known of [headers.etag, `W/${headers.etag}`, `"other", ${headers.etag}`]) {
                    const again = await get(path, { 'If-None-Match': known });
                    assert.equal(again.status, 304, known);
                    assert.equal(again.bytes.length, 0);
                    assert.equal(again.headers.etag, headers.etag);
                }
                assert.equal((await get(path, { 'If-None-Match': '"other"' })).status, 200);
            }
        });

        test('answer HEAD as GET without the content', async () => {
            for (const path of [js, '/console', '/', '/healthz']) {
                const whole = await get(path);
                const head = await get(path, {}, 'HEAD');
                assert.equal(head.status, 200);
                assert.equal(head.bytes.length, 0);
                assert.equal(head.headers['content-type'], whole.headers['content-type']);
                assert.equal(head.headers['content-length'], whole.headers['content-length'], path);
            }
        });

        test('outside the folder are not found', async () => {
            for (const path of [
                ...['/assets/../console.html', '/assets/../../dealerline-outside.txt', '/assets/%2e%2e/console.html', '/assets/..%2fconsole.html', '/assets/%2e%2e%2f%2e%2e%2fetc/passwd'],
                ...['/assets/..%5cconsole.html', '/assets//etc/passwd', '/assets/%00', `${js}%00.css`, `${js}.br`, `${js}.gz`, '/assets/', '/assets', '/assets/.', '/console.html', '/signup.html'],
                ...['/../etc/passwd', '//etc/passwd', '/assets/%c0%ae%c0%ae/console.html', '/assets/nothing.js'],
            ]) {
                const text = await raw_get(path);
                assert.match(text, /^HTTP\/1\.1 40[04] /, path);
                assert.doesNotMatch(text, /outside|root:|<!doctype html>/i, path);
            }
        });

        test('pages carry their policy', async () => {
            for (const path of ['/', '/signup', '/console']) {
                const { status, headers, text } = await get(path);
                assert.equal(status, 200, path);
                assert.match(headers['content-type'], /^text\/html; charset=utf-8$/);
                const policy = headers['content-security-policy'];
                for (const rule of ["default-src 'self'", "script-src 'self' 'wasm-unsafe-eval'", "frame-ancestors 'none'"]) assert.ok(policy.includes(rule), rule);
                assert.ok(!policy.includes("'unsafe-inline'") && !policy.includes("'unsafe-eval'"));
                assert.doesNotMatch(text, /<script(?![^>]*\bsrc=)[^>]*>|\son\w+=|<style|\sstyle=/i, `${path} has inline code`);
            }
            for (const path of ['/', '/signup']) assert.equal((await get(path)).headers['cache-control'], 'no-store');
        });

        test('alive and ready are said to anyone', async () => {
            for (const path of ['/healthz', '/readyz']) {
                const { status, json } = await get(path);
                assert.equal(status, 200);
                assert.equal(typeof json.status, 'string');
            }
        });

        test('a log at its most talkative tells no secret', async () => {
            const secret_of_ann = 'the password of ann only';
            const dealer = await installation.found('logged-motors', { password: secret_of_ann, key: 'an-idempotency-key-of-ann' });
            await installation.api('POST', '/api/session', { json: { email: 'logged-motors@example.com', password: 'a wrong password of ann' } });
            await installation.initiation({ called_number: dealer.number, caller_id: '+17785550142', call_sid: 'CA1' }, { secret: 'a-wrong-initiation-secret' });
            await installation.initiation({ called_number: dealer.number, caller_id: '+17785550142', call_sid: 'CA1' });
            await installation.call(dealer.number);
            await installation.sign_in();
            const form = new URLSearchParams({ email: 'x', password: 'the password in a form', organization_name: 'X' });
            await installation.api('POST', '/signup', { body: form.toString(), headers: { 'Content-Type': 'application/x-www-form-urlencoded' } });
            await installation.restart_server();
            const log = installation.log();
            for (const line of log.split('\n').filter((line) => line.startsWith('{'))) assert.deepEqual(Object.keys(JSON.parse(line)).slice(0, 3), ['time', 'level', 'message']);
            assert.match(log, /"level":"debug"/);
            const secrets = [
                ...Object.entries(credentials).filter(([name]) => !name.endsWith('_SID') && !name.endsWith('_AGENT_ID')).map(([, value]) => value),
                ...[admin.password, secret_of_ann, 'a wrong password of ann', 'a-wrong-initiation-secret', 'the password in a form', dealer.session.split('=')[1]],
                Buffer.from(`${credentials.TWILIO_ACCOUNT_SID}:${credentials.TWILIO_AUTH_TOKEN}`).toString('base64'),
            ];
            for (const secret of secrets) assert.ok(!log.includes(secret), secret);
            const stored = await installation.bytes_on_disk();
            for (const secret of secrets) assert.ok(!stored.includes(secret), `${secret} is on disk`);
        });

        function raw_get(path) {
            return new Promise((done, failed) => {
                let received = '';
                const socket = connect(Number(new URL(installation.url).port), '127.0.0.1', () => socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`));
                socket.on('data', (part) => (received += part));
                socket.on('error', failed);
                socket.on('close', () => done(received));
            });
        }
    });

    test('a crash in the middle of a write leaves a database that is whole', () =>
        with_installation({ settings: { ELEVENLABS_IMPORT: 'manual' }, doctor: false }, async (installation) => {
            const { number } = await installation.found('crashed-motors');
            const answered = [];
            const calls = Array.from({ length: 8 }, async (_, lane) => {
                for (let i = 0; ; ++i) {
                    const call_sid = `CA-${lane}-${i}`;
                    const answer = await installation.initiation({ called_number: number, caller_id: '+17785550142', call_sid }).catch(() => null);
                    if (!answer) return;
                    answered.push(call_sid);
                }
            });
            await until(() => answered.length, (count) => count > 200);
            await installation.server.kill();
            await Promise.all(calls);
            await installation.start_server();
            assert.deepEqual(await installation.sql('PRAGMA integrity_check'), [{ integrity_check: 'ok' }]);
            const stored = new Set((await installation.sql('SELECT call_sid FROM conversations')).map(({ call_sid }) => call_sid));
            assert.deepEqual(answered.filter((call_sid) => !stored.has(call_sid)), [], 'what was answered was on disk');
            await eventually(async () => (await ask(`${installation.url}/readyz`)).status, 200);
        }));
});
