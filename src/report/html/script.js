// Everything is there without this: it sorts tables and replays the bad year.
(function () {
  'use strict';
  document.querySelectorAll('table.sortable').forEach(function (table) {
    var body = table.tBodies[0];
    if (!body || body.rows.length < 3) return;
    Array.from(table.tHead.rows[0].cells).forEach(function (th, column) {
      var button = document.createElement('button');
      button.type = 'button';
      button.title = 'Sort by this column';
      while (th.firstChild) button.appendChild(th.firstChild);
      th.appendChild(button);
      button.addEventListener('click', function () {
        var down = th.getAttribute('aria-sort') === 'ascending';
        Array.from(th.parentNode.cells).forEach(function (other) { other.removeAttribute('aria-sort'); });
        th.setAttribute('aria-sort', down ? 'descending' : 'ascending');
        var key = function (row) {
          var cell = row.cells[column];
          var text = cell.textContent.trim();
          if (cell.dataset.s !== undefined) return Number(cell.dataset.s);
          return /^~?[\d.]+( %)?$/.test(text) ? parseFloat(text.replace('~', '')) : text;
        };
        var rows = Array.from(body.rows);
        rows.sort(function (a, b) {
          var x = key(a), y = key(b);
          if (typeof x === 'number' && typeof y === 'number') return x - y;
          if (typeof x === 'number') return 1;
          if (typeof y === 'number') return -1;
          return x.localeCompare(y, undefined, { numeric: true });
        });
        if (down) rows.reverse();
        rows.forEach(function (row) { body.appendChild(row); });
      });
    });
  });
  window.addEventListener('beforeprint', function () {
    document.querySelectorAll('details').forEach(function (d) { if (!d.open) { d.open = true; d.dataset.printed = '1'; } });
  });
  window.addEventListener('afterprint', function () {
    document.querySelectorAll('details[data-printed]').forEach(function (d) { d.open = false; delete d.dataset.printed; });
  });

  var source = document.getElementById('replay-data'), place = document.getElementById('replay');
  if (!source || !place) return;
  var data = JSON.parse(source.textContent), shapes = {}, moments = [];
  data.tracks.forEach(function (track) { track[2].forEach(function (span) { moments.push(span[0], span[1]); }); });
  moments = moments.sort(function (a, b) { return a - b; }).filter(function (t, i) { return i === 0 || t !== moments[i - 1]; });
  document.querySelectorAll('[data-e]').forEach(function (e) { (shapes[e.dataset.e] = shapes[e.dataset.e] || []).push(e); });
  var cursors = Array.from(document.querySelectorAll('.cursor')), lines = Array.from(document.querySelectorAll('.story li'));
  var row = document.createElement('div'), play = document.createElement('button'), range = document.createElement('input'), out = document.createElement('output');
  row.className = 'row';
  play.type = 'button';
  play.textContent = 'Play';
  range.type = 'range';
  range.min = 0;
  range.max = moments.length;
  range.value = 0;
  range.setAttribute('aria-label', 'Replay of the worst history, one change a step');
  row.append(play, range);
  place.append(row, out);
  function when(t) {
    var date = new Date((data.start + t) * 1000);
    return !(Math.abs(date.getTime()) < 8e15) ? Math.round(t) + ' s' : date.toISOString().slice(0, 19).replace('T', ' ');
  }
  function show(step) {
    var t = step > 0 ? moments[step - 1] : -Infinity, down = [];
    data.tracks.forEach(function (track, index) {
      var open = false, zone = -1;
      track[2].forEach(function (span) {
        if (span[0] <= t && t < span[1]) { open = true; zone = span[2]; }
        if (span[1] <= t) zone = span[3];
      });
      if (open) down.push(track);
      (shapes[index] || []).forEach(function (e) {
        e.classList.toggle('is-down', open);
        if (track[0] !== 'container') return;
        var guest = e.classList.contains('guest'), here = zone < 0 ? !guest : Number(e.dataset.z) === zone;
        e.classList.toggle('is-here', here);
        e.classList.toggle('is-away', !here);
      });
    });
    cursors.forEach(function (c) {
      var from = Number(c.dataset.from), to = Number(c.dataset.to), inside = t >= from && t <= to;
      c.setAttribute('visibility', inside ? 'visible' : 'hidden');
      if (!inside) return;
      var x = Number(c.dataset.left) + (t - from) / (to - from) * Number(c.dataset.width);
      c.setAttribute('x1', x);
      c.setAttribute('x2', x);
    });
    lines.forEach(function (li) {
      var at = Number(li.dataset.t);
      li.classList.toggle('past', at < t - 0.001);
      li.classList.toggle('now', Math.abs(at - t) <= 0.001);
    });
    var told = step === 0 ? 'Before anything happens: all is up. Move the slider, or press Play.'
      : when(t) + ' UTC, change ' + step + ' of ' + moments.length + '. ' + (down.length === 0 ? 'All that was involved is up.'
      : 'Down or open: ' + down.slice(0, 12).map(function (d) { return d[0] + ' ' + d[1]; }).join(', ') + (down.length > 12 ? ' and ' + (down.length - 12) + ' more' : '') + '.');
    out.textContent = told;
    range.setAttribute('aria-valuetext', told);
  }
  function stop() { clearInterval(timer); timer = 0; play.textContent = 'Play'; }
  var timer = 0;
  range.addEventListener('input', function () { show(Number(range.value)); });
  play.addEventListener('click', function () {
    if (timer) return stop();
    if (Number(range.value) >= moments.length) range.value = 0;
    play.textContent = 'Pause';
    timer = setInterval(function () {
      range.value = Number(range.value) + 1;
      show(Number(range.value));
      if (Number(range.value) >= moments.length) stop();
    }, 700);
  });
  lines.forEach(function (li) {
    function go() {
      var t = Number(li.dataset.t), step = 0;
      while (step < moments.length && moments[step] <= t + 0.0005) step++;
      range.value = step;
      show(step);
      document.getElementById('architecture').scrollIntoView();
      range.focus({ preventScroll: true });
    }
    // A button, so that a keyboard and a screen reader find it.
    var button = document.createElement('button'), time = li.querySelector('time');
    button.type = 'button';
    button.title = 'Show this moment on the architecture';
    time.parentNode.insertBefore(button, time);
    button.appendChild(time);
    button.addEventListener('click', go);
  });
  show(0);
})();
