// Sources and article: a click on a citation, a card or a link to the closest passages opens them.

// What the reader chose last. Replies may arrive in any order, and that of an answer may arrive after a later
// click: what is shown is compared with this, and asked for again where it differs.
let wanted = null;
let request = () => {};
const PATIENCE = 5000; // milliseconds after which a choice without a reply is sent again
const TRIES = 3;

const isCitation = (hash) => /^#cite-[\w.-]+$/.test(hash);
const withoutHash = () => location.pathname + location.search;
const refOf = (link) => link.getAttribute('href').slice('#cite-'.length);
const pairsOf = (message) => {
  const links = findAll('a[href^="#cite-"]', message);
  return links.map((link) => [Number(link.textContent), refOf(link)]);
};
const cardPairs = () =>
  findAll('#sources button[data-ref]').map((button) => [Number(button.dataset.label), button.dataset.ref]);

const send = () => {
  clearTimeout(wanted.timer);
  if (wanted.tries++ >= TRIES) return;
  wanted.timer = setTimeout(() => wanted && !wanted.shown && send(), PATIENCE);
  request('cite', { ref: wanted.ref, pairs: wanted.pairs });
};
const forget = () => {
  clearTimeout(wanted?.timer);
  wanted = null;
};

// Open a source, and put it into the address. On a phone it is a sheet, which one step back closes.
const cite = (ref, pairs, { remember = true } = {}) => {
  forget();
  wanted = { ref, pairs, turn: questions(), tries: 0, shown: false };
  if (ref && remember) {
    const step = isNarrow() && isCitation(location.hash) ? 'replaceState' : 'pushState';
    if (location.hash !== `#cite-${ref}`) history[step]({ qa: 'cite' }, '', `${withoutHash()}#cite-${ref}`);
  }
  if (ref) find('#ask').dataset.reading = 'yes';
  for (const link of findAll('#chat a[href^="#cite-"]')) link.classList.toggle('on', Boolean(ref) && refOf(link) === ref);
  if (find('#reader article')?.dataset.shown === ref && ref) showMark(); // already there: nothing will change
  send();
};
// The links of an answer that holds this citation; alone where none does (it came with an address).
const citeFromAddress = () => {
  const ref = location.hash.slice('#cite-'.length);
  const link = findAll('#chat a[href^="#cite-"]').findLast((other) => refOf(other) === ref);
  const message = link?.closest('.message');
  cite(ref, message ? pairsOf(message) : [[1, ref]], { remember: false });
};
const close = () => {
  delete find('#ask').dataset.reading;
  const link = find('#chat a.on') || qa.lastLink;
  if (!link?.isConnected) return qa.focus();
  if (isNarrow()) link.scrollIntoView({ block: 'center' });
  link.focus({ preventScroll: !isNarrow() });
};
// Nothing is chosen any more: no sheet on a phone, and no citation in the address.
const leaveArticle = () => {
  delete find('#ask').dataset.reading;
  if (isCitation(location.hash)) history.replaceState(null, '', withoutHash());
};
// As the browser's own step back, where the page made the step there.
const leave = () => {
  if (history.state?.qa === 'cite') return history.back();
  if (isCitation(location.hash)) history.replaceState(null, '', withoutHash());
  close();
};
window.addEventListener('popstate', () => {
  if (isCitation(location.hash)) citeFromAddress();
  else if (find('#ask')?.dataset.reading) close();
});
window.addEventListener('hashchange', () => {
  if (isCitation(location.hash) && wanted?.ref !== location.hash.slice('#cite-'.length)) citeFromAddress();
});
// The address with which the page was opened; Python opens it together with the conversation.
qa.opened = () => {
  if (!isCitation(location.hash)) return '';
  find('#ask').dataset.reading = 'yes';
  return location.hash.slice('#cite-'.length);
};

qa.sources = (element, trigger, watch) => {
  request = trigger;
  summarise(element, trigger, () => ({ pairs: cardPairs() }));
  element.addEventListener('click', (event) => {
    const card = event.target.closest('.card');
    if (!card || event.target.closest('button.pin') || String(getSelection())) return;
    const button = find('button[data-ref]', card);
    cite(button.dataset.ref, cardPairs());
  });
  watch('value', () => setTimeout(() => {
    markPins();
    const card = find('.card.active', element);
    const box = element.closest('#sources') || element;
    if (!card) return void (box.scrollTop = 0);
    const above = card.getBoundingClientRect().top - box.getBoundingClientRect().top;
    const below = above + card.offsetHeight - box.clientHeight;
    if (above < 0) box.scrollTop += above;
    else if (below > 0) box.scrollTop += Math.min(above, below + 2); // its border, too
  }, 30));
};

// Links in the chat: one listener on the document, because they are re-rendered with every streamed piece,
// possibly between press and release of a button; the click then belongs to no link.
let pressed = null;
const LINKS = '#chat a[href^="#cite-"], #chat a[href^="#near-"], #chat a[href^="#figure-"], #chat a[href^="#dated-"]';
// A row of figures or of the timeline is as good as its link, unless words of it are being selected.
const rowLink = (target) => (String(getSelection()) ? null : find(LINKS, target.closest('#chat :is(.figures, .timeline) tbody tr') || made('p')));
// Where a sentence is cited already, its citation; else its place beside the citations of the answer.
const citePlace = (ref, pairs) => {
  const span = (other) => other.split('.', 2).join('.');
  const known = pairs.find(([, other]) => span(other) === span(ref));
  cite(known ? known[1] : ref, known ? pairs : [...pairs, [0, ref]]);
};
document.addEventListener('pointerdown', (event) => { pressed = event.target.closest?.(LINKS) || null; }, true);
document.addEventListener('click', (event) => {
  const again = pressed && !pressed.isConnected ? pressed.getAttribute('href') : '';
  const link = event.target.closest(LINKS) || rowLink(event.target) || (again && findAll(LINKS).findLast((a) => a.getAttribute('href') === again));
  pressed = null;
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault(); // the page has a base URL, so the link itself would reload it
  qa.lastLink = link;
  hidePreview();
  const href = link.getAttribute('href');
  const place = /^#(?:figure|dated)-(.+)/.exec(href);
  if (place) return citePlace(place[1], pairsOf(link.closest('.message') || find('#chat')));
  if (href.startsWith('#near-')) {
    cite('', href.slice('#near-'.length).split(',').map((ref) => [0, ref]));
    if (isNarrow()) find('#sources')?.scrollIntoView({ block: 'start' });
    return;
  }
  cite(refOf(link), pairsOf(link.closest('.message') || find('#chat')));
}, true);

// The timeline of an answer's articles comes when its fold is opened.
const folds = new Map();
document.addEventListener('toggle', (event) => {
  const fold = event.target;
  if (!fold.matches?.('#chat details.timeline') || !fold.open || find('.rows', fold)) return;
  wantTimelines(true);
  mayFollow = false; // what the reader opened stays in view
  const key = String(folds.size + 1);
  folds.set(key, fold);
  fold.append(made('div', qa.text.loading, { className: 'rows' }));
  request('timeline', { key, pairs: pairsOf(fold.closest('.message')) });
  setTimeout(() => { if (!find('table, .hint', fold)) find('.rows', fold)?.remove(); }, PATIENCE); // may be asked again
}, true);
qa.timeline = (sent) => {
  const { key, html } = JSON.parse(sent);
  const rows = folds.has(key) && find('.rows', folds.get(key));
  if (!rows) return;
  rows.innerHTML = html; // from the page's own templates, which escape everything
  folds.get(key).scrollIntoView({ block: 'nearest' });
};

// The button that limits the next questions to an article.
const only = (element, trigger) =>
  onButton(element, 'only', (article) => {
    setFilter({ ...filter, article });
    trigger('only', {});
  });

// Bring the marked sentence into view.
const showMark = () => {
  const element = find('#reader');
  const now = find('mark.now', element);
  const mark = now || find('mark', element);
  if (!mark) return void (element.scrollTop = 0);
  const head = find('header', element)?.offsetHeight || 0; // it is sticky and would cover the mark
  const above = Math.max(element.clientHeight / 3, head + 12);
  element.scrollTop += mark.getBoundingClientRect().top - element.getBoundingClientRect().top - above;
  // only where it was asked for, and never from under someone who is typing the next question
  if (now && !isTyping()) now.focus({ preventScroll: true });
};

// The button that has articles summed up; while an answer is being written, it does nothing.
const summarise = (element, trigger, asked) =>
  onButton(element, 'summarise', (article) => {
    if (isWriting()) return say(qa.text.writing);
    leaveArticle();
    trigger('summarise', asked(article));
  });

qa.reader = (element, trigger, watch) => {
  only(element, trigger);
  summarise(element, trigger, (article) => ({ article }));
  finding(element);
  const look = () => {
    markPins();
    const article = find('article', element);
    const shown = article?.dataset.shown || '';
    const turn = Number(article?.dataset.turn || 0);
    if (!article || (wanted && turn > wanted.turn)) forget(); // a new conversation, or a newer answer
    if (wanted?.ref && shown !== wanted.ref && wanted.shown) return send(); // something older came late
    if (wanted && shown === wanted.ref) wanted.shown = true;
    showSteps(element, shown);
    showMark();
  };
  watch('value', () => setTimeout(look, 30));
  element.addEventListener('click', (event) => event.target.closest('button.back') && leave());
  onButton(element, 'step', (step) => stepTo(Number(step)));
};

// To the previous or next citation of the same answer.
const stepTo = (step) => {
  const pairs = cardPairs();
  const at = pairs.findIndex(([, ref]) => ref === find('#reader article')?.dataset.shown);
  const next = pairs[at < 0 ? 0 : (at + step + pairs.length) % pairs.length];
  if (next) cite(next[1], pairs);
};
const showSteps = (element, shown) => {
  const refs = cardPairs().map(([, ref]) => ref);
  const steps = find('.steps', element);
  if (!steps || refs.length < 2) return;
  steps.hidden = false;
  find('.place', steps).textContent = shown ? `${refs.indexOf(shown) + 1} / ${refs.length}` : '';
};

// ---- words in the article

const HIGHLIGHTS = 500; // places marked at most
const finding = (element) => {
  let ranges = [];
  let at = -1;
  const look = (word) => {
    ranges = [];
    at = -1;
    const text = find('.text', element);
    const sought = word.trim().toLocaleLowerCase();
    if (text && sought.length > 1) {
      const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node && ranges.length < HIGHLIGHTS; node = walker.nextNode()) {
        const low = node.data.toLocaleLowerCase();
        if (low.length !== node.data.length) continue; // offsets would differ
        for (let i = low.indexOf(sought); i >= 0 && ranges.length < HIGHLIGHTS; i = low.indexOf(sought, i + sought.length)) {
          const range = new Range();
          range.setStart(node, i);
          range.setEnd(node, i + sought.length);
          ranges.push(range);
        }
      }
    }
    if (window.CSS?.highlights) CSS.highlights.set('qa-found', new Highlight(...ranges));
    if (ranges.length) show(1);
    else count(sought.length > 1 ? '0' : '');
  };
  const count = (text) => { find('.found', element).textContent = text; };
  const show = (step) => {
    if (!ranges.length) return;
    at = (at + step + ranges.length) % ranges.length;
    if (window.CSS?.highlights) CSS.highlights.set('qa-here', new Highlight(ranges[at]));
    const box = find('article', element).parentElement.closest('#reader, #corpus-reader') || element;
    const head = find('header', element)?.offsetHeight || 0;
    box.scrollTop += ranges[at].getBoundingClientRect().top - box.getBoundingClientRect().top - Math.max(box.clientHeight / 3, head + 12);
    count(`${at + 1} / ${ranges.length}`);
  };
  element.addEventListener('input', (event) => event.target.name === 'find' && look(event.target.value));
  element.addEventListener('keydown', (event) => {
    if (event.target.name !== 'find') return;
    if (event.key === 'Enter') show(event.shiftKey ? -1 : 1);
    if (event.key === 'Escape' && event.target.value) {
      event.stopPropagation();
      event.target.value = '';
      look('');
    }
  });
};

// ---- the sentence of a citation, while the pointer or the focus is on its number

const AROUND = 200; // characters on each side
const articles = new Map();
const articleOf = (id) => {
  if (!articles.has(id)) {
    const address = new URL(`api/v1/articles/${id.split('/').map(encodeURIComponent).join('/')}`, document.baseURI);
    articles.set(id, fetch(address).then((response) => (response.ok ? response.json() : null)).catch(() => null));
  }
  return articles.get(id);
};
const decoded = (ref) => {
  const [name, span] = ref.split('.');
  const bytes = Uint8Array.from(atob(name.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
  return [new TextDecoder().decode(bytes), ...span.split('-').map(Number)];
};
let previewed = null;
const hidePreview = () => {
  previewed = null;
  find('#preview')?.remove();
};
const preview = async (link) => {
  previewed = link;
  const [id, start, end] = decoded(refOf(link));
  const [article] = await Promise.all([articleOf(id), new Promise((after) => setTimeout(after, 250))]);
  if (!article || previewed !== link || !link.isConnected) return;
  const text = [...article.text]; // offsets count code points
  const box = made('div', '', { id: 'preview' });
  box.setAttribute('role', 'tooltip');
  const quote = made('p');
  const before = text.slice(Math.max(0, start - AROUND), start).join('');
  const after = text.slice(end, end + AROUND).join('');
  quote.append(start > AROUND ? '… ' : '', before, made('mark', text.slice(start, end).join('')), after, end + AROUND < text.length ? ' …' : '');
  box.append(made('strong', article.title), made('p', [article.source, article.date].filter(Boolean).join(' · '), { className: 'meta' }), quote);
  find('#preview')?.remove();
  (find('.gradio-container') || document.body).append(box);
  const at = link.getBoundingClientRect();
  const below = at.bottom + 8 + box.offsetHeight < innerHeight;
  box.style.left = `${Math.max(8, Math.min(at.left, innerWidth - box.offsetWidth - 8))}px`;
  box.style.top = `${below ? at.bottom + 8 : Math.max(8, at.top - box.offsetHeight - 8)}px`;
};
const onCitation = (event) => {
  const link = event.target.closest?.('#chat a[href^="#cite-"]');
  if (link && link !== previewed && (event.pointerType || 'mouse') === 'mouse') preview(link);
};
document.addEventListener('pointerover', onCitation);
document.addEventListener('focusin', (event) => event.target.matches?.(':focus-visible') && onCitation(event));
for (const name of ['pointerout', 'focusout', 'scroll']) {
  document.addEventListener(name, (event) => {
    if (event.type === 'scroll' || event.target.closest?.('#chat a[href^="#cite-"]')) hidePreview();
  }, true);
}
