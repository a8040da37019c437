// Behaviour of the page's own components: each has a function of `qa` that its component calls.
// A name in quotes given to `trigger` becomes an event that Python can listen to.
// The files of this folder are one script, in the order of `qa.web.appearance.SCRIPTS`.

const find = (selector, within = document) => within.querySelector(selector);
const findAll = (selector, within = document) => [...within.querySelectorAll(selector)];
const isNarrow = () => matchMedia('(max-width: 899px)').matches;
const isTyping = () => Boolean(document.activeElement?.matches('input, textarea, select'));

// An element with a text and properties; never HTML.
const made = (tag, text = '', properties = {}) => {
  const element = Object.assign(document.createElement(tag), properties);
  if (text) element.textContent = text;
  return element;
};

// A short message at the bottom of the page; with `undo`, a button takes back what was done.
let fading = 0;
const say = (text, undo = null, stays = false) => {
  let toast = find('#toast');
  if (!toast) {
    toast = made('div', '', { id: 'toast' });
    toast.setAttribute('role', 'status');
    document.body.append(toast);
  }
  toast.replaceChildren(made('span', text));
  if (undo) {
    const button = made('button', qa.text.undo, { type: 'button' });
    button.addEventListener('click', () => { toast.replaceChildren(); undo(); });
    toast.append(button);
  }
  clearTimeout(fading);
  if (!stays) fading = setTimeout(() => toast.replaceChildren(), undo ? 15000 : 4000);
};

// Calls `handle(button)` where a button with a data attribute is clicked.
const onButton = (element, name, handle) =>
  element.addEventListener('click', (event) => {
    const button = event.target.closest(`button[data-${name}]`);
    if (button) handle(button.dataset[name], button);
  });

// Offer a file that Python made, as `qa.web.export.packed` returns it.
qa.save = (packed) => {
  if (!packed) return say(qa.text.not_saved);
  const { kind, name, data } = JSON.parse(packed);
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const link = made('a', '', { href: URL.createObjectURL(new Blob([bytes], { type: kind })), download: name });
  link.click();
  URL.revokeObjectURL(link.href);
};

// Whether exports hold the timelines: as chosen in the menu, else whether the reader has opened one.
const wantTimelines = (wanted) => {
  const box = find('#exports [name=timeline]');
  if (box && !(wanted && box.dataset.chosen)) box.checked = wanted;
  if (box && !wanted) delete box.dataset.chosen; // another conversation
};

// The menu of formats. What is open closes by Escape, by a click elsewhere, and by its own choice.
qa.exports = (element, trigger) => {
  const menu = () => find('details', element);
  onButton(element, 'save', (format) => {
    menu().open = false;
    trigger('save', { format, last: find('[name=last]', element).checked ? 'yes' : '', about: qa.about() });
  });
  element.addEventListener('change', ({ target }) => { if (target.name === 'timeline') target.dataset.chosen = 'yes'; });
  document.addEventListener('click', (event) => { if (menu()?.open && !element.contains(event.target)) menu().open = false; });
  element.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !menu().open) return;
    event.stopPropagation();
    menu().open = false;
    find('summary', element).focus();
  });
};
