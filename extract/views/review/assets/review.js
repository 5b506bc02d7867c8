'use strict';
(() => {
  const $ = (id) => document.getElementById(id);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const kept = {  // a page shown inside another one may have no storage
    get(name) { try { return localStorage.getItem('yusuan:' + name); } catch { return null; } },
    set(name, value) { try { localStorage.setItem('yusuan:' + name, value); } catch { /* lasts as long as the page */ } },
  };
  const english = () => document.documentElement.lang === 'en';

  function speak(language) {
    document.documentElement.lang = language;
    $('language').textContent = language === 'en' ? '中文' : 'English';
    $('language').lang = language === 'en' ? 'zh-CN' : 'en';
  }
  speak(kept.get('language') || 'zh-CN');
  $('language').addEventListener('click', () => {
    const language = english() ? 'zh-CN' : 'en';
    kept.set('language', language);
    speak(language);
  });

  if (document.body.classList.contains('index')) index(); else page();

  function index() {
    const rows = all('#documents tbody tr, #findings li').map((row) => [row, row.textContent.toLowerCase()]);
    const documents = all('#documents tbody tr');
    const filters = ['text', 'grade', 'rule', 'unit', 'year', 'state'].map((name) => [name, $('f-' + name)]);
    function sift() {
      const wanted = filters.filter(([, field]) => field.value);
      for (const [row, text] of rows) {
        row.hidden = !wanted.every(([name, field]) => {
          if (name === 'text') return field.value.toLowerCase().split(/\s+/).every((word) => text.includes(word));
          if (name === 'grade' || name === 'rule') return row.dataset[name].trim().split(' ').includes(field.value);
          return row.dataset[name] === field.value;
        });
      }
      $('count').textContent = documents.filter((row) => !row.hidden).length + ' / ' + documents.length;
      kept.set('filters', JSON.stringify(filters.map(([, field]) => field.value)));
    }
    for (const [, field] of filters) field.addEventListener('input', sift);
    document.querySelector('.filters').addEventListener('submit', (event) => event.preventDefault());
    sift();
  }

  function page() {
    const data = JSON.parse($('data').textContent);
    const findings = all('.finding');
    const boxes = new Map(all('rect').map((rect) => [rect.dataset.c, rect]));
    const signs = { 照印: '✓', 读错: '✗', 改正: '✎' };
    let current = null;  // a finding or a cell: whatever the next verdict is about
    let verdicts = data.verdicts;
    if (!data.serve) {
      try { verdicts = { ...verdicts, ...JSON.parse(kept.get(data.document) || '{}') }; } catch { /* somebody else's */ }
      $('download').hidden = false;
      $('download').addEventListener('click', download);
    }

    function say(text) {
      $('said').textContent = text;
      clearTimeout(say.timer);
      say.timer = setTimeout(() => { $('said').textContent = ''; }, 3000);
    }
    function mark(names, id, on) {
      for (const thing of [$(id), boxes.get(id)]) if (thing) thing.classList.toggle(names, on);
    }
    function bring(thing, where) { if (thing) thing.scrollIntoView({ block: where, inline: 'nearest' }); }

    function show() {
      const of_cell = new Map();
      for (const [key, [verdict, text]] of Object.entries(verdicts)) of_cell.set(key, signs[verdict] + (verdict === '改正' ? ' ' + text : ''));
      for (const cell of all('td[data-k]')) {
        if (of_cell.has(cell.dataset.k)) cell.dataset.given = of_cell.get(cell.dataset.k); else delete cell.dataset.given;
      }
      for (const finding of findings) {
        const given = verdicts[finding.dataset.k];
        finding.querySelector('.given').textContent = given ? signs[given[0]] + ' ' + given[0] + ' ' + given[1] + (given[2] ? ' · ' + given[2] : '') : '';
        for (const button of all('[data-v]', finding)) button.setAttribute('aria-pressed', String(!!given && given[0] === button.dataset.v));
      }
    }

    function choose(thing, follow = true) {
      for (const other of all('.current, .chosen, .item')) other.classList.remove('current', 'chosen', 'item');
      for (const head of all('.head[aria-expanded=true]')) head.setAttribute('aria-expanded', 'false');
      current = thing;
      if (!thing) return;
      if (thing.matches('.finding')) {
        thing.classList.add('current');
        thing.querySelector('.head').setAttribute('aria-expanded', 'true');
        for (const id of thing.dataset.items.trim().split(' ')) if (id) mark('item', id, true);
        if (thing.dataset.c) mark('chosen', thing.dataset.c, true);
        bring(thing, 'nearest');
        if (follow) {
          const section = thing.dataset.page && $('p' + thing.dataset.page);
          const cell = thing.dataset.c && $(thing.dataset.c);
          bring(section, 'start');
          if (cell) { bring(cell.closest('.page'), 'start'); requestAnimationFrame(() => bring(cell, 'nearest')); }
        }
        thing.focus({ preventScroll: true });
        if (location.protocol !== 'about:') history.replaceState(null, '', '#' + thing.id);
      } else {
        mark('chosen', thing.id, true);
        thing.focus({ preventScroll: true });
      }
    }
    function step(by) {
      const shown = findings;
      if (!shown.length) return;
      const at = shown.indexOf(current);
      choose(shown[at < 0 ? (by > 0 ? 0 : shown.length - 1) : Math.min(Math.max(at + by, 0), shown.length - 1)]);
    }

    async function give(key, verdict, text) {
      if (data.serve) {
        try {
          const answer = await fetch('../verdict', {
            method: 'POST', headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify({ document: data.document, key, verdict, text }),
          });
          const told = await answer.json();
          if (!answer.ok) { say(told.error); return false; }
          if (told.verdict) verdicts[key] = told.verdict; else delete verdicts[key];
        } catch { say(english() ? 'not saved: the server is gone' : '没有保存：服务已停'); return false; }
      } else {
        if (verdict) verdicts[key] = [verdict, text, '', new Date().toISOString().slice(0, 19) + 'Z', (data.cells[key] || [])[5] || '']; else delete verdicts[key];
        kept.set(data.document, JSON.stringify(verdicts));
      }
      show();
      say(verdict ? (english() ? 'saved' : '已保存') : (english() ? 'taken back' : '已撤回'));
      return true;
    }
    function judge(verdict) {
      if (!current || !current.dataset.k) { say(english() ? 'choose a finding first' : '先选一条'); return; }
      const key = current.dataset.k;
      if (verdict === '改正') { edit(current); return; }
      const same = verdicts[key] && verdicts[key][0] === verdict;
      give(key, same ? '' : verdict, '');
    }
    function edit(thing) {
      const cell = thing.matches('td') ? thing : $(thing.dataset.c);
      if (!cell) { say(english() ? 'no cell to correct' : '没有对应的单元格'); return; }
      const given = verdicts[thing.dataset.k];
      $('editor').hidden = false;
      $('editor-what').textContent = cell.title.split(' = ')[0];
      $('editor-text').value = (given && given[1]) || cell.textContent.trim();
      $('editor-text').focus();
      $('editor-text').select();
    }
    function close() { $('editor').hidden = true; if (current) current.focus({ preventScroll: true }); }
    $('editor').addEventListener('submit', async (event) => {
      event.preventDefault();
      if (current && await give(current.dataset.k, '改正', $('editor-text').value.trim())) close();
    });
    $('editor-close').addEventListener('click', close);

    function download() {
      const quoted = (value) => {
        let text = value === null || value === undefined ? '' : String(value);
        if (/^\s*([=+@＝＋＠]|-(?![\d.,]*$))|[\t\r\n]/.test(text)) text = "'" + text;
        return /[",\r\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
      };
      const lines = [['文档', '数据集', '表序', '行号', '列号', '页码', 'x0', 'y0', 'x1', 'y1', '原文', '改为', '意见', '核对人', '时间']];
      for (const [key, [verdict, text, who, when, old]] of Object.entries(verdicts)) {
        lines.push([data.document, ...key.split('|'), ...(data.cells[key] || []).slice(0, 5), old, text, verdict, who, when]);
      }
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob(['\ufeff' + lines.map((line) => line.map(quoted).join(',') + '\n').join('')], { type: 'text/csv' }));
      link.download = '核对意见.csv';
      link.click();
    }

    document.addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === 'Escape') { if (!$('editor').hidden) close(); else choose(null); return; }
      if (event.target.matches('input, select, textarea')) return;
      const doing = { j: () => step(1), k: () => step(-1), y: () => judge('照印'), n: () => judge('读错'), e: () => judge('改正') }[event.key];
      if (doing) { event.preventDefault(); doing(); }
    });
    document.addEventListener('click', (event) => {
      const verdict = event.target.closest('[data-v]');
      const finding = event.target.closest('.finding');
      if (verdict) { if (current !== finding) choose(finding, false); judge(verdict.dataset.v); return; }
      if (event.target.closest('.head')) { choose(current === finding ? null : finding); return; }
      const box = event.target.closest('rect');
      const cell = box ? $(box.dataset.c) : event.target.closest('.grid td');
      if (!cell) return;
      const about = findings.find((f) => f.dataset.c === cell.id);
      if (about) choose(about, false); else choose(cell, false);
      if (box) bring(cell, 'nearest');
    });
    for (const [kind, on] of [['mouseover', true], ['mouseout', false], ['focusin', true], ['focusout', false]]) {
      document.addEventListener(kind, (event) => {
        const thing = event.target.closest && event.target.closest('rect, .grid td');
        if (thing) mark('on', thing.dataset.c || thing.id, on);
      });
    }
    // cells are reached by the arrow keys from the first, so that Tab does not walk through all of them
    for (const grid of all('.grid')) { const first = grid.querySelector('td.a'); if (first) first.tabIndex = 0; }
    document.addEventListener('keydown', (event) => {
      const cell = event.target.closest && event.target.closest('td.a');
      const by = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key];
      if (!cell || !by) return;
      event.preventDefault();
      const column = (c) => c.dataset.k.split('|')[3];
      const others = all('td.a', cell.closest('.grid')).filter((c) => by[0] || column(c) === column(cell));
      const next = others[others.indexOf(cell) + by[0] + by[1]];
      if (next) { choose(next, false); bring(next, 'nearest'); }
    });

    show();
    const asked = /^#f\d+$/.test(location.hash) && $(location.hash.slice(1));
    if (asked) choose(asked);
  }
})();
