// The conversations of this browser: each under a key of its own, so that two windows never overwrite each
// other. A window knows its conversation by an id; what another one has changed meanwhile is left alone.

const KEY = 'qa_conversation.';
const UNSENT = 'qa_unsent';
const records = () =>
  Object.keys(localStorage).filter((key) => key.startsWith(KEY)).map((key) => readRecord(key.slice(KEY.length)))
    .filter(Boolean).sort((a, b) => b.time - a.time);
const readRecord = (id) => {
  try {
    const record = JSON.parse(localStorage.getItem(KEY + id));
    return record && Array.isArray(record.chat) ? { ...record, id } : null;
  } catch {
    return null;
  }
};
const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(8)), (n) => n.toString(16).padStart(2, '0')).join('');
const textOf = (message) =>
  (typeof message.content === 'string' ? message.content : message.content.map((part) => part.text || '').join(''));
const plain = (message) => { // as the question was typed
  const area = document.createElement('textarea');
  area.innerHTML = textOf(message);
  return area.value;
};

let current = sessionStorage.getItem(KEY) || newId();
let revision = readRecord(current)?.revision || 0;
let left = null; // the conversation that was just left, until another one is shown
let seen = ''; // the conversation that was not empty
let filter = readRecord(current)?.filter || {};
const use = (id) => {
  const shown = readRecord(current)?.chat;
  left = shown?.length && id !== current ? { first: textOf(shown[0]), length: shown.length } : null;
  current = id;
  revision = readRecord(id)?.revision || 0;
  filter = readRecord(id)?.filter || {};
  sessionStorage.setItem(KEY, id);
  wantTimelines(false);
  fillFields();
  forget();
  leaveArticle();
};

const store = (record) => {
  try {
    localStorage.setItem(KEY + record.id, JSON.stringify(record));
    return true;
  } catch {
    say(qa.text.no_room);
    return false;
  }
};
// Keep the conversation as it is now; called whenever the chat changes.
qa.keep = (messages) => {
  const chat = (messages || []).map((message) => ({ role: message.role, content: textOf(message) }));
  if (left && chat.length >= left.length && textOf(chat[0]) === left.first) return;
  left = null;
  const known = readRecord(current);
  if (!chat.length) { // all of it was taken back, unless the page is only being loaded
    if (seen === current && known?.revision === revision) localStorage.removeItem(KEY + current);
    return list();
  }
  seen = current;
  if (JSON.stringify(chat) === JSON.stringify(known?.chat) && known.revision === revision) return list();
  let title = known?.title || plain(chat[0]).slice(0, 120);
  if (known && known.revision !== revision) { // changed in another window
    current = seen = newId();
    title = qa.text.copy_of.replace('{title}', title);
  }
  revision = Date.now() + Math.random();
  sessionStorage.setItem(KEY, current);
  const same = (known?.verdicts || []).filter(([at]) => known.chat[at]?.content === chat[at]?.content);
  store({ id: current, title, time: Date.now(), revision, chat, filter, verdicts: same });
  list();
};
// Thumbs are kept with the conversation: [number of the message, "up" or "down"].
qa.judged = (sent) => {
  if (isNarrow()) setTimeout(() => find('#verdict form')?.scrollIntoView({ block: 'center' }), 60);
  const { index, up } = JSON.parse(sent);
  const known = readRecord(current);
  if (!known || known.revision !== revision) return;
  const others = (known.verdicts || []).filter(([at]) => at !== index);
  store({ ...known, verdicts: up === null ? others : [...others, [index, up ? 'up' : 'down']] });
};
const storedChat = (record) => {
  const verdicts = new Map(record?.verdicts || []);
  return JSON.stringify((record?.chat || []).map((message, at) => (verdicts.has(at) ? { ...message, verdict: verdicts.get(at) } : message)));
};
// What an export says of the conversation that is open: name, time of the last answer (as the clock here shows
// it), address of the page, and whether the timelines are wanted.
qa.about = (now = 0) => {
  const record = readRecord(current);
  const time = new Date((now || record?.time || Date.now()) - new Date().getTimezoneOffset() * 60000);
  const timeline = find('#exports [name=timeline]')?.checked ? 'yes' : '';
  return JSON.stringify({ title: record?.title || '', time: time.toISOString().slice(0, 16), address: location.origin + location.pathname, timeline });
};
// The conversation that was opened, or a new one, is shown.
qa.arrived = () => {
  left = null;
  if (readRecord(current)?.chat.length) seen = current;
};
// What is shown of a record, and a question for the box: one that got no answer.
const opening = (record) => {
  const chat = record?.chat || [];
  const asked = isUnanswered(chat) ? chat.splice(chat.findLastIndex((message) => message.role === 'user')) : [];
  return [storedChat(record), asked.length ? plain(asked[0]) : ''];
};
// What this window showed before it was loaded again: conversation, filter, citation in the address, and a
// question for the box: one that got no answer, or that was not sent yet.
qa.restore = () => {
  const [chat, unanswered] = opening(readRecord(current));
  const question = unanswered || sessionStorage.getItem(UNSENT) || '';
  sessionStorage.removeItem(UNSENT);
  return [chat, JSON.stringify(filter), qa.opened(), question];
};
window.addEventListener('pagehide', () => {
  const typed = find('#question textarea')?.value;
  if (typed) sessionStorage.setItem(UNSENT, typed);
});
const isUnanswered = (chat) => {
  const last = chat.at(-1);
  return Boolean(last) && (last.role === 'user' || textOf(last).trim() === '…');
};
qa.begin = async () => {
  await settle();
  use(newId());
  list();
};

// ---- the list

let reopen = () => {};
let list = () => {};
const openRecord = async (id) => {
  await settle();
  const record = readRecord(id);
  if (!record) return list();
  use(id);
  delete find('#ask').dataset.past;
  const [stored, question] = opening(record);
  reopen('open', { stored, question, chosen: JSON.stringify(filter) });
  list();
};
const remove = async (id) => {
  if (id === current) await settle();
  const record = readRecord(id);
  localStorage.removeItem(KEY + id);
  if (id === current) find('#new')?.click();
  list();
  if (record) say(qa.text.deleted, () => { if (readRecord(id) || store(record)) list(); });
};
const rename = (record, item) => {
  const input = made('input', '', { type: 'text', value: record.title, maxLength: 120 });
  input.setAttribute('aria-label', qa.text.rename.replace('{title}', record.title));
  let typing = true;
  const done = (save) => {
    if (!typing) return; // removing the field blurs it
    typing = false;
    const title = input.value.trim();
    const now = readRecord(record.id);
    if (save && title && now) store({ ...now, title }); // the same revision: its window goes on
    input.remove();
    list();
  };
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') done(true);
    if (event.key === 'Escape') done(false);
    event.stopPropagation();
  });
  input.addEventListener('blur', () => done(true));
  item.replaceChildren(input);
  input.focus();
  input.select();
};
const iconButton = (sign, name, act) => {
  const button = made('button', sign, { type: 'button', title: name });
  button.setAttribute('aria-label', name);
  button.addEventListener('click', act);
  return button;
};

qa.conversations = (element, trigger) => {
  reopen = trigger;
  list = () => {
    if (find('li input', element)) return; // a title is being typed
    const sought = find('input[type=search]', element).value.trim().toLocaleLowerCase();
    const items = records().filter((record) =>
      !sought || `${record.title} ${record.chat.map(plain).join(' ')}`.toLocaleLowerCase().includes(sought)).map((record) => {
      const item = made('li');
      const open = made('button', record.title, { type: 'button', className: 'title' });
      if (record.id === current) open.setAttribute('aria-current', 'true');
      open.addEventListener('click', () => openRecord(record.id));
      const time = made('time', new Date(record.time).toLocaleDateString(document.documentElement.lang, { day: 'numeric', month: 'short' }));
      item.append(open, time,
        iconButton('✎', qa.text.rename.replace('{title}', record.title), () => rename(record, item)),
        iconButton('×', qa.text.delete.replace('{title}', record.title), () => remove(record.id)));
      return item;
    });
    find('ul', element).replaceChildren(...items);
    const ask = find('#ask');
    if (ask) ask.dataset.kept = records().length ? 'yes' : '';
  };
  element.addEventListener('input', (event) => event.target.type === 'search' && list());
  window.addEventListener('storage', list);
  list();
};
qa.togglePast = () => {
  const ask = find('#ask');
  if (ask.dataset.past) delete ask.dataset.past;
  else ask.dataset.past = 'yes';
  if (ask.dataset.past) find('#conversations input')?.focus();
};

// ---- the filter belongs to the conversation

let narrow = () => {};
const filterFields = () => findAll('.filters [name]');
// Gradio does not render what it believes to be the same.
const fillFields = () => {
  for (const field of filterFields()) if (field.value !== (filter[field.name] || '')) field.value = filter[field.name] || '';
};
const setFilter = (next) => {
  filter = Object.fromEntries(Object.entries(next).filter(([, value]) => value));
  fillFields();
  const known = readRecord(current);
  if (known && known.revision === revision) store({ ...known, filter });
  narrow('narrow', filter);
};
qa.chosen = () => JSON.stringify(filter);
qa.filters = (element, trigger) => {
  narrow = trigger;
  element.addEventListener('change', (event) => {
    const { name, value } = event.target;
    // a year that is still being typed is no date yet
    if (name && event.target.checkValidity()) setFilter({ ...filter, [name]: value });
  });
};
qa.chips = (element) =>
  onButton(element, 'clear', () => {
    setFilter({});
    find('.filters details').open = false;
  });
