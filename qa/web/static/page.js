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

// Offer a text as a file.
qa.save = (text, kind, end) => {
  const link = made('a', '', { href: URL.createObjectURL(new Blob([text], { type: kind })), download: `${qa.text.file}.${end}` });
  link.click();
  URL.revokeObjectURL(link.href);
};
