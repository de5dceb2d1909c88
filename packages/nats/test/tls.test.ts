/** TLS with certificates of each kind: what is good is taken, and what is not is one sentence that names the option. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NatsOptions } from '../src/index.ts';
import { accepting, inParts } from './support/accepting.ts';
import { Certificates, openssl, type Certified } from './support/certificates.ts';
import { failure, TestHost } from './support/hosts.ts';
import { binary, freePorts, jetStreamAnd, NatsServer, oneServer, reason } from './support/servers.ts';

type Files = Exclude<NatsOptions['tls'], boolean | undefined>;

const names = 'DNS:localhost,IP:127.0.0.1';

describe.skipIf(openssl.path === undefined || binary === undefined)(`TLS${openssl.reason}${reason}`, () => {
  let made: Certificates;
  let authority: Certified;
  let client: Certified;

  beforeAll(() => {
    made = new Certificates();
    authority = made.make();
    client = made.make({ by: authority });
  });
  afterAll(() => made.remove());

  const textOf = (path: string): string => readFileSync(path, 'utf8');

  test.each<[string, () => Files, RegExp]>([
    [
      'an authority that is no certificate',
      () => ({ ca: made.write('text', 'carpool') }),
      /^the file `tls\.ca` has no certificate/,
    ],
    [
      'an authority that is a key',
      () => ({ ca: client.key }),
      /^the file `tls\.ca` has no certificate in the format PEM$/,
    ],
    ['an empty authority', () => ({ ca: made.write('empty', '') }), /^the file `tls\.ca` has no certificate/],
    [
      'an authority that ends early, after a good one',
      () => ({ ca: made.write('cut', `${textOf(authority.cert)}${textOf(client.cert).slice(0, 200)}`) }),
      /^a certificate in the file `tls\.ca` has no end$/,
    ],
    [
      'a second authority of garbage',
      () => ({
        ca: made.write(
          'bad',
          `${textOf(authority.cert)}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`,
        ),
      }),
      /^certificate 2 in the file `tls\.ca` cannot be read: [^\n]+$/,
    ],
    [
      'a key of another certificate',
      () => ({ cert: client.cert, key: authority.key }),
      /^the key in the file `tls\.key` is not that of the certificate in the file `tls\.cert`$/,
    ],
    [
      'a key with a passphrase',
      () => ({ cert: client.cert, key: made.encrypted(client) }),
      /^the key in the file `tls\.key` is encrypted: it is one without a passphrase$/,
    ],
    [
      'a certificate that is a key',
      () => ({ cert: client.key, key: client.key }),
      /^the file `tls\.cert` has no certifi/,
    ],
    [
      'a key that is a certificate',
      () => ({ cert: client.cert, key: client.cert }),
      /^the file `tls\.key` has no private key in the format PEM: [^\n]+$/,
    ],
  ])('%s: one sentence, before there is any connection', async (_, files, says) => {
    const [port] = await freePorts(1);
    const { code, message } = await failure(new TestHost(`tls://127.0.0.1:${port}`, { tls: files() }).take('db'));
    expect(code).toBe('REACH_UNAVAILABLE');
    expect(message.replace(/^Cannot use NATS at [^ ]+: /, '')).toMatch(says);
  });

  /** @param clients which of them it takes: any, or those with a certificate of this authority */
  async function serverWith({ cert, key }: Certified, clients?: Certified): Promise<NatsServer> {
    const verify = clients === undefined ? '' : `ca_file: "${clients.cert}", verify: true`;
    return await oneServer(jetStreamAnd(`tls { cert_file: "${cert}", key_file: "${key}", ${verify} }`));
  }

  /** What a host says that has this long for an answer. */
  async function said(url: string, tls: NatsOptions['tls']): Promise<string> {
    const { code, message } = await failure(new TestHost(url, { tls, connectTimeout: 60_000 }).take('db'));
    expect(code).toBe('REACH_UNAVAILABLE');
    return message.replace(/^Cannot use NATS at [^ ]+: /, '');
  }

  test('a server by its address, and by its name; with a client that shows a certificate, and its key in one file', async () => {
    const { port } = await serverWith(made.make({ by: authority, names }), authority);
    const both = made.write('both', `${textOf(client.cert)}${textOf(client.key)}`);
    for (const [host, tls] of [
      ['127.0.0.1', { cert: client.cert, key: client.key }],
      ['localhost', { cert: both, key: both }],
    ] as const) {
      const reached = new TestHost(`tls://${host}:${port}`, { tls: { ca: authority.cert, ...tls } });
      expect((await reached.take(host)).fence.revision).toBeGreaterThan(0);
    }
  });

  test('a server whose greeting comes in parts, also the end of its line alone', async () => {
    const { port } = await serverWith(made.make({ by: authority, names }), authority);
    const tls = { ca: authority.cert, cert: client.cert, key: client.key };
    for (const bytes of [100, 7]) {
      const { url } = await inParts(port, bytes);
      expect((await new TestHost(url, { tls }).take(`in ${bytes}`)).fence.revision).toBeGreaterThan(0);
    }
  });

  test('a server that wants a certificate, and says nothing more: one sentence in time, and no connection is left', async () => {
    const info = JSON.stringify({ server_id: 'x', version: '2.10.0', tls_required: true, tls_verify: true });
    const silent = await accepting((socket) => socket.write(`INFO ${info}\r\n`));
    const tls = { ca: authority.cert, cert: client.cert, key: client.key };
    const { message } = await failure(new TestHost(silent.url, { tls, connectTimeout: 300 }).take('db'));
    expect(message).toMatch(/: no server answers there within 300 ms \(no word in time\): start one/);
    expect(silent.accepted).toBeGreaterThanOrEqual(2);
    await expect.poll(() => silent.open).toBe(0);
  });

  test('a certificate that is taken leaves one connection, that of the client', async () => {
    const { port } = await serverWith(made.make({ by: authority, names }), authority);
    const between = await inParts(port, 64 * 1024);
    const tls = { ca: authority.cert, cert: client.cert, key: client.key };
    const host = new TestHost(between.url, { tls });
    await host.take('db');
    // Its first word was heard, and its certificate was shown.
    expect(between.accepted).toBe(3);
    await expect.poll(() => between.open).toBe(1);
    await host.connection.close();
    await expect.poll(() => between.open).toBe(0);
  });

  test('a certificate for the address alone is good for that, one for a name alone is not', async () => {
    const ca = authority.cert;
    const byAddress = await serverWith(made.make({ by: authority, names: 'IP:127.0.0.1' }));
    await new TestHost(`tls://127.0.0.1:${byAddress.port}`, { tls: { ca } }).take('db');
    const byName = await serverWith(made.make({ by: authority, names: 'DNS:localhost' }));
    expect(await said(`tls://127.0.0.1:${byName.port}`, { ca })).toMatch(
      /^TLS failed: Hostname\/IP does not match certificate's altnames: IP: 127\.0\.0\.1 is not in the cert's list/,
    );
  });

  test('a server of another authority, and one of an authority that is not given: `tls.ca`', async () => {
    const { port } = await serverWith(made.make({ by: authority, names }));
    for (const tls of [true, undefined, { ca: made.make().cert }])
      expect(await said(`nats://127.0.0.1:${port}`, tls)).toMatch(/^TLS failed: [^\n;]+.*; see `tls\.ca` of nats\(\)$/);
  });

  test('a certificate of the server, or of the authority, that has expired', async () => {
    const old = await serverWith(made.make({ by: authority, names, expired: true }));
    expect(await said(`tls://127.0.0.1:${old.port}`, { ca: authority.cert })).toBe(
      'TLS failed: the certificate of the server has expired',
    );
    const over = made.make({ expired: true });
    const { port } = await serverWith(made.make({ by: over, names }));
    expect(await said(`tls://127.0.0.1:${port}`, { ca: over.cert })).toMatch(
      /^TLS failed: the certificate in the file `tls\.ca` has expired \(.* GMT\)$/,
    );
  });

  test('a client without a certificate, with one of another authority, with one that has expired', async () => {
    const { url } = await serverWith(made.make({ by: authority, names }), authority);
    const ca = authority.cert;
    expect(await said(url, { ca })).toBe(
      'TLS failed: the server wants a certificate of its clients: give `tls.cert` and `tls.key` to nats()',
    );
    expect(await said(url, { ca, ...made.make({ by: made.make() }) })).toMatch(
      /^TLS failed: the server refuses the certificate in the file `tls\.cert` \([^\n]*alert[^\n]*\)$/,
    );
    expect(await said(url, { ca, ...made.make({ by: authority, expired: true }) })).toMatch(
      /^TLS failed: the certificate in the file `tls\.cert` has expired \(.* GMT\)$/,
    );
    // Of the server's own certificate the same is said as where it asks for none.
    expect(await said(url, { ca: made.make().cert, ...client })).toMatch(/; see `tls\.ca` of nats\(\)$/);
  });

  test('a server without TLS', async () => {
    const { port } = await oneServer();
    expect(await said(`tls://127.0.0.1:${port}`, { ca: authority.cert })).toMatch(
      /^TLS failed: server does not support 'tls'; see `tls` of nats\(\)$/,
    );
  });
});
