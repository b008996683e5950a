// Bodies, as the server has decoded them, and pairs of names and values.
import { element, size } from './dom.js';

const chosen = new Map(); // label -> the view that was chosen last

export const code = (text, label, kind) => element('pre', { tabindex: '0', role: 'group', 'aria-label': label, class: kind }, element('code', null, text));

export function pairs(caption, entries, headings) {
  if (entries.length === 0) return null;
  const longest = Math.max(...entries.map(([name]) => name.length));
  const table = element('table', { class: 'pairs' }, element('caption', { class: 'unseen' }, caption),
    headings ? element('thead', null, element('tr', null, ...headings.map(heading => element('th', { scope: 'col' }, heading)))) : null,
    element('tbody', null, ...entries.map(([name, ...values]) =>
      element('tr', null, element('th', { scope: 'row' }, name), ...values.map(value => element('td', null, value))))));
  table.querySelector('th').style.width = longest > 22 ? '38%' : `${longest + 2}ch`;
  return table;
}

// Each view of a body: [name, element].
function viewsOf(body, label) {
  const received = body.text === null || body.text === undefined ? ['Hex', code(body.hex, label, 'hex')] : ['As received', code(body.text, label)];
  switch (body.kind) {
    case 'json': return [['Indented', code(body.indented, label)], received];
    case 'form': return [['Fields', pairs(`${label}: fields`, body.fields)], received];
    case 'multipart': return [['Parts', parts(body.parts, label)], received];
    case 'picture': return [['Picture', element('p', { class: 'picture' }, element('img', { src: body.picture, alt: `Picture: ${label}` }))], received];
    default: return [received];
  }
}

const parts = (all, label) => element('ol', { class: 'parts' }, ...all.map((part, i) => element('li', null,
  element('p', { class: 'part' }, part.name, element('span', { class: 'faint' }, [part.fileName === null || part.fileName === undefined ? null : `file ${part.fileName}`, part.contentType, size(part.body)].filter(Boolean).join(' · '))),
  ...(bodyOf(part.body, `${label}, part ${i + 1}`) ?? []))));

// The elements that show a body; null for none.
export function bodyOf(body, label) {
  if (body.kind === 'empty') return null;
  const views = viewsOf(body, label).filter(([, view]) => view !== null);
  const notes = [
    body.note ? element('p', { class: 'note' }, body.note) : null,
    body.isWhole ? null : element('p', { class: 'note' }, `Only a part of ${size(body)} was kept.`),
  ].filter(Boolean);
  if (views.length < 2) return [...views.map(([, view]) => view), ...notes];
  const buttons = views.map(([name], i) => element('button', { type: 'button', class: 'chip', onclick: () => choose(i) }, name));
  function choose(wanted) {
    chosen.set(label, views[wanted][0]);
    views.forEach(([, view], i) => { view.hidden = i !== wanted; });
    buttons.forEach((button, i) => button.setAttribute('aria-pressed', String(i === wanted)));
  }
  choose(Math.max(0, views.findIndex(([name]) => name === chosen.get(label))));
  return [element('div', { class: 'views', role: 'group', 'aria-label': `View of: ${label}` }, ...buttons), ...views.map(([, view]) => view), ...notes];
}
