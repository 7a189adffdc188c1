'use strict';

const shortest_ring_ms = 900;
const refresh_ms = 3000;

const element = (id) => document.getElementById(id);
const to = element('to');
const from = element('from');
const withhold = element('withhold');
const call_button = element('call');

let current = null; // the call under way: { abort, answered, sid }
let sound = true;
let ringer = null;

// "(604) 555-0123", "1 604 555 0123" and "+16045550123" are the same number.
function e164(text) {
  const digits = text.replace(/\D/g, '');
  if (text.trim().startsWith('+')) return digits.length >= 7 && digits.length <= 15 ? `+${digits}` : null;
  if (digits.length === 10) return `+1${digits}`;
  if (digits.length === 11 && digits.startsWith('1')) return `+${digits}`;
  return null;
}

function national(number) {
  const parts = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number);
  return parts ? `(${parts[1]}) ${parts[2]}-${parts[3]}` : number;
}

function show_status(state, text) {
  element('status').dataset.state = state;
  element('status-text').textContent = text;
}

function show_button() {
  call_button.dataset.action = current ? 'hang-up' : 'call';
  element('call-word').textContent = current ? 'Hang up' : 'Call';
}

function show_part(name, visible) {
  element(`${name}-part`).hidden = !visible;
}

function clear_result() {
  for (const name of ['greeting', 'talk', 'variables', 'steps']) show_part(name, false);
}

function show_problem(text) {
  element('to-problem').textContent = text;
  to.setAttribute('aria-invalid', text ? 'true' : 'false');
}

// The tone a caller hears while it rings, two seconds on and four off.
function start_ringing() {
  if (!sound || !window.AudioContext) return;
  const audio = new AudioContext();
  const gain = audio.createGain();
  gain.gain.value = 0;
  gain.connect(audio.destination);
  for (const frequency of [440, 480]) {
    const tone = audio.createOscillator();
    tone.frequency.value = frequency;
    tone.connect(gain);
    tone.start();
  }
  for (let ring = 0; ring < 10; ring += 1) {
    gain.gain.setValueAtTime(0.05, audio.currentTime + ring * 6);
    gain.gain.setValueAtTime(0, audio.currentTime + ring * 6 + 2);
  }
  ringer = audio;
}

function stop_ringing() {
  if (ringer) ringer.close();
  ringer = null;
}

function speak(text) {
  if (!sound || !window.speechSynthesis || !text) return;
  const words = new SpeechSynthesisUtterance(text);
  words.lang = 'en-CA';
  window.speechSynthesis.speak(words);
}

function stop_speaking() {
  if (window.speechSynthesis) window.speechSynthesis.cancel();
}

function show_result(result) {
  const who = result.answered_by === 'agent' ? result.agent_name : 'The line';
  if (result.greeting) {
    element('greeting-title').textContent = `${who} says`;
    element('greeting').textContent = result.greeting;
  }
  show_part('greeting', Boolean(result.greeting));

  const names = Object.keys(result.variables);
  element('variables-title').textContent = `What ${who} was told`;
  element('variables').replaceChildren(...names.map((name) => {
    const row = document.createElement('div');
    const term = document.createElement('dt');
    const value = document.createElement('dd');
    const text = String(result.variables[name]);
    term.textContent = name;
    value.textContent = text === '' ? '(empty)' : text;
    value.classList.toggle('none', text === '');
    row.append(term, value);
    return row;
  }));
  show_part('variables', names.length > 0);

  element('steps').replaceChildren(...result.steps.map((step) => {
    const item = document.createElement('li');
    item.textContent = step;
    return item;
  }));
  const says_more = result.steps.length > 1 || result.steps[0] !== result.reason;
  show_part('steps', says_more);

  if (result.status === 'answered') show_status('answered', `${who} answered ${national(result.to)}`);
  else show_status('failed', result.reason || 'The call failed');
  element('line').scrollIntoView({ block: 'nearest' });
}

function show_turn(words, is_mine) {
  const turn = document.createElement('p');
  turn.textContent = words;
  turn.classList.toggle('mine', is_mine);
  element('talk').append(turn);
}

function show_step(words) {
  const item = document.createElement('li');
  item.textContent = words;
  element('steps').append(item);
  show_part('steps', true);
}

// The line is open: what is said now goes to the agent.
function start_talking(result) {
  element('talk').replaceChildren();
  element('say-label').textContent = `Your words to ${result.agent_name}`;
  element('say-problem').textContent = '';
  element('saying').hidden = false;
  show_part('talk', true);
  if (window.matchMedia('(hover: hover)').matches) element('say').focus({ preventScroll: true });
}

const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });

const caller_id = () => (withhold.checked ? '' : (e164(from.value) || from.value.trim()));

async function post(path, body, options = {}) {
  const answer = await fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body), ...options });
  const result = await answer.json();
  if (!answer.ok) throw new Error(result.error);
  return result;
}

const ask = (number, signal) => post('/sim/calls/start', { from: caller_id(), to: number }, { signal });

async function say(words) {
  const call = current;
  if (!call?.sid || !words) return;
  show_turn(words, true);
  element('say').value = '';
  try {
    const { reply } = await post(`/sim/calls/${call.sid}/say`, { text: words });
    if (current !== call) return;
    show_turn(reply, false);
    speak(reply);
  } catch (error) {
    element('say-problem').textContent = error.message;
  }
}

// What the vendor made of the call is told by its webhook; the caller sees how that went.
async function end_call(sid) {
  try {
    const { post_call: told } = await post(`/sim/calls/${sid}/hang-up`, {}, { keepalive: true });
    const ways = {
      delivered: `told in ${told.ms} ms`, refused: `refused: ${told.error || told.status}`, lost: 'lost on the way', waits: `comes in ${told.in_ms} ms`, unwanted: 'wanted by nobody',
    };
    show_step(`The post-call webhook: ${ways[told.fate]}`);
  } catch (error) {
    show_step(`The call could not be ended: ${error.message}`);
  }
}

async function start_call() {
  const number = e164(to.value);
  if (!number) {
    show_problem('That is not a whole number. Write it like (604) 555-0123.');
    to.focus();
    return;
  }
  show_problem('');
  clear_result();
  stop_speaking();
  const call = { abort: new AbortController(), answered: false };
  current = call;
  show_button();
  show_status('ringing', `Ringing ${national(number)}…`);
  start_ringing();
  element('line').scrollIntoView({ block: 'nearest' }); // on a telephone's own screen it lies below the keys
  try {
    const [result] = await Promise.all([ask(number, call.abort.signal), pause(shortest_ring_ms)]);
    if (current !== call) return;
    call.answered = result.status === 'answered';
    show_result(result);
    if (!call.answered) return;
    speak(result.greeting);
    if (result.answered_by !== 'agent') return;
    call.sid = result.call_sid;
    start_talking(result);
  } catch (error) {
    if (current !== call) return;
    show_status('failed', `The simulator did not answer: ${error.message}`);
  } finally {
    if (current === call) {
      stop_ringing();
      if (!call.answered) current = null;
      show_button();
    }
  }
}

function hang_up() {
  if (!current) return;
  current.abort.abort();
  if (current.sid) end_call(current.sid);
  current = null;
  element('saying').hidden = true;
  stop_ringing();
  stop_speaking();
  show_status('ended', 'Call ended');
  show_button();
}

function dial(number) {
  if (current) hang_up();
  to.value = national(number);
  start_call();
}

function press(key) {
  if (key === 'back') to.value = to.value.slice(0, -1);
  else to.value += key;
  show_problem('');
}

element('dialler').addEventListener('submit', (event) => {
  event.preventDefault();
  if (current) hang_up();
  else start_call();
});

element('saying').addEventListener('submit', (event) => {
  event.preventDefault();
  say(element('say').value.trim());
});
window.addEventListener('pagehide', hang_up);

for (const key of document.querySelectorAll('[data-key]')) {
  key.addEventListener('click', () => press(key.dataset.key));
}

to.addEventListener('input', () => show_problem(''));
withhold.addEventListener('change', () => { from.disabled = withhold.checked; });

element('sound').addEventListener('click', (event) => {
  sound = !sound;
  event.currentTarget.setAttribute('aria-pressed', String(sound));
  if (sound) return;
  stop_ringing();
  stop_speaking();
});

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') hang_up();
  // Enter in a field would press the form's button, which says "Hang up" now.
  if (event.key === 'Enter' && current && event.target instanceof HTMLInputElement && event.target.form === element('dialler')) event.preventDefault();
  const on_page = event.target === document.body && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (!on_page) return;
  if (/^[0-9+]$/.test(event.key)) press(event.key);
  else if (event.key === 'Backspace') press('back');
  else if (event.key === 'Enter' && !current) start_call();
});

let shown_ledger = '';
let sold_numbers = []; // E.164, newest first

function row_button(word, about, work) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'small';
  button.textContent = word;
  button.setAttribute('aria-label', `${word} ${about}`);
  button.addEventListener('click', work);
  return button;
}

function show_ledger(ledger) {
  const count = ledger.numbers.length;
  sold_numbers = ledger.numbers.map((number) => number.phone_number).reverse();
  document.dispatchEvent(new CustomEvent('numbers'));
  element('sold-sum').textContent = count ? `${count} · $${ledger.monthly_total} a month` : '';
  element('sold-none').hidden = count > 0;
  element('sold').hidden = count === 0;
  element('sold').replaceChildren(...[...ledger.numbers].reverse().map((number) => {
    const row = document.createElement('li');
    const text = document.createElement('div');
    const strong = document.createElement('strong');
    const name = document.createElement('span');
    const buttons = document.createElement('div');
    strong.textContent = national(number.phone_number);
    name.textContent = number.friendly_name === strong.textContent ? number.phone_number : number.friendly_name;
    name.title = number.friendly_name;
    buttons.className = 'row-buttons';
    buttons.append(row_button('Text', strong.textContent, () => open_thread(number.phone_number)),
      row_button('Call', strong.textContent, () => dial(number.phone_number)));
    text.append(strong, name);
    row.append(text, buttons);
    return row;
  }));
}

async function refresh() {
  if (document.visibilityState === 'visible') {
    try {
      const text = await (await fetch('/sim/ledger?only=numbers')).text();
      if (text !== shown_ledger) {
        shown_ledger = text;
        show_ledger(JSON.parse(text));
      }
    } catch {
      // The simulator is away; the list stays as it was until it is back.
    }
  }
  setTimeout(refresh, refresh_ms);
}

const wanted = new URLSearchParams(location.search).get('to');
if (wanted) to.value = national(`+${wanted.replace(/\D/g, '')}`);
to.focus();
refresh();
