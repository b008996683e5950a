// The form that edits a request and sends it.
import { byId, element, post } from './dom.js';

export function edit(request, fillPanel, sent) {
  const { summary, requestBody: body } = request;
  const text = body.kind === 'empty' ? '' : body.text ?? null;
  const isWhole = body.isWhole && (text === null || text.length < 256 * 1024);
  // A text area makes every line end a line feed; a form of several parts needs both characters, as browsers send them.
  const hasCrLf = text !== null && text.includes('\r\n');
  const field = (id, label, input) => element('p', { class: 'field' }, element('label', { for: id }, label), input);
  const method = element('input', { id: 'edit-method', type: 'text', value: summary.method, size: '8', autocomplete: 'off', spellcheck: 'false' });
  const target = element('input', { id: 'edit-target', type: 'text', value: summary.target, autocomplete: 'off', spellcheck: 'false' });
  const headers = element('textarea', { id: 'edit-headers', rows: '8', spellcheck: 'false' }, request.requestHeaders
    .filter(([name]) => !/^content-length$/i.test(name)).map(([name, value]) => `${name}: ${value}`).join('\n'));
  const content = text === null || !isWhole ? null : element('textarea', { id: 'edit-body', rows: '10', spellcheck: 'false' }, text);
  const before = content?.value;

  async function send(event) {
    event.preventDefault();
    const lines = headers.value.split('\n').filter(line => line.trim() !== '');
    const changed = content === null || content.value === before ? null : hasCrLf ? content.value.replaceAll('\n', '\r\n') : content.value;
    const answer = await post('send', JSON.stringify({
      id: summary.id, method: method.value.trim(), target: target.value.trim(), body: changed,
      headers: lines.map(line => line.includes(':') ? [line.slice(0, line.indexOf(':')).trim(), line.slice(line.indexOf(':') + 1).trim()] : [line, '']),
    }));
    if (answer) sent(answer.id);
  }

  const form = element('form', { class: 'edit', onsubmit: send },
    field('edit-method', 'Method', method), field('edit-target', 'URL', target), field('edit-headers', 'Headers', headers),
    content === null ? element('p', { class: 'note' }, 'The body is sent as it was recorded: it is not text, or too long to be edited here.') : field('edit-body', 'Body', content),
    element('p', null, element('button', { id: 'edit-send', type: 'submit' }, 'Send')));
  form.addEventListener('keydown', event => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit(); });
  fillPanel(`Edit #${summary.id}`, form);
  byId('edit-target').focus();
}
