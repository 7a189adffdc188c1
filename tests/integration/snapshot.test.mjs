// A snapshot for review: made while the server works, whole, without a secret, and refused when it is not one.
import assert from 'node:assert/strict';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { admin, credentials, finish_program, password, sqlite, start_installation } from './support.mjs';

let installation, dealer, file;

const snapshot = (path, environment = installation.environment) => finish_program('dealerline-edge', ['snapshot', path], environment);

before(async () => {
    installation = await start_installation();
    dealer = await installation.found('reviewed-motors', { key: 'an-idempotency-key-of-the-tests' });
    await installation.initiation({ called_number: dealer.number, caller_id: '+17785550142', call_sid: 'CA1' });
    await installation.admin_session();
    file = join(installation.folder, 'review.dl');
    let calls = 0, stopped = false;
    const calling = (async () => {
        while (!stopped) await installation.initiation({ called_number: dealer.number, caller_id: '+17785550142', call_sid: `CA-${++calls}` });
    })();
    const made = await snapshot(file);
    stopped = true;
    await calling;
    assert.equal(made.code, 0, made.stderr);
});
after(() => installation?.stop());

test('has what is reviewed and is whole, its owner’s only', async () => {
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.deepEqual(await sqlite(file, 'PRAGMA integrity_check'), [{ integrity_check: 'ok' }]);
    assert.deepEqual(await sqlite(file, 'PRAGMA freelist_count'), [{ freelist_count: 0 }]);
    assert.deepEqual(await sqlite(file, 'PRAGMA journal_mode'), [{ journal_mode: 'delete' }]);
    assert.equal((await sqlite(file, 'SELECT name FROM organizations'))[0].name, 'Reviewed Motors');
    assert.ok((await sqlite(file, 'SELECT 1 FROM conversations')).length >= 1);
    const tables = (await sqlite(file, "SELECT name FROM sqlite_master WHERE type = 'table'")).map(({ name }) => name);
    for (const gone of ['sessions', 'idempotency_keys']) assert.ok(!tables.includes(gone), gone);
});

test('has no secret in any of its bytes', async () => {
    const [{ password_hash: hash }] = await installation.sql(`SELECT password_hash FROM users WHERE email = '${admin.email}'`);
    const sessions = await installation.sql('SELECT token_hash FROM sessions');
    const keys = await installation.sql('SELECT key, fingerprint FROM idempotency_keys');
    assert.ok(hash && sessions.length >= 2 && keys.length >= 2);
    const secrets = [
        ...Object.entries(credentials).filter(([name]) => !/_SID$|_AGENT_ID$/.test(name)).map(([, value]) => value),
        ...[admin.password, password, 'an-idempotency-key-of-the-tests', hash, hash.split('$').at(-1), '$argon2'],
        ...sessions.map(({ token_hash }) => token_hash),
        ...keys.flatMap(({ key, fingerprint }) => [key, fingerprint]),
        ...[dealer.session, await installation.admin_session()].map((cookie) => cookie.split('=')[1]),
    ];
    const bytes = await readFile(file);
    for (const secret of secrets) assert.ok(!bytes.includes(secret), secret);
    assert.ok(bytes.includes('reviewed-motors'), 'the search finds what is there');
    const live = await installation.bytes_on_disk();
    assert.ok(live.includes(hash), 'the hash is where it belongs');
});

test('an existing file is not overwritten, a failure leaves nothing behind', async () => {
    const names = () => readdir(installation.folder);
    const before_that = (await names()).toSorted();
    const again = await snapshot(file);
    assert.equal(again.code, 1);
    assert.match(again.stderr, /^dealerline-edge: \S+ exists; name a new file\n$/);
    const elsewhere = await snapshot(join(installation.folder, 'no', 'such', 'folder.dl'));
    assert.equal(elsewhere.code, 1);
    const missing = await snapshot(join(installation.folder, 'new.dl'), { DEALERLINE_DATABASE: `sqlite:${join(installation.folder, 'missing.db')}` });
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /there is no database/);
    assert.deepEqual((await names()).toSorted(), before_that);
});

describe('the native console says in one sentence why it does not open', () => {
    const open = (path) => finish_program('dealerline-console', ['--snapshot', path], { SDL_VIDEODRIVER: 'offscreen' });
    const refused = async (path, sentence) => {
        const { code, stderr } = await open(path);
        assert.equal(code, 1, stderr);
        assert.match(stderr, /^dealerline-console: [^\n]+\n$/);
        assert.match(stderr, sentence);
    };
    const other = async (name, bytes) => {
        const path = join(installation.folder, name);
        await writeFile(path, bytes);
        return path;
    };

    test('a file that is not there, or a folder', async () => {
        await refused(join(installation.folder, 'nothing.dl'), /there is no file/);
        await refused(installation.folder, /is a folder/);
    });
    test('a text, or the live database', async () => {
        await refused(await other('text.dl', 'Dear diary\n'), /is not a Dealerline snapshot/);
        await refused(installation.database, /is a database, not a Dealerline snapshot/);
    });
    test('a snapshot that was cut short or torn', async () => {
        const bytes = await readFile(file);
        await refused(await other('short.dl', bytes.subarray(0, bytes.length / 2)), /is damaged or was cut short/);
        const torn = Buffer.from(bytes);
        torn.fill(0, bytes.length / 2, bytes.length / 2 + 8192);
        await refused(await other('torn.dl', torn), /is damaged or was cut short/);
    });
});
