'use strict';

const arming = element('arming');
const kind = element('fault-kind');
const operation = element('fault-operation');
const at_random = element('at-random');

// The only calls in which these can happen.
const only_in = {
  vanish: 'twilio.buy', foreign: 'twilio.buy', echo: 'elevenlabs.import', takes_sms: 'elevenlabs.import', no_agent: 'elevenlabs.import',
};
const codes = {
  twilio: ['21422', '21631', '21649', '21404', '20005', '20003'],
  elevenlabs: ['resource_already_exists', 'insufficient_credits', 'invalid_api_key', 'insufficient_permissions', 'system_busy', 'bad_request'],
};
const numbers = new Set(['retry_after', 'ms', 'status', 'nth', 'times', 'seed', 'share']);

function option(value) {
  const each = document.createElement('option');
  each.value = value;
  each.textContent = value;
  return each;
}

function show_fields() {
  for (const part of arming.querySelectorAll('[data-for]')) part.hidden = !part.dataset.for.split(' ').includes(kind.value);
  for (const part of arming.querySelectorAll('[data-random]')) part.hidden = (part.dataset.random === 'yes') !== at_random.checked;
  const only = only_in[kind.value];
  operation.disabled = Boolean(only);
  if (only) operation.value = only;
  const vendor = operation.value.split('.')[0];
  const known = codes[vendor] ?? [];
  element('refuse-codes').replaceChildren(...known.map(option));
  element('refuse-code').placeholder = known[0] ?? '';
}

function wanted_fault() {
  const fault = { operation: operation.value };
  for (const field of arming.elements) {
    if (!field.name || field.name === 'operation' || field.closest('[hidden]')) continue;
    if (field.type === 'checkbox') {
      if (field.checked) fault[field.name] = true;
    } else if (field.value !== '') {
      fault[field.name] = numbers.has(field.name) ? Number(field.value) : field.value;
    }
  }
  if ('share' in fault) fault.share /= 100;
  if (fault.operation.startsWith('twilio.') && /^\d+$/.test(fault.code ?? '')) fault.code = Number(fault.code);
  return fault;
}

function describe_fault(fault) {
  const { id, operation: call, kind: name, nth, times, share, seed, seen, struck, left, ...details } = fault;
  const when = share === undefined ? `from call ${nth} on` : `${Math.round(share * 1000) / 10} % with seed ${seed}`;
  const rest = Object.entries(details).map(([key, value]) => `${key} ${value}`);
  const to_go = left === null ? 'until disarmed' : left === 0 ? 'spent' : `${left} left`;
  return [...rest, when, `struck ${struck} of ${seen}`, to_go].join(' · ');
}

let shown_faults = '';

function show_faults(faults) {
  const text = JSON.stringify(faults);
  if (text === shown_faults) return;
  shown_faults = text;
  element('disarm').hidden = faults.length === 0;
  element('faults-none').hidden = faults.length > 0;
  element('faults').hidden = faults.length === 0;
  element('faults').replaceChildren(...[...faults].reverse().map((fault) => {
    const row = document.createElement('li');
    const text_of_row = document.createElement('div');
    const strong = document.createElement('strong');
    const about = document.createElement('span');
    strong.textContent = `${fault.kind} in ${fault.operation}`;
    about.textContent = describe_fault(fault);
    about.title = about.textContent;
    text_of_row.append(strong, about);
    row.append(text_of_row);
    return row;
  }));
}

async function ask_faults(method, body) {
  const answer = await fetch('/sim/faults', {
    method,
    headers: body ? { 'Content-Type': 'application/json' } : {},
    body: body && JSON.stringify(body),
  });
  const result = await answer.json();
  if (!answer.ok) throw new Error(result.error);
  return result;
}

async function refresh_faults() {
  const { faults, operations } = await ask_faults('GET');
  if (operation.options.length === 0) {
    operation.replaceChildren(...operations.map(option));
    operation.value = 'twilio.buy';
    show_fields();
  }
  show_faults(faults);
}

async function attempt(work) {
  const problem = element('fault-problem');
  try {
    await work();
    problem.textContent = '';
  } catch (error) {
    problem.textContent = error.message;
  }
}

arming.addEventListener('submit', (event) => {
  event.preventDefault();
  attempt(async () => {
    await ask_faults('POST', wanted_fault());
    await refresh_faults();
  });
});

element('disarm').addEventListener('click', () => attempt(async () => {
  show_faults((await ask_faults('DELETE')).faults);
  kind.focus(); // the button is gone
}));

for (const field of [kind, operation, at_random]) field.addEventListener('change', show_fields);
at_random.addEventListener('change', () => { element('fault-times').value = at_random.checked ? '0' : '1'; });

async function keep_refreshing() {
  if (document.visibilityState === 'visible') {
    try {
      await refresh_faults();
    } catch {
      // The simulator is away; the list stays as it was until it is back.
    }
  }
  setTimeout(keep_refreshing, refresh_ms);
}

show_fields();
keep_refreshing();
