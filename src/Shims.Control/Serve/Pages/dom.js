// What the other files of the page share. Everything from a request is added to the page as text, never as markup.
export const byId = id => document.getElementById(id);

// element('td', { class: 'x' }, 'text', another)
export function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...children.filter(child => child !== null && child !== undefined));
  return made;
}

export const milliseconds = value =>
  value >= 10000 ? `${(value / 1000).toFixed(1)} s` : value >= 100 ? `${value.toFixed(0)} ms` : `${value.toFixed(value >= 10 ? 1 : 2)} ms`;

export const size = body => body.length === 0 ? 'empty' : body.length < 1024 ? `${body.length} bytes` : `${(body.length / 1024).toFixed(1)} KiB`;

// For screen readers.
export const say = text => { byId('announcement').textContent = text; };

// For all, until the next action.
export function complain(text) {
  byId('notice').textContent = text ?? '';
  byId('notice').hidden = !text;
}

// Asks the server for a change, and returns its answer; null if it refused, and said why.
export async function post(path, body) {
  complain(null);
  const response = await fetch(`/_shims/${path}`, { method: 'POST', body });
  if (response.status === 204) return {};
  const text = await response.text();
  if (response.ok) return JSON.parse(text);
  complain(response.headers.get('Content-Type')?.startsWith('application/json') ? JSON.parse(text).reason : text);
  return null;
}

const phaseNames = ['start', 'shim', 'script', 'response'];

// fcgi-run leaves a request without a body in the socket until the response has been sent, so the start of the script is not seen.
export const phasesOf = summary => summary.phases.map((value, i) => ({ value, name: phaseNames[i], label: i === 2 && summary.phases[1] === null ? 'shim and script' : phaseNames[i] }))
  .filter(phase => phase.value !== null);

export function bar(summary, share) {
  const spoken = phasesOf(summary).map(({ value, label }) => `${label} ${milliseconds(value)}`).join(', ');
  const made = element('div', { class: 'bar', role: 'img', 'aria-label': spoken, title: spoken });
  made.style.width = `${share * 100}%`;
  for (const { value, name } of phasesOf(summary)) {
    const part = element('i', { class: name });
    part.style.flexGrow = value;
    made.append(part);
  }
  return made;
}

// 200, 200 exit 1, truncated
export const outcome = summary => [summary.state === 'done' ? String(summary.status ?? '') : summary.state, summary.badEnd].filter(Boolean).join(' ');
