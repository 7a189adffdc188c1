// Starts the real programs for a test: free ports, a folder of their own, and everything gone afterwards.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer as create_http_server, request as http_request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const binaries = resolve(root, process.env.DEALERLINE_BIN ?? 'build/release/bin');
export const web_root = resolve(root, process.env.DEALERLINE_WEB_ROOT ?? 'build/web');

const start_limit = 60_000; // ms; a build with sanitizers starts slowly
const stop_limit = 60_000;
const finish_limit = 30_000;

export const admin = { email: 'admin@dealerline.test', password: 'the platform admin of the tests' };
export const password = 'correct horse battery';

// What the simulator takes for an account, a token, a key and an agent is fixed.
export const credentials = {
    TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
    TWILIO_AUTH_TOKEN: 'simulator-token',
    ELEVENLABS_API_KEY: 'simulator-key',
    ELEVENLABS_AGENT_ID: 'agent_simulator',
    ELEVENLABS_INITIATION_SECRET: 'initiation-secret-of-the-tests',
    ELEVENLABS_WEBHOOK_SECRET: 'webhook-secret-of-the-tests',
};

export const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

// --- programs ---

const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

// The caller's own settings never reach a program under test.
function clean_environment() {
    const ours = /^(DEALERLINE|TWILIO|ELEVENLABS)_/;
    return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}

const claims_folder = join(tmpdir(), 'dealerline-ports');
const claims = [];
process.on('exit', () => claims.forEach((file) => rmSync(file, { force: true })));

// No other test of this machine gets it, also while its program is not up yet, or is started again.
function claim_port(port) {
    mkdirSync(claims_folder, { recursive: true });
    const file = join(claims_folder, String(port));
    try {
        writeFileSync(file, '', { flag: 'wx' });
    } catch (error) {
        if (error.code === 'EEXIST') return false;
        throw error;
    }
    claims.push(file);
    return true;
}

// Below the ports that outgoing connections take, so that a program finds its port free again after a restart.
export async function free_port() {
    for (;;) {
        const port = 20_000 + Math.floor(Math.random() * 12_000);
        if (!claim_port(port)) continue;
        const is_free = await new Promise((done) => {
            const server = createServer().once('error', () => done(false));
            server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
        });
        if (is_free) return port;
    }
}

function tail(text) {
    return text.trim().split('\n').slice(-20).join('\n');
}

function launch(name, args, environment, shell) {
    const program = join(binaries, name);
    const [command, ...rest] = shell ? ['/bin/sh', '-c', `${shell} && exec "$0" "$@"`, program, ...args] : [program, ...args];
    const child = spawn(command, rest, { cwd: root, env: { ...clean_environment(), ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (text) => (output.stdout += text));
    child.stderr.on('data', (text) => (output.stderr += text));
    const ended = new Promise((done) =>
        child.once('close', (code, signal) => {
            running.delete(child);
            done(signal ?? code);
        }),
    );
    return { child, output, ended };
}

// Resolves once the program has said where it listens. `shell` runs before it, in the same process.
export function start_program(name, args, environment = {}, { shell } = {}) {
    const { child, output, ended } = launch(name, args, environment, shell);
    const end_by = async (signal) => {
        child.kill(signal);
        const forced = setTimeout(() => child.kill('SIGKILL'), stop_limit);
        const how = await ended;
        clearTimeout(forced);
        return how;
    };
    const program = { name, pid: child.pid, output, ended, stop: () => end_by('SIGTERM'), kill: () => end_by('SIGKILL') };
    return new Promise((resolve, reject) => {
        const fail = (why) => reject(new Error(`${name} ${why}\n${tail(output.stdout)}\n${tail(output.stderr)}`));
        const late = setTimeout(() => {
            fail('did not say where it listens');
            program.kill();
        }, start_limit);
        child.once('error', (error) => fail(`did not start: ${error.message}`));
        child.stdout.on('data', () => {
            const [, url] = new RegExp(`^${name} listening on (http://\\S+)$`, 'm').exec(output.stdout) ?? [];
            if (!url) return;
            clearTimeout(late);
            resolve(Object.assign(program, { url }));
        });
        ended.then((how) => {
            clearTimeout(late);
            fail(`ended with ${how}`);
        });
    });
}

// Runs a program to its end, whatever that is. One that does not end by itself is killed.
export async function finish_program(name, args, environment = {}, { limit = finish_limit } = {}) {
    const { child, output, ended } = launch(name, args, environment);
    const forced = setTimeout(() => child.kill('SIGKILL'), limit);
    const code = await ended;
    clearTimeout(forced);
    return { code, ...output };
}

// Runs a program to its end; anything but success is an error with its words.
export async function run_program(name, args, environment = {}) {
    const { code, stdout, stderr } = await finish_program(name, args, environment);
    if (code !== 0) throw new Error(`${name} ${args.join(' ')} ended with ${code}\n${tail(stdout + stderr)}`);
    return stdout + stderr;
}

// --- HTTP, with nothing added to what the test sends ---

export function ask(url, { method = 'GET', headers = {}, body } = {}) {
    return new Promise((resolve, reject) => {
        let answered = false;
        const request = http_request(url, { method, headers: { Connection: 'close', ...headers }, agent: false }, (response) => {
            answered = true;
            const parts = [];
            response.on('data', (part) => parts.push(part));
            response.on('error', reject);
            response.on('end', () => {
                const bytes = Buffer.concat(parts);
                const text = bytes.toString();
                let json;
                try {
                    json = JSON.parse(text);
                } catch {
                    json = undefined;
                }
                resolve({ status: response.statusCode, headers: response.headers, bytes, text, json });
            });
        });
        request.on('error', (error) => answered || reject(error));
        if (body !== undefined && !('Content-Length' in headers) && !('Transfer-Encoding' in headers))
            request.setHeader('Content-Length', Buffer.byteLength(body));
        request.end(body);
    });
}

const changes_something = (method) => method !== 'GET' && method !== 'HEAD';

// A console's request: JSON both ways, the session's cookie, and the page's own origin.
export function call_api(base, method, path, { session, json, body, headers = {} } = {}) {
    const sent = { ...headers };
    if (json !== undefined) sent['Content-Type'] ??= 'application/json';
    if (session) sent.Cookie = session;
    if (body === undefined && json === undefined && changes_something(method)) sent['Content-Length'] ??= '0';
    if (session && changes_something(method) && !('Origin' in sent) && !('Sec-Fetch-Site' in sent)) sent.Origin = base;
    return ask(base + path, { method, headers: sent, body: json === undefined ? body : JSON.stringify(json) });
}

export function cookie_of(answer) {
    return answer.headers['set-cookie'][0].split(';')[0];
}

// What every refusal has.
export function assert_refused(answer, status, { code, field } = {}) {
    assert.equal(answer.status, status, answer.text);
    assert.ok(answer.json?.error, `no error in: ${answer.text}`);
    const { error } = answer.json;
    const known = new Set(['code', 'message', 'field', 'request_id']);
    for (const name of Object.keys(error)) assert.ok(known.has(name), `the error has an unknown member ${name}`);
    assert.match(error.code, /^[a-z][a-z0-9_]*$/);
    assert.match(error.message, /\S.*[.!?]$/s);
    assert.equal(answer.headers['x-request-id'], error.request_id);
    assert.ok(error.request_id);
    if (code) assert.equal(error.code, code);
    assert.equal(error.field, field, answer.text);
}

// --- waiting ---

// Reads until the value is the expected one; the last difference is the error.
export async function eventually(read, expected, limit = 30_000) {
    for (const end = Date.now() + limit; ; await pause(50)) {
        const value = await read();
        try {
            return assert.deepEqual(value, expected);
        } catch (difference) {
            if (Date.now() > end) throw difference;
        }
    }
}

// Reads until the value is what is waited for, and returns it.
export async function until(read, is_right, limit = 60_000) {
    for (const end = Date.now() + limit; ; await pause(50)) {
        const value = await read();
        if (is_right(value)) return value;
        if (Date.now() > end) throw new Error(`waited in vain; the last value was ${JSON.stringify(value)?.slice(0, 2_000)}`);
    }
}

// The processor time that a process has taken, in ticks of 10 ms.
export async function ticks_of(pid) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(fields[11]) + Number(fields[12]);
}

// --- the database, from outside ---

export function sqlite(file, statement, { readonly = true } = {}) {
    const args = [...(readonly ? ['-readonly'] : []), '-bail', '-cmd', '.timeout 10000', '-json', file, statement];
    return new Promise((resolve, reject) => {
        execFile('sqlite3', args, { maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
            if (error) reject(new Error(`sqlite3: ${stderr || error.message}`));
            else resolve(stdout.trim() ? JSON.parse(stdout) : []);
        });
    });
}

// --- vendors that misbehave ---

const without = (headers, ...names) => Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));

// A byte a second, for ever.
function drip(response) {
    const timer = setInterval(() => response.write(' '), 1_000);
    response.on('close', () => clearInterval(timer));
}

// An HTTP proxy before the simulator. `decide({method, path, headers, body})` returns nothing, to let a request through, or
// {path} to ask for something else, {answer} to answer in the vendor's place, or {then} to answer so after the vendor has done its work;
// 'reset' cuts the connection, and {drips: true} never comes to the answer's end.
export async function start_proxy(target, decide) {
    const seen = [];
    const server = create_http_server((request, response) => {
        const parts = [];
        request.on('data', (part) => parts.push(part));
        request.on('end', async () => {
            const asked = { method: request.method, path: request.url, headers: request.headers, body: Buffer.concat(parts).toString() };
            seen.push(asked);
            const decision = decide(asked) ?? {};
            let answer = decision.answer;
            try {
                if (!answer) {
                    const real = await ask(target + (decision.path ?? request.url), {
                        method: request.method,
                        headers: without(request.headers, 'host', 'connection', 'content-length', 'expect'),
                        body: asked.body || undefined,
                    });
                    const headers = without(real.headers, 'connection', 'transfer-encoding', 'content-length');
                    answer = decision.then ?? { status: real.status, headers, body: real.bytes };
                }
            } catch {
                answer = 'reset';
            }
            if (answer === 'reset') return request.socket.destroy();
            response.writeHead(answer.status ?? 200, answer.headers ?? { 'Content-Type': 'application/json' });
            if (answer.drips) return drip(response);
            response.end(typeof answer.body === 'object' && !Buffer.isBuffer(answer.body) ? JSON.stringify(answer.body) : answer.body);
        });
    });
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    const stop = () => {
        server.closeAllConnections();
        return new Promise((done) => server.close(done));
    };
    return { url: `http://127.0.0.1:${server.address().port}`, seen, stop };
}

// --- an installation: a simulator and a server on an empty database ---

class Installation {
    constructor(folder) {
        this.folder = folder;
        this.database = join(folder, 'dealerline.db');
        this.lives = []; // of the server
    }

    async start_simulator({ latency, arguments: more = [] }) {
        this.simulator = await start_program('telephony-sim', [
            ...['--listen', '127.0.0.1:0'],
            ...['--state', join(this.folder, 'simulator.db')],
            ...['--latency', String(latency)],
            ...['--seed', '7'],
            ...['--webhook-secret', credentials.ELEVENLABS_WEBHOOK_SECRET],
            ...more,
        ]);
        this.simulator_url = this.simulator.url;
    }

    async start_server(settings = {}) {
        const { shell, ...changes } = settings;
        Object.assign(this.environment, changes);
        this.server = await start_program('dealerline-edge', ['serve'], this.environment, { shell });
        this.lives.push(this.server);
        this.url = this.server.url;
    }

    async restart_server(settings = {}) {
        await this.server.stop();
        await this.start_server(settings);
    }

    async stop() {
        await this.server?.stop();
        await this.front?.stop();
        await this.simulator?.stop();
        await rm(this.folder, { recursive: true, force: true });
    }

    // What the server has written since the first start.
    log() {
        return this.lives.map(({ output }) => output.stderr + output.stdout).join('');
    }

    doctor(...args) {
        return finish_program('dealerline-edge', ['doctor', ...args], this.environment);
    }

    // --- the server ---

    api(method, path, options) {
        return call_api(this.url, method, path, options);
    }

    async get(path, session) {
        const answer = await this.api('GET', path, { session });
        assert.equal(answer.status, 200, answer.text);
        return answer.json;
    }

    async sign_in({ email, password: secret } = admin) {
        const answer = await this.api('POST', '/api/session', { json: { email, password: secret } });
        assert.equal(answer.status, 200, answer.text);
        return cookie_of(answer);
    }

    async admin_session() {
        return (this.admins_cookie ??= await this.sign_in());
    }

    sign_up(slug, { key, headers = {}, ...fields } = {}) {
        const json = {
            email: `${slug}@example.com`,
            password,
            organization_name: name_of(slug),
            organization_slug: slug,
            area_code: '604',
            ...fields,
        };
        return this.api('POST', '/api/signup', { json, headers: { ...headers, ...(key ? { 'Idempotency-Key': key } : {}) } });
    }

    // A signup that succeeds: {id, session, number, organization}
    async found(slug, options) {
        const answer = await this.sign_up(slug, options);
        assert.equal(answer.status, 201, answer.text);
        const { organization } = answer.json;
        return { id: organization.id, session: cookie_of(answer), number: organization.phoneNumberPurchased, organization };
    }

    async run(organization_id) {
        return (await this.get(`/api/organizations/${organization_id}/provisioning`, await this.admin_session())).run;
    }

    run_in_state(organization_id, ...states) {
        return until(
            () => this.run(organization_id),
            ({ state }) => states.includes(state),
        );
    }

    // The run, once nobody works on it any more.
    settled(organization_id) {
        return this.run_in_state(organization_id, 'done', 'held', 'needs_attention');
    }

    async numbers(organization_id) {
        return (await this.get(`/api/organizations/${organization_id}/phone-numbers`, await this.admin_session())).phoneNumbers;
    }

    async notifications(query = '') {
        return (await this.get(`/api/admin/notifications${query}`, await this.admin_session())).notifications;
    }

    async retry(organization_id, json) {
        return this.api('POST', `/api/organizations/${organization_id}/provisioning/retry`, { session: await this.admin_session(), json });
    }

    async activate(number, phone_id) {
        const json = { elevenLabsPhoneId: phone_id };
        return this.api('POST', `/api/admin/phone-numbers/${number}/activate`, { session: await this.admin_session(), json });
    }

    // The question that ElevenLabs asks when a call comes in.
    initiation(question, { secret = credentials.ELEVENLABS_INITIATION_SECRET, method = 'POST', headers = {}, body } = {}) {
        return ask(`${this.url}/webhooks/elevenlabs/conversation-initiation`, {
            method,
            headers: { ...(secret ? { Authorization: `Bearer ${secret}` } : {}), 'Content-Type': 'application/json', ...headers },
            body: method === 'GET' ? undefined : (body ?? JSON.stringify(question)),
        });
    }

    // --- its database ---

    sql(statement) {
        return sqlite(this.database, statement);
    }

    change_sql(statement) {
        return sqlite(this.database, statement, { readonly: false });
    }

    // How many rows each table has, and what the organisations' rows say.
    async row_counts() {
        // Events are told a moment after what they tell of.
        this.tables ??= await this.sql("SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'events' ORDER BY name");
        const counts = this.tables.map(({ name }) => `SELECT '${name}' AS name, count(*) AS rows FROM ${name}`);
        const content = "SELECT 'content', group_concat(id || name || slug || time_zone || state) FROM organizations";
        const found = await this.sql([...counts, content].join(' UNION ALL '));
        return Object.fromEntries(found.map(({ name, rows }) => [name, rows]));
    }

    // The raw bytes of everything that the server has on disk.
    async bytes_on_disk() {
        const parts = await Promise.all(['', '-wal', '-shm'].map((suffix) => readFile(this.database + suffix).catch(() => Buffer.alloc(0))));
        return Buffer.concat(parts).toString('latin1');
    }

    // --- the simulator ---

    async sim(path, json) {
        const answer = await ask(this.simulator_url + path, {
            method: json === undefined ? 'GET' : 'POST',
            headers: json === undefined ? {} : { 'Content-Type': 'application/json' },
            body: json === undefined ? undefined : JSON.stringify(json),
        });
        assert.equal(answer.status, 200, answer.text);
        return answer.json;
    }

    ledger() {
        return this.sim('/sim/ledger');
    }

    async journal(operation) {
        const { entries } = await this.sim('/sim/journal');
        return operation ? entries.filter((entry) => entry.operation === operation) : entries;
    }

    latency(latency_ms) {
        return this.sim('/sim/settings', { latency_ms });
    }

    inventory(area_code, numbers) {
        return this.sim('/sim/inventory', { area_code, numbers });
    }

    // The next calls of that operation fail in that way.
    arm(fault) {
        return this.sim('/sim/faults', fault);
    }

    async disarm() {
        assert.equal((await ask(`${this.simulator_url}/sim/faults`, { method: 'DELETE' })).status, 200);
    }

    // As somebody at the vendor's own console who does not know of us.
    tamper(number, change) {
        return this.sim(`/sim/numbers/${number}`, change);
    }

    call(to, from = '+17785550142') {
        return this.sim('/sim/calls', { from, to });
    }

    // They talk, and ElevenLabs tells it: {call_sid, conversation_id, post_call: {fate, status} …}. `conversation`: {turns: [{role, message,
    // at}], duration_seconds, title, summary, call_successful, collected, cost_fiat, started_at, termination_reason}
    talk(from, to, conversation = {}) {
        return this.sim('/sim/calls', { from, to, conversation });
    }

    // A customer's text: {message_sid, webhook: {fate, status} …}. `more`: {media: pictures, date_sent: Unix seconds of the past}
    text(from, to, body, more = {}) {
        return this.sim('/sim/messages', { from, to, body, ...more });
    }

    // What a customer's telephone shows of the texts with a number.
    async thread(customer, number) {
        const query = new URLSearchParams({ with: customer, number });
        return (await this.sim(`/sim/messages?${query}`)).messages;
    }

    // Every attempt to bring one of the vendors' webhooks, and how it went.
    async webhooks(subject) {
        const { webhooks } = await this.sim('/sim/webhooks');
        return subject ? webhooks.filter((each) => each.subject === subject) : webhooks;
    }

    // As a person with the vendor's own console would.
    async twilio(method, path, form) {
        const sid = credentials.TWILIO_ACCOUNT_SID;
        const answer = await ask(`${this.simulator_url}/2010-04-01/Accounts/${sid}${path}`, {
            method,
            headers: {
                Authorization: `Basic ${Buffer.from(`${sid}:${credentials.TWILIO_AUTH_TOKEN}`).toString('base64')}`,
                ...(form ? { 'Content-Type': 'application/x-www-form-urlencoded' } : {}),
            },
            body: form && new URLSearchParams(form).toString(),
        });
        return answer.json;
    }

    async at_twilio(number) {
        const found = await this.twilio('GET', `/IncomingPhoneNumbers.json?PhoneNumber=${encodeURIComponent(number)}`);
        return found.incoming_phone_numbers[0];
    }

    async elevenlabs(method, path, json) {
        const answer = await ask(this.simulator_url + path, {
            method,
            headers: { 'xi-api-key': credentials.ELEVENLABS_API_KEY, ...(json ? { 'Content-Type': 'application/json' } : {}) },
            body: json && JSON.stringify(json),
        });
        assert.equal(answer.status, 200, answer.text);
        return answer.json;
    }

    // A number imported in the dashboard: `enable_sms` stays at its default, which takes the texts.
    async import_by_hand(number) {
        const imported = await this.elevenlabs('POST', '/v1/convai/phone-numbers', {
            provider: 'twilio',
            phone_number: number,
            label: 'By hand',
            sid: credentials.TWILIO_ACCOUNT_SID,
            token: credentials.TWILIO_AUTH_TOKEN,
            agent_id: credentials.ELEVENLABS_AGENT_ID,
        });
        return imported.phone_number_id;
    }
}

// 'harbour-motors' -> 'Harbour Motors'
export function name_of(slug) {
    return slug.replace(/(^|-)(.)/g, (_, dash, letter) => (dash ? ' ' : '') + letter.toUpperCase());
}

// `latency`: of every vendor answer, in milliseconds. `doctor: false` leaves the agent as the simulator makes it. `front(url)`: a
// proxy that the server takes for both vendors. `simulator`: more of its arguments. `shell`: runs before the server, as its limits.
export async function start_installation({ settings = {}, latency = 0, doctor = true, front, simulator = [], shell } = {}) {
    const installation = new Installation(await mkdtemp(join(tmpdir(), 'dealerline-')));
    try {
        await installation.start_simulator({ latency, arguments: simulator });
        installation.front = front && (await front(installation.simulator_url));
        const vendors = installation.front?.url ?? installation.simulator_url;
        const address = `127.0.0.1:${await free_port()}`;
        installation.environment = {
            ...credentials,
            TWILIO_API_BASE: vendors,
            ELEVENLABS_API_BASE: vendors,
            DEALERLINE_LISTEN: address,
            DEALERLINE_PUBLIC_URL: `http://${address}`,
            DEALERLINE_DATABASE: `sqlite:${installation.database}`,
            DEALERLINE_WEB_ROOT: web_root,
            DEALERLINE_ADMIN_EMAIL: admin.email,
            DEALERLINE_ADMIN_PASSWORD: admin.password,
            DEALERLINE_SIGNUPS_PER_IP_PER_HOUR: '1000',
            DEALERLINE_MAX_PURCHASES_PER_DAY: '1000',
            DEALERLINE_QUIET_HOURS: 'ignored', // whatever the hour
            ...settings,
        };
        await installation.start_server({ shell });
        const fixing = {
            TWILIO_AUTH_TOKEN: credentials.TWILIO_AUTH_TOKEN,
            TWILIO_API_BASE: installation.simulator_url,
            ELEVENLABS_API_BASE: installation.simulator_url,
        };
        if (doctor) await run_program('dealerline-edge', ['doctor', '--fix'], { ...installation.environment, ...fixing });
        return installation;
    } catch (error) {
        await installation.stop();
        throw error;
    }
}

export async function with_installation(options, use) {
    const installation = await start_installation(options);
    try {
        return await use(installation);
    } finally {
        await installation.stop();
    }
}

export async function assert_live(installation, id, number) {
    const run = await installation.settled(id);
    assert.equal(run.state, 'done', run.cause);
    const [owned, ...more] = await installation.numbers(id);
    assert.deepEqual(more, []);
    assert.equal(owned.is_active, true);
    if (number) assert.equal(owned.phone_number, number);
    const call = await installation.call(owned.phone_number);
    assert.equal(call.answered_by, 'agent', call.reason);
    assert.equal((await installation.elevenlabs('GET', '/v1/convai/phone-numbers')).filter(({ phone_number }) => phone_number === owned.phone_number).length, 1);
    return owned.phone_number;
}

export async function assert_stopped(installation, id) {
    const run = await installation.settled(id);
    assert.equal(run.state, 'needs_attention');
    assert.ok(run.cause, 'it says why');
    assert.ok(run.next_step, 'it says what to do');
    return run;
}

export const pending = (installation, id) => installation.notifications(`?organization_id=${id}&status=pending`);
export const pending_types = async (installation, id) => (await pending(installation, id)).map(({ type }) => type);
