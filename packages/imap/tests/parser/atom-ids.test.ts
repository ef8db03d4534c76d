import { test } from "vitest";

import { staleAtomFiles } from "../../../../scripts/generate-atoms.ts";
import { ATOM_NAMES, Atom } from "../../src/parser/atom-ids.ts";
import { lookUpAtom } from "../../src/parser/atom-table.ts";
import { DEPTH_NEW, idAt, Kind, kindAt } from "../../src/parser/tape.ts";
import { both, latin1, octets } from "./tokenizers.ts";

test("the generated files are what the generator writes", ({ expect }) => {
  expect(staleAtomFiles()).toEqual([]);
});

test("ids name atoms and atoms have ids", ({ expect }) => {
  expect(Atom.UNKNOWN).toBe(0);
  expect(ATOM_NAMES[Atom.BODY_PEEK]).toBe("BODY.PEEK");
  expect(ATOM_NAMES[Atom.FLAG_SEEN]).toBe("\\Seen");
  expect(ATOM_NAMES[Atom.ADD_FLAGS_SILENT]).toBe("+FLAGS.SILENT");
  expect(Object.keys(Atom)).toHaveLength(ATOM_NAMES.length);
  expect(new Set(Object.values(Atom)).size).toBe(ATOM_NAMES.length);
});

test.for(both)("%s finds every atom in every case, and no near miss", ([, tokenizer], { expect }) => {
  const idOf = (text: string): number => {
    const { tape } = tokenizer.parse(octets(`a ${text}\r\n`), 0, 0, DEPTH_NEW, 0, 0);
    return idAt(tape, 2);
  };
  for (const [id, name] of ATOM_NAMES.entries()) {
    if (id === 0) continue;
    expect([name, idOf(name), idOf(name.toUpperCase()), idOf(name.toLowerCase())]).toEqual([name, id, id, id]);
    for (const miss of [`${name}x`, name.slice(0, -1), `x${name}`]) {
      const known = ATOM_NAMES.findIndex((other) => other !== "" && other.toUpperCase() === miss.toUpperCase());
      expect([miss, idOf(miss)]).toEqual([miss, Math.max(known, 0)]);
    }
  }
  // What tells the case of a letter tells other octets apart: `\\` and `|`, `[` and `{`.
  expect(idOf("@OOP")).toBe(0);
  expect(idOf("`OOP")).toBe(0);
  expect(idOf("N/OP")).toBe(0);
});

test.for(both)("%s ignores the case of letters, and of nothing else", ([, tokenizer], { expect }) => {
  for (const [id, name] of ATOM_NAMES.entries()) {
    for (let at = 0; at < name.length; at++) {
      const other = octets(name);
      other[at] = (other[at] ?? 0) ^ 0x20;
      const { tape, entries } = tokenizer.parse(octets(`a ${latin1(other)}\r\n`), 0, 0, DEPTH_NEW, 0, 0);
      // A digit or a mark becomes a control, which is no atom.
      const whole = kindAt(tape, 2) === Kind.atom && entries === 3;
      const letter = /[A-Za-z]/.test(name[at] ?? "");
      expect([name, at, whole ? idAt(tape, 2) : 0]).toEqual([name, at, letter ? id : 0]);
    }
  }
});

test("a look-up without a hash agrees", ({ expect }) => {
  expect(lookUpAtom(octets("xfetchx"), 1, 6)).toBe(Atom.FETCH);
  expect(lookUpAtom(octets("fetch"), 0, 0)).toBe(0);
  expect(lookUpAtom(octets("a".repeat(17)), 0, 17)).toBe(0);
});
