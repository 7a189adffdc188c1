// From the signup request to the live line, beside the sum of the vendor calls that it made, with every vendor call taking 300 ms.
import { start_installation } from '../e2e/support.mjs';

const latency = 300;
const rounds = 5;
const installation = await start_installation({ latency });
try {
    console.log('signup   vendor calls   their sum ms   signup to live ms   over the sum');
    for (let round = 1; round <= rounds; ++round) {
        const { last } = await (await fetch(`${installation.simulator.url}/sim/journal`)).json();
        const started = performance.now();
        const answer = await fetch(`${installation.url}/api/signup`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ email: `owner${round}@example.com`, password: 'correct horse battery', organization_name: `Dealer ${round}`, organization_slug: `dealer-${round}` }),
        });
        const took = performance.now() - started;
        const { organization } = await answer.json();
        if (organization.status !== 'active') throw new Error(`the line is ${organization.status}, not active`);
        const { entries } = await (await fetch(`${installation.simulator.url}/sim/journal?after=${last}`)).json();
        const sum = entries.reduce((total, request) => total + request.ms, 0);
        console.log(`${String(round).padStart(6)}${String(entries.length).padStart(15)}${sum.toFixed(0).padStart(15)}${took.toFixed(0).padStart(20)}${`${((took / sum - 1) * 100).toFixed(1)} %`.padStart(15)}`);
    }
} finally {
    await installation.stop();
}
