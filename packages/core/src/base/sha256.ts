/** SHA-256 (FIPS 180-4), at once and without Node: to see in an error which bytes are equal. */

const words = 16;
const rounds = 64;
const blockBytes = 64;

/** The first `bits` bits of the fractional part, as an integer. */
function fraction(value: number): number {
  return Math.floor((value - Math.floor(value)) * 2 ** 32) | 0;
}

interface Constants {
  readonly start: Int32Array;
  readonly added: Int32Array;
}

/** Of the square and the cubic roots of the first primes; made with the first digest. */
let constants: Constants | undefined;

function constantsOf(): Constants {
  const primes: number[] = [];
  for (let candidate = 2; primes.length < rounds; candidate++)
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate);
  return {
    start: Int32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime))),
    added: Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime))),
  };
}

function rotated(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

/** The digest in hexadecimal digits, 64 of them. */
export function sha256(bytes: Uint8Array): string {
  const { start, added } = (constants ??= constantsOf());
  const state = start.slice();
  const schedule = new Int32Array(rounds);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length - (bytes.length % blockBytes);
  for (let at = 0; at < whole; at += blockBytes) compress(state, schedule, { view, at, added });
  const rest = bytes.length - whole;
  // One bit, zeros, and the length in bits.
  const tail = new Uint8Array(rest + 9 <= blockBytes ? blockBytes : 2 * blockBytes);
  tail.set(bytes.subarray(whole));
  tail[rest] = 0x80;
  const last = new DataView(tail.buffer);
  last.setUint32(tail.length - 8, Math.floor(bytes.length / 2 ** 29));
  last.setUint32(tail.length - 4, bytes.length * 8);
  for (let at = 0; at < tail.length; at += blockBytes) compress(state, schedule, { view: last, at, added });
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

interface Block {
  readonly view: DataView;
  readonly at: number;
  readonly added: Int32Array;
}

function compress(state: Int32Array, schedule: Int32Array, { view, at, added }: Block): void {
  const scheduled = (index: number): number => schedule[index] as number;
  for (let index = 0; index < words; index++) schedule[index] = view.getInt32(at + 4 * index);
  for (let index = words; index < rounds; index++) {
    const far = scheduled(index - 15);
    const near = scheduled(index - 2);
    const first = rotated(far, 7) ^ rotated(far, 18) ^ (far >>> 3);
    const second = rotated(near, 17) ^ rotated(near, 19) ^ (near >>> 10);
    schedule[index] = scheduled(index - 16) + first + scheduled(index - 7) + second;
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let index = 0; index < rounds; index++) {
    const big = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
    const first = (h + big + ((e & f) ^ (~e & g)) + (added[index] as number) + scheduled(index)) | 0;
    const second = (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  const mixed = [a, b, c, d, e, f, g, h];
  for (let index = 0; index < mixed.length; index++) state[index] = (state[index] as number) + (mixed[index] as number);
}
