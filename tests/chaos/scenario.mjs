// What happens in one run of the chaos tests: signups, deaths of the server, faults of the vendors. Drawn from the seed alone.

// mulberry32
function random_from(seed) {
    let state = Math.imul(seed, 0x9e3779b9) >>> 0;
    const next = () => {
        state = (state + 0x6d2b79f5) >>> 0;
        let mixed = Math.imul(state ^ (state >>> 15), state | 1);
        mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
    const whole = (least, most) => least + Math.floor(next() * (most - least + 1));
    const chance = (share) => next() < share;
    const one_of = (list) => list[whole(0, list.length - 1)];
    // [[weight, value], …]
    const weighted = (list) => {
        let left = next() * list.reduce((sum, [weight]) => sum + weight, 0);
        for (const [weight, value] of list) if ((left -= weight) < 0) return value;
        return list.at(-1)[1];
    };
    return { whole, chance, one_of, weighted };
}

const steps_at_twilio = ['twilio.search', 'twilio.buy', 'twilio.update', 'twilio.fetch'];
const steps_at_elevenlabs = ['elevenlabs.list', 'elevenlabs.import', 'elevenlabs.get', 'elevenlabs.agent_get'];
const steps = [...steps_at_twilio, ...steps_at_elevenlabs];
const operations = [...steps, 'twilio.list', 'elevenlabs.patch', 'elevenlabs.webhooks'];
const statuses = [500, 502, 503, 504];

function common_fault(random, operation) {
    const kind = random.weighted([[3, 'error'], [3, 'reset'], [3, 'lost'], [2, 'throttled'], [2, 'garbled'], [1, 'slow']]);
    const fault = { operation, kind };
    if (kind === 'error') Object.assign(fault, { status: random.one_of(statuses), body: random.one_of(['json', 'html']), after: random.chance(0.5) });
    if (kind === 'throttled' && random.chance(0.5)) fault.retry_after = 1;
    if (kind === 'slow') fault.ms = random.whole(20, 300);
    return fault;
}

const late = (random, operation, least = 20, most = 900) => ({
    operation,
    kind: 'late',
    ms: random.whole(least, most),
    ...(random.chance(0.5) ? { status: random.one_of(statuses) } : {}),
});
const refusal = (operation, code) => ({ operation, kind: 'refuse', code });

function fault_of_buy(random) {
    return random.weighted([
        [5, () => common_fault(random, 'twilio.buy')],
        [4, () => late(random, 'twilio.buy')],
        [2, () => refusal('twilio.buy', random.one_of([21631, 21649, 21404, 20005, 20003]))],
    ])();
}

function fault_of_import(random) {
    const operation = 'elevenlabs.import';
    return random.weighted([
        [5, () => common_fault(random, operation)],
        [3, () => late(random, operation)],
        [2, () => ({ operation, kind: random.one_of(['echo', 'takes_sms', 'no_agent']) })],
        [2, () => refusal(operation, random.one_of(['invalid_api_key', 'insufficient_credits', 'resource_already_exists', 'system_busy', 'bad_request']))],
    ])();
}

function any_fault(random) {
    const fault = random.weighted([
        [4, () => fault_of_buy(random)],
        [4, () => fault_of_import(random)],
        [5, () => common_fault(random, random.one_of(operations))],
        [1, () => refusal(random.one_of(['twilio.search', 'twilio.list', 'twilio.update', 'twilio.fetch']), 20003)],
    ])();
    return { ...fault, nth: random.weighted([[6, 1], [2, 2], [1, 3]]), times: random.weighted([[6, 1], [1, 2]]) };
}

const random_plan = (random) => ({
    ...common_fault(random, random.one_of(['*', 'twilio.*', 'elevenlabs.*'])),
    share: random.whole(5, 35) / 100,
    seed: random.whole(0, 1_000_000),
    times: random.whole(1, 4),
});

const at_a_moment = (random) => ({ after_ms: random.whole(0, 400) });
const at_a_step = (random, operation = random.one_of(steps)) => ({ at: operation, nth: random.weighted([[4, 1], [1, 2]]) });
const any_death = (random) => (random.chance(0.5) ? at_a_moment(random) : at_a_step(random));
const several = (count, make) => Array.from({ length: count }, make);

function signups_of(random, count) {
    return several(count, (_, i) => ({
        slug: `dealer-${i + 1}`,
        after_ms: random.weighted([[3, 0], [2, random.whole(1, 60)], [1, random.whole(60, 400)]]),
        doubled: random.weighted([[5, 'no'], [3, 'at once'], [1, 'by a rival']]),
        key: random.chance(0.3),
        comes_back: random.chance(0.75), // when the answer is lost, it asks again
        area_code: random.weighted([[6, '604'], [1, '236'], [1, '416'], [1, undefined]]),
    }));
}

// What is asked of a line once it is live: each word a moment after the one before.
const life_of = (random) => ({
    changes: random
        .weighted([
            [4, ['suspend']],
            [4, ['suspend', 'resume']],
            [2, ['suspend', 'resume', 'suspend']],
            [3, ['close']],
            [2, ['close', 'resume']],
            [2, ['suspend', 'close']],
        ])
        .map((change) => ({ change, after_ms: random.weighted([[3, random.whole(0, 30)], [2, random.whole(30, 400)]]) })),
    resumes: random.chance(0.6), // when all is over
});
const lives_of = (random, signups, share) => Object.fromEntries(signups.filter(() => random.chance(share)).map(({ slug }) => [slug, life_of(random)]));

// Each theme sharpens what is drawn anyway.
const themes = {
    mixed: () => {},
    'dies while buying': (random, plan) => {
        plan.deaths = [at_a_step(random, 'twilio.buy'), ...plan.deaths.slice(1)];
    },
    'dies while importing': (random, plan) => {
        plan.deaths = [at_a_step(random, 'elevenlabs.import'), ...plan.deaths.slice(1)];
    },
    'dies with a purchase on its way': (random, plan) => {
        plan.deaths = [at_a_step(random, 'twilio.buy'), ...plan.deaths.slice(1)];
        plan.faults = [late(random, 'twilio.buy', 300, 2500)];
    },
    'a purchase comes late': (random, plan) => {
        plan.faults = [late(random, 'twilio.buy', 500, 2500), ...plan.faults.slice(1)];
    },
    'the purchase’s answer is lost': (random, plan) => {
        plan.faults = [{ operation: 'twilio.buy', kind: random.one_of(['lost', 'garbled']), times: random.whole(1, 2) }, ...plan.faults.slice(1)];
    },
    'the import’s answer is lost': (random, plan) => {
        plan.faults = [{ operation: 'elevenlabs.import', kind: random.one_of(['lost', 'garbled']) }, ...plan.faults.slice(1)];
    },
    'the import is not what was asked for': (random, plan) => {
        plan.faults = [{ operation: 'elevenlabs.import', kind: random.one_of(['no_agent', 'takes_sms']) }, ...plan.faults.slice(1)];
    },
    'many at once': (random, plan) => {
        plan.signups = signups_of(random, random.whole(3, 5)).map((signup) => ({ ...signup, after_ms: random.whole(0, 120) }));
        plan.latency = random.whole(20, 120);
    },
    'numbers run out': (random, plan) => {
        plan.signups = plan.signups.map((signup) => ({ ...signup, area_code: '867' }));
        plan.inventory = { 867: several(random.whole(0, 1), (_, i) => `+1867210000${i}`) };
    },
    'the spend guard holds some': (random, plan) => {
        plan.settings = { DEALERLINE_MAX_PURCHASES_PER_DAY: String(random.whole(1, 2)) };
        plan.signups = signups_of(random, 3);
    },
    'imports by hand': (random, plan) => {
        plan.settings = { ELEVENLABS_IMPORT: 'manual' };
    },
    'strangers in the account': (random, plan) => {
        plan.strangers = random.whole(1, 2);
        plan.orphans = random.whole(0, 2);
    },
    'a vendor is down': (random, plan) => {
        plan.faults = [{ operation: random.one_of(['twilio.*', 'elevenlabs.*']), kind: 'error', status: 503, times: random.whole(5, 6) }];
        plan.deaths = plan.deaths.slice(0, 1);
    },
    'it goes to someone else': (random, plan) => {
        plan.signups = plan.signups.slice(0, 2);
        plan.faults = [{ operation: 'twilio.buy', kind: 'vanish' }];
    },
    'late, and stopped meanwhile': (random, plan) => {
        plan.signups = plan.signups.slice(0, 1);
        plan.faults = [late(random, 'twilio.buy', 900, 2_500), { ...refusal('twilio.buy', random.one_of([20003, 21631, 21404])), nth: 1 }];
        plan.deaths = [];
    },
    'late, and refused meanwhile': (random, plan) => {
        plan.signups = plan.signups.slice(0, 1);
        plan.faults = [late(random, 'twilio.buy', 2_000, 8_000), { ...refusal('twilio.buy', 21422), nth: 1 }];
        plan.deaths = random.chance(0.3) ? [at_a_moment(random)] : [];
    },
    'a stranger gets the number that is being bought': (random, plan) => {
        plan.signups = plan.signups.slice(0, 1);
        plan.faults = [{ operation: 'twilio.buy', kind: 'reset' }];
        plan.deaths = [{ ...at_a_step(random, 'twilio.buy'), nth: 1, snatched: true }];
    },
    'Twilio answers with another’s number': (random, plan) => {
        const [first, second] = signups_of(random, 2);
        plan.signups = [{ ...first, after_ms: 0, doubled: 'no' }, { ...second, after_first: true }];
        plan.faults = [{ operation: 'twilio.buy', kind: 'foreign', nth: 2 }];
        // the first line's URLs were set before: the second update gives its mark back
        if (random.chance(0.5)) plan.faults.push({ operation: 'twilio.update', kind: random.one_of(['error', 'reset', 'throttled']), nth: 2 });
        plan.deaths = random.chance(0.5) ? [{ ...at_a_step(random, random.one_of(['twilio.buy', 'twilio.update'])), nth: 2 }] : [];
        plan.latency = 0;
    },
};

// Lines that change hands while the server dies and Twilio fails.
function live_through(random, plan) {
    const operation = () => random.one_of(['twilio.fetch', 'twilio.update']);
    Object.assign(plan, {
        theme: 'switched off and on',
        settings: {},
        inventory: {},
        signups: signups_of(random, random.whole(1, 3)).map((signup) => ({ ...signup, area_code: '604' })),
        faults: several(random.whole(0, 2), () => ({ ...common_fault(random, operation()), nth: random.whole(2, 5), times: random.whole(1, 2) })),
        deaths: several(random.whole(0, 3), () => (random.chance(0.4) ? { after_ms: random.whole(0, 700) } : { at: operation(), nth: random.whole(1, 3) })),
    });
    plan.lives = lives_of(random, plan.signups, 1);
}

const weights = [
    [24, 'mixed'], [9, 'dies while buying'], [6, 'dies while importing'], [6, 'dies with a purchase on its way'], [8, 'a purchase comes late'],
    [6, 'the purchase’s answer is lost'], [6, 'the import’s answer is lost'], [4, 'the import is not what was asked for'], [8, 'many at once'],
    [4, 'numbers run out'], [3, 'the spend guard holds some'], [3, 'imports by hand'], [3, 'strangers in the account'], [2, 'a vendor is down'],
    [2, 'it goes to someone else'], [2, 'late, and refused meanwhile'], [2, 'late, and stopped meanwhile'],
    [2, 'a stranger gets the number that is being bought'], [4, 'Twilio answers with another’s number'],
];

export function scenario_of(seed) {
    const random = random_from(seed);
    const theme = random.weighted(weights);
    const plan = {
        seed,
        theme,
        settings: {},
        simulator: { repeated_buy: random.one_of(['refused', 'updated']), second_import: random.one_of(['conflict', 'second_id']) },
        latency: random.weighted([[3, 0], [3, random.whole(1, 15)], [1, random.whole(15, 50)]]),
        inventory: {},
        strangers: 0,
        orphans: 0,
        signups: signups_of(random, random.weighted([[5, 1], [3, 2], [1, 3]])),
        faults: several(random.weighted([[3, 0], [5, 1], [2, 2]]), () => any_fault(random)),
        deaths: several(random.weighted([[2, 0], [5, 1], [2, 2], [1, 3]]), () => any_death(random)),
    };
    if (random.chance(0.12)) plan.faults.push(random_plan(random));
    themes[theme](random, plan);
    plan.adopts = random.chance(0.5); // when a stopped run’s purchase came late, someone adopts it instead of trying again
    plan.lives = lives_of(random, plan.signups, random.chance(0.3) ? 0.7 : 0);
    if (random.chance(0.12)) live_through(random, plan);
    return plan;
}
