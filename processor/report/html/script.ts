/**
 * The script of the page: searches and sorts the table of resources, and shows some of its rows at a time. Without it the whole
 * table stands there. It reads the table and nothing else, and makes no HTML of any text.
 */

export const SCRIPT = `(() => {
  'use strict';
  const table = document.getElementById('resources');
  if (!table) return;
  const STEP = 100;
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const order = rows.map((_, at) => at);
  const search = document.getElementById('search');
  const outcome = document.getElementById('outcome');
  const status = document.getElementById('status');
  const more = document.getElementById('more');
  const number = (value) => value.toLocaleString('en');
  let limit = STEP;

  function show() {
    const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
    const wanted = outcome.value;
    let found = 0;
    for (const at of order) {
      const text = texts[at];
      const fits = (wanted === '' || rows[at].dataset.outcome === wanted) && words.every((word) => text.includes(word));
      if (fits) found++;
      rows[at].hidden = !fits || found > limit;
    }
    const shown = Math.min(found, limit);
    status.textContent = number(shown) + ' of ' + number(found) + (found === rows.length ? '' : ' found, of ' + number(rows.length)) + ' shown';
    more.hidden = found <= limit;
  }

  function sort(column, header) {
    const ascending = header.getAttribute('aria-sort') !== 'ascending';
    for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
    header.setAttribute('aria-sort', ascending ? 'ascending' : 'descending');
    const keys = rows.map((row) => row.cells[column].textContent.toLowerCase());
    const sign = ascending ? 1 : -1;
    order.sort((one, other) => (keys[one] === keys[other] ? one - other : keys[one] < keys[other] ? -sign : sign));
    body.append(...order.map((at) => rows[at]));
    show();
  }

  Array.from(table.tHead.rows[0].cells).forEach((header, column) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = header.textContent;
    button.addEventListener('click', () => sort(column, header));
    header.replaceChildren(button);
  });
  let waiting;
  const again = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { limit = STEP; show(); }, 120);
  };
  search.addEventListener('input', again);
  outcome.addEventListener('change', again);
  more.querySelector('button').addEventListener('click', () => { limit += 5 * STEP; show(); });
  document.getElementById('tools').hidden = false;
  show();
})();`;
