'use strict';

const texts_refresh_ms = 1000;
const texts_number = element('texts-number');
const text_body = element('text-body');

function open_thread(number) {
  texts_number.value = number;
  refresh_thread();
  text_body.focus();
  element('texts-part').scrollIntoView({ block: 'nearest' });
}

function show_numbers() {
  const selected = texts_number.value;
  element('texts-part').hidden = sold_numbers.length === 0;
  element('texts-none').hidden = sold_numbers.length > 0;
  texts_number.replaceChildren(...sold_numbers.map((number) => {
    const option = document.createElement('option');
    option.value = number;
    option.textContent = national(number);
    return option;
  }));
  if (sold_numbers.includes(selected)) texts_number.value = selected;
}

// "10:05", or with its day when that is not today.
function when(at) {
  const date = new Date(at);
  const time = date.toLocaleTimeString('en-CA', { hour: '2-digit', minute: '2-digit', hour12: false });
  return date.toDateString() === new Date().toDateString() ? time : `${date.toLocaleDateString('en-CA', { month: 'short', day: 'numeric' })}, ${time}`;
}

let shown_thread = '';

function show_thread(messages) {
  const seen = messages.filter((message) => message.arrived); // a telephone knows nothing of what did not reach it
  const text = JSON.stringify([texts_number.value, seen]);
  if (text === shown_thread) return;
  shown_thread = text;
  element('thread-none').hidden = seen.length > 0;
  element('thread').hidden = seen.length === 0;
  element('thread').replaceChildren(...seen.map((message) => {
    const row = document.createElement('li');
    const about = document.createElement('small');
    const pictures = message.media > 0 ? `${message.media === 1 ? 'a picture' : `${message.media} pictures`} · ` : '';
    const parts = message.segments > 1 ? ` · ${message.segments} segments` : '';
    row.classList.toggle('mine', message.to === texts_number.value);
    row.textContent = message.body;
    about.textContent = `${pictures}${when(message.at)}${parts}`;
    row.append(about);
    return row;
  }));
  element('thread').scrollTop = element('thread').scrollHeight;
  element('thread').tabIndex = element('thread').scrollHeight > element('thread').clientHeight ? 0 : -1;
}

async function refresh_thread() {
  const customer = e164(from.value);
  if (!texts_number.value || !customer) return;
  const asked = texts_number.value;
  const query = new URLSearchParams({ number: asked, with: customer });
  const { messages } = await (await fetch(`/sim/messages?${query}`)).json();
  if (asked === texts_number.value) show_thread(messages);
}

const fates = {
  delivered: (webhook) => `Taken in ${webhook.ms} ms`,
  refused: (webhook) => `Not taken: ${webhook.error || webhook.status}`,
  lost: () => 'Its webhook was lost on the way',
  waits: (webhook) => `Its webhook comes in ${webhook.in_ms} ms`,
  unconfigured: () => 'The number has no address for texts',
};

async function send_text() {
  const problem = element('text-problem');
  const customer = e164(from.value);
  if (!customer || withhold.checked) {
    problem.textContent = 'A text needs a caller id: a whole number that is not withheld.';
    return;
  }
  const body = text_body.value.trim();
  const media = element('text-picture').checked ? 1 : 0;
  if (!body && !media) {
    problem.textContent = 'Write something first.';
    text_body.focus();
    return;
  }
  try {
    const sent = await post('/sim/messages', { from: customer, to: texts_number.value, body, media });
    problem.textContent = '';
    text_body.value = '';
    element('text-picture').checked = false;
    element('text-fate').textContent = sent.webhook ? fates[sent.webhook.fate](sent.webhook) : 'The number is not in service';
    await refresh_thread();
  } catch (error) {
    problem.textContent = error.message;
  }
}

element('texting').addEventListener('submit', (event) => {
  event.preventDefault();
  send_text();
});
text_body.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey) return;
  event.preventDefault();
  send_text();
});
for (const field of [texts_number, from]) field.addEventListener('change', () => { refresh_thread(); });
document.addEventListener('numbers', show_numbers);

async function keep_thread_fresh() {
  if (document.visibilityState === 'visible') {
    try {
      await refresh_thread();
    } catch {
      // The simulator is away; the thread stays as it was until it is back.
    }
  }
  setTimeout(keep_thread_fresh, texts_refresh_ms);
}

show_numbers();
keep_thread_fresh();
