// Shows the requests of shimctl serve. Everything from a request is added to the page as text, never as markup.
'use strict';
(() => {
  const phaseNames = ['start', 'shim', 'script', 'response'];
  // fcgi-run leaves a request without a body in the socket until the response has been sent, so the start of the script is not seen.
  const phasesOf = summary => summary.phases.map((value, i) => ({ value, name: phaseNames[i], label: i === 2 && summary.phases[1] === null ? 'shim and script' : phaseNames[i] }))
    .filter(phase => phase.value !== null);
  const rows = new Map(); // number of the request -> { summary, element, ... }
  const byId = id => document.getElementById(id);
  const list = document.querySelector('#requests tbody');
  const details = byId('details');
  let shown = null;      // number of the request whose details are open
  let fetching = null;   // aborts the previous fetch of details
  let server = null;

  // element('td', { class: 'x' }, 'text', another)
  function element(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes ?? {})) {
      if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
      else if (value !== null && value !== false) made.setAttribute(name, value === true ? '' : value);
    }
    made.append(...children.filter(child => child !== null && child !== undefined));
    return made;
  }

  const milliseconds = value =>
    value >= 10000 ? `${(value / 1000).toFixed(1)} s` : value >= 100 ? `${value.toFixed(0)} ms` : `${value.toFixed(value >= 10 ? 1 : 2)} ms`;

  const hasFailed = summary => summary.state === 'truncated' || summary.status >= 400;

  const outcome = summary => summary.state === 'done' ? String(summary.status ?? '') : summary.state;

  // A logarithmic width: ten times the duration adds a quarter, so that requests of 2 ms and of 2 s both show their phases.
  function bar(summary, share) {
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

  const widthOf = summary => Math.min(1, Math.max(0.06, Math.log10(1 + summary.total) / 4));

  // ---- the list

  function newRow(id) {
    const button = element('button', { type: 'button', 'aria-controls': 'details', 'aria-expanded': 'false' });
    const cells = { time: element('td', { class: 'time' }), method: element('td', { class: 'method' }), status: element('td', { class: 'status' }),
      duration: element('td', { class: 'duration' }), phases: element('td', { class: 'phases' }) };
    const row = element('tr', null, cells.time, cells.method, element('th', { scope: 'row', class: 'path' }, button), cells.status, cells.duration, cells.phases);
    row.addEventListener('click', () => show(id, true));
    const entry = { id, row, button, cells, summary: null };
    row.entry = entry;
    return entry;
  }

  function fill(entry, summary) {
    entry.summary = summary;
    const { row, button, cells } = entry;
    cells.time.textContent = summary.time;
    cells.method.textContent = summary.method;
    button.replaceChildren(summary.target, ...(summary.replayOf ? [element('span', { class: 'replay' }, `again #${summary.replayOf}`)] : []));
    button.title = summary.target;
    cells.status.textContent = outcome(summary);
    cells.duration.textContent = summary.state === 'running' ? '' : milliseconds(summary.total);
    cells.phases.replaceChildren(...(summary.state === 'running' ? [] : [bar(summary, widthOf(summary))]));
    row.classList.toggle('failed', hasFailed(summary));
    applyFilter(entry);
  }

  function take(summaries) {
    const fresh = [];
    for (const summary of summaries) {
      let entry = rows.get(summary.id);
      if (!entry) {
        entry = newRow(summary.id);
        rows.set(summary.id, entry);
        fresh.push(entry.row);
      }
      const ended = entry.summary?.state !== summary.state && summary.state !== 'running';
      fill(entry, summary);
      if (ended) announcer.ended(summary);
      if (summary.id === shown) load(shown);
    }
    if (fresh.length > 0) list.prepend(...fresh.reverse());
    trim();
  }

  function trim() {
    for (const [id, entry] of rows) {
      if (rows.size <= server.capacity && id > server.forgottenUpTo) break; // they are in order
      entry.row.remove();
      rows.delete(id);
    }
    byId('empty').hidden = rows.size > 0;
    byId('requests').hidden = rows.size === 0;
  }

  function applyFilter(entry) {
    const wanted = byId('filter').value.trim().toLowerCase();
    const { method, target } = entry.summary;
    entry.row.hidden = wanted !== '' && !`${method} ${target} ${outcome(entry.summary)}`.toLowerCase().includes(wanted);
  }

  list.addEventListener('keydown', event => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    const side = event.key === 'ArrowDown' ? 'nextElementSibling' : 'previousElementSibling';
    let row = event.target.closest('tr')[side];
    while (row?.hidden) row = row[side];
    if (!row) return;
    event.preventDefault();
    row.entry.button.focus();
    if (shown !== null) show(row.entry.id, false);
  });

  byId('filter').addEventListener('input', () => rows.forEach(applyFilter));
  byId('clear').addEventListener('click', async () => {
    await fetch('/_shims/clear', { method: 'POST' });
    close();
  });

  // A screen reader hears the number of new requests, and not each of them.
  const announcer = {
    ended(summary) {
      if (!this.isOn) return; // requests from before the page was opened are not announced
      this.count = (this.count ?? 0) + 1;
      this.failed = (this.failed ?? 0) + (hasFailed(summary) ? 1 : 0);
      this.timer ??= setTimeout(() => {
        say(`${this.count} new ${this.count === 1 ? 'request' : 'requests'}${this.failed > 0 ? `, ${this.failed} failed` : ''}`);
        this.count = this.failed = 0;
        this.timer = null;
      }, 3000);
    },
  };
  const say = text => { byId('announcement').textContent = text; };

  // ---- one request

  async function show(id, takeFocus) {
    if (shown !== id) mark(shown, false);
    shown = id;
    mark(id, true);
    history.replaceState(null, '', `#${id}`);
    await load(id);
    if (takeFocus) byId('details-title')?.focus();
  }

  function mark(id, isShown) {
    const entry = rows.get(id);
    entry?.row.classList.toggle('chosen', isShown);
    entry?.button.setAttribute('aria-expanded', String(isShown));
  }

  function close() {
    const entry = rows.get(shown);
    mark(shown, false);
    shown = null;
    details.hidden = true;
    history.replaceState(null, '', location.pathname);
    entry?.button.focus();
  }

  async function load(id) {
    fetching?.abort();
    fetching = new AbortController();
    try {
      const response = await fetch(`/_shims/requests/${id}`, { signal: fetching.signal });
      if (id !== shown) return;
      if (response.ok) draw(await response.json());
      else drawGone(id);
    } catch (problem) {
      if (problem.name !== 'AbortError') byId('connection').textContent = 'not connected';
    }
  }

  function drawGone(id) {
    details.replaceChildren(title(`Request ${id}`), element('p', { class: 'faint' }, 'This request is no longer in the log.'));
    details.hidden = false;
  }

  const title = text => element('div', { class: 'title' },
    element('h2', { id: 'details-title', tabindex: '-1' }, text),
    element('button', { type: 'button', onclick: close }, 'Close'));

  function draw(request) {
    const { summary } = request;
    const open = new Map([...details.querySelectorAll('details')].map(section => [section.dataset.name, section.open]));
    const scrolled = details.dataset.id === String(summary.id) ? details.scrollTop : 0;
    const focused = details.contains(document.activeElement) ? document.activeElement.id : '';
    details.dataset.id = summary.id;
    details.classList.toggle('failed', hasFailed(summary));
    details.replaceChildren(...[
      element('div', null, title(`${summary.method} ${summary.target}`), facts(request)),
      request.trouble ? element('p', { class: 'cause' }, request.trouble) : null,
      findings(request.findings),
      actions(request),
      timing(summary),
      section(open, 'Standard error', size(request.standardError), request.standardError.length > 0, () => [preview(request.standardError, 'Standard error')]),
      section(open, 'Response', size(request.responseBody), true, () => [pairs('Headers of the response', request.responseHeaders), preview(request.responseBody, 'Body of the response')]),
      section(open, 'Request', size(request.requestBody), false, () => [pairs('Headers of the request', request.requestHeaders), preview(request.requestBody, 'Body of the request')]),
      section(open, 'Variables', request.variables.length, false, () => [pairs('Variables of the request', request.variables)]),
      section(open, 'Commands', '', false, () => [
        element('h3', null, 'Started program'), code(request.command, 'Started program'),
        element('h3', null, 'As curl'), code(request.curl, 'As curl'),
        element('h3', null, 'As shimctl request'), code(request.shimctlRequest, 'As shimctl request')]),
    ].filter(part => part !== null));
    details.hidden = false;
    details.scrollTop = scrolled;
    if (focused) byId(focused)?.focus();
  }

  function facts(request) {
    const { summary } = request;
    const parts = [element('span', { class: 'status' }, outcome(summary)), `${milliseconds(summary.total)}`, `at ${summary.time}`, request.exit, summary.replayOf ? `again #${summary.replayOf}` : null, `#${summary.id}`];
    return element('p', { class: 'facts' }, ...parts.filter(part => part).map(part => typeof part === 'string' ? element('span', null, part) : part));
  }

  function findings(found) {
    if (found.length === 0) return null;
    const order = ['error', 'warning', 'ok'];
    const sorted = [...found].sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
    return element('ul', { class: 'findings', 'aria-label': 'Findings of shimctl doctor about the script' }, ...sorted.map(finding =>
      element('li', { class: finding.severity },
        element('span', { class: 'mark' }, finding.severity), ' ', finding.cause,
        finding.advice ? element('p', null, finding.advice) : null,
        finding.command ? element('pre', { class: 'cure' }, element('code', null, finding.command)) : null)));
  }

  function actions(request) {
    const replay = element('button', { id: 'replay', type: 'button', disabled: request.whyNoReplay !== null, title: request.whyNoReplay, onclick: () => sendAgain(request.summary.id) }, 'Send again');
    return element('div', { class: 'actions' }, replay, copier('copy-curl', 'Copy as curl', request.curl), copier('copy-request', 'Copy as shimctl request', request.shimctlRequest));
  }

  function copier(id, label, text) {
    return element('button', { id, type: 'button', disabled: !text, async onclick(event) {
      try {
        await navigator.clipboard.writeText(text);
        event.target.textContent = 'Copied';
        say('Copied');
      } catch {
        event.target.textContent = 'Copying denied: see Commands below';
        say('The browser denied access to the clipboard. The command is in the section Commands.');
      }
      setTimeout(() => { event.target.textContent = label; }, 2000);
    } }, label);
  }

  async function sendAgain(id) {
    const response = await fetch(`/_shims/requests/${id}/replay`, { method: 'POST' });
    const { id: again, reason } = await response.json();
    if (again === null) say(reason);
    else await show(again, true);
  }

  const timing = summary => element('div', null, bar(summary, 1), element('dl', { class: 'times' },
    ...phasesOf(summary).map(({ value, name, label }) => element('div', null, element('dt', { class: name }, label), element('dd', null, milliseconds(value))))));

  function section(open, name, note, isOpen, content) {
    return element('details', { 'data-name': name, open: open.get(name) ?? isOpen },
      element('summary', null, name, note === '' ? null : element('span', { class: 'faint' }, String(note))), ...content());
  }

  const size = body => body.length === 0 ? 'empty' : body.length < 1024 ? `${body.length} bytes` : `${(body.length / 1024).toFixed(1)} KiB`;

  const code = (text, label) => element('pre', { tabindex: '0', role: 'group', 'aria-label': label }, element('code', null, text));

  function preview(body, label) {
    if (body.length === 0) return null;
    const whole = body.isWhole ? '' : body.isText ? '\n…' : '\n...';
    return element('pre', { tabindex: '0', role: 'group', 'aria-label': label }, body.text + whole);
  }

  function pairs(caption, entries) {
    if (entries.length === 0) return null;
    return element('table', { class: 'pairs' }, element('caption', { class: 'unseen' }, caption),
      element('tbody', null, ...entries.map(([name, value]) => element('tr', null, element('th', { scope: 'row' }, name), element('td', null, value)))));
  }

  details.addEventListener('keydown', event => { if (event.key === 'Escape') close(); });

  // ---- events of the server

  function takeState(state) {
    if (server && server.started !== state.started) {
      rows.forEach(entry => entry.row.remove());
      rows.clear();
      close();
    }
    announcer.isOn ||= server === null && state.count === 0;
    server = state;
    const count = state.count > state.capacity ? `the last ${state.capacity} of ${state.count}` : '';
    byId('what').textContent = [state.what, state.protocol, count].filter(Boolean).join(' · ');
    trim();
  }

  const events = new EventSource('/_shims/events');
  events.addEventListener('open', () => {
    byId('connection').textContent = 'live';
    byId('connection').className = 'state live';
  });
  events.addEventListener('error', () => {
    byId('connection').textContent = 'not connected: shimctl serve is not running';
    byId('connection').className = 'state lost';
  });
  events.addEventListener('state', event => takeState(JSON.parse(event.data)));
  events.addEventListener('requests', event => {
    take(JSON.parse(event.data));
    announcer.isOn = true;
    // The error page of a failed request links here.
    const asked = Number(location.hash.slice(1));
    if (shown === null && asked > 0 && rows.has(asked) && !announcer.hasLooked) show(asked, true);
    announcer.hasLooked = true;
  });

  byId('home').textContent = byId('home').href = `${location.origin}/`;
  byId('try').textContent = `curl ${location.origin}/`;
})();
