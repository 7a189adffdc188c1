// What must hold after every scenario, whatever happened in it. Each broken invariant is a sentence.
import { admin, credentials, name_of, password } from '../integration/support.mjs';

const running = new Set(['queued', 'choosing', 'buying', 'importing', 'verifying']);
export const is_running = (run) => running.has(run.state);

const secrets = {
    'Twilio’s token': credentials.TWILIO_AUTH_TOKEN,
    'the account with Twilio’s token': Buffer.from(`${credentials.TWILIO_ACCOUNT_SID}:${credentials.TWILIO_AUTH_TOKEN}`).toString('base64'),
    'ElevenLabs’ key': credentials.ELEVENLABS_API_KEY,
    'the initiation secret': credentials.ELEVENLABS_INITIATION_SECRET,
    'the webhook secret': credentials.ELEVENLABS_WEBHOOK_SECRET,
    'a dealership’s password': password,
    'the admin’s password': admin.password,
};

const causes_of_a_stop = new Set(['manual_setup_required', 'number_choice_needed', 'elevenlabs_import_required', 'drift_found']);

const counted = (list) => list.reduce((counts, each) => counts.set(each, (counts.get(each) ?? 0) + 1), new Map());
const repeated = (list) => [...counted(list)].filter(([, count]) => count > 1).map(([each, count]) => `${each} (${count} times)`);

// Everything that the books say, ours and the vendors'.
export async function read_books(installation) {
    const session = await installation.admin_session();
    const ledger = await installation.ledger();
    const workspace = await installation.sim('/sim/workspace');
    const [rows, { notifications }, { orphans }, at_twilio] = await Promise.all([
        installation.sql(`
            SELECT o.id, o.slug, o.name, o.state AS life, o.closed_at, r.id AS run_id, r.area_code, r.state, r.cause, r.next_step, r.phone_number_id,
                   (SELECT count(*) FROM provisioning_steps s WHERE s.run_id = r.id AND s.state = 'started') AS open_steps,
                   (SELECT count(*) FROM number_candidates c WHERE c.run_id = r.id AND c.state IN ('reserved', 'posted', 'refused')) AS open_candidates,
                   (SELECT json_group_array(json_object('id', n.id, 'phone_number', n.phone_number, 'state', n.state, 'is_active', n.is_active,
                           'sid', n.twilio_sid, 'phone_id', n.elevenlabs_phone_id, 'release_at', n.release_at,
                           'line_stops', (SELECT count(*) FROM admin_notifications a WHERE a.subject = n.id AND a.status = 'pending')))
                    FROM phone_numbers n WHERE n.organization_id = o.id AND n.released_at IS NULL) AS numbers
            FROM organizations o LEFT JOIN provisioning_runs r ON r.organization_id = o.id ORDER BY o.id`),
        installation.get('/api/admin/notifications?status=pending&limit=500', session),
        installation.get('/api/admin/orphans', session),
        installation.twilio('GET', '/IncomingPhoneNumbers.json?PageSize=1000'),
    ]);
    const organizations = rows.map((row) => ({ ...row, numbers: JSON.parse(row.numbers) }));
    return { ledger, imports: workspace.phone_numbers, organizations, notifications, orphans, at_twilio: at_twilio.incoming_phone_numbers };
}

// What was asked of its line is not done, and a human is told.
export const waits_for_a_human = ({ numbers }) => numbers.some(({ line_stops }) => line_stops > 0);

const tag_of = (mark, run_id) => `${mark}${run_id.replaceAll('-', '')}`;

// A purchase may take effect after its run stopped for another reason: then it is an orphan until someone tries again.
export function bought_for_stopped_runs({ ledger, organizations }, mark) {
    const owned = new Set(organizations.flatMap(({ numbers }) => numbers.map(({ phone_number }) => phone_number)));
    const stopped = organizations.filter(({ state, numbers }) => state === 'needs_attention' && numbers.length === 0);
    const tags = new Set(stopped.map(({ run_id }) => tag_of(mark, run_id)));
    return ledger.numbers.filter(({ phone_number, friendly_name }) => tags.has(friendly_name) && !owned.has(phone_number));
}

// Area codes that serve the same area.
const overlays = [['604', '778', '236', '672', '257'], ['250', '778', '236', '672', '257'], ['416', '647', '437', '942']];
const serves = (phone_number, area_code) =>
    phone_number.slice(2, 5) === area_code || overlays.some((codes) => codes.includes(area_code) && codes.includes(phone_number.slice(2, 5)));

const cooling_off = 7 * 24 * 3600 * 1000; // ms

// An organisation that is switched off or closed keeps its number, and its calls come to us.
function broken_in_silence({ slug, life, closed_at, numbers }, there, our_voice, listed) {
    const broken = [];
    for (const { phone_number, sid, state, is_active, release_at, line_stops } of numbers) {
        if (life === 'closed' && Math.abs(release_at - closed_at - cooling_off) > 1_000) broken.push(`${slug} is closed, and ${phone_number} is not released seven days later`);
        if (life !== 'closed' && release_at) broken.push(`${slug} is ${life}, and ${phone_number} would be released`);
        if (line_stops > 0) continue; // whoever is told puts it right
        if (is_active) broken.push(`${slug} is ${life}, and ${phone_number} counts as active`);
        if (listed.includes(phone_number)) continue;
        if (state === 'suspended' && there.get(sid)?.voice_url !== our_voice) broken.push(`${slug} is ${life}, and calls to ${phone_number} go to ${there.get(sid)?.voice_url}`);
    }
    return broken;
}

// `answers`: what the signups were told. `planted`: numbers that the scenario put into the account. `wanted`: what became of lines.
// `listed`: numbers of which the doctor says that their calls go astray.
export function broken_in_books(books, { mark, answers, planted, signups, wanted, our_voice, listed = [] }) {
    const broken = [];
    const { ledger, organizations, at_twilio } = books;
    const strange = new Set(planted.map(({ phone_number }) => phone_number));
    const waits = new Set(bought_for_stopped_runs(books, mark).map(({ phone_number }) => phone_number));
    const notifications = books.notifications.filter(({ type }) => type !== 'orphan_number'); // compared with what Twilio bills

    // money
    const bought = ledger.sales.filter(({ phone_number }) => !strange.has(phone_number));
    for (const tag of repeated(bought.map(({ friendly_name }) => friendly_name))) broken.push(`more than one number was bought for ${tag}`);
    for (const number of repeated(bought.map(({ phone_number }) => phone_number))) broken.push(`${number} was bought`);
    const owned = organizations.flatMap(({ numbers }) => numbers);
    const owned_numbers = new Set(owned.map(({ phone_number }) => phone_number));
    for (const number of repeated(owned.map(({ phone_number }) => phone_number))) broken.push(`${number} belongs to several organisations`);
    for (const sale of bought)
        if (!owned_numbers.has(sale.phone_number) && !waits.has(sale.phone_number))
            broken.push(`${sale.phone_number} was bought for ${sale.friendly_name} and is no organisation’s`);
    const paid = new Map(ledger.numbers.map((number) => [number.sid, number]));
    const imported = new Set(books.imports.map(({ phone_number }) => phone_number));
    const there = new Map(at_twilio.map((number) => [number.sid, number]));

    for (const organization of organizations) {
        const { slug, run_id, state, life, numbers } = organization;
        const told = notifications.filter(({ organization_id }) => organization_id === organization.id);
        if (!run_id) {
            broken.push(`${slug} has no run`);
            continue;
        }
        if (running.has(state)) broken.push(`${slug} is still ${state}`);
        if (organization.open_steps > 0 && !running.has(state)) broken.push(`${slug} is ${state} and a step of it never ended`);
        if (numbers.length > 1) broken.push(`${slug} has ${numbers.length} numbers`);
        for (const number of numbers) {
            const entry = there.get(number.sid);
            if (!paid.has(number.sid) || !entry) broken.push(`${slug}’s ${number.phone_number} is not Twilio’s ${number.sid}`);
            else if (entry.phone_number !== number.phone_number) broken.push(`${slug}’s ${number.phone_number} is ${entry.phone_number} at Twilio`);
            else if (entry.friendly_name !== tag_of(mark, run_id)) broken.push(`${slug} holds ${number.phone_number}, which carries ${entry.friendly_name}`);
            if (organization.area_code && !serves(number.phone_number, organization.area_code)) broken.push(`${slug} asked for ${organization.area_code} and has ${number.phone_number}`);
            // Nobody else has touched it yet: texts and calls come to us from the purchase on.
            const untouched = entry && life === 'open' && number.state !== 'active' && !imported.has(number.phone_number);
            if (untouched && !entry.sms_url.startsWith(our_voice.replace(/voice$/, 'sms'))) broken.push(`texts to ${slug}’s ${number.phone_number} go to "${entry.sms_url}"`);
            if (untouched && entry.voice_url !== our_voice) broken.push(`calls to ${slug}’s ${number.phone_number} go to "${entry.voice_url}"`);
            if (strange.has(number.phone_number)) broken.push(`${slug} took ${number.phone_number}, which is a stranger’s`);
        }
        if (life !== (wanted[slug] ?? 'open')) broken.push(`${slug} was asked to be ${wanted[slug]} and is ${life}`);
        if (life !== 'open') {
            broken.push(...broken_in_silence(organization, there, our_voice, listed));
            if (numbers.length !== 1) broken.push(`${slug} is ${life} and has no number any more`);
            if (told.length !== numbers.reduce((sum, { line_stops }) => sum + line_stops, 0) && state === 'done')
                broken.push(`${slug} is ${life}, and what waits for someone is [${told.map(({ type }) => type)}]`);
            continue;
        }
        if (state === 'done' && waits_for_a_human(organization)) continue; // resumed, and Twilio refused
        if (state === 'done') {
            if (numbers.length !== 1 || numbers[0].state !== 'active' || numbers[0].is_active !== 1) broken.push(`${slug} is done without an active number`);
            if (organization.open_candidates > 0) broken.push(`${slug} is done and still reserves a number`);
            for (const { type } of told) broken.push(`${slug} is live, and ${type} still waits for someone`);
        } else if (numbers.some(({ is_active }) => is_active)) broken.push(`${slug} is ${state} and its number counts as active`);
        if (state === 'held' || state === 'needs_attention') {
            if (!organization.cause || !organization.next_step) broken.push(`${slug} is ${state} without a cause and a next step`);
            const fitting = told.filter(({ type }) => (state === 'held' ? type === 'purchase_held' : causes_of_a_stop.has(type)));
            if (fitting.length !== 1 || told.length !== 1) broken.push(`${slug} is ${state}, and what waits for someone is [${told.map(({ type }) => type)}]`);
        }
    }

    // signups
    for (const slug of repeated(organizations.map((organization) => organization.slug))) broken.push(`${slug} exists`);
    for (const { slug, status, organization } of answers) {
        if (status !== 201) continue;
        const founded = organizations.find(({ id }) => id === organization.id);
        if (!founded || founded.slug !== slug) {
            broken.push(`${slug} was answered 201 and does not exist`);
            continue;
        }
        const promised = organization.phoneNumberPurchased;
        const given = founded.numbers[0]?.phone_number;
        if (promised && given !== promised) broken.push(`${slug} was promised ${promised} and has ${given}`);
    }
    const known = new Set(signups.map(({ slug }) => slug));
    for (const { slug } of organizations) if (!known.has(slug)) broken.push(`nobody signed ${slug} up`);
    return broken;
}

// ElevenLabs has what is live, once, answered by our agent; and nothing that is not ours.
export function broken_in_imports(books, { doubled_by_a_late_one = false } = {}) {
    const broken = [];
    const { imports, organizations } = books;
    const owned = organizations.flatMap(({ slug, numbers }) => numbers.map((number) => ({ ...number, slug })));
    const by_number = new Map(owned.map((number) => [number.phone_number, number]));
    for (const number of repeated(imports.map(({ phone_number }) => phone_number)))
        if (!doubled_by_a_late_one) broken.push(`${number} is imported into ElevenLabs`);
    for (const { phone_number, assigned_agent } of imports) {
        const number = by_number.get(phone_number);
        if (!number) broken.push(`${phone_number} is imported into ElevenLabs and no organisation’s`);
        else if (number.is_active && assigned_agent?.agent_id !== credentials.ELEVENLABS_AGENT_ID)
            broken.push(`no agent answers ${number.slug}’s ${phone_number}`);
    }
    for (const number of owned) {
        if (!number.is_active) continue;
        const imported = imports.filter(({ phone_number }) => phone_number === number.phone_number);
        if (imported.length === 0) broken.push(`${number.slug}’s ${number.phone_number} is active and not imported`);
        else if (!imported.some(({ phone_number_id }) => phone_number_id === number.phone_id))
            broken.push(`${number.slug}’s ${number.phone_number} is imported under another id`);
    }
    return broken;
}

export async function broken_in_calls(installation, books, listed = []) {
    const broken = [];
    for (const organization of books.organizations) {
        const { slug, name, state, life, numbers } = organization;
        if (state !== 'done' || life !== 'open' || waits_for_a_human(organization) || numbers.length !== 1 || listed.includes(numbers[0].phone_number)) continue;
        const call = await installation.call(numbers[0].phone_number);
        if (call.answered_by !== 'agent') broken.push(`${slug} is live, and its call is answered by ${call.answered_by}: ${call.reason}`);
        else if (call.variables.organization_name !== name || name !== name_of(slug))
            broken.push(`a call to ${slug} is answered for ${call.variables.organization_name}`);
    }
    return broken;
}

export async function broken_in_secrecy(installation) {
    const broken = [];
    const log = installation.log();
    const places = { 'the database': await installation.bytes_on_disk(), 'the log': log };
    for (const [place, text] of Object.entries(places))
        for (const [what, secret] of Object.entries(secrets)) if (text.includes(secret)) broken.push(`${place} holds ${what}`);
    // On a busy machine a call is answered while its record is still being written, which the server says aloud.
    const failures = log.split('\n').filter((line) => /"level":"(error|critical)"/.test(line) && !line.includes('before its record is on disk'));
    for (const line of failures) broken.push(`the server failed: ${line}`);
    return broken;
}

// What Twilio bills is an organisation's, or a listed orphan, or not ours; and what is not ours was not touched.
export function broken_in_orphans(books, { mark, planted }) {
    const broken = [];
    const { ledger, organizations, orphans, at_twilio, notifications } = books;
    const owned = organizations.flatMap(({ numbers }) => numbers);
    const is_marked = ({ friendly_name }) => friendly_name.startsWith(mark);
    const strangers = planted.filter((number) => !is_marked(number));
    const listed = (numbers) => numbers.map(({ phone_number }) => phone_number).sort();
    const expected = listed([...planted.filter(is_marked), ...bought_for_stopped_runs(books, mark)]);
    if (`${listed(orphans)}` !== `${expected}`) broken.push(`the orphans are [${expected}], and listed are [${listed(orphans)}]`);
    const told = listed(notifications.filter(({ type }) => type === 'orphan_number'));
    if (`${told}` !== `${expected}`) broken.push(`the orphans are [${expected}], and someone is told of [${told}]`);
    if (ledger.numbers.length !== owned.length + orphans.length + strangers.length)
        broken.push(
            `Twilio bills ${ledger.numbers.length} numbers; ${owned.length} are organisations’, ${orphans.length} orphans, ${strangers.length} strangers’`,
        );
    for (const { sid, phone_number, friendly_name, sms_url } of strangers) {
        const now = at_twilio.find((number) => number.sid === sid);
        if (now?.friendly_name !== friendly_name || now?.sms_url !== sms_url) broken.push(`${phone_number} is a stranger’s and was changed`);
    }
    return broken;
}
