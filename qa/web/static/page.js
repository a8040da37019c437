// Behaviour of the page's own components. The script of each component is this file and one call.
// A name in quotes given to `trigger` becomes an event that Python can listen to.

// A citation in the chat, a link to the closest passages, or a card: request its article.
// One listener on the document, because links are re-rendered with every streamed piece.
const sources = (element, trigger, watch) => {
  const pairs = (links) =>
    links.map((a) => [Number(a.textContent), a.getAttribute('href').slice('#cite-'.length)]);
  const cards = () =>
    [...element.querySelectorAll('button[data-ref]')].map((b) => [Number(b.dataset.label), b.dataset.ref]);
  const cite = (ref, list) => {
    const active = element.querySelector('.card.active button');
    // already shown: nothing will change, so scroll the reader here
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
    event.preventDefault(); // the page has a base URL, so the link itself would reload it
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

// The button that limits the next questions to an article.
const only = (element, trigger) =>
  element.addEventListener('click', (event) => {
    const button = event.target.closest('button[data-only]');
    if (button) trigger('only', { article: button.dataset.only });
  });

// The article: bring the marked sentence into view; on a narrow screen bring the article there too.
const reader = (element, trigger, watch) => {
  only(element, trigger);
  const show = () => {
    const box = element.closest('#reader') || element;
    const now = element.querySelector('mark.now');
    const mark = now || element.querySelector('mark');
    if (!mark) return void (box.scrollTop = 0);
    const head = element.querySelector('header')?.offsetHeight || 0; // it is sticky and would cover the mark
    const above = Math.max(box.clientHeight / 3, head + 8);
    box.scrollTop += mark.getBoundingClientRect().top - box.getBoundingClientRect().top - above;
    if (!now) return; // not requested by the reader: leave scrolling and focus alone
    if (innerWidth < 900) box.scrollIntoView({ block: 'start' });
    // do not disturb someone who is typing the next question
    if (!document.activeElement?.matches('input, textarea, select')) now.focus({ preventScroll: true });
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

// The article of the corpus tab: on a narrow screen it is below the table.
const corpusReader = (element, trigger, watch) => {
  only(element, trigger);
  element.addEventListener('click', (event) => {
    const button = event.target.closest('button[data-remove]');
    if (button) trigger('remove', { article: button.dataset.remove });
  });
  watch('value', () => setTimeout(() => {
    const box = element.closest('#corpus-reader') || element;
    box.scrollTop = 0;
    if (innerWidth < 900) box.scrollIntoView({ block: 'start' });
  }, 30));
};

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
    const step = event.target.closest('button[data-offset]');
    if (step) trigger('turn', { offset: Number(step.dataset.offset) });
  });

const notice = (element, trigger) =>
  element.addEventListener('click', (event) => {
    if (event.target.closest('button[data-build]')) trigger('build', {});
  });

// The article filter. A date is sent when its field loses focus, not at every digit, and the field
// that had the focus gets it back when the filter is re-rendered.
const filters = (element, trigger, watch) => {
  let last = '';
  const send = () => {
    const value = (name) => element.querySelector(`[name=${name}]`)?.value || '';
    const unfolded = Boolean(element.querySelector('details')?.open);
    const chosen = { source: value('source'), since: value('since'), until: value('until'), article: value('article') };
    const now = JSON.stringify(chosen);
    if (now !== last) trigger('narrow', { ...chosen, unfolded });
    last = now;
  };
  element.addEventListener('change', (event) => event.target.matches('select') && send());
  element.addEventListener('focusout', (event) => event.target.matches('input[type=date]') && send());
  element.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && event.target.matches('input[type=date]')) send();
  });
  element.addEventListener('click', (event) => {
    if (event.target.closest('button[data-clear]')) trigger('narrow', {});
  });
  let focused = '';
  element.addEventListener('focusin', (event) => { focused = event.target.name || ''; });
  watch('value', () => {
    last = '';
    const name = focused;
    setTimeout(() => {
      // nowhere else meanwhile
      if (name && document.activeElement === document.body) element.querySelector(`[name=${name}]`)?.focus();
    }, 30);
  });
};

// The running build, and the last change to the corpus.
const status = (element, trigger) => {
  removed(element, trigger);
  element.addEventListener('click', (event) => {
    if (event.target.closest('button[data-stop]')) trigger('halt', {});
    if (event.target.closest('button[data-force]')) trigger('force', {});
    if (event.target.closest('button[data-dismiss]')) trigger('dismiss', {});
    if (event.target.closest('button[data-build]')) trigger('build', {});
    const button = event.target.closest('button[data-remove]');
    if (button) trigger('remove', { article: button.dataset.remove });
  });
};

// Removed files.
const removed = (element, trigger) =>
  element.addEventListener('click', (event) => {
    const button = event.target.closest('button[data-restore]');
    if (button) trigger('restore', { token: button.dataset.restore });
  });

// Files for the corpus, sent one after the other to the REST API; Python says what became of them.
const files = (element, trigger) => {
  const size = (bytes) => String(Math.round(bytes / 1e6));
  const send = async (file, zone) => {
    const name = file.name; // not "path": Gradio treats an object with that key as a file
    if (file.size > zone.bytes) return { name, error: zone.large.replace('{size}', size(zone.bytes)) };
    try {
      const address = new URL(`api/v1/files?name=${encodeURIComponent(name)}`, document.baseURI);
      const response = await fetch(address, { method: 'POST', body: file });
      const told = await response.json();
      if (!response.ok) return { name, error: String(told.error) };
      return { name: told.path, articles: told.articles, skipped: told.skipped.map((part) => [part.path, part.reason]) };
    } catch {
      return { name, error: zone.lost };
    }
  };
  const sendAll = async (list) => {
    const zone = element.querySelector('.drop');
    const input = zone?.querySelector('input');
    if (!zone || !list.length || input.disabled) return;
    input.disabled = true;
    const running = zone.querySelector('.running');
    const taken = [...list].slice(0, Number(zone.dataset.files));
    const told = [];
    for (const file of taken) {
      running.textContent = zone.dataset.running.replace('{done}', told.length + 1).replace('{total}', taken.length);
      told.push(await send(file, { ...zone.dataset, bytes: Number(zone.dataset.bytes) }));
    }
    running.textContent = list.length > taken.length ? zone.dataset.many.replace('{count}', taken.length) : '';
    input.disabled = false;
    input.value = '';
    trigger('added', { files: told });
  };
  element.addEventListener('change', (event) => event.target.matches('input[type=file]') && sendAll([...event.target.files]));
  for (const name of ['dragenter', 'dragover', 'dragleave', 'drop']) {
    element.addEventListener(name, (event) => {
      event.preventDefault(); // otherwise the browser would open the file instead of the page
      element.querySelector('.drop')?.classList.toggle('over', name === 'dragenter' || name === 'dragover');
      if (name === 'drop') sendAll([...event.dataTransfer.files]);
    });
  }
};

// The generations of the index.
const generations = (element, trigger) =>
  element.addEventListener('click', (event) => {
    if (event.target.closest('button[data-rollback]')) trigger('rollback', {});
  });
