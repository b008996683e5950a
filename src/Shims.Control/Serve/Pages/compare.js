// The difference between two requests.
import { byId, complain, element, outcome } from './dom.js';
import { rows } from './list.js';

const path = summary => summary.target.split('?')[0];

// The request that this one repeats; else the last one before it of the same script; else the last one before it; else any.
function counterpartOf(summary) {
  const others = [...rows.values()].map(entry => entry.summary).filter(other => other.id !== summary.id).sort((a, b) => b.id - a.id);
  const before = others.filter(other => other.id < summary.id);
  return rows.get(summary.replayOf)?.summary ?? before.find(other => path(other) === path(summary)) ?? before[0] ?? others[0] ?? null;
}

// Shows the difference. Returns a function that draws it again when a request has changed.
export function compare(summary, fillPanel) {
  const counterpart = counterpartOf(summary);
  if (counterpart === null) {
    fillPanel(`Compare #${summary.id}`, element('p', { class: 'faint' }, 'There is no other request to compare it with.'));
    byId('details-title').focus();
    return () => {};
  }
  const select = element('select', { id: 'compare-with', onchange: () => draw(Number(select.value)) },
    ...[...rows.values()].reverse().filter(entry => entry.id !== summary.id).map(({ id, summary: other }) =>
      element('option', { value: id, selected: id === counterpart.id }, `#${id} ${other.method} ${other.target} ${outcome(other)}`)));
  const result = element('div', { class: 'comparison' });
  fillPanel(`Compare #${summary.id}`, element('p', { class: 'field' }, element('label', { for: 'compare-with' }, 'With'), select), result);
  byId('details-title').focus();
  draw(counterpart.id);
  return id => { if (id === summary.id || id === Number(select.value)) draw(Number(select.value)); };

  async function draw(other) {
    const [from, to] = other < summary.id ? [other, summary.id] : [summary.id, other];
    const response = await fetch(`/_shims/requests/${to}/difference?from=${from}`);
    if (!response.ok) return complain('A request is no longer in the log.');
    const { parts, equal } = await response.json();
    if (other !== Number(select.value)) return; // another one was chosen meanwhile
    result.replaceChildren(
      element('p', { class: 'faint' }, element('del', null, `− #${from}`), ' ', element('ins', null, `+ #${to}`)),
      ...parts.flatMap(part => [element('h3', null, part.name), lines(part)]),
      element('p', { class: 'faint' }, parts.length === 0 ? 'The two requests are equal.' : equal.length > 0 ? `Equal: ${equal.join(', ')}.` : ''));
  }
}

const signs = { '=': ' ', '-': '−', '+': '+', '.': '…' };
const tags = { '=': 'span', '-': 'del', '+': 'ins', '.': 'span' };

const lines = part => element('pre', { tabindex: '0', role: 'group', 'aria-label': `Difference: ${part.name}`, class: 'difference' },
  ...part.lines.map(({ side, text }) => element(tags[side], { class: side === '.' ? 'faint' : null }, `${signs[side]} ${text}`)));
