// The list of requests: rows, search, chips, pause and pins.
import { bar, byId, complain, element, milliseconds, outcome, post, say } from './dom.js';

export const rows = new Map(); // number of the request -> { summary, row, ... }
const bodies = { pinned: byId('pinned'), others: byId('others') };
let server = null;
let held = null;  // requests that came while the list was paused; null if it is not
let found = null; // number of the request -> places, for the words of the search; null without words
let opens = () => {};

export const onOpen = open => { opens = open; };

// A logarithmic width: ten times the duration adds a quarter, so that requests of 2 ms and of 2 s both show their phases.
const widthOf = summary => Math.min(1, Math.max(0.06, Math.log10(1 + summary.total) / 4));

function newEntry(id) {
  const button = element('button', { type: 'button', 'aria-controls': 'details', 'aria-expanded': 'false' });
  const cells = { time: element('td', { class: 'time' }), method: element('td', { class: 'method' }), status: element('td', { class: 'status' }),
    duration: element('td', { class: 'duration' }), phases: element('td', { class: 'phases' }) };
  const row = element('tr', null, cells.time, cells.method, element('th', { scope: 'row', class: 'path' }, button), cells.status, cells.duration, cells.phases);
  row.addEventListener('click', () => opens(id, true));
  const entry = { id, row, button, cells, summary: null };
  row.entry = entry;
  return entry;
}

function fill(entry) {
  const { row, button, cells, summary, id } = entry;
  const places = found?.get(id) ?? [];
  const tags = [summary.isPinned ? 'pinned' : null, summary.origin, summary.hasErrors ? 'stderr' : null, places.length > 0 ? `in ${places.join(', ')}` : null];
  cells.time.textContent = summary.time;
  cells.method.textContent = summary.method;
  button.replaceChildren(summary.target, ...tags.filter(Boolean).map(tag => element('span', { class: 'tag' }, tag)));
  button.title = summary.target;
  cells.status.textContent = outcome(summary);
  cells.duration.textContent = summary.state === 'running' ? '' : milliseconds(summary.total);
  cells.phases.replaceChildren(...(summary.state === 'running' ? [] : [bar(summary, widthOf(summary))]));
  row.classList.toggle('failed', summary.isFailed);
  const isOut = chip => byId(`chip-${chip}`).getAttribute('aria-pressed') === 'true';
  row.hidden = (found !== null && !found.has(id)) || (isOut('failed') && !summary.isFailed) || (isOut('slow') && !summary.isSlow);
}

// Newest first.
function place(entry) {
  const body = bodies[entry.summary.isPinned ? 'pinned' : 'others'];
  let next = body.firstElementChild;
  while (next && next.entry.id > entry.id) next = next.nextElementSibling;
  if (next === entry.row) return;
  // A row that moves loses the focus, also where the server tells of the move before it answers.
  const focused = entry.row.contains(document.activeElement);
  body.insertBefore(entry.row, next);
  if (focused) entry.button.focus();
}

export function take(summaries) {
  for (const summary of summaries) {
    const known = rows.get(summary.id);
    if (held !== null && !known) {
      held.set(summary.id, summary);
      continue;
    }
    const entry = known ?? newEntry(summary.id);
    rows.set(summary.id, entry);
    const hasEnded = entry.summary?.state !== summary.state && summary.state !== 'running';
    const moves = entry.summary?.isPinned !== summary.isPinned;
    entry.summary = summary;
    fill(entry);
    if (moves) place(entry);
    if (hasEnded) announcer.ended(summary);
  }
  if (byId('filter').value.trim() !== '') searchSoon();
  trim();
}

export function takeState(state) {
  const isNew = server !== null && server.started !== state.started;
  if (isNew) {
    rows.forEach(entry => entry.row.remove());
    rows.clear();
    held?.clear();
  }
  announcer.isOn ||= server === null && state.count === 0;
  server = state;
  const count = state.count > state.capacity ? `the last ${state.capacity} of ${state.count}` : '';
  byId('what').textContent = [state.what, state.protocol, count].filter(Boolean).join(' · ');
  byId('empty-title').textContent = 'No requests yet.';
  byId('hint').hidden = false;
  trim();
  return isNew;
}

function trim() {
  for (const [id, entry] of rows) {
    const isKept = entry.summary.isPinned || (id > server.forgottenUpTo && id > server.count - server.capacity);
    if (isKept || (held !== null && id > server.forgottenUpTo)) continue;
    entry.row.remove();
    rows.delete(id);
  }
  byId('empty').hidden = rows.size > 0;
  byId('requests').hidden = rows.size === 0;
  byId('none').hidden = rows.size === 0 || [...rows.values()].some(entry => !entry.row.hidden);
  for (const [chip, name, has] of [['failed', 'Failed', summary => summary.isFailed], ['slow', 'Slow', summary => summary.isSlow]])
    byId(`chip-${chip}`).textContent = `${name} ${[...rows.values()].filter(entry => has(entry.summary)).length}`;
  byId('pause').textContent = held === null ? 'Pause' : `Go on (${held.size} new)`;
}

function refresh() {
  rows.forEach(fill);
  trim();
}

// ---- search and chips

let searching = null;
let searchTimer = null;

function searchSoon() {
  clearTimeout(searchTimer);
  searchTimer = setTimeout(search, 120);
}

async function search() {
  searching?.abort();
  searching = new AbortController();
  const words = byId('filter').value.trim();
  try {
    const matches = words === '' ? null
      : await (await fetch(`/_shims/search?q=${encodeURIComponent(words)}`, { signal: searching.signal })).json();
    found = matches && new Map(matches.map(({ id, places }) => [id, places]));
    refresh();
    if (matches) say(`${matches.length} of ${rows.size} requests match`);
  } catch (problem) {
    if (problem.name !== 'AbortError') complain('The search failed: shimctl serve is not running.');
  }
}

export function toggleChip(chip) {
  const button = byId(`chip-${chip}`);
  button.setAttribute('aria-pressed', String(button.getAttribute('aria-pressed') !== 'true'));
  refresh();
}

// ---- the keyboard's way through the list

// Moves the focus over rows that are shown. Returns the number of the request; null if there is no further one.
export function move(step, from) {
  const shown = [...bodies.pinned.children, ...bodies.others.children].filter(row => !row.hidden);
  const focused = shown.findIndex(row => row.contains(document.activeElement));
  const at = focused < 0 ? shown.findIndex(row => row.entry.id === from) : focused;
  const row = shown[at < 0 ? 0 : at + step];
  row?.entry.button.focus();
  return row?.entry.id ?? null;
}

export const isInList = node => node === document.body || byId('list').contains(node);

// ---- pause and pins

export function togglePause() {
  const came = held;
  held = held === null ? new Map() : null;
  byId('pause').setAttribute('aria-pressed', String(held !== null));
  if (came !== null) take([...came.values()]);
  else trim();
}

export async function togglePin(id) {
  const entry = rows.get(id);
  if (!entry) return;
  // The server's own word of it may come before its response.
  const isPinned = !entry.summary.isPinned;
  if (await post(`requests/${id}/${isPinned ? 'pin' : 'unpin'}`) === null) return;
  take([{ ...entry.summary, isPinned }]);
  say(isPinned ? 'Pinned' : 'No longer pinned');
}

export function mark(id, isShown) {
  const entry = rows.get(id);
  entry?.row.classList.toggle('chosen', isShown);
  entry?.button.setAttribute('aria-expanded', String(isShown));
}

// A screen reader hears the number of new requests, and not each of them.
export const announcer = {
  ended(summary) {
    if (!this.isOn) return; // requests from before the page was opened are not announced
    this.count = (this.count ?? 0) + 1;
    this.failed = (this.failed ?? 0) + (summary.isFailed ? 1 : 0);
    this.timer ??= setTimeout(() => {
      say(`${this.count} new ${this.count === 1 ? 'request' : 'requests'}${this.failed > 0 ? `, ${this.failed} failed` : ''}`);
      this.count = this.failed = 0;
      this.timer = null;
    }, 3000);
  },
};

byId('filter').addEventListener('input', searchSoon);
byId('chip-failed').addEventListener('click', () => toggleChip('failed'));
byId('chip-slow').addEventListener('click', () => toggleChip('slow'));
byId('pause').addEventListener('click', togglePause);
