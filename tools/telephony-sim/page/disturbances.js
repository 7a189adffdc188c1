'use strict';

const disturbing = element('disturbing');
const disturbances = [...disturbing.elements].filter((field) => field.name);

const normal = (field) => (field.type === 'checkbox' ? false : field.type === 'number' ? Number(field.dataset.normal) : field.dataset.normal);
const value_of = (field) => (field.type === 'checkbox' ? field.checked : field.type === 'number' ? Number(field.value) : field.value);

function show_setting(field, value) {
  if (document.activeElement === field) return;
  if (field.type === 'checkbox') {
    field.checked = value;
    return;
  }
  const is_by_number = typeof value === 'object';
  if (is_by_number && ![...field.options].some((each) => each.value === 'by number')) field.append(option('by number'));
  field.value = is_by_number ? 'by number' : String(value);
}

function show_settings(settings) {
  for (const field of disturbances) show_setting(field, settings[field.name]);
  element('calm').hidden = disturbances.every((field) => settings[field.name] === normal(field));
}

async function change_settings(patch) {
  const problem = element('disturbance-problem');
  try {
    show_settings(await post('/sim/settings', patch));
    problem.textContent = '';
  } catch (error) {
    problem.textContent = error.message;
  }
}

for (const field of disturbances) {
  field.addEventListener('change', () => change_settings({ [field.name]: value_of(field) }));
}
element('calm').addEventListener('click', () => {
  disturbances[0].focus(); // the button goes
  change_settings(Object.fromEntries(disturbances.map((field) => [field.name, normal(field)])));
});
disturbing.addEventListener('submit', (event) => event.preventDefault());

async function keep_settings_fresh() {
  if (document.visibilityState === 'visible') {
    try {
      show_settings(await (await fetch('/sim/settings')).json());
      const { waiting } = await (await fetch('/sim/webhooks?limit=1')).json();
      element('deliveries').textContent = waiting === 0 ? 'No webhook is on its way.' : `${waiting} webhooks on their way.`;
    } catch {
      // The simulator is away; all stays as it was until it is back.
    }
  }
  setTimeout(keep_settings_fresh, refresh_ms);
}

keep_settings_fresh();
