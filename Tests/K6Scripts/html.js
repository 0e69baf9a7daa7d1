// covers: html.parseHTML Selection
import { parseHTML } from 'k6/html';
import http from 'k6/http';
import { show } from './lib/show.js';
export { handleSummary } from './lib/summary.js';

export default function () {
  const page = parseHTML(http.get(`${__ENV.BASE}/html`).body);
  show('text', [page.find('title').text(), page.find('h1').text(), page.find('h1 em').text()]);
  show('attr', [page.find('h1').attr('id'), page.find('h1').attr('absent'), page.find('h1').attr('absent', 'instead'), page.find('a').attr('href')]);
  show('html', [page.find('h1').html(), page.find('nothing').html()]);
  show('size', [page.find('li').size(), page.find('li.item').size(), page.find('ul > li:first-child').text(), page.find('nothing').size()]);
  show('each', (() => { const seen = []; page.find('li').each((at, element) => seen.push(`${at}${element.textContent()}`)); return seen; })());
  show('map', page.find('li').map((at, element) => `${at}${element.text()}`));
  show('toArray', page.find('p').toArray().map((each) => each.text()));
  show('eq', [page.find('li').eq(1).text(), page.find('li').eq(-1).text(), page.find('li').first().text(), page.find('li').last().text(), page.find('li').get(0).textContent()]);
  show('filter', [page.find('li').filter('.odd').text(), page.find('li').not('.odd').size(), page.find('li').filter((at) => at === 2).text()]);
  show('has and is', [page.find('p').has('a').size(), page.find('h1').is('.big'), page.find('h1').is('p')]);
  show('walk', [page.find('em').parent().attr('id'), page.find('a').closest('div').size(), page.find('a').parents().size(), page.find('ul').children().size()]);
  show('siblings', [page.find('li.odd').next().text(), page.find('li.odd').prev().text(), page.find('li.odd').siblings().size(), page.find('li').first().nextAll().size()]);
  show('contents', page.find('h1').contents().size());
  show('val', [page.find('input[name=user]').val(), page.find('select').val(), page.find('textarea').val(), page.find('option').val()]);
  show('data', [page.find('li').data('id'), page.find('li').data()]);
  show('serialize', [page.find('form').serialize(), page.find('form').serializeArray(), page.find('form').serializeObject()]);
  show('slice', [page.find('li').slice(1).size(), page.find('li').slice(0, 1).text(), page.find('li').index()]);
  show('add', page.find('h1').add('p').size());
  const element = page.find('a').get(0);
  show('element', [element.nodeName(), element.getAttribute('title'), element.innerHTML(), element.textContent(), element.id(), element.hasAttribute('href')]);
  show('attributes', Object.keys(element.attributes()).sort());
  show('selectors', ['p.odd', 'ul#list li[data-id="2"]', 'li:nth-child(2)', 'h1, title', 'div p a', 'input:checked', 'li:not(.odd)', '[data-id]', 'a[href^="/landed"]', 'p:contains("Two")'].map((each) => page.find(each).size()));
  show('broken', parseHTML('<p>one<p>two<b>bold').find('p').size());
}
