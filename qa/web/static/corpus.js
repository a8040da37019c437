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
    trigger('remove', { articles: [article] });
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

// What of the list of articles is shown. Each request has a number: a late reply, which replaced a newer one, is
// recognised by it and asked for again.
const view = { query: '', source: '', report: '', order: 'newest', offset: 0, number: 0 };
let showList = () => {};
qa.view = (query) => {
  if (query !== view.query) Object.assign(view, { query, offset: 0 });
  view.number += 1;
  return JSON.stringify(view);
};
qa.listBar = (element, trigger, watch) => {
  const fill = () => {
    for (const field of findAll('select', element)) {
      field.value = view[field.name];
      if (field.value !== view[field.name]) Object.assign(view, { [field.name]: field.value = '' }); // no such outlet any more
    }
  };
  element.addEventListener('change', (event) => showList({ [event.target.name]: event.target.value, offset: 0 }));
  watch('value', () => setTimeout(fill));
};

const chosen = new Set(); // articles selected, on any page of the list
qa.table = (element, trigger, watch) => {
  let newest = 0; // number of the newest reply
  let open = ''; // article shown beside the list
  let focused = ''; // what gets the focus back once the list is there
  showList = (change, focus = '') => {
    focused = focus;
    Object.assign(view, change);
    for (const field of findAll('#list-bar select')) field.value = view[field.name];
    trigger('view', {});
  };
  const mark = () => {
    const boxes = findAll('input[name=chosen]', element);
    for (const box of boxes) box.checked = chosen.has(box.value);
    const all = find('input[name=all]', element);
    if (all) all.checked = boxes.every((box) => box.checked);
    const bar = find('.selected', element);
    if (bar) bar.hidden = !chosen.size;
    const count = bar && find('span', bar);
    if (count) count.textContent = count.dataset.text.replace('{count}', chosen.size);
    for (const button of findAll('button[data-article]', element)) {
      if (button.dataset.article === open) button.setAttribute('aria-current', 'true');
      else button.removeAttribute('aria-current');
    }
  };
  onButton(element, 'article', (article) => {
    open = article;
    mark();
    trigger('open', { article });
  });
  onButton(element, 'offset', (offset) => showList({ offset: Number(offset) }, '[data-number]'));
  onButton(element, 'order', (order) => showList({ order, offset: 0 }, '[aria-sort] button'));
  onButton(element, 'removal', () => {
    trigger('remove', { articles: [...chosen] });
    chosen.clear();
    mark();
  });
  onButton(element, 'report', (report) => showList({ report, offset: 0 }, '[data-number]'));
  onButton(element, 'build', () => trigger('build', {}));
  onButton(element, 'unselect', () => { chosen.clear(); mark(); });
  element.addEventListener('change', ({ target }) => {
    const boxes = target.name === 'all' ? findAll('input[name=chosen]', element) : [target];
    for (const box of boxes) chosen[target.checked ? 'add' : 'delete'](box.value);
    mark();
  });
  watch('value', () => setTimeout(() => {
    const list = find('[data-number]', element);
    const number = Number(list?.dataset.number || 0);
    if (number < newest) return trigger('view', {});
    newest = number;
    mark();
    if (!focused || !list) return;
    find(focused, element)?.focus({ preventScroll: true });
    if (list.getBoundingClientRect().top < 0) list.scrollIntoView();
    focused = '';
  }, 30));
};

// The running build, or how the last one ended. Whatever shows another index for the first time says so by
// `data-renewed`, and the rest of the page follows.
qa.status = (element, trigger, watch) => {
  let renewed = '';
  onButton(element, 'stop', (value, button) => {
    button.textContent = qa.text.stopping;
    button.disabled = true;
    trigger('halt', {});
  });
  onButton(element, 'force', () => trigger('force', {}));
  onButton(element, 'dismiss', () => trigger('dismiss', {}));
  watch('value', () => setTimeout(() => {
    const button = find('#rebuild');
    if (button) button.disabled = Boolean(find('.progress', element));
    const now = find('[data-renewed]', element)?.dataset.renewed || renewed;
    if (now === renewed) return;
    renewed = now;
    trigger('built', {});
  }));
};

// What became of files that were sent, and of those that were removed or restored.
qa.changed = (element, trigger) => {
  qa.removed(element, trigger);
  onButton(element, 'remove', (article) => trigger('remove', { articles: [article] }));
  onButton(element, 'dismiss', () => {
    sent.length = 0;
    trigger('dismiss', {});
  });
};

// Removed files.
qa.removed = (element, trigger) => onButton(element, 'restore', (token) => trigger('restore', { token }));

// Files for the corpus, sent one after the other to the REST API; Python says what became of them. The report
// grows until it is closed, so that no upload's is lost.
const sent = [];
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
    for (const [at, file] of taken.entries()) {
      running.textContent = zone.dataset.running.replace('{done}', at + 1).replace('{total}', taken.length);
      sent.push(await send(file, { ...zone.dataset, bytes: Number(zone.dataset.bytes) }));
    }
    running.textContent = list.length > taken.length ? zone.dataset.many.replace('{count}', taken.length) : '';
    input.disabled = false;
    input.value = '';
    trigger('added', { files: sent });
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

// The versions of the index.
qa.generations = (element, trigger) => onButton(element, 'version', (generation) => trigger('switch', { generation }));
