// The dossier: quotes and figures that were pinned, kept by this browser, with notes. Python writes the files.

const DOSSIER = 'qa_dossier';
const MAX_PINS = 500;
const MAX_QUOTED = 250000; // bytes of the quotes that are sent for a file; the server takes 512,000 of a request
const pinsKept = () => {
  try {
    const kept = JSON.parse(localStorage.getItem(DOSSIER));
    return Array.isArray(kept) ? kept.filter((pin) => pin && typeof pin.ref === 'string') : [];
  } catch {
    return [];
  }
};
let drawPins = () => {};
const keepPins = (pins) => {
  try {
    localStorage.setItem(DOSSIER, JSON.stringify(pins));
  } catch {
    say(qa.text.no_room);
    return false;
  }
  markPins();
  drawPins();
  return true;
};

// A pin is known by its place, and a figure also by its row: a sentence may give several.
const keyOf = (ref, cells) => `${ref} ${(cells || []).join(' ')}`;
const cellsOf = (button) => {
  const row = button.closest('.figures tr');
  return row ? [...row.cells].map((cell) => (find('a', cell) || cell.firstChild)?.textContent || '') : null;
};
const markPins = () => {
  const pins = pinsKept();
  const keys = new Set(pins.map((pin) => keyOf(pin.ref, pin.cells)));
  for (const button of findAll('button[data-pin]')) {
    const pressed = String(keys.has(keyOf(button.dataset.pin, cellsOf(button))));
    if (button.getAttribute('aria-pressed') === pressed) continue; // the chat is observed
    button.setAttribute('aria-pressed', pressed);
    button.textContent = pressed === 'true' ? qa.text.pinned : qa.text.pin;
  }
  for (const tab of findAll('[role=tab]')) { // Gradio keeps a hidden copy of each, to measure it
    if (tab.textContent.trim() !== qa.text.dossier) continue;
    if (pins.length) tab.dataset.count = pins.length;
    else delete tab.dataset.count;
  }
};
// Gradio draws its tabs again when one is chosen.
document.addEventListener('click', (event) => event.target.closest?.('[role=tab]') && setTimeout(markPins, 60));
// Each figure of an answer has its button in the last cell of its row.
const pinFigures = (chat) => {
  for (const link of findAll('.figures a[href^="#figure-"]', chat)) {
    const cell = link.closest('tr').lastElementChild;
    if (find('.pin', cell)) continue;
    const button = made('button', qa.text.pin, { type: 'button', className: 'pin' });
    button.dataset.pin = link.getAttribute('href').slice('#figure-'.length);
    if (!cell.firstChild) cell.append('');
    cell.append(button);
  }
  markPins();
};

// The question under whose answer a place is linked.
const questionOf = (ref) => {
  const link = findAll('#chat a[href^="#"]').findLast((other) => other.getAttribute('href').includes(ref));
  const asked = link && findAll('#chat .user.message').findLast((m) => m.compareDocumentPosition(link) & Node.DOCUMENT_POSITION_FOLLOWING);
  return asked ? asked.innerText.trim() : '';
};
const longDate = (iso) => {
  const day = new Date(`${iso}T12:00`);
  return Number.isNaN(day.getTime()) ? iso : day.toLocaleDateString(document.documentElement.lang, { dateStyle: 'long' });
};
const pin = async (ref, cells) => {
  const question = questionOf(ref); // before the chat can change
  const [id, start, end] = decoded(ref);
  const article = await articleOf(id);
  const pins = pinsKept();
  if (!article || pins.length >= MAX_PINS) return say(article ? qa.text.no_room : qa.text.not_pinned);
  const quote = [...article.text].slice(start, end).join(''); // offsets count code points
  const place = [article.source, article.date && longDate(article.date)].filter(Boolean).join(' · ');
  const kept = keepPins([...pins, { ref, cells, question, quote, title: article.title || id, place, note: '', time: Date.now() }]);
  return kept && say(qa.text.pinned_now);
};
const unpin = (key) => {
  const pins = pinsKept();
  const at = pins.findIndex((one) => keyOf(one.ref, one.cells) === key);
  if (at < 0) return;
  const [removed] = pins.splice(at, 1);
  keepPins(pins);
  say(qa.text.unpinned, () => {
    const now = pinsKept().filter((one) => keyOf(one.ref, one.cells) !== key);
    now.splice(Math.min(at, now.length), 0, removed);
    keepPins(now);
  });
};
// Before the listeners of the document, for which a click in a row or on a card opens the article.
window.addEventListener('click', (event) => {
  const button = event.target.closest?.('button[data-pin]');
  if (!button) return;
  event.stopImmediatePropagation();
  event.preventDefault();
  const cells = cellsOf(button);
  if (button.getAttribute('aria-pressed') === 'true') unpin(keyOf(button.dataset.pin, cells));
  else pin(button.dataset.pin, cells);
}, true);

// ---- the tab

const pinItem = (one, open) => {
  const key = keyOf(one.ref, one.cells);
  const item = made('li');
  // the last cell is the article, which is named below
  if (one.cells) item.append(made('p', one.cells.slice(0, -1).filter(Boolean).join(' · '), { className: 'figure' }));
  item.append(made('blockquote', one.quote));
  const source = made('p', '', { className: 'meta source' });
  source.append(made('b', one.title), one.place ? ` · ${one.place}` : '');
  item.append(source);
  if (one.question) item.append(made('p', qa.text.pin_question.replace('{question}', () => one.question), { className: 'meta' }));
  const label = made('label', qa.text.note);
  const note = made('textarea', '', { rows: 2, maxLength: 2000, value: one.note || '' });
  note.addEventListener('input', () => { // no drawing: it would take the focus
    const pins = pinsKept();
    const known = pins.find((other) => keyOf(other.ref, other.cells) === key);
    if (!known) return;
    known.note = note.value;
    try { localStorage.setItem(DOSSIER, JSON.stringify(pins)); } catch { say(qa.text.no_room); }
  });
  label.append(note);
  const bar = made('div', '', { className: 'bar' });
  const show = made('button', qa.text.show, { type: 'button' });
  show.addEventListener('click', () => open(one.ref));
  const remove = made('button', qa.text.unpin, { type: 'button' });
  remove.addEventListener('click', () => unpin(key));
  bar.append(show, remove);
  item.append(label, bar);
  return item;
};
qa.dossier = (element, trigger) => {
  const open = (ref) => {
    trigger('open', {});
    cite(ref, [[1, ref]]);
  };
  drawPins = () => {
    const pins = pinsKept();
    const said = pins.length === 1 ? qa.text.pins_one : pins.length ? qa.text.pins.replace('{count}', pins.length) : qa.text.no_pins;
    find('.hint', element).textContent = said;
    find('.save', element).hidden = !pins.length;
    find('ol', element).replaceChildren(...pins.map((one) => pinItem(one, open)));
  };
  onButton(element, 'save', (format) => {
    let room = MAX_QUOTED;
    const told = ({ ref, cells, question, note, quote, title }) => {
      room -= new TextEncoder().encode(quote || '').length;
      return { ref, cells, question, note, title, quote: room < 0 ? '' : quote };
    };
    const pins = JSON.stringify(pinsKept().map(told));
    trigger('save', { format, pins, about: qa.about(Date.now()) });
  });
  drawPins();
  markPins();
};
window.addEventListener('storage', (event) => { // another window pinned something
  if (event.key !== DOSSIER) return;
  markPins();
  if (!find('#dossier textarea:focus')) drawPins();
});
