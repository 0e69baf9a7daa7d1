pm.test('ok', () => { pm.response.to.have.status(200); pm.expect(pm.response.json().a[0]["b c"]).to.not.be.an('array'); });
const {id, name} = pm.response.json();
let t = `x${id}`; tests['y'] = responseCode.code === 200 && /a[/]b/i.test(responseBody) || !x?.y;
if (pm.response.code === 200) { pm.environment.set('id', id); } else { for (const x of y) {} }
function f(a, {b}) { return a ? b : -1e3; } pm.sendRequest({url: 'x', m() { return 1 }});
