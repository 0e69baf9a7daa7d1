// covers: http.file http.FileData response.submitForm response.clickLink response.html
import http from 'k6/http';
import { show } from './lib/show.js';
export { handleSummary } from './lib/summary.js';

const base = __ENV.BASE;
const picture = open('./data/picture.bin', 'b');
const text = open('./data/users.csv');

export default function () {
  show('object', http.post(`${base}/form`, { a: '1', list: ['x', 'y'], space: 'a b', none: null }).json('fields'));
  const file = http.file(picture, 'picture.bin', 'image/png');
  show('file', [file.filename, file.content_type, Object.keys(file).sort()]);
  show('upload', http.post(`${base}/echo`, { file }).json());
  show('text file', http.post(`${base}/echo`, { file: http.file(text, 'users.csv') }).json());
  show('without a name', http.post(`${base}/echo`, { file: http.file('abc') }).json('parts'));
  show('raw', http.put(`${base}/echo`, picture).json('base64'));
  const page = http.get(`${base}/html`);
  show('link', [page.clickLink({ selector: 'a' }).url, page.clickLink().body]);
  show('form', page.submitForm({ formSelector: '#login', fields: { user: 'ann' } }).json('fields'));
  show('default form', page.submitForm().json('fields').length);
  show('title', page.html('title').text());
  show('html', page.html().find('li').size());
}
