/**
 * The key of a listener and its certificate, made at its start and never written to a disk. Node makes keys and no
 * certificates; this one is the smallest that TLS takes (RFC 5280, version 1): nobody but the holders of its fingerprint
 * trusts it, so it says nothing of its holder.
 */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

export interface Certified {
  /** PEM, as `tls.createServer` takes them. */
  readonly key: string;
  readonly cert: string;
  /** The SHA-256 of the certificate, in base64url. */
  readonly fingerprint: string;
}

/** Tags of DER. */
const tag = { integer: 0x02, bits: 0x03, oid: 0x06, text: 0x0c, time: 0x18, sequence: 0x30, set: 0x31 } as const;
/** 1.2.840.10045.4.3.2, ecdsa-with-SHA256; and 2.5.4.3, the common name. */
const ecdsaWithSha256 = Buffer.from('2a8648ce3d040302', 'hex');
const commonName = Buffer.from('550403', 'hex');
/** Milliseconds before now from which it is valid: clocks differ. Pinned clients do not look. */
const day = 24 * 60 * 60 * 1_000;

export function certify(now: Date = new Date()): Certified {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = der(tag.sequence, der(tag.oid, ecdsaWithSha256));
  const name = der(
    tag.sequence,
    der(tag.set, der(tag.sequence, der(tag.oid, commonName), der(tag.text, Buffer.from('carpool')))),
  );
  const until = new Date(now.getTime() + 3_650 * day);
  const validity = der(tag.sequence, time(new Date(now.getTime() - day)), time(until));
  const subjectKey = publicKey.export({ type: 'spki', format: 'der' });
  const body = der(tag.sequence, serial(), algorithm, name, validity, name, subjectKey);
  const signature = sign('sha256', body, privateKey);
  const bytes = der(tag.sequence, body, algorithm, der(tag.bits, Buffer.from([0]), signature));
  return {
    key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    cert: `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64')}\n-----END CERTIFICATE-----\n`,
    fingerprint: createHash('sha256').update(bytes).digest('base64url'),
  };
}

/** Positive, and not 0. */
function serial(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return der(tag.integer, bytes);
}

/** "20261129020000Z" */
function time(date: Date): Buffer {
  return der(tag.time, Buffer.from(`${date.toISOString().replaceAll(/[-:T]|\.\d+Z$/g, '')}Z`));
}

function der(kind: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([kind, ...size]), content]);
}
