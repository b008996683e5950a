// Shows the requests of shimctl serve, as the server tells of them.
import { byId, post } from './dom.js';
import { announcer, onOpen, rows, take, takeState } from './list.js';
import { close, refresh, show, shown } from './details.js';
import './keys.js';

onOpen(show);

byId('clear').addEventListener('click', async () => {
  if (await post('clear') && !rows.get(shown)?.summary.isPinned) close();
});

// ---- capsules

async function load(files) {
  for (const file of files) {
    const loaded = await post('capsules', file);
    if (loaded) await show(loaded.id, true);
  }
}

byId('load').addEventListener('click', () => byId('file').click());
byId('file').addEventListener('change', async event => {
  await load(event.target.files);
  event.target.value = '';
});
document.addEventListener('dragover', event => event.preventDefault());
document.addEventListener('drop', event => {
  event.preventDefault();
  load(event.dataTransfer.files);
});

// ---- events of the server

const events = new EventSource('/_shims/events');
events.addEventListener('open', () => {
  byId('connection').textContent = 'live';
  byId('connection').className = 'state live';
});
events.addEventListener('error', () => {
  byId('connection').textContent = 'not connected: shimctl serve is not running';
  byId('connection').className = 'state lost';
});
events.addEventListener('state', event => {
  if (takeState(JSON.parse(event.data))) close();
});
events.addEventListener('requests', event => {
  const summaries = JSON.parse(event.data);
  take(summaries);
  refresh(summaries);
  announcer.isOn = true;
  // The error page of a failed request links here.
  const asked = Number(location.hash.slice(1));
  if (shown === null && asked > 0 && rows.has(asked) && !announcer.hasLooked) show(asked, true);
  announcer.hasLooked = true;
});

byId('home').textContent = byId('home').href = `${location.origin}/`;
byId('try').textContent = `curl ${location.origin}/`;
