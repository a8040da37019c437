// The question's box, the chat and what surrounds it.

const RECONNECT = 1500; // milliseconds between two attempts

const questions = () => findAll('#chat .user.message').length;

let ask = () => {};
qa.examples = (element, trigger) => {
  ask = trigger;
  onButton(element, 'question', (question) => trigger('example', { question }));
};
// A comment on an answer whose thumb was pressed.
qa.verdict = (element, trigger) => {
  element.addEventListener('submit', (event) => {
    event.preventDefault();
    trigger('word', { word: find('input', event.target).value, verdict: event.target.dataset.verdict });
  });
  const close = () => {
    trigger('close', {});
    qa.focus();
  };
  onButton(element, 'close', close);
  element.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    close();
  });
};
qa.thanked = () => say(qa.text.word_kept);
// Questions to go on with come after an answer, and may come late: they are shown with their own answer only.
const asked = () => findAll('#chat .user.message').map((message) => message.innerText.trim());
qa.told = () => JSON.stringify({
  asked: asked().slice(-30),
  pairs: pairsOf(findAll('#chat .bot.message').at(-1) || made('p')),
});
const fitSuggestions = () => {
  const offered = find('#suggestions .examples');
  if (offered) offered.hidden = offered.dataset.asked !== asked().at(-1);
};
qa.suggestions = (element, trigger, watch) => {
  onButton(element, 'question', (question) => trigger('example', { question }));
  watch('value', () => setTimeout(fitSuggestions, 30));
};
qa.notice = (element, trigger) => onButton(element, 'build', () => trigger('build', {}));

qa.focus = () => {
  if (!isNarrow()) find('#question textarea')?.focus({ preventScroll: true });
};

// Whether a language model phrases the answers: kept by this browser, for all its conversations.
const PHRASE = 'qa_phrase';
qa.phrases = () => Boolean(find('#phrasing input')?.checked);
qa.phrasing = (element, trigger, watch) => {
  const fill = () => {
    const box = find('input', element);
    if (box) box.checked = localStorage.getItem(PHRASE) === 'yes';
  };
  element.addEventListener('change', (event) => localStorage.setItem(PHRASE, event.target.checked ? 'yes' : ''));
  watch('value', () => setTimeout(fill, 30));
  fill();
};

// A new answer is shown from its beginning: its question is kept at the top until the reader scrolls.
let followed = 0;
let mayFollow = false;
const showBeginning = () => {
  const last = findAll('#chat .user.message').at(-1);
  if (!last || !mayFollow) return;
  const row = last.closest('.message-row') || last;
  const box = row.closest('.bubble-wrap');
  if (isNarrow()) return window.scrollBy(0, row.getBoundingClientRect().top - 8);
  if (box) box.scrollTop += row.getBoundingClientRect().top - box.getBoundingClientRect().top - 8;
};
const followChat = (chat) => {
  const count = questions();
  if (count !== followed) mayFollow = count > 0;
  if (count > followed && followed) leaveArticle(); // asked something else
  followed = count;
  fitSuggestions();
  showBeginning();
  nameParts(chat);
};
// Nor may anything move below a pointer that is pressed: its click would be lost.
for (const name of ['wheel', 'touchmove', 'pointerdown', 'keydown']) {
  document.addEventListener(name, (event) => {
    if (name !== 'keydown' || ['PageUp', 'PageDown', 'ArrowUp', 'Home'].includes(event.key)) mayFollow = false;
  }, { passive: true });
}

// Gradio names the parts of its chat in English, and its send and stop buttons not at all.
const named = (element, name) => {
  if (element && element.getAttribute('aria-label') !== name) element.setAttribute('aria-label', name);
};
const nameParts = (chat) => {
  named(find('[role=log]', chat), qa.text.conversation);
  for (const message of findAll('[data-testid="user"]', chat)) named(message, qa.text.your_question);
  for (const message of findAll('[data-testid="bot"]', chat)) named(message, qa.text.answer);
  pinFigures(chat);
  for (const [label, name] of [['Liked', qa.text.liked], ['Disliked', qa.text.disliked]]) {
    for (const button of findAll(`button[aria-label="${label}"]`, chat)) Object.assign(button, { ariaLabel: name, title: name });
  }
  for (const link of findAll('a[href^="#cite-"]', chat)) named(link, qa.text.cite.replace('{label}', link.textContent));
};
const nameButtons = (box) => {
  named(find('.submit-button', box), qa.text.send);
  named(find('.stop-button', box), qa.text.stop);
};

const observed = (selector, look) => {
  const element = find(selector);
  if (!element || element.dataset.observed) return;
  element.dataset.observed = 'yes';
  new MutationObserver(() => look(element)).observe(element, {
    childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ['aria-label', 'class'],
  });
  look(element);
};

// Gradio tells in English that something failed. If it was the connection, the page says so until it is back; all
// else has a notice of its own.
let isOffline = false;
const told = new WeakSet(); // Gradio's messages
const reachable = () => fetch(new URL('healthz', document.baseURI), { cache: 'no-store' }).then(() => true, () => false);
const reconnect = async () => {
  if (isOffline || await reachable()) return;
  isOffline = true;
  say(qa.text.offline, null, true);
  while (!await reachable()) await new Promise((resume) => setTimeout(resume, RECONNECT));
  location.reload(); // puts a question that got no answer back into the box
};

// Called by a component that is there from the beginning.
qa.started = () => {
  find('#loading')?.remove();
  qa.skipLinks();
  const look = () => {
    observed('#chat', followChat);
    observed('#question', nameButtons);
    const failures = findAll('.toast-body').filter((toast) => !told.has(toast));
    for (const toast of failures) told.add(toast);
    if (failures.length) reconnect();
  };
  look();
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
};

// A refusal under a filter offers to ask without it.
document.addEventListener('click', (event) => {
  if (!event.target.closest('#chat a[href="#all"]')) return;
  event.preventDefault();
  if (isWriting()) return say(qa.text.writing);
  const asked = findAll('#chat .user.message').findLast((m) => m.compareDocumentPosition(event.target) & Node.DOCUMENT_POSITION_FOLLOWING);
  setFilter({});
  if (asked) ask('example', { question: asked.innerText.trim() });
}, true);
