// One request, with all that is known of it.
import { bar, byId, complain, element, milliseconds, outcome, phasesOf, post, say, size } from './dom.js';
import { bodyOf, code, pairs } from './bodies.js';
import { mark, rows, togglePin } from './list.js';
import { edit } from './edit.js';
import { compare } from './compare.js';

const panel = byId('details');
export let shown = null;  // number of the request whose details are open
let request = null;       // its details; null until they have come
let isReading = true;     // false while it is edited or compared
let compared = null;      // draws the comparison again; null if there is none
let reading = null;       // the last reading of details: how to abort it, and when it has ended

export async function show(id, takeFocus) {
  if (shown !== id) {
    mark(shown, false);
    request = null;
  }
  shown = id;
  isReading = true;
  compared = null;
  mark(id, true);
  history.replaceState(null, '', `#${id}`);
  await load(id);
  if (takeFocus && shown === id && isReading) byId('details-title')?.focus();
}

// Ends when the details that are open have come.
export const loaded = () => request === null ? reading?.ended : null;

export function close() {
  const entry = rows.get(shown);
  mark(shown, false);
  shown = request = compared = null;
  panel.hidden = true;
  history.replaceState(null, '', location.pathname);
  entry?.button.focus();
}

// Escape leaves the form or the comparison first, then the request.
export function back() {
  if (shown !== null && !isReading) show(shown, true);
  else if (shown !== null) close();
}

export function refresh(summaries) {
  summaries.forEach(summary => compared?.(summary.id));
  if (!summaries.some(summary => summary.id === shown)) return;
  mark(shown, true);
  if (isReading) load(shown);
}

// Reads the details anew. The end of a reading that a later one has aborted is the end of the later one.
function load(id) {
  reading?.abort.abort();
  const mine = reading = { abort: new AbortController() };
  mine.ended = read(id, mine.abort.signal).then(() => mine === reading ? null : reading.ended);
  return mine.ended;
}

async function read(id, signal) {
  try {
    const response = await fetch(`/_shims/requests/${id}`, { signal });
    const received = response.ok ? await response.json() : null;
    // Late details must not take the place of a form or a comparison.
    if (id !== shown || !isReading) return;
    if (received !== null) draw(received);
    else fillPanel(`Request ${id}`, element('p', { class: 'faint' }, 'This request is no longer in the log.'));
  } catch (problem) {
    if (problem.name !== 'AbortError') byId('connection').textContent = 'not connected';
  }
}

// What can have the focus, in one section of the details.
const focusable = 'summary, button, a, input, [tabindex]';
const sectionNamed = name => [...panel.querySelectorAll('details')].find(section => section.dataset.name === name) ?? panel;

// Gives the focus back to the element that had it, after the details were drawn anew.
function keepFocus() {
  const node = document.activeElement;
  if (!panel.contains(node)) return () => {};
  const section = node.closest('details');
  const at = [...(section ?? panel).querySelectorAll(focusable)].indexOf(node);
  return () => (byId(node.id) ?? sectionNamed(section?.dataset.name).querySelectorAll(focusable)[at])?.focus();
}

// Shows a heading and parts below it.
export function fillPanel(title, ...parts) {
  panel.replaceChildren(element('div', { class: 'title' },
    element('h2', { id: 'details-title', tabindex: '-1' }, title),
    element('button', { type: 'button', onclick: back }, 'Close')), ...parts.filter(part => part !== null));
  panel.hidden = false;
}

function draw(received) {
  request = received;
  const { summary } = request;
  const open = new Map([...panel.querySelectorAll('details')].map(section => [section.dataset.name, section.open]));
  const scrolled = panel.dataset.id === String(summary.id) ? panel.scrollTop : 0;
  const refocus = keepFocus();
  const section = (name, note, isOpen, ...content) => element('details', { 'data-name': name, open: open.get(name) ?? isOpen },
    element('summary', null, name, note === '' ? null : element('span', { class: 'faint' }, String(note))), ...content);
  const titled = (name, part) => part === null ? [] : [element('h3', null, name), part];
  panel.dataset.id = summary.id;
  panel.classList.toggle('failed', summary.isFailed);
  fillPanel(`${summary.method} ${summary.target}`,
    facts(),
    request.trouble ? element('p', { class: 'cause' }, request.trouble) : null,
    request.redacted.length > 0 ? element('p', { class: 'note' }, `Secrets were removed from: ${request.redacted.join(', ')}.`) : null,
    findings(request.findings),
    actions(),
    element('div', null, bar(summary, 1), element('dl', { class: 'times' },
      ...phasesOf(summary).map(({ value, name, label }) => element('div', null, element('dt', { class: name }, label), element('dd', null, milliseconds(value)))))),
    section('Standard error', size(request.standardError), request.standardError.length > 0, ...bodyOf(request.standardError, 'Standard error') ?? []),
    section('Response', size(request.responseBody), true, pairs('Headers of the response', request.responseHeaders),
      ...titled('Cookies that are set', pairs('Cookies that are set', request.setCookies, ['Name', 'Value', 'Attributes'])),
      ...bodyOf(request.responseBody, 'Body of the response') ?? []),
    section('Request', size(request.requestBody), false, pairs('Headers of the request', request.requestHeaders),
      ...titled('Query', pairs('Query', request.query)),
      ...titled('Cookies', pairs('Cookies', request.cookies)),
      ...titled('Body', request.requestBody.length === 0 ? null : element('div', null, ...bodyOf(request.requestBody, 'Body of the request')))),
    request.heldBack.length === 0 ? null
      : section('Held back from the script', request.heldBack.length, request.heldBack.some(held => held.option), heldBack()),
    section('Variables', request.variables.length, false, pairs('Variables of the request', request.variables)),
    request.environment.length === 0 ? null
      : section('Environment of the script', request.environment.length, false, pairs('Environment of the script', request.environment)),
    section('Commands', '', false, ...[['Started program', request.command], ['As curl', request.curl], ['As shimctl request', request.shimctlRequest]]
      .filter(([, text]) => text).flatMap(([name, text]) => [element('h3', null, name), code(text, name)])));
  panel.scrollTop = scrolled;
  refocus();
}

function facts() {
  const { summary } = request;
  const parts = [milliseconds(summary.total), `at ${request.at}`, request.exit, summary.origin, summary.isPinned ? 'pinned' : null, `#${summary.id}`];
  return element('p', { class: 'facts' }, element('span', { class: 'status' }, outcome(summary)),
    ...parts.filter(Boolean).map(part => element('span', null, part)));
}

function findings(found) {
  if (found.length === 0) return null;
  const order = ['error', 'warning', 'ok'];
  const sorted = [...found].sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
  return element('ul', { class: 'findings', 'aria-label': 'Findings of shimctl doctor about the script' }, ...sorted.map(finding =>
    element('li', { class: finding.severity }, element('span', { class: 'mark' }, finding.severity), element('div', null, finding.cause,
      finding.advice ? element('p', null, finding.advice) : null,
      finding.command ? element('pre', { class: 'cure' }, element('code', null, finding.command)) : null))));
}

const heldBack = () => element('ul', { class: 'held' }, ...request.heldBack.map(held => element('li', null,
  element('code', null, `${held.name}=${held.value}`),
  element('p', null, `${held.reason}; `, ...(held.option ? ['pass it on with ', element('code', null, held.option)] : ['no option passes it on'])))));

function actions() {
  const { summary } = request;
  const button = (id, label, run, why) => element('button', { id, type: 'button', disabled: Boolean(why), title: why ?? null, onclick: run }, label);
  const link = kind => element('a', { id: `save-${kind}`, class: 'button', download: true, href: `/_shims/requests/${summary.id}.${kind}` }, `Save as ${kind === 'har' ? 'HAR' : kind}`);
  const saves = [link('har'), link('capsule')];
  const secrets = element('input', { id: 'secrets', type: 'checkbox', onchange: event =>
    saves.forEach(save => { save.search = event.target.checked ? 'secrets=1' : ''; }) });
  return element('div', { class: 'actions' },
    button('replay', 'Send again', sendAgain, request.whyNoReplay),
    button('edit', 'Edit and send', editShown, summary.state === 'running' ? 'The request is still running.' : null),
    button('compare', 'Compare', compareShown),
    button('pin', summary.isPinned ? 'Unpin' : 'Pin', () => togglePin(summary.id)),
    copier('copy-curl', 'Copy as curl', request.curl), copier('copy-request', 'Copy as shimctl request', request.shimctlRequest),
    ...saves, element('label', null, secrets, ' with passwords and cookies'));
}

function copier(id, label, text) {
  return element('button', { id, type: 'button', disabled: !text, async onclick(event) {
    try {
      await navigator.clipboard.writeText(text);
      event.target.textContent = 'Copied';
      say('Copied');
    } catch {
      complain('The browser denied access to the clipboard. The command is in the section Commands.');
    }
    setTimeout(() => { event.target.textContent = label; }, 2000);
  } }, label);
}

export async function sendAgain() {
  if (request === null || request.whyNoReplay !== null) return complain(request?.whyNoReplay);
  const sent = await post(`requests/${shown}/replay`);
  if (sent) await show(sent.id, true);
}

export function editShown() {
  if (request === null) return;
  isReading = false;
  edit(request, fillPanel, sent => show(sent, true));
}

export function compareShown() {
  if (request === null) return;
  isReading = false;
  compared = compare(request.summary, fillPanel);
}
