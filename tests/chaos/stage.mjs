// Plays one scenario after another on a simulator and a server of its own.
import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pause, start_installation, until } from '../integration/support.mjs';
import { broken_in_books, broken_in_calls, broken_in_imports, broken_in_orphans, broken_in_secrecy, is_running, read_books, waits_for_a_human } from './invariants.mjs';

const settling_limit = 40_000; // ms, after the vendors work again
const death_limit = 2_500; // ms to come to the step at which the server is to die; it dies then anyway
const client_limit = 60_000;
const life_limit = 6_000; // ms until a line is live; one that is not by then has no life
const change_limit = 30_000; // ms until a change is answered
const hanging = 30_000; // ms; the step at which the server dies is not answered before
const watching = 4; // ms between two looks
const a_day = 24 * 3600 * 1000; // what is due later is a release, and no work of today

export class Stage {
    // A simulator and a server that are ready for signups, stopped and kept: every scenario begins with a copy of their files.
    static async build() {
        const stage = new Stage();
        stage.installation = await start_installation();
        stage.template = await mkdtemp(join(tmpdir(), 'dealerline-chaos-'));
        await stage.installation.admin_session();
        [{ id: stage.installation_id }] = await stage.installation.sql('SELECT id FROM installation');
        await stage.installation.server.stop();
        await stage.installation.simulator.stop();
        await cp(stage.installation.folder, stage.template, { recursive: true });
        stage.settings = { ...stage.installation.environment };
        return stage;
    }

    async remove() {
        await this.installation.stop();
        await rm(this.template, { recursive: true, force: true });
    }

    // What the scenario came to: {broken, kills, struck, …}. An exception is a broken invariant too.
    async play(scenario) {
        this.tale = { broken: [], kills: 0, struck: {}, signups: 0, live: 0, held: 0, waiting: {}, billed: 0, owned: 0, orphans: 0, strangers: 0, repaired: 0, changes: {} };
        this.answers = [];
        this.wanted = {}; // slug to what its organisation was last asked to be
        this.planted = [];
        try {
            await this.set_up(scenario);
            await this.perform(scenario);
            await this.judge(scenario);
        } catch (failure) {
            this.tale.broken.push(`the scenario could not be played: ${failure.stack ?? failure}`);
        }
        this.tale.log = this.tale.broken.length > 0 ? this.installation.log() : '';
        await this.installation.server?.kill();
        await this.installation.simulator?.kill();
        return this.tale;
    }

    async set_up({ simulator, inventory, strangers, orphans, settings, faults, latency }) {
        const { installation } = this;
        installation.lives = [];
        this.journal = { last: 0, asked: {}, late: 0 };
        for (const name of await readdir(installation.folder)) await rm(join(installation.folder, name), { recursive: true });
        await cp(this.template, installation.folder, { recursive: true });
        await installation.start_simulator({ latency: 0 });
        await installation.sim('/sim/settings', { ...simulator, latency_ms: { default: latency } });
        for (const [area_code, numbers] of Object.entries(inventory)) await installation.inventory(area_code, numbers);
        for (let i = 0; i < strangers; ++i) await this.plant(`+1604555010${i}`, 'A number of someone else');
        for (let i = 0; i < orphans; ++i) await this.plant(`+1604555020${i}`, `dealerline:${this.installation_id}:${`${i}`.padStart(32, '0')}`);
        for (const fault of faults) await installation.arm(fault);
        const vendors = { TWILIO_API_BASE: installation.simulator_url, ELEVENLABS_API_BASE: installation.simulator_url };
        installation.environment = { ...this.settings, ...vendors, ...settings };
        await installation.start_server();
    }

    async plant(phone_number, friendly_name) {
        this.planted.push(await this.installation.sim('/sim/numbers', { phone_number, friendly_name }));
    }

    // --- what happens ---

    async perform({ signups, deaths, lives }) {
        const { installation } = this;
        const clients = [];
        for (const signup of signups) clients.push(this.client(signup, signup.after_first ? clients[0] : undefined));
        for (const [slug, life] of Object.entries(lives)) clients.push(this.live(slug, life));
        for (const death of deaths) await this.die(death);
        await Promise.all(clients);
        const { faults } = await installation.sim('/sim/faults');
        for (const { kind, struck } of faults) if (struck > 0) this.tale.struck[kind] = (this.tale.struck[kind] ?? 0) + struck;
        await installation.disarm();
        await installation.latency({ default: 0 });
    }

    async client(signup, earlier) {
        await earlier;
        await pause(signup.after_ms);
        const fields = { area_code: signup.area_code, ...(signup.key ? { key: `key-of-${signup.slug}` } : {}) };
        const attempts = [this.sign_up(signup, fields)];
        if (signup.doubled === 'at once') attempts.push(this.sign_up(signup, fields));
        if (signup.doubled === 'by a rival') attempts.push(this.sign_up(signup, { ...fields, email: `rival-of-${signup.slug}@example.com` }));
        await Promise.all(attempts);
    }

    async sign_up(signup, fields) {
        for (const end = Date.now() + client_limit; Date.now() < end; await pause(20)) {
            ++this.tale.signups;
            try {
                const { status, json } = await this.installation.sign_up(signup.slug, fields);
                this.answers.push({ slug: signup.slug, status, organization: json?.organization });
                if (status !== 201 && status !== 409) this.tale.broken.push(`${signup.slug} was answered ${status}: ${JSON.stringify(json)}`);
                return;
            } catch (failure) {
                --this.tale.signups;
                if (failure.code !== 'ECONNREFUSED' && !signup.comes_back) return;
            }
        }
        this.tale.broken.push(`${signup.slug} was never answered`);
    }

    // Waits until the line is live, and then asks for one change after the other, again and again until each is answered.
    async live(slug, { changes }) {
        const { installation } = this;
        const is_live = `SELECT o.id FROM organizations o JOIN provisioning_runs r ON r.organization_id = o.id WHERE o.slug = '${slug}' AND r.state = 'done'`;
        const [organization] = await until(() => installation.sql(is_live), ([found]) => found, life_limit).catch(() => []);
        if (!organization) return;
        for (const { change, after_ms } of changes) {
            await pause(after_ms);
            await this.ask_for(slug, organization.id, change);
        }
    }

    async ask_for(slug, id, change) {
        const { installation, tale } = this;
        const session = await installation.admin_session();
        for (const end = Date.now() + change_limit; Date.now() < end; await pause(20)) {
            try {
                const { status, json } = await installation.api('POST', `/api/organizations/${id}/${change}`, { session });
                if (status === 409 && json.error.code === 'being_set_up') continue; // it is being resumed
                if (status !== 200) tale.broken.push(`${slug} was asked to ${change} and answered ${status}: ${JSON.stringify(json)}`);
                this.wanted[slug] = { suspend: 'suspended', close: 'closed', resume: 'open' }[change];
                tale.changes[change] = (tale.changes[change] ?? 0) + 1;
                return;
            } catch {
                // The server has died. What it was asked may have happened, and is asked again.
            }
        }
        tale.broken.push(`${slug} was asked to ${change} and never answered`);
    }

    // What the vendors have been asked so far, by operation, and what takes effect late. Only what is new is read.
    async read_journal() {
        const { entries, last } = await this.installation.sim(`/sim/journal?after=${this.journal.last}`);
        if (last <= this.journal.last) return this.journal;
        this.journal.last = last;
        for (const { operation, fault } of entries) {
            const asked = (this.journal.asked[operation] ?? 0) + 1;
            this.journal.asked[operation] = asked;
            if (fault?.kind === 'late') this.journal.late += operation.endsWith('.late') ? -1 : 1;
        }
        return this.journal;
    }

    async die({ after_ms, at, nth, snatched }) {
        const { installation } = this;
        const asked = async () => (await this.read_journal()).asked[at] ?? 0;
        if (at) {
            const goal = (await asked()) + nth;
            await installation.latency({ [at]: nth === 1 ? hanging : 0 });
            let hangs = nth === 1;
            for (const end = Date.now() + death_limit; Date.now() < end; await pause(watching)) {
                const count = await asked();
                if (count >= goal) break;
                if (!hangs && count === goal - 1) await installation.latency({ [at]: hanging });
                hangs ||= count === goal - 1;
            }
        } else {
            await pause(after_ms);
        }
        await installation.server.kill();
        ++this.tale.kills;
        if (at) await installation.latency({ [at]: null });
        if (snatched) {
            const [candidate] = await installation.sql("SELECT phone_number FROM number_candidates WHERE state IN ('reserved', 'posted')");
            if (candidate && !(await installation.at_twilio(candidate.phone_number))) await this.plant(candidate.phone_number, 'A number of someone else');
        }
        await installation.start_server();
    }

    // --- what came of it ---

    async judge(scenario) {
        const { installation, tale } = this;
        const late = (operation) => scenario.faults.some((fault) => fault.kind === 'late' && fault.operation === operation);
        const doubled_by_a_late_one = late('elevenlabs.import') && scenario.simulator.second_import === 'second_id';
        const updated_by_a_late_one = late('twilio.buy') && scenario.simulator.repeated_buy === 'updated';
        const changed_by_a_late_one = late('twilio.update');
        const context = { mark: `dealerline:${this.installation_id}:`, answers: this.answers, planted: this.planted, signups: scenario.signups, wanted: this.wanted, our_voice: `${installation.url}/webhooks/twilio/voice` };
        const found = (list) => tale.broken.push(...list);

        if (!(await this.settle())) return;
        const drift = await this.look();
        const books = await read_books(installation);
        tale.orphans = books.orphans.length;
        tale.billed = books.ledger.numbers.length;
        tale.owned = books.organizations.flatMap(({ numbers }) => numbers).length;
        tale.strangers = drift.not_ours;
        // Where calls go was changed late, after the line had changed hands: the doctor lists it, and a human repairs it.
        const listed = drift.findings.filter(({ kind }) => changed_by_a_late_one && kind.startsWith('voice_url')).map(({ phone_number }) => phone_number);
        found(broken_in_books(books, { ...context, listed }));
        found(broken_in_orphans(books, context));
        found(broken_in_imports(books, { doubled_by_a_late_one }));
        if (!updated_by_a_late_one) found(await broken_in_calls(installation, books, listed));
        for (const { id, state, life } of books.organizations) {
            if (state === 'done' && life === 'open') ++tale.live;
            if (state === 'held') ++tale.held;
            if (state !== 'needs_attention') continue;
            const type = books.notifications.find((one) => one.organization_id === id && one.type !== 'orphan_number')?.type ?? 'nothing';
            tale.waiting[type] = (tale.waiting[type] ?? 0) + 1;
        }
        const unfinished = new Set(books.organizations.filter((organization) => organization.state !== 'done' || waits_for_a_human(organization)).map(({ id }) => id));
        for (const { kind, phone_number, organization_id, message } of drift.findings) {
            if (kind === 'import_doubled' && doubled_by_a_late_one) continue;
            if (kind === 'voice_url' && updated_by_a_late_one) continue;
            if (listed.includes(phone_number) && kind.startsWith('voice_url')) continue;
            if (kind !== 'not_ours' && !unfinished.has(organization_id)) found([`the books differ without a reason: ${message}`]);
        }

        if (tale.broken.length === 0) await this.help(context, scenario);
        found(await broken_in_secrecy(installation));
    }

    // Until nobody works on any run any more and everything that was on its way has arrived.
    async settle() {
        const { installation, tale } = this;
        const organizations = await installation.sql('SELECT id, slug FROM organizations');
        let busy;
        let quiet = 0; // looks in a row: work goes from a line to its run between one question and the next
        for (const end = Date.now() + settling_limit; Date.now() < end; await pause(30)) {
            busy = (await this.read_journal()).late > 0 ? ['something is still on its way'] : [];
            for (const { phone_number } of await installation.sql(`SELECT phone_number FROM phone_numbers WHERE work_due_at < ${Date.now() + a_day}`))
                busy.push(`what was asked of ${phone_number} is not done`);
            for (const { id, slug } of organizations) {
                const run = await installation.run(id);
                if (is_running(run)) busy.push(`${slug} is stuck ${run.state} without a cause`);
            }
            quiet = busy.length === 0 ? quiet + 1 : 0;
            if (quiet === 2) return true;
        }
        tale.broken.push(...busy);
        return false;
    }

    async look() {
        const session = await this.installation.admin_session();
        // 409: the server looks by itself at this moment.
        const answer = await until(() => this.installation.api('POST', '/api/admin/drift/look', { session }), ({ status }) => status !== 409);
        assert.equal(answer.status, 200, answer.text);
        return answer.json;
    }

    // The people do what they are asked to do; then every dealership is live, and nothing differs.
    async help(context, { adopts, lives }) {
        const { installation, tale } = this;
        const session = await installation.admin_session();
        for (let round = 0; round < 4; ++round) {
            const books = await read_books(installation);
            for (const { id, slug, life } of books.organizations) if (life !== 'open' && lives[slug].resumes) await this.ask_for(slug, id, 'resume');
            const unfinished = books.organizations.filter((organization) => organization.state !== 'done' || waits_for_a_human(organization));
            if (unfinished.length === 0 && round > 0) break;
            for (const { id, slug, life, state, numbers, run_id } of unfinished) {
                if (state === 'done' || life !== 'open') {
                    if (numbers.some(({ line_stops }) => line_stops)) await installation.retry(id);
                    continue;
                }
                const bought = books.orphans.find(({ organization_id }) => organization_id === id);
                if (bought && adopts) {
                    const answer = await installation.api('POST', `/api/admin/orphans/${bought.twilio_sid}/adopt`, { session });
                    if (answer.status !== 200) tale.broken.push(`adopting ${bought.phone_number} for run ${run_id} was answered ${answer.text}`);
                    continue;
                }
                const told = books.notifications.find((one) => one.organization_id === id && one.type !== 'orphan_number');
                if (!told) {
                    tale.broken.push(`${slug} is ${state} and nobody is told`);
                    continue;
                }
                const { type, next_step } = told;
                if (type === 'elevenlabs_import_required') {
                    const { phone_number } = numbers[0];
                    await installation.activate(phone_number, await installation.import_by_hand(phone_number));
                } else {
                    const offered = type === 'number_choice_needed' ? next_step.match(/\b\d{3}\b/) : null;
                    await installation.retry(id, offered ? { area_code: offered[0] } : undefined);
                }
            }
            if (!(await this.settle())) return;
        }
        const { findings } = await this.look();
        const ids = findings.filter(({ repair }) => repair).map(({ id }) => id);
        if (ids.length > 0) {
            tale.repaired += ids.length;
            const answer = await installation.api('POST', '/api/admin/drift/repair', { session, json: { ids } });
            if (answer.status !== 200) tale.broken.push(`a repair was answered ${answer.text}`);
        }
        for (const { sid, phone_number } of context.planted.filter(({ friendly_name }) => friendly_name.startsWith(context.mark))) {
            const answer = await installation.api('POST', `/api/admin/orphans/${sid}/release`, { session, json: { phone_number } });
            if (answer.status !== 200) tale.broken.push(`releasing the orphan ${phone_number} was answered ${answer.text}`);
        }
        const strangers = context.planted.filter(({ friendly_name }) => !friendly_name.startsWith(context.mark));
        if (!(await this.settle())) return;
        const left = (await this.look()).findings.filter(({ kind }) => kind !== 'not_ours');
        for (const { message } of left) tale.broken.push(`the books differ after the repair: ${message}`);
        const books = await read_books(installation);
        for (const { slug, state, life, cause } of books.organizations)
            if (state !== 'done' && life === 'open') tale.broken.push(`${slug} was helped and is ${state}: ${cause}`);
        tale.broken.push(
            ...broken_in_books(books, context),
            ...broken_in_orphans(books, { ...context, planted: strangers }),
            ...broken_in_imports(books),
            ...(await broken_in_calls(installation, books)),
        );
    }
}
