// Takes the guards of the purchase out one after the other, in a copy (build/guards), and names the seed that notices.
// node tests/chaos/guards.mjs [name…]: all of them, or those whose name contains a word. Exits with 1 when one is not missed.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../integration/support.mjs';

const most_runs = 200;
const provisioning = 'edge-server/services/provisioning.cpp';
const runs = 'edge-server/store/provisioning_store.cpp';
const twilio = 'edge-server/providers/twilio_client.cpp';
const elevenlabs = 'edge-server/providers/elevenlabs_client.cpp';
const schema = 'db/migrations/0001_the_line.sql';

// The step of DESIGN.md section 4; what is gone; the texts that stood there and what stands there instead.
const guards = [
    [1, 'a number is reserved against other runs', [
        [schema, 'CREATE UNIQUE INDEX number_candidates_open', 'CREATE INDEX number_candidates_open'],
        [schema, 'CREATE UNIQUE INDEX phone_numbers_owned', 'CREATE INDEX phone_numbers_owned'],
        [provisioning, 'is_number_taken(db, offer.phone_number) || ', ''],
    ]],
    [1, 'the choice outlives the process', [
        [runs, 'void void_all_leases(sql::Writer& db)\n{', "void void_all_leases(sql::Writer& db)\n{\n    db.run(\"UPDATE provisioning_runs SET state = 'choosing' WHERE state = 'buying'\");\n    db.run(\"DELETE FROM number_candidates WHERE state IN ('reserved', 'posted', 'refused')\");"],
    ]],
    [1, 'a concrete number is bought, not one of an area code', [
        [twilio, '{{"PhoneNumber", phone_number}, {"FriendlyName", tag}', '{{"AreaCode", phone_number.substr(2, 3)}, {"FriendlyName", tag}'],
    ]],
    [1, 'the area code that was asked for', [
        ['edge-server/services/number_search.cpp', 'if (!asked_area_code.empty()) {', 'if (false) {'],
    ]],
    [2, 'the purchase carries its run’s tag', [[provisioning, 'm_twilio.buy(candidate.phone_number, tag_of(work.run.id), urls())', 'm_twilio.buy(candidate.phone_number, "Dealerline", urls())']]],
    [2, 'the purchase carries our addresses', [[twilio, '{"SmsUrl", urls.sms}, {"SmsMethod", "POST"},\n            {"SmsFallbackUrl", urls.sms_fallback}, {"SmsFallbackMethod", "POST"}, {"VoiceUrl", urls.voice}, {"VoiceMethod", "POST"},\n            {"VoiceFallbackUrl", urls.voice_fallback}, {"VoiceFallbackMethod", "POST"}});\n}\n\n// Follows', '});\n}\n\n// Follows']]],
    [3, 'after an unclear purchase we look before anything else', [
        [provisioning, 'if (adopt_if_ours(work, *candidate)) return;\n    if (candidate->state == "posted")', 'if (candidate->state == "posted")'],
        [provisioning, 'if (adopt_if_ours(work, candidate)) return; // a repeated', '// a repeated'],
    ]],
    [3, 'only what carries exactly this run’s tag is adopted', [
        [provisioning, 'if (number.friendly_name == tag) {', 'if (true) {'],
        [provisioning, 'if (bought.friendly_name != tag_of(run.id))', 'if (false)'],
    ]],
    [3, 'the same number again, never another', [[provisioning, 'if (candidate->state == "posted") return post_candidate(work, *candidate);', '']]],
    [3, 'another number only after a second look one time-out later', [
        [provisioning, 'Looking once more before choosing another.", provider_deadline);\n}', 'Looking once more before choosing another.", milliseconds(0));\n}'],
    ]],
    [3, 'a number of another row is an alarm', [[provisioning, 'if (known && known->organization_id != run.organization_id) {', 'if (false) {']]],
    [4, 'one worker holds a run', [
        [runs, 'due_at <= $3 AND lease_until < $3\n', 'due_at <= $3\n'],
        [runs, '{lease_until, run_id, owner});\n    return db.changes() == 1;', '{lease_until, run_id, owner});\n    return true;'],
    ]],
    [5, 'we list before we import', [[provisioning, 'if (imported.phone_number == number.phone_number) return assign(imported);', '(void)imported;']]],
    [5, 'our addresses are set once more after the import', [[provisioning, 'auto const set = m_twilio.set_urls(number->twilio_sid, urls());', 'auto const set = m_twilio.fetch(number->twilio_sid);']]],
    [5, 'texts stay ours in the import, and are set once more', [
        [elevenlabs, '{"enable_sms", false}', '{"enable_sms", true}'],
        [provisioning, 'auto const set = m_twilio.set_urls(number->twilio_sid, urls());', 'auto const set = m_twilio.fetch(number->twilio_sid);'],
    ]],
    [5, 'the agent is assigned', [
        [elevenlabs, '{"agent_id", agent_id}, {"enable_sms", false}', '{"enable_sms", false}'],
        [provisioning, 'auto const assigned = m_elevenlabs->assign_agent(imported.phone_number_id, m_config.elevenlabs_agent_id);\n        if (handled_failure(work, m_elevenlabs->provider(), assigned.answer)) return {};', ''],
    ]],
    [6, 'the line is verified before it counts as active', [[provisioning, 'auto const difference = first_difference(work, *number);', 'auto const difference = std::string();']]],
    [6, 'calls go to ElevenLabs', [[provisioning, 'if (!is_elevenlabs_url(work.voice_url)) return', 'if (false) return']]],
    [6, 'the agent is ours at ElevenLabs', [[provisioning, 'if (at_elevenlabs.value.agent_id != m_config.elevenlabs_agent_id) return', 'if (false) return']]],
];

const words = process.argv.slice(2);
const chosen = guards.filter(([, name]) => words.length === 0 || words.some((word) => name.includes(word)));

const copy = join(root, 'build', 'guards');

async function seed_that_notices(edits) {
    const kept = new Map();
    try {
        for (const [file, old, instead] of edits) {
            const path = join(copy, file);
            const text = await readFile(path, 'utf8');
            if (!kept.has(path)) kept.set(path, text);
            if (text.split(old).length !== 2) throw new Error(`${file} does not contain once: ${old}`);
            await writeFile(path, text.replace(old, () => instead));
        }
        execFileSync('tools/build', ['release', 'dealerline-edge'], { cwd: copy, stdio: ['ignore', 'ignore', 'inherit'] });
        return await first_red();
    } finally {
        for (const [path, text] of kept) await writeFile(path, text);
    }
}

function first_red() {
    const environment = { ...process.env, DEALERLINE_BIN: join(copy, 'build/release/bin') };
    const chaos = spawn(process.execPath, ['tests/chaos/chaos.mjs', '--runs', `${most_runs}`, '--seed', '1'], { cwd: root, env: environment, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
    return new Promise((done) => {
        let said = '';
        chaos.stdout.on('data', (text) => {
            said += text;
            const [, seed, why] = /^seed (\d+) failed:\n {2}(.*)\n/m.exec(said) ?? [];
            if (!seed) return;
            process.kill(-chaos.pid, 'SIGTERM');
            done({ seed, why });
        });
        chaos.once('close', () => done(null));
    });
}

if (!existsSync(copy)) {
    execFileSync('git', ['clone', '--quiet', '--no-local', root, copy]);
    for (const shared of ['third_party', 'node_modules']) await symlink(join(root, shared), join(copy, shared));
}
execFileSync('git', ['-C', copy, 'fetch', '--quiet', root, 'HEAD']);
execFileSync('git', ['-C', copy, 'reset', '--quiet', '--hard', 'FETCH_HEAD']);
const rules = join(copy, 'CMakeLists.txt'); // what only a guard used is unused without it
await writeFile(rules, (await readFile(rules, 'utf8')).replace(' -Werror', ''));
execFileSync('tools/build', ['release', 'dealerline-edge', 'telephony-sim'], { cwd: copy, stdio: ['ignore', 'ignore', 'inherit'] });
let unnoticed = 0;
for (const [step, name, edits] of chosen) {
    const noticed = await seed_that_notices(edits).catch((failure) => console.log(`${step}. "${name}" was not taken out: ${failure.message}`));
    if (!noticed) ++unnoticed;
    console.log(`${step}. without "${name}": ${noticed ? `seed ${noticed.seed}: ${noticed.why}` : `${most_runs} runs noticed nothing`}`);
}
process.exitCode = unnoticed > 0 ? 1 : 0;
