"use strict";

// What both pages need. Whatever a test or a guest said becomes a text node, never markup.

function el(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "class") element.className = value;
    else if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter(child => child !== null && child !== undefined && child !== ""));
  return element;
}

const byId = id => document.getElementById(id);

async function readData() {
  const packed = Uint8Array.from(atob(byId("data").textContent.trim()), character => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

// Terminal text: colours become classes and numbers, every other control character something that can be seen.
const escapes = /\x1b\[[0-?]*[ -\/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -\/]*[0-~]?|\x9b[0-?]*[ -\/]*[@-~]/g;

const visible = text => text.replace(/[\x00-\x08\x0b-\x1f]/g, c => String.fromCharCode(0x2400 + c.charCodeAt(0)))
  .replace(/\x7f/g, "\u2421")
  .replace(/[\x80-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]/g, "\ufffd");

const plain = text => visible(text.replace(escapes, ""));

function colour(number, codes, at) {
  if (codes[at] === 5) {
    const n = codes[at + 1] | 0;
    if (n < 16) return [`c${n}`, null, 2];
    const level = v => v === 0 ? 0 : 55 + 40 * v;
    const rgb = n >= 232 ? Array(3).fill(8 + 10 * (n - 232)) : [level(Math.floor((n - 16) / 36)), level(Math.floor((n - 16) / 6) % 6), level((n - 16) % 6)];
    return [null, rgb, 2];
  }
  return codes[at] === 2 ? [null, [codes[at + 1] & 255, codes[at + 2] & 255, codes[at + 3] & 255], 4] : [null, null, 0];
}

function terminal(text) {
  const parts = [];
  let style = {};
  const add = piece => {
    if (!piece) return;
    const names = [style.fore && `f-${style.fore}`, style.back && `b-${style.back}`, style.bold && "bold", style.dim && "dim", style.under && "under", style.inverse && "inverse"].filter(Boolean);
    const span = el("span", { class: names.join(" ") || null }, visible(piece));
    if (style.foreRgb) span.style.color = `rgb(${style.foreRgb.join(",")})`;
    if (style.backRgb) span.style.backgroundColor = `rgb(${style.backRgb.join(",")})`;
    parts.push(span);
  };
  let from = 0;
  for (const match of text.matchAll(escapes)) {
    add(text.slice(from, match.index));
    from = match.index + match[0].length;
    const sgr = /^\x1b\[([0-9;:]*)m$/.exec(match[0]);
    if (!sgr) continue;
    const codes = sgr[1].split(/[;:]/).map(code => Number(code) | 0);
    for (let i = 0; i < codes.length; i++) {
      const code = codes[i];
      if (code === 0) style = {};
      else if (code === 1) style.bold = true;
      else if (code === 2) style.dim = true;
      else if (code === 4) style.under = true;
      else if (code === 7) style.inverse = true;
      else if (code === 22) style.bold = style.dim = false;
      else if (code === 24) style.under = false;
      else if (code === 27) style.inverse = false;
      else if (code >= 30 && code <= 37) [style.fore, style.foreRgb] = [`c${code - 30}`, null];
      else if (code >= 90 && code <= 97) [style.fore, style.foreRgb] = [`c${code - 82}`, null];
      else if (code >= 40 && code <= 47) [style.back, style.backRgb] = [`c${code - 40}`, null];
      else if (code >= 100 && code <= 107) [style.back, style.backRgb] = [`c${code - 92}`, null];
      else if (code === 39) style.fore = style.foreRgb = null;
      else if (code === 49) style.back = style.backRgb = null;
      else if (code === 38 || code === 48) {
        const [name, rgb, used] = colour(code, codes, i + 1);
        if (code === 38) [style.fore, style.foreRgb] = [name, rgb];
        else [style.back, style.backRgb] = [name, rgb];
        i += used;
      }
    }
  }
  add(text.slice(from));
  return parts;
}

const seconds = value => value === null || value === undefined ? "–" : `${value < 10 ? value.toFixed(2) : value.toFixed(1)} s`;

const startNames = { boot: "booted", clone: "cloned", "fallback-boot": "booted, not cloned", snapshot: "reset to a snapshot" };

function useTheme() {
  const system = matchMedia("(prefers-color-scheme: dark)");
  let chosen = null;
  const show = () => { document.documentElement.dataset.theme = chosen ?? (system.matches ? "dark" : "light"); };
  system.addEventListener("change", show);
  byId("theme").addEventListener("click", () => {
    chosen = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    show();
  });
  show();
}
