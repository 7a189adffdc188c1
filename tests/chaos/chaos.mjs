// Signs dealerships up while the server dies and the vendors fail, and compares the books afterwards. One seed is one scenario.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { scenario_of } from './scenario.mjs';
import { Stage } from './stage.mjs';

const scenarios_of_a_stage = 250; // its admin's session does not last for ever
const between_lines = 10_000; // ms

function options() {
    const whole = (text, name) => {
        if (/^\d{1,9}$/.test(text)) return Number(text);
        console.error(`chaos: --${name} must be a whole number`);
        process.exit(2);
    };
    try {
        const text = (value) => ({ type: 'string', default: `${value}` });
        const { values } = parseArgs({ options: { runs: text(50), seed: text(1), stages: text(2 * availableParallelism() + 2) } });
        return { runs: whole(values.runs, 'runs'), seed: whole(values.seed, 'seed'), stages: Math.max(1, whole(values.stages, 'stages')) };
    } catch (problem) {
        console.error(`chaos: ${problem.message}`);
        return process.exit(2);
    }
}

const { runs, seed: first, stages } = options();
const counted = ['kills', 'signups', 'billed', 'owned', 'orphans', 'strangers', 'live', 'held', 'repaired'];
const sums = { runs: 0, struck: {}, waiting: {}, changes: {}, failed: [], ...Object.fromEntries(counted.map((name) => [name, 0])) };
const started = Date.now();
const seconds = () => (Date.now() - started) / 1000;
const listed = (counts) =>
    Object.entries(counts)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, count]) => `${name} ${count}`)
        .join(', ') || 'none';
const total = (counts) => Object.values(counts).reduce((sum, count) => sum + count, 0);
const add = (counts, more) => Object.entries(more).forEach(([name, count]) => (counts[name] = (counts[name] ?? 0) + count));

function report(scenario, { broken, log }) {
    console.log(`\nseed ${scenario.seed} failed:`);
    for (const sentence of broken) console.log(`  ${sentence}`);
    console.log(`  scenario: ${JSON.stringify(scenario)}`);
    console.log(`  the server's last words:\n${log.trim().split('\n').slice(-12).map((line) => `    ${line}`).join('\n')}`);
    console.log(`  again: tools/test chaos --runs 1 --seed ${scenario.seed}\n`);
}

let next = first;
const end = first + runs;
async function play_on() {
    while (next < end) {
        const stage = await Stage.build();
        for (let played = 0; played < scenarios_of_a_stage && next < end; ++played) {
            const scenario = scenario_of(next++);
            const tale = await stage.play(scenario);
            ++sums.runs;
            for (const name of counted) sums[name] += tale[name];
            add(sums.struck, tale.struck);
            add(sums.waiting, tale.waiting);
            add(sums.changes, tale.changes);
            if (tale.broken.length === 0) continue;
            sums.failed.push(scenario.seed);
            report(scenario, tale);
        }
        await stage.remove();
    }
}

function say_how_far() {
    const done = [`${sums.runs} of ${runs} runs`, `${sums.kills} kills`, `${total(sums.struck)} faults`, `${sums.failed.length} failed`];
    console.log(`chaos: ${done.join(', ')}, ${seconds().toFixed(0)} s`);
}

const progress = setInterval(say_how_far, between_lines);
await Promise.all(Array.from({ length: Math.min(stages, runs) }, play_on));
clearInterval(progress);

console.log(`
chaos: ${sums.runs} runs from seed ${first} in ${seconds().toFixed(1)} s, ${(seconds() / Math.max(1, sums.runs)).toFixed(2)} s each
  kills              ${sums.kills}
  faults struck      ${total(sums.struck)}: ${listed(sums.struck)}
  signups answered   ${sums.signups}
  numbers billed     ${sums.billed} = ${sums.owned} of organisations + ${sums.orphans} orphans listed + ${sums.strangers} not ours
  live by itself     ${sums.live}
  changed afterwards ${total(sums.changes)}: ${listed(sums.changes)}
  held               ${sums.held}
  waiting for people ${total(sums.waiting)}: ${listed(sums.waiting)}
  repaired           ${sums.repaired}
  ${sums.failed.length === 0 ? 'every invariant held' : `FAILED ${sums.failed.length}: seeds ${sums.failed.sort((a, b) => a - b).join(', ')}`}`);
process.exit(sums.failed.length === 0 ? 0 : 1);
