// Behaviour of the page's own components. The script of each component is this file and one call.
// A name in quotes given to `trigger` becomes an event that Python can listen to.

// A citation in the chat, a link to nearest passages, or a card: ask for its article.
// One listener on the document serves links that are written anew with every streamed piece.
const sources = (element, trigger, watch) => {
  const pairs = (links) =>
    links.map((a) => [Number(a.textContent), a.getAttribute('href').slice('#cite-'.length)]);
  const cards = () =>
    [...element.querySelectorAll('button[data-ref]')].map((b) => [Number(b.dataset.label), b.dataset.ref]);
  const cite = (ref, list) => {
    const active = element.querySelector('.card.active button');
    // shown already: nothing will change, so the reader has to be told
    if (active && active.dataset.ref === ref) document.dispatchEvent(new Event('qa-show'));
    trigger('cite', { ref, pairs: list });
  };
  element.addEventListener('click', (event) => {
    const card = event.target.closest('button[data-ref]');
    if (card) cite(card.dataset.ref, cards());
  });
  const onDocument = (event) => {
    if (!element.isConnected) return document.removeEventListener('click', onDocument, true);
    const link = event.target.closest('#chat a[href^="#cite-"], #chat a[href^="#near-"]');
    if (!link) return;
    event.preventDefault(); // the page has a base address, so the link itself would load it anew
    window.qaLastLink = link;
    document.querySelectorAll('#chat a.on').forEach((other) => other.classList.remove('on'));
    link.classList.add('on');
    const href = link.getAttribute('href');
    if (href.startsWith('#near-')) {
      cite('', href.slice('#near-'.length).split(',').map((ref) => [0, ref]));
      if (innerWidth < 900) element.scrollIntoView({ block: 'start' });
      return;
    }
    const message = link.closest('.message') || document.querySelector('#chat');
    cite(href.slice('#cite-'.length), pairs([...message.querySelectorAll('a[href^="#cite-"]')]));
  };
  document.addEventListener('click', onDocument, true);
  watch('value', () => setTimeout(() => {
    const card = element.querySelector('.card.active');
    const box = element.closest('#sources') || element;
    if (!card) return void (box.scrollTop = 0);
    const above = card.getBoundingClientRect().top - box.getBoundingClientRect().top;
    const below = above + card.offsetHeight - box.clientHeight;
    if (above < 0) box.scrollTop += above;
    else if (below > 0) box.scrollTop += Math.min(above, below);
  }, 30));
};

// The article: bring the marked sentence into view; on a narrow screen bring the article there too.
const reader = (element, watch) => {
  const show = () => {
    const box = element.closest('#reader') || element;
    const now = element.querySelector('mark.now');
    const mark = now || element.querySelector('mark');
    if (!mark) return void (box.scrollTop = 0);
    box.scrollTop += mark.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 3;
    if (!now) return; // nobody asked for it: leave the page and the focus alone
    if (innerWidth < 900) box.scrollIntoView({ block: 'start' });
    now.focus({ preventScroll: true });
  };
  watch('value', () => setTimeout(show, 30));
  const onShow = () => {
    if (element.isConnected) show();
    else document.removeEventListener('qa-show', onShow);
  };
  document.addEventListener('qa-show', onShow);
  element.addEventListener('click', (event) => {
    if (!event.target.closest('button.back')) return;
    const link = window.qaLastLink;
    const answer = link && link.isConnected ? link : document.querySelector('#chat');
    answer.scrollIntoView({ block: 'center' });
    answer.focus({ preventScroll: true });
  });
};

// The article of the corpus tab: on a narrow screen it stands below the table.
const corpusReader = (element, watch) =>
  watch('value', () => setTimeout(() => {
    const box = element.closest('#corpus-reader') || element;
    box.scrollTop = 0;
    if (innerWidth < 900) box.scrollIntoView({ block: 'start' });
  }, 30));

// Buttons that carry one value: example questions, titles in the table, the offer to build.
const examples = (element, trigger) =>
  element.addEventListener('click', (event) => {
    const button = event.target.closest('button[data-question]');
    if (button) trigger('example', { question: button.dataset.question });
  });

const table = (element, trigger) =>
  element.addEventListener('click', (event) => {
    const button = event.target.closest('button[data-article]');
    if (button) trigger('open', { article: button.dataset.article });
  });

const notice = (element, trigger) =>
  element.addEventListener('click', (event) => {
    if (event.target.closest('button[data-build]')) trigger('build', {});
  });
