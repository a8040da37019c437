// The keyboard: links that skip to the parts of the page, shortcuts, and a sheet that lists them.

const editable = (target) => target.matches?.('input, textarea, select, [contenteditable=true]');
const jump = (selector) => {
  const target = find(selector);
  if (!target) return;
  if (!target.matches('a, button, input, textarea, mark')) target.tabIndex = -1;
  target.focus();
  target.scrollIntoView({ block: 'nearest' });
};
const toBox = () => jump('#question textarea');

const SHORTCUTS = {
  '/': [qa.text.key_box, toBox],
  '[': [qa.text.key_before, () => stepTo(-1)],
  ']': [qa.text.key_after, () => stepTo(1)],
  '?': [qa.text.key_help, () => showHelp()],
};

const showHelp = () => {
  find('#help')?.remove();
  const dialog = made('dialog', '', { id: 'help' });
  dialog.append(made('h2', qa.text.shortcuts));
  const keys = made('dl');
  for (const [key, [name]] of Object.entries({ ...SHORTCUTS, Esc: [qa.text.key_back] })) {
    const label = made('dt');
    label.append(made('kbd', key));
    keys.append(label, made('dd', name));
  }
  const close = made('button', qa.text.close, { type: 'button' });
  close.addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => dialog.remove());
  dialog.append(keys, close);
  document.body.append(dialog);
  dialog.showModal(); // the browser gives the focus back when it is closed
};

document.addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || find('#help')) return;
  if (event.key === 'Escape') {
    const ask = find('#ask');
    if (ask?.dataset.past) qa.togglePast();
    else if (find('#preview')) hidePreview();
    else if (find('#corpus')?.dataset.reading) find('#corpus-reader .back')?.click();
    else if (ask?.dataset.reading && !find('#question textarea:focus')) leave();
    return;
  }
  if (editable(event.target) || !SHORTCUTS[event.key] || !find('#ask')?.checkVisibility()) return;
  event.preventDefault();
  SHORTCUTS[event.key][1]();
});

// Called once the header is there: the links are the first that Tab reaches.
qa.skipLinks = () => {
  const nav = made('nav', '', { id: 'skip' });
  nav.setAttribute('aria-label', qa.text.skip);
  for (const [selector, name] of [['#question textarea', qa.text.skip_box], ['#chat', qa.text.skip_chat], ['#reader', qa.text.skip_reader]]) {
    const link = made('a', name, { href: '#' });
    link.addEventListener('click', (event) => { event.preventDefault(); jump(selector); });
    nav.append(link);
  }
  document.body.prepend(nav);
};
