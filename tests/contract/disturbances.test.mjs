// Webhooks as networks and vendors bring them on a bad day: lost, repeated, late, in any order, badly signed; and always the same ones.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { ElevenLabsClient } from '@elevenlabs/elevenlabs-js';
import twilio from 'twilio';
import { key, start_simulator, start_webhook, token, until } from './support.mjs';

const customer = '+14165550142';
const calm = {
  webhook_loss: 0, webhook_repeats: 0, webhook_bad_signature: 0, webhook_late: 10, webhook_late_ms: 0, webhook_shuffle: false, signature_age_seconds: 0,
};

let simulator;
let webhook;
let secret;
let number;

before(async () => {
  webhook = await start_webhook((asked) => (asked.url === '/sms' ? { type: 'text/xml', body: '<Response/>' } : { status: 200 }));
});
after(() => webhook.stop());

async function start() {
  simulator = await start_simulator();
  number = (await simulator.buy({ SmsUrl: `${webhook.url}/sms` })).phone_number;
  await simulator.import(number);
  secret = (await simulator.attach_webhook(`${webhook.url}/post-call`)).webhook_secret;
  webhook.requests.length = 0;
}
beforeEach(start);
afterEach(() => simulator.stop());

const settings = (patch) => simulator.post('/sim/settings', { ...calm, ...patch });
const call = async (summary) => (await simulator.post('/sim/calls', { from: customer, to: number, conversation: { summary } })).json;
const summary_of = (asked) => JSON.parse(asked.body).data.analysis.transcript_summary;
const all_brought = () => until(async () => (await simulator.get('/sim/webhooks')).json.waiting === 0);

describe('webhooks of a bad day', () => {
  const numbers = Array.from({ length: 60 }, (_, index) => String(index));

  test('are lost by the seed', async () => {
    const lost = async (seed) => {
      await settings({ webhook_loss: 30, webhook_seed: seed });
      const out = [];
      for (const each of numbers) if ((await call(each)).post_call.fate === 'lost') out.push(each);
      await simulator.stop();
      await start();
      return out.join(' ');
    };
    const [one, again, other] = [await lost(1), await lost(1), await lost(2)];
    assert.equal(one, again);
    assert.notEqual(one, other);
    const count = one.split(' ').length;
    assert.ok(count > 5 && count < 35, `${count} of 60`);
  });

  test('are repeated with the same body, and a lost one may come as its repeat', async () => {
    await settings({ webhook_repeats: 50 });
    for (const each of numbers.slice(0, 20)) await call(each);
    await all_brought();
    await until(() => webhook.requests.length > 20);
    const bodies = webhook.requests.map((asked) => asked.body);
    assert.equal(new Set(bodies).size, 20);
  });

  test('come in another order', async () => {
    await settings({ webhook_shuffle: true, webhook_shuffle_ms: 300 });
    for (const each of numbers.slice(0, 20)) assert.equal((await call(each)).post_call.fate, 'waits');
    await until(() => webhook.requests.length === 20);
    const order = webhook.requests.map(summary_of);
    assert.notDeepEqual(order, numbers.slice(0, 20));
    assert.deepEqual([...order].sort((a, b) => a - b), numbers.slice(0, 20));
  });

  test('come late, after a death of the simulator too', async () => {
    await settings({ webhook_late: 100, webhook_late_ms: 400 });
    await call('late');
    await simulator.kill();
    await simulator.restart();
    await until(() => webhook.requests.length === 1);
    assert.equal(summary_of(webhook.requests[0]), 'late');
  });

  test('are signed by nobody, or long ago', async () => {
    const { webhooks } = new ElevenLabsClient({ apiKey: key });
    const verified = (asked) => webhooks.constructEvent(asked.body, asked.headers['elevenlabs-signature'], secret);
    await settings({ webhook_bad_signature: 100 });
    await call('forged');
    await simulator.post('/sim/messages', { from: customer, to: number, body: 'forged' });
    await settings({ signature_age_seconds: 31 * 60 });
    await call('old');
    await settings({ signature_age_seconds: 29 * 60 });
    await call('not so old');
    const [forged, text, old, fine] = webhook.requests;
    await assert.rejects(verified(forged), /signature/i);
    await assert.rejects(verified(old), /timestamp|expired|tolerance|old/i);
    assert.equal((await verified(fine)).type, 'post_call_transcription');
    const form = Object.fromEntries(new URLSearchParams(text.body));
    assert.equal(twilio.validateRequest(token, text.headers['x-twilio-signature'], `${webhook.url}/sms`, form), false);
  });

  test('of a setting that cannot be are refused by its name', async () => {
    for (const [patch, reason] of [
      [{ webhook_loss: 101 }, /webhook_loss/], [{ webhook_shuffle: 1 }, /webhook_shuffle/], [{ retry_scale: 2 }, /retry_scale/],
      [{ outbound_calls: 'maybe' }, /outbound_calls/], [{ outbound_calls: { '+14165550142': 'busy' } }, /outbound_calls/],
      [{ delivery: 'undelivered:3' }, /delivery/], [{ analysis: 'none' }, /analysis/], [{ webhook_lost: 1 }, /unknown setting "webhook_lost"/],
    ]) {
      const answer = await simulator.post('/sim/settings', patch);
      assert.equal(answer.status, 400);
      assert.match(answer.json.error, reason);
    }
  });
});
