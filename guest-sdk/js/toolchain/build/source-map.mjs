/**
 * Makes the small map that a component carries from the one that esbuild
 * writes: only the author's lines are in it.
 *
 * @module
 */

import { decodeSegments, encodeSegments } from "./vlq.mjs";

/**
 * @param {{ sources: string[], mappings: string }} map In the standard form.
 * @param {(source: string) => string | null} nameOf How stacks name a source,
 *   or null to leave its lines out.
 * @returns {{ sources: string[], lines: string[] }} For each line of the
 *   bundle its segments, independent of other lines.
 */
export function compactSourceMap(map, nameOf) {
  const names = map.sources.map(nameOf);
  let last = [0, 0, 0, 0];
  const lines = map.mappings.split(";").map((text) => {
    const segments = decodeSegments(text, last);
    last = segments.at(-1) ?? last;
    return encodeSegments(segments.filter((segment) => names[segment[1]] !== null));
  });
  return { sources: names.map((name) => name ?? ""), lines };
}
