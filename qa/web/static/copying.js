// What is copied from an answer: its quotes with numbered sources, as text and as HTML.

const ASIDE = '.why, .figures, .timeline, .searched, .counted, .not-found, .maybe, .near, .refs, a[href^="#near-"], a[href="#all"], [aria-hidden=true]';
const escaped = (text) => made('span', text).innerHTML;

// A paragraph as „quote“ [n] „quote“ [n], where `quoted`; otherwise as it reads, with [n].
const sentences = (paragraph, quoted) => {
  const pieces = [];
  let run = '';
  const close = () => {
    const text = run.replace(/\s+/g, ' ').trim();
    if (text) pieces.push(quoted ? `${qa.text.quote_start}${text}${qa.text.quote_end}` : text);
    run = '';
  };
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) run += node.data;
    else if (node.matches?.('a[href^="#cite-"]')) {
      close();
      pieces.push(`[${node.textContent}]`);
    } else if (!node.matches?.(ASIDE)) node.childNodes.forEach(walk);
  };
  paragraph.childNodes.forEach(walk);
  close();
  return pieces.join(' ');
};
const paragraphs = (root, within = false) => {
  const found = findAll('p, .no-answer, .notice', root).filter((p) => !p.closest('.why, .refs') && !find('.no-answer, .notice', p));
  const isQuote = (p) => within || Boolean(p.closest('blockquote'));
  return found.map((p) => [sentences(p, isQuote(p)), isQuote(p)]).filter(([text]) => text);
};
const references = (root, labels) =>
  findAll('.refs li', root).filter((item) => !labels || labels.has(item.value)).map((item) => {
    const link = find('a', item);
    const parts = item.textContent.split(' · ').slice(0, link ? -1 : undefined);
    return `[${item.value}] ${[...parts, ...(link ? [link.href] : [])].join(', ')}`;
  });

const both = (blocks, sources) => ({
  text: [...blocks.map(([text]) => text), ...(sources.length ? [sources.join('\n')] : [])].join('\n\n'),
  html: blocks.map(([text, quoted]) => (quoted ? `<blockquote><p>${escaped(text)}</p></blockquote>` : `<p>${escaped(text)}</p>`)).join('')
    + sources.map((line) => `<p>${escaped(line).replace(/https?:\/\/\S+$/, '<a href="$&">$&</a>')}</p>`).join(''),
});

// Write to the clipboard; where a page is not served securely, by the older way.
const copy = async ({ text, html }, told = qa.text.copied) => {
  try {
    const blob = (kind, data) => new Blob([data], { type: kind });
    await navigator.clipboard.write([new ClipboardItem({ 'text/plain': blob('text/plain', text), 'text/html': blob('text/html', html) })]);
  } catch {
    const listen = (event) => {
      event.clipboardData.setData('text/plain', text);
      event.clipboardData.setData('text/html', html);
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    document.addEventListener('copy', listen, true);
    document.execCommand('copy');
    document.removeEventListener('copy', listen, true);
  }
  say(told);
};

document.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  if (button.dataset.quote) {
    const { quote, reference } = button.dataset;
    const text = `${qa.text.quote_start}${quote}${qa.text.quote_end}`;
    return void copy(both([[text, true]], [reference]));
  }
  if (button.dataset.link) {
    const address = new URL(`${withoutHash()}#cite-${button.dataset.link}`, location.origin).href;
    const isLocal = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(location.hostname);
    if (isLocal) return void copy(both([[button.dataset.place, false]], []), qa.text.copied_here);
    return void copy({ text: address, html: `<a href="${escaped(address)}">${escaped(address)}</a>` });
  }
  if (button.getAttribute('aria-label') !== qa.text.copy_answer) return;
  const message = find('.bot.message', button.closest('.message-row, .message-wrap')) || answerBefore(button);
  if (!message) return;
  event.preventDefault();
  event.stopImmediatePropagation(); // Gradio would copy the message's source text
  copy(both(paragraphs(message), references(message)));
}, true);
const answerBefore = (button) =>
  findAll('#chat .bot.message').findLast((m) => m.compareDocumentPosition(button) & Node.DOCUMENT_POSITION_FOLLOWING);

// Ctrl+C in the chat: as selected, with [n], and the sources of the quotes that were selected.
document.addEventListener('copy', (event) => {
  const selection = getSelection();
  const range = selection.rangeCount && !selection.isCollapsed && selection.getRangeAt(0);
  const common = range && (range.commonAncestorContainer.closest ? range.commonAncestorContainer : range.commonAncestorContainer.parentElement);
  if (!common?.closest('#chat .bot.message')) return;
  const part = made('div');
  part.append(range.cloneContents());
  const labels = new Set(findAll('a[href^="#cite-"]', part).map((link) => Number(link.textContent)));
  if (!labels.size) return;
  const inQuote = Boolean(common.closest('blockquote'));
  const blocks = find('p', part) ? paragraphs(part, inQuote) : [[sentences(part, inQuote), inQuote]];
  const { text, html } = both(blocks, references(common.closest('.bot.message'), labels));
  event.clipboardData.setData('text/plain', text);
  event.clipboardData.setData('text/html', html);
  event.preventDefault();
});
