import type { Frame } from "./hot-functions.ts";

const WIDTH = 1200;
const ROW = 17;
/** Narrower ones are left out, and from here on a name is written, in pixels. */
const NARROWEST = 0.5;
const NAMED = 40;
/** Pixels of a character, roughly. */
const CHARACTER = 6.5;
/** Warm colours, told apart by the source file. */
const COLOURS = ["#e5704b", "#e8914e", "#edb458", "#d9644a", "#f0c36d", "#c9563f", "#e3a04f", "#f2d084"] as const;

/** A flame graph: the root at the top, below each function what it has called, as wide as the samples in it. Its name and part come with the pointer. */
export function flameSvg(root: Frame): string {
  const drawn: string[] = [];
  let deepest = 0;
  const draw = (frame: Frame, left: number, depth: number): void => {
    const width = (frame.total / root.total) * WIDTH;
    if (width < NARROWEST) return;
    deepest = Math.max(deepest, depth);
    const top = depth * ROW;
    const label = escape(frame.name);
    const part = `${((frame.total / root.total) * 100).toFixed(1)} %, itself ${((frame.self / root.total) * 100).toFixed(1)} %`;
    const name = width < NAMED ? "" : escape(frame.name.slice(0, Math.floor(width / CHARACTER)));
    drawn.push(
      `<g><title>${label} (${escape(frame.where)}): ${part}</title>` +
        `<rect x="${left.toFixed(1)}" y="${top}" width="${width.toFixed(1)}" height="${ROW - 1}" fill="${colourOf(frame.where)}"/>` +
        `<text x="${(left + 3).toFixed(1)}" y="${top + 12}">${name}</text></g>`,
    );
    let next = left;
    for (const child of frame.children.toSorted((one, other) => other.total - one.total)) {
      draw(child, next, depth + 1);
      next += (child.total / root.total) * WIDTH;
    }
  };
  draw(root, 0, 0);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${(deepest + 1) * ROW}" font-family="sans-serif" font-size="11">${drawn.join("")}</svg>\n`;
}

function colourOf(where: string): string {
  let sum = 0;
  for (const character of where) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return COLOURS[sum % COLOURS.length] ?? COLOURS[0];
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
