/**
 * The files of TLS, and in one clause why they do not do. Node passes over an authority that it cannot read, and a key without
 * its certificate; and a server that refuses the certificate of a client says so after the handshake, where the client of NATS
 * hears nothing. So all of it is looked at here, before the connection.
 */
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect, createSecureContext, type PeerCertificate } from 'node:tls';
import { contents, unusable } from './files.ts';
import { hear, placeOf } from './greeting.ts';
import { textOf } from './text-of.ts';
import type { NatsOptions } from './types.ts';

export interface TlsFiles {
  readonly ca: Buffer | undefined;
  readonly cert: Buffer | undefined;
  readonly key: Buffer | undefined;
}

/** The message is the end of a sentence, and names the option. */
export class TlsError extends Error {}

const block = /-----BEGIN ((?:TRUSTED |X509 )?CERTIFICATE)-----[^]*?-----END \1-----/g;
/** What Node says where no authority that it trusts has signed the certificate of a server. */
const untrusted: ReadonlySet<unknown> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** @param name of the server, for errors @throws CarpoolError REACH_UNAVAILABLE */
export async function readTls(tls: NatsOptions['tls'], name: string): Promise<TlsFiles> {
  const given = typeof tls === 'object' ? tls : {};
  const [ca, cert, key] = await Promise.all([
    contents(given.ca, 'tls.ca', name),
    contents(given.cert, 'tls.cert', name),
    contents(given.key, 'tls.key', name),
  ]);
  try {
    check({ ca, cert, key });
  } catch (thrown) {
    const why =
      thrown instanceof TlsError ? thrown.message : `the files of \`tls\` cannot be used: ${reasonOf(thrown)}`;
    throw unusable(name, why, thrown);
  }
  return { ca, cert, key };
}

/** @throws TlsError; and what Node says of what is left */
function check({ ca, cert, key }: TlsFiles): void {
  certificatesIn(ca, 'tls.ca');
  const [own] = certificatesIn(cert, 'tls.cert');
  const secret = key && keyIn(key);
  if (own !== undefined && secret !== undefined && !own.checkPrivateKey(secret))
    throw new TlsError('the key in the file `tls.key` is not that of the certificate in the file `tls.cert`');
  createSecureContext({ ca, cert, key });
}

function certificatesIn(pem: Buffer | undefined, option: string): X509Certificate[] {
  if (pem === undefined) return [];
  const text = pem.toString('latin1');
  const found = text.match(block) ?? [];
  if (found.length === 0) throw new TlsError(`the file \`${option}\` has no certificate in the format PEM`);
  if (found.length !== text.match(/-----BEGIN [A-Z\d ]*CERTIFICATE-----/g)?.length)
    throw new TlsError(`a certificate in the file \`${option}\` has no end`);
  return found.map((one, at) => {
    try {
      return new X509Certificate(one);
    } catch (thrown) {
      const which = found.length === 1 ? 'the certificate' : `certificate ${at + 1}`;
      throw new TlsError(`${which} in the file \`${option}\` cannot be read: ${reasonOf(thrown)}`, { cause: thrown });
    }
  });
}

function keyIn(pem: Buffer): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (thrown) {
    const encrypted = /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(pem.toString('latin1'));
    const why = encrypted
      ? 'the key in the file `tls.key` is encrypted: it is one without a passphrase'
      : `the file \`tls.key\` has no private key in the format PEM: ${reasonOf(thrown)}`;
    throw new TlsError(why, { cause: thrown });
  }
}

/** A clause: why TLS has failed, and which option is about it. */
export function describeTls(thrown: unknown, { ca }: TlsFiles): string {
  if (thrown instanceof TlsError) return `TLS failed: ${thrown.message}`;
  const codes = [thrown, (thrown as { cause?: unknown }).cause].map(
    (one) => (one as { code?: unknown } | undefined)?.code,
  );
  if (codes.includes('CERT_HAS_EXPIRED')) {
    const old = expiredIn(ca, 'tls.ca');
    return `TLS failed: ${old ?? 'the certificate of the server has expired'}`;
  }
  const option = codes.some((code) => untrusted.has(code)) ? 'tls.ca' : 'tls';
  return `TLS failed: ${reasonOf(thrown)}; see \`${option}\` of nats()`;
}

/** OpenSSL's own text has two lines, with places in its source. */
function reasonOf(thrown: unknown): string {
  const { library, reason } = thrown as { readonly library?: unknown; readonly reason?: unknown };
  return library !== undefined && typeof reason === 'string' ? reason : textOf(thrown);
}

function expiredIn(pem: Buffer | undefined, option: string): string | undefined {
  const old = certificatesIn(pem, option).find(({ validTo }) => Date.parse(validTo) < Date.now());
  return old && `the certificate in the file \`${option}\` has expired (${old.validTo})`;
}

/** As Node calls it. Of an address without a name Node would check the name `localhost`, and not the address. */
export function checkIdentity(
  this: { readonly servername?: string; readonly socket?: Socket },
  host: string,
  cert: PeerCertificate,
): Error | undefined {
  const { servername = '', socket } = this;
  return checkServerIdentity((servername === '' ? socket?.remoteAddress : undefined) ?? host, cert);
}

/**
 * Shows its certificate to a server that asks for one.
 * @param server `HOST:PORT` @param timeout milliseconds @throws TlsError: it is refused; and what else the system says
 */
export async function proveCertificate(server: string, files: TlsFiles, timeout: number): Promise<void> {
  const { cert, key, ca } = files;
  if (cert === undefined)
    throw new TlsError('the server wants a certificate of its clients: give `tls.cert` and `tls.key` to nats()');
  const { host } = placeOf(server);
  // TLS begins after its greeting.
  await hear(server, { timeout }, async (_, plain) => {
    const name = isIP(host) === 0 ? { servername: host } : {};
    const socket = connect({ socket: plain, ca, cert, key, ...name, checkServerIdentity: checkIdentity });
    await new Promise<void>((resolve, reject) => {
      let shown = false;
      socket.once('secureConnect', () => {
        shown = true;
        socket.write('PING\r\n');
      });
      // Whatever it says, it has taken the certificate.
      socket.once('data', () => resolve());
      // It stays, as that of the connection below.
      socket.on('error', (thrown) => reject(shown ? refused(thrown, cert) : thrown));
      socket.once('close', () => reject(shown ? refused(undefined, cert) : new Error('it has closed the connection')));
    });
  });
}

function refused(thrown: unknown, cert: Buffer): TlsError {
  const old = expiredIn(cert, 'tls.cert');
  const said = thrown === undefined ? '' : ` (${reasonOf(thrown)})`;
  return new TlsError(old ?? `the server refuses the certificate in the file \`tls.cert\`${said}`, { cause: thrown });
}
