
const rowHeight = 20;
const sourceNames = {
  test: "test", launch: "launch", console: "console", qemu: "qemu log", "qmp-command": "command", "qmp-reply": "reply", "qmp-event": "event",
  screenshot: "screenshot", warning: "warning", panic: "panic", end: "end", failure: "failure", note: "note",
};

let lines = [];      // { time, source, machine, text }
let shown = [];      // indices into lines
let hidden = new Set();
let hits = [];       // positions in shown
let hit = -1;
let selected = -1;   // index into lines
let many = false;

function expand(timeline) {
  let time = 0;
  return timeline.x.map((text, i) => ({
    time: (time += timeline.t[i]) / 10000,
    source: timeline.sources[timeline.s[i]],
    machine: timeline.machines[timeline.m[i]],
    text,
  }));
}

function showHeadline(data) {
  const verdict = byId("verdict");
  verdict.textContent = data.verdict.toUpperCase();
  verdict.classList.add(data.verdict);
  byId("test").textContent = plain(data.test);
  byId("meta").append(el("span", null, data.assembly), el("span", null, new Date(data.started).toLocaleString()), el("span", null, `${data.seconds.toFixed(2)} s`));
  const headline = byId("headline");
  for (const machine of data.machines) {
    if (machine.diagnosis)
      headline.append(el("div", { class: "card hint" },
        el("div", { class: "title" }, plain(machine.diagnosis.problem)),
        el("div", null, `${machine.diagnosis.certain ? "Fix" : "Perhaps"}: ${plain(machine.diagnosis.fix)}`)));
  }
  if (data.title === null) return;
  const rest = data.message.trim() !== data.title.trim() || data.stack.trim() !== "";
  headline.prepend(el("div", { class: "card bad" },
    el("div", { class: "title" }, plain(data.title)),
    data.type ? el("div", { class: "kind" }, plain(data.type)) : null,
    rest ? el("details", { open: data.message.length < 1500 }, el("summary", null, "The whole message"), el("pre", null, plain(data.message))) : null,
    data.stack.trim() ? el("details", null, el("summary", null, "Where it was thrown"), el("pre", null, plain(data.stack))) : null));
}

function showMachines(data) {
  for (const machine of data.machines) {
    const times = [["launch", machine.launchSeconds], ["readiness", machine.readySeconds], ["start", machine.startSeconds]].filter(([, value]) => value !== null);
    byId("machines").append(el("div", { class: "card machine" },
      el("div", { class: "bar" },
        el("span", { class: "name" }, plain(machine.label)),
        machine.start ? el("span", { class: machine.start === "fallback-boot" ? "badge warn" : "badge" }, startNames[machine.start]) : null,
        machine.panic ? el("span", { class: "badge failed" }, "panicked") : null,
        el("span", { class: "meta" }, ...times.map(([name, value]) => el("span", null, `${name} ${seconds(value)}`)), machine.accelerator ? el("span", null, plain(machine.accelerator)) : null)),
      el("div", null, plain(machine.state)),
      machine.overlaps.length ? el("div", { class: "meta" }, `Other tests used it at the same time, their output is in here too: ${machine.overlaps.map(plain).join("; ")}`) : null,
      machine.command ? command(machine) : null));
  }
}

function command(machine) {
  const button = el("button", { type: "button" }, "Copy");
  const text = el("pre", null, machine.command);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(machine.command);
    } catch {
      getSelection().selectAllChildren(text);
      document.execCommand("copy");
    }
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
  return el("div", null,
    el("div", { class: "command" }, text, button),
    el("div", { class: "meta" }, el("span", null, `To run it again at a terminal: sh ${machine.folder}command.sh`)));
}

function showPictures(data) {
  const pictures = [...document.querySelectorAll(".picture")];
  byId("pictures").hidden = pictures.length === 0;
  pictures.forEach((picture, i) => byId("pictures").append(el("figure", null,
    el("img", { src: `data:image/png;base64,${picture.textContent}`, alt: `Screen of the machine, ${data.pictures[i]}` }),
    el("figcaption", null, data.pictures[i]))));
}

function showFiles(data) {
  byId("files").append(...data.files.map(file => el("a", { href: file.split("/").map(encodeURIComponent).join("/") }, file)).flatMap(link => [el("span", null, link)]));
}

function showSources() {
  const counts = new Map();
  for (const line of lines) counts.set(line.source, (counts.get(line.source) ?? 0) + 1);
  for (const source of Object.keys(sourceNames).filter(name => counts.has(name))) {
    const chip = el("button", { type: "button", class: `chip ${source}`, "aria-pressed": "true", "data-source": source },
      sourceNames[source], el("span", { class: "count" }, counts.get(source).toLocaleString("en")));
    chip.addEventListener("click", () => {
      const on = hidden.has(source);
      if (on) hidden.delete(source); else hidden.add(source);
      chip.setAttribute("aria-pressed", String(on));
      filter();
    });
    byId("sources").append(chip);
  }
}

function filter() {
  const list = byId("list");
  const anchor = selected >= 0 ? selected : shown[Math.floor(list.scrollTop / rowHeight)] ?? 0;
  shown = [];
  lines.forEach((line, i) => { if (!hidden.has(line.source)) shown.push(i); });
  list.style.height = `min(62vh, 760px, ${Math.max(lines.length, 5) * rowHeight + 2}px)`;
  byId("space").style.height = `${shown.length * rowHeight}px`;
  find(false);
  scrollTo(positionOf(anchor));
  render();
}

function positionOf(index) {
  let low = 0, high = shown.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (shown[middle] < index) low = middle + 1; else high = middle;
  }
  return Math.min(low, Math.max(shown.length - 1, 0));
}

function scrollTo(position) {
  const list = byId("list");
  const top = position * rowHeight;
  if (top < list.scrollTop || top + rowHeight > list.scrollTop + list.clientHeight)
    list.scrollTop = Math.max(0, top - list.clientHeight / 2);
}

function find(move) {
  const wanted = byId("search").value.toLowerCase();
  hits = wanted === "" ? [] : shown.map((index, position) => [index, position]).filter(([index]) => lines[index].search.includes(wanted)).map(([, position]) => position);
  hit = -1;
  if (move && hits.length > 0) go(1);
  tellFound();
}

function tellFound() {
  byId("found").textContent = byId("search").value === "" ? "" : hits.length === 0 ? "nothing found" : `${hit + 1} of ${hits.length.toLocaleString("en")}`;
}

function go(step) {
  if (hits.length === 0) return;
  hit = (hit + step + hits.length) % hits.length;
  select(shown[hits[hit]]);
  tellFound();
}

function select(index) {
  selected = index;
  scrollTo(positionOf(index));
  render();
  const line = lines[index];
  byId("detail").replaceChildren(
    el("div", { class: "meta" }, el("span", null, `${line.time.toFixed(4)} s`), el("span", null, sourceNames[line.source] ?? line.source), line.machine ? el("span", null, plain(line.machine)) : null),
    el("pre", null, ...terminal(line.text)));
}

function render() {
  const list = byId("list");
  const first = Math.max(0, Math.floor(list.scrollTop / rowHeight) - 10);
  const last = Math.min(shown.length, Math.ceil((list.scrollTop + list.clientHeight) / rowHeight) + 10);
  const marked = new Set(hits.filter(position => position >= first && position < last));
  const rows = [];
  for (let position = first; position < last; position++) {
    const index = shown[position];
    const line = lines[index];
    const row = el("div", {
      class: `row ${line.source}${many ? " many" : ""}${marked.has(position) ? " hit" : ""}`, role: "option", id: `line${index}`,
      "aria-selected": String(index === selected), "aria-posinset": position + 1, "aria-setsize": shown.length,
    },
      el("span", { class: "time" }, line.time.toFixed(3)),
      el("span", { class: "source" }, sourceNames[line.source] ?? line.source),
      many ? el("span", { class: "owner" }, line.machine ? plain(line.machine) : " ") : null,
      el("span", { class: "text" }, ...terminal(line.text.length > 600 ? line.text.slice(0, 600) + "…" : line.text)));
    row.style.top = `${position * rowHeight}px`;
    row.addEventListener("click", () => select(index));
    rows.push(row);
  }
  if (shown.length === 0) rows.push(el("div", { class: "empty" }, lines.length === 0 ? "Nothing was written down." : "All sources are hidden."));
  byId("space").replaceChildren(...rows);
  if (selected >= 0) list.setAttribute("aria-activedescendant", `line${selected}`);
}

function failureLine() {
  for (const wanted of [["failure"], ["panic"], ["warning"], ["end"]]) {
    for (let i = lines.length - 1; i >= 0; i--) {
      if (wanted.includes(lines[i].source)) return i;
    }
  }
  return lines.length - 1;
}

function listen() {
  const list = byId("list");
  let waiting = false;
  list.addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; render(); });
  });
  new ResizeObserver(render).observe(list);
  list.addEventListener("keydown", event => {
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 25, PageUp: -25, Home: -Infinity, End: Infinity };
    if (!(event.key in steps) || shown.length === 0) return;
    event.preventDefault();
    const from = selected < 0 ? Math.floor(list.scrollTop / rowHeight) : positionOf(selected);
    select(shown[Math.min(Math.max(from + steps[event.key], 0), shown.length - 1)]);
  });
  byId("search").addEventListener("input", () => { find(true); render(); });
  byId("search").addEventListener("keydown", event => { if (event.key === "Enter") go(event.shiftKey ? -1 : 1); });
  byId("next").addEventListener("click", () => go(1));
  byId("previous").addEventListener("click", () => go(-1));
  byId("jump").addEventListener("click", () => {
    const index = failureLine();
    if (index < 0) return;
    const source = lines[index].source;
    if (hidden.has(source)) document.querySelector(`.chip[data-source="${source}"]`).click();
    select(index);
    list.focus();
  });
}

(async () => {
  useTheme();
  const data = await readData();
  lines = expand(data.timeline);
  for (const line of lines) line.search = plain(line.text).toLowerCase();
  many = new Set(lines.map(line => line.machine).filter(Boolean)).size > 1;
  showHeadline(data);
  showPictures(data);
  showMachines(data);
  showFiles(data);
  showSources();
  listen();
  filter();
  const failure = failureLine();
  if (failure >= 0 && data.verdict !== "passed") scrollTo(positionOf(failure));
  render();
  document.documentElement.dataset.ready = "true";
})();
