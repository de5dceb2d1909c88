// A process that speaks length-prefixed MessagePack and echoes every message.
import { Packr } from 'msgpackr';

const packr = new Packr({ useRecords: false, int64AsType: 'auto', mapsAsObjects: true });
let bytes = Buffer.alloc(0);

for await (const chunk of process.stdin) {
  bytes = Buffer.concat([bytes, chunk]);
  while (bytes.length >= 4 && bytes.length >= 4 + bytes.readUInt32BE()) {
    const size = bytes.readUInt32BE();
    const { session, id, value } = packr.unpack(bytes.subarray(4, 4 + size));
    bytes = bytes.subarray(4 + size);
    const reply = packr.pack({ session, id, type: 'reply', value });
    const head = Buffer.alloc(4);
    head.writeUInt32BE(reply.length);
    process.stdout.write(Buffer.concat([head, reply]));
  }
}
