// The article of the corpus tab: on a narrow screen a sheet, which one step back closes.
const closeArticle = () => {
  if (!find('#corpus')?.dataset.reading) return;
  delete find('#corpus').dataset.reading;
  find('#corpus-table [aria-current]')?.focus();
};
qa.corpusReader = (element, trigger, watch) => {
  only(element, trigger);
  finding(element);
  const leaveSheet = () => (history.state?.qa === 'article' ? history.back() : closeArticle());
  onButton(element, 'remove', (article) => {
    trigger('remove', { article });
    leaveSheet(); // what became of it, with a way back, is said above the table
  });
  watch('value', () => setTimeout(() => {
    const box = element.closest('#corpus-reader') || element;
    box.scrollTop = 0;
    if (!find('article', element) || !find('#corpus-table [aria-current]')) return;
    if (isNarrow() && history.state?.qa !== 'article') history.pushState({ qa: 'article' }, '');
    find('#corpus').dataset.reading = 'yes';
  }, 30));
  element.addEventListener('click', (event) => {
    if (event.target.closest('button.back')) leaveSheet();
  });
  window.addEventListener('popstate', closeArticle);
};

qa.table = (element, trigger) => {
  onButton(element, 'article', (article, button) => {
    find('[aria-current]', element)?.removeAttribute('aria-current');
    button.setAttribute('aria-current', 'true');
    trigger('open', { article });
  });
  onButton(element, 'offset', (offset) => trigger('turn', { offset: Number(offset) }));
};

// The running build, and the last change to the corpus.
qa.status = (element, trigger) => {
  qa.removed(element, trigger);
  onButton(element, 'stop', () => trigger('halt', {}));
  onButton(element, 'force', () => trigger('force', {}));
  onButton(element, 'dismiss', () => trigger('dismiss', {}));
  onButton(element, 'build', () => trigger('build', {}));
  onButton(element, 'remove', (article) => trigger('remove', { article }));
};

// Removed files.
qa.removed = (element, trigger) => onButton(element, 'restore', (token) => trigger('restore', { token }));

// Files for the corpus, sent one after the other to the REST API; Python says what became of them.
qa.files = (element, trigger) => {
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
qa.generations = (element, trigger) => onButton(element, 'rollback', () => trigger('rollback', {}));
