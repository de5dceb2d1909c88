/** A child that answers `{ size }` with that much binary, which it does not encode anew for each request. */
import { pack, unpack } from 'msgpackr';

const blob = Buffer.alloc(64 * 1024 * 1024, 'carpool ');

interface Request {
  readonly session: string;
  readonly id: string;
  readonly size: number;
}

// Requests are small and come one at a time: a chunk is a frame.
process.stdin.on('data', (chunk: Buffer) => {
  const { session, id, size } = unpack(chunk.subarray(4)) as Request;
  // A map that ends with an empty binary of two bytes, which are replaced by the head of a large one.
  const fields = pack({ session, id, data: Buffer.alloc(0) }).subarray(0, -2);
  const head = Buffer.alloc(4 + fields.length + 5);
  head.writeUInt32BE(head.length - 4 + size);
  head.set(fields, 4);
  head[head.length - 5] = 0xc6;
  head.writeUInt32BE(size, head.length - 4);
  process.stdout.cork();
  process.stdout.write(head);
  process.stdout.write(blob.subarray(0, size));
  process.stdout.uncork();
});
