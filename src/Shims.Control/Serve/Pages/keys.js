// The keys of the page.
import { byId, element } from './dom.js';
import { isInList, move, toggleChip, togglePause, togglePin } from './list.js';
import { back, compareShown, editShown, loaded, sendAgain, show, shown } from './details.js';

const dialog = byId('keys');
const letters = byId('letters');

function go(step) {
  const id = move(step, shown);
  if (id !== null && shown !== null) show(id, false);
}

// The request whose row has the focus, or whose details are open.
const current = () => document.activeElement.closest?.('#requests tbody tr')?.entry.id ?? shown;

async function onCurrent(run) {
  const id = current();
  if (id === null) return;
  await (id === shown ? loaded() : show(id, true));
  if (id === shown) run();
}

const keys = [
  [['↓', 'j'], 'next request', () => go(1)],
  [['↑', 'k'], 'previous request', () => go(-1)],
  [['Enter'], 'open the request'],
  [['Escape'], 'close: form, request, search', () => back()],
  [['/'], 'search', () => byId('filter').focus()],
  [['f'], 'only failed requests, or all', () => toggleChip('failed')],
  [['s'], 'only slow requests, or all', () => toggleChip('slow')],
  [['r'], 'send the request again', () => onCurrent(sendAgain)],
  [['e'], 'edit the request and send it', () => onCurrent(editShown)],
  [['c'], 'compare the request with another', () => onCurrent(compareShown)],
  [['t'], 'pin the request to the top, or unpin it', () => current() !== null && togglePin(current())],
  [['p'], 'pause the list, or go on', () => togglePause()],
  [['?'], 'these keys', () => dialog.showModal()],
];

const named = { ArrowDown: '↓', ArrowUp: '↑' };

document.addEventListener('keydown', event => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
  const isTyping = event.target.matches('input:not([type=checkbox]), textarea, select');
  const isArrow = event.key in named;
  if (isTyping && event.key !== 'Escape') return;
  if (isTyping && event.target.id === 'filter') {
    event.target.value = '';
    event.target.dispatchEvent(new Event('input'));
    event.target.blur();
    event.preventDefault();
    return;
  }
  if (isArrow && !isInList(event.target)) return;
  // WCAG 2.2, 2.1.4: keys that are a single letter or sign can be turned off.
  if (event.key.length === 1 && !letters.checked) return;
  const run = keys.find(([names]) => names.includes(named[event.key] ?? event.key))?.[2];
  if (!run) return;
  event.preventDefault();
  run();
});

dialog.querySelector('tbody').append(...keys.map(([names, says]) => element('tr', null,
  element('th', { scope: 'row' }, ...names.flatMap((name, i) => [i > 0 ? ' ' : '', element('kbd', null, name)])), element('td', null, says))));
letters.checked = localStorage.getItem('letters') !== 'off';
letters.addEventListener('change', () => localStorage.setItem('letters', letters.checked ? 'on' : 'off'));
byId('help').addEventListener('click', () => dialog.showModal());
byId('keys-close').addEventListener('click', () => dialog.close());
