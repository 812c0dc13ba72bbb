
const pageSize = 500;
const order = ["failed", "hanging", "unfinished", "passed"];

let tests = [];
let hidden = new Set();
let limit = pageSize;

const sum = (machines, key) => {
  const values = machines.map(machine => machine[key]).filter(value => value !== null && value !== undefined);
  return values.length === 0 ? null : values.reduce((a, b) => a + b, 0);
};

function machineCell(machine) {
  return el("div", { class: "vm", title: machine.state ?? "" },
    plain(machine.label),
    machine.start ? el("span", { class: machine.start === "fallback-boot" ? "badge warn" : "badge" }, startNames[machine.start]) : null);
}

function row(test) {
  const report = test.path && test.hasReport !== false ? `${test.path.split("/").map(encodeURIComponent).join("/")}/report.html` : null;
  const name = plain(test.test);
  return el("tr", null,
    el("td", null, el("span", { class: `badge ${test.verdict}` }, test.verdict)),
    el("td", null,
      el("div", { class: "name" }, report ? el("a", { href: report }, name) : name),
      test.title ? el("div", { class: "title" }, plain(test.title)) : null,
      el("div", { class: "where" }, test.assembly, test.path && !report ? ` · ${test.path}` : "")),
    el("td", null, ...test.machines.map(machineCell)),
    ...["launchSeconds", "readySeconds", "startSeconds"].map(key => el("td", { class: "number" }, seconds(sum(test.machines, key)))),
    el("td", { class: "number" }, seconds(test.seconds)));
}

function show() {
  const wanted = byId("search").value.toLowerCase();
  const matching = tests.filter(test => !hidden.has(test.verdict) && test.search.includes(wanted));
  byId("rows").replaceChildren(...matching.slice(0, limit).map(row));
  byId("more").hidden = matching.length <= limit;
  byId("more").textContent = `Show ${Math.min(pageSize, matching.length - limit)} more of ${matching.length - limit}`;
}

const counted = (count, one, many) => `${count} ${count === 1 ? one : many}`;
const distinct = (items, key) => new Set(items.map(key)).size;

function showTotals() {
  const machines = tests.flatMap(test => test.machines);
  // Tests that share a machine share its start.
  const starts = Object.entries(startNames)
    .map(([kind, name]) => [distinct(machines.filter(machine => machine.start === kind), machine => `${machine.name} ${machine.startSeconds}`), name])
    .filter(([count]) => count > 0);
  byId("totals").append(
    el("span", null, counted(tests.length, "test", "tests")),
    el("span", null, counted(distinct(machines, machine => machine.name ?? machine.label), "machine", "machines")),
    ...starts.map(([count, name]) => el("span", null, `${count} ${name}`)),
    el("span", null, counted(distinct(tests, test => test.assembly), "test assembly, its latest run", "test assemblies, the latest run of each")));
}

function showVerdicts() {
  for (const verdict of order) {
    const count = tests.filter(test => test.verdict === verdict).length;
    if (count === 0) continue;
    const chip = el("button", { type: "button", class: "chip", "aria-pressed": "true", "data-verdict": verdict }, verdict, el("span", { class: "count" }, String(count)));
    chip.addEventListener("click", () => {
      const on = hidden.has(verdict);
      if (on) hidden.delete(verdict); else hidden.add(verdict);
      chip.setAttribute("aria-pressed", String(on));
      show();
    });
    byId("verdicts").append(chip);
  }
}

(async () => {
  useTheme();
  tests = (await readData()).tests;
  for (const test of tests) test.search = [test.test, test.title ?? "", test.assembly, ...test.machines.map(machine => machine.label)].join("\n").toLowerCase();
  tests.sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict) || (a.started < b.started ? -1 : 1));
  showTotals();
  showVerdicts();
  byId("search").addEventListener("input", () => { limit = pageSize; show(); });
  byId("more").addEventListener("click", () => { limit += pageSize; show(); });
  show();
  document.documentElement.dataset.ready = "true";
})();
