/** Ways to take more than is there. */

export function loop() {
  for (;;);
}

/** Takes memory for ever, or until so many bytes are taken. */
export function takeMemory({ bytes = Infinity }) {
  const chunk = 1024 * 1024;
  const taken = [];
  while (taken.length < bytes / chunk) {
    taken.push(new Uint8Array(chunk).fill(1));
  }
  return taken.length * chunk;
}

export function recurse() {
  return 1 + recurse();
}

/** Prints lines of 64 bytes, for ever unless said how many bytes. */
export function flood({ bytes = Infinity }) {
  const line = "y".repeat(63);
  for (let printed = 0; printed < bytes; printed += 64) {
    console.log(line);
  }
  return null;
}

export function reply({ bytes }) {
  return "x".repeat(bytes - 2);
}
