/// The script of the HTML report: charts on one time axis, sortable tables, the tree's buttons. It loads nothing.
///
/// Foreign text reaches it only as JSON and leaves it only as `textContent`.
let htmlScript = #"""
    (() => {
    'use strict';
    const all = (q, root = document) => [...root.querySelectorAll(q)];
    const one = q => document.querySelector(q);

    // Tables: a click on a head sorts; a second click turns round.
    for (const table of all('table.sort')) {
      all('th button', table).forEach((button, column) => button.addEventListener('click', () => {
        const head = button.parentElement, up = head.getAttribute('aria-sort') === 'descending';
        all('th', table).forEach(th => th.removeAttribute('aria-sort'));
        head.setAttribute('aria-sort', up ? 'ascending' : 'descending');
        const key = row => { const v = row.cells[column].dataset.v; return v === undefined ? row.cells[column].textContent : +v; };
        const body = table.tBodies[0];
        [...body.rows].sort((a, b) => {
          const x = key(a), y = key(b), order = typeof x === 'number' ? x - y : x.localeCompare(y);
          return up ? order : -order;
        }).forEach(row => body.append(row));
      }));
    }
    for (const button of all('[data-open]')) button.addEventListener('click', () => {
      const what = button.dataset.open;
      all('.tree details').forEach(d => { d.open = what === 'all' || (what === 'failed' && d.classList.contains('bad')); });
    });
    let closed = [];
    addEventListener('beforeprint', () => { closed = all('details:not([open])'); closed.forEach(d => d.open = d.classList.contains('bad')); });
    addEventListener('afterprint', () => closed.forEach(d => d.open = false));

    const source = one('#data');
    if (!source) return;
    const data = JSON.parse(source.textContent), box = one('#charts'), n = data.t.length;
    if (!n) return;
    const make = (name, attributes, parent, text) => {
      const node = document.createElementNS('http:' + '//www.w3.org/2000/svg', name);
      for (const key in attributes) node.setAttribute(key, attributes[key]);
      if (text !== undefined) node.textContent = text;
      if (parent) parent.append(node);
      return node;
    };
    const digits = v => v >= 99.95 || v === 0 ? Math.round(v).toString() : v >= 9.995 ? v.toFixed(1) : v >= .9995 ? v.toFixed(2) : v >= .09995 ? v.toFixed(3) : v.toFixed(4);
    const number = v => v == null ? '–' : v >= 10000 ? Math.round(v).toString().replace(/\B(?=(\d{3})+$)/g, '\u2009') : digits(v);
    const latency = ms => ms == null ? '–' : ms < .9995 ? digits(ms * 1000) + ' µs' : ms < 999.5 ? digits(ms) + ' ms' : digits(ms / 1000) + ' s';
    const clock = s => { s = Math.round(s); const h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60, r = String(s % 60).padStart(2, '0');
      return h ? h + ':' + String(m).padStart(2, '0') + ':' + r : m + ':' + r; };
    const nice = max => { if (!(max > 0)) return [0, 1]; const raw = max / 3, p = 10 ** Math.floor(Math.log10(raw)), f = raw / p;
      const step = (f <= 1 ? 1 : f <= 2 ? 2 : f <= 2.5 ? 2.5 : f <= 5 ? 5 : 10) * p, out = [];
      for (let v = 0; v < max + step * .999; v += step) out.push(+v.toPrecision(10)); return out; };
    const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400];
    const arrivals = data.model === 'arrivals';

    const panels = [
      {title: arrivals ? 'Arrivals per second' : 'Users', format: number, lines: [
        {name: 'planned', points: data.planned.length ? data.planned : null, css: 'plan'},
        {name: arrivals ? 'started' : 'users', values: arrivals ? data.arrivals : data.users, css: 'c1', area: true}]},
      {title: 'Requests per second', format: number, lines: [
        {name: 'requests', values: data.rps, css: 'c1', area: true}, {name: 'failed', values: data.fail, css: 'bad', area: true}]},
      {title: 'Response time', format: latency, limits: data.limits, lines: [
        {name: 'p99', values: data.p99, css: 'c3'}, {name: 'p95', values: data.p95, css: 'c2'}, {name: 'p50', values: data.p50, css: 'c1'}]},
      {title: 'Schedule lag of the generator', format: latency, limits: data.lagLimit ? [{text: 'bound', at: data.lagLimit, soft: true}] : [], small: true,
        lines: [{name: 'p99', values: data.lag, css: 'c1'}]},
    ];
    panels.forEach(p => { p.lines = p.lines.filter(l => l.points || (l.values && l.values.some(v => v != null))); });
    const shown = panels.filter(p => p.lines.length);

    for (const panel of shown) {
      panel.figure = document.createElement('figure');
      const caption = document.createElement('figcaption'), title = document.createElement('b');
      title.textContent = panel.title; caption.append(title);
      for (const line of panel.lines) {
        const item = document.createElement('span'); item.className = 'key ' + line.css; item.textContent = line.name;
        line.out = document.createElement('output'); item.append(line.out); caption.append(item);
      }
      panel.above = document.createElement('small'); caption.append(panel.above);
      panel.figure.append(caption); box.append(panel.figure);
    }
    let heat = null;
    if (data.heat.cells.length) {
      heat = document.createElement('figure');
      const caption = document.createElement('figcaption'), title = document.createElement('b'), note = document.createElement('span');
      title.textContent = 'Where the response times lie'; note.className = 'key'; note.textContent = 'darker is more requests';
      heat.out = document.createElement('output'); note.append(heat.out); caption.append(title, note); heat.append(caption); box.append(heat);
    }
    const left = 64, right = 12;
    let width = 0, cursors = [];
    const x = s => left + (width - left - right) * Math.min(1, s / data.total);

    function draw() {
      width = Math.max(320, box.clientWidth); cursors = [];
      shown.forEach((panel, place) => drawPanel(panel, !heat && place === shown.length - 1));
      if (heat) drawHeat();
      if (at >= 0) point(at);
    }
    function frame(figure, height, axis) {
      all('svg', figure).forEach(old => old.remove());
      const svg = make('svg', {width, height: height + (axis ? 22 : 4), viewBox: `0 0 ${width} ${height + (axis ? 22 : 4)}`, 'aria-hidden': 'true'}, figure);
      const step = steps.find(s => data.total / s <= Math.max(3, width / 110)) || 172800;
      for (let s = 0; s <= data.total + .001; s += step) {
        make('line', {x1: x(s), x2: x(s), y1: 6, y2: height, class: 'grid'}, svg);
        if (axis) make('text', {x: x(s), y: height + 16, class: 'tick', 'text-anchor': s === 0 ? 'start' : x(s) > width - 30 ? 'end' : 'middle'}, svg, clock(s));
      }
      return svg;
    }
    function drawPanel(panel, axis) {
      const height = panel.small ? 84 : 132, svg = frame(panel.figure, height, axis);
      let max = 0;
      for (const l of panel.lines) { (l.points || []).forEach(p => max = Math.max(max, p[1])); (l.values || []).forEach(v => max = Math.max(max, v || 0)); }
      // A limit far above the lines would press them flat: it is named instead of drawn.
      const highest = max, near = l => l.at <= highest * 1.5, limits = (panel.limits || []).filter(near);
      limits.forEach(l => max = Math.max(max, l.at * 1.06));
      const above = (panel.limits || []).filter(l => !l.soft && !near(l));
      panel.above.textContent = above.length ? 'above the chart: ' + above.map(l => l.text).join(' · ') : '';
      const ticks = nice(max), top = ticks[ticks.length - 1], y = v => height - (height - 10) * v / top;
      for (const v of ticks) {
        make('line', {x1: left, x2: width - right, y1: y(v), y2: y(v), class: v ? 'grid' : 'base'}, svg);
        make('text', {x: left - 8, y: y(v) + 4, class: 'tick', 'text-anchor': 'end'}, svg, v ? panel.format(v).replace(/(\.\d*?)0+(?= |$)/, '$1').replace(/\.(?= |$)/, '') : '0');
      }
      for (const l of panel.lines) {
        if (l.points) { make('path', {d: 'M' + l.points.map(p => x(p[0]).toFixed(1) + ' ' + y(p[1]).toFixed(1)).join('L'), class: 'line ' + l.css}, svg); continue; }
        let path = '', area = '', run = [];
        const flush = () => { if (!run.length) return;
          const d = run.map(p => p[0].toFixed(1) + ' ' + p[1].toFixed(1)).join('L'); path += 'M' + d + (run.length === 1 ? 'h1' : '');
          area += `M${run[0][0].toFixed(1)} ${height}L${d}L${run[run.length - 1][0].toFixed(1)} ${height}Z`; run = []; };
        l.values.forEach((v, i) => v == null ? flush() : run.push([x(data.t[i]), y(v)])); flush();
        if (l.area) make('path', {d: area, class: 'area ' + l.css}, svg);
        make('path', {d: path, class: 'line ' + l.css}, svg);
      }
      let last = -99;
      for (const l of [...limits].sort((a, b) => b.at - a.at)) if (l.at <= top) {
        make('line', {x1: left, x2: width - right, y1: y(l.at), y2: y(l.at), class: 'limit' + (l.broken ? ' broken' : '')}, svg);
        if (Math.abs(y(l.at) - last) > 13) make('text', {x: left + 6, y: y(l.at) - 4, class: 'note' + (l.broken ? ' broken' : '')}, svg, l.text);
        last = y(l.at);
      }
      cursors.push(make('line', {y1: 4, y2: height, class: 'cursor'}, svg));
    }
    function drawHeat() {
      const rows = data.heat.edges.length - 1, height = Math.max(96, rows * 9), svg = frame(heat, height, true), h = (height - 8) / rows;
      let most = 0; data.heat.cells.forEach(c => c.forEach(v => most = Math.max(most, v)));
      data.heat.cells.forEach((column, i) => { const w = x(data.t[i] + data.step) - x(data.t[i]);
        column.forEach((v, r) => { if (v) make('rect', {x: x(data.t[i]), y: height - (r + 1) * h, width: Math.max(.5, w + .3), height: h + .3, class: 'heat',
          opacity: (.1 + .9 * Math.log1p(v) / Math.log1p(most)).toFixed(2)}, svg); }); });
      for (let r = 0; r <= rows; r += Math.max(1, Math.ceil(rows / 6))) make('text', {x: left - 8, y: height - r * h + 4, class: 'tick', 'text-anchor': 'end'}, svg, latency(data.heat.edges[r]));
      cursors.push(make('line', {y1: 4, y2: height, class: 'cursor'}, svg));
    }
    let at = -1;
    const planned = s => { const p = data.planned; for (let i = 1; i < p.length; i++) if (s <= p[i][0]) {
      const a = p[i - 1], b = p[i]; return b[0] === a[0] ? b[1] : a[1] + (b[1] - a[1]) * (s - a[0]) / (b[0] - a[0]); } return null; };
    function point(i) {
      at = Math.max(0, Math.min(n - 1, i));
      cursors.forEach(c => { c.setAttribute('x1', x(data.t[at])); c.setAttribute('x2', x(data.t[at])); c.classList.add('on'); });
      for (const panel of shown) for (const l of panel.lines) l.out.textContent = panel.format(l.points ? planned(data.t[at]) : l.values[at]);
      if (heat) heat.out.textContent = number(data.heat.cells[at] ? data.heat.cells[at].reduce((a, b) => a + b, 0) : 0) + ' in this slice';
      one('#when').textContent = 'at ' + clock(data.t[at]);
    }
    function leave() { at = -1; cursors.forEach(c => c.classList.remove('on')); all('output', box).forEach(o => o.textContent = ''); one('#when').textContent = ''; }
    box.addEventListener('pointermove', e => { const s = (e.clientX - box.getBoundingClientRect().left - left) / (width - left - right) * data.total; point(Math.round(s / data.step)); });
    box.addEventListener('pointerleave', leave);
    box.addEventListener('blur', leave);
    box.addEventListener('keydown', e => { const by = {ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10}[e.key];
      if (by) point(at < 0 ? 0 : at + by); else if (e.key === 'Home') point(0); else if (e.key === 'End') point(n - 1); else if (e.key === 'Escape') leave(); else return;
      e.preventDefault(); });
    new ResizeObserver(draw).observe(box);
    draw();
    })();
    """#
