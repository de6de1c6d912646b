/**
 * The memory of the build's snapshot.
 *
 * @module
 */

/** Sizes in bytes and how many of each: enough for what the parser leaves. */
const BLOCKS = [[65536, 4], [16384, 8], [4096, 32], [1024, 64]];

/**
 * Fills free memory with zeros, which the snapshot leaves out, by taking and
 * giving it back. That the collector sees so much taken also makes it wait
 * longer: a short call should not have to walk the whole heap.
 */
export function wipeFreeMemory() {
  __cqjs.runGc();
  const taken = BLOCKS.flatMap(([size, count]) => Array.from({ length: count }, () => new ArrayBuffer(size)));
  taken.length = 0;
}
