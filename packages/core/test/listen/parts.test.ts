// The parts of a listener: its certificate, its gate, and what the system says of a connection.
import { X509Certificate } from 'node:crypto';
import { execFileSync, spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { certify } from '../../src/machine/remote/certificate.ts';
import { Gate, gateLimits } from '../../src/machine/remote/gate.ts';
import { isAcknowledged } from '../../src/process/acknowledged.ts';
import { ipBytes, partyOf } from '../../src/process/ip.ts';
import {
  formatAddress,
  isRemote,
  parseAddress,
  parseHostAndPort,
  placeName,
  resolveAddress,
} from '../../src/wire/address.ts';
import { formatSessionAddress, parseSessionAddress } from '../../src/wire/session-address.ts';
import { FakeClock } from '../support/clock.ts';
import { failure } from '../support/failure.ts';

const openssl = spawnSync('openssl', ['version']).status === 0;

const admits = (gate: Gate, address: string): boolean => gate.refusal(address) === undefined;

test('the certificate is one that Node reads: of its key, valid now, another one each time', () => {
  const [one, other] = [certify(), certify()];
  const read = new X509Certificate(one.cert);
  expect(read.verify(read.publicKey)).toBe(true);
  expect(read.subject).toBe('CN=carpool');
  expect(Date.parse(read.validFrom)).toBeLessThan(Date.now());
  expect(Date.parse(read.validTo)).toBeGreaterThan(Date.now() + 9 * 365 * 24 * 60 * 60 * 1_000);
  expect(Buffer.from(read.fingerprint256.replaceAll(':', ''), 'hex').toString('base64url')).toBe(one.fingerprint);
  expect(other.fingerprint).not.toBe(one.fingerprint);
});

test.skipIf(!openssl)(`OpenSSL reads it, too${openssl ? '' : ' (skipped: there is no openssl here)'}`, () => {
  const text = execFileSync('openssl', ['x509', '-noout', '-text'], { input: certify().cert, encoding: 'utf8' });
  expect(text).toContain('ecdsa-with-SHA256');
  expect(text).toContain('prime256v1');
});

test('an address turns away what has failed too often, that one alone, and for a while', () => {
  const clock = new FakeClock();
  const gate = new Gate(clock);
  for (let tries = 1; tries < 10; tries++) expect(gate.failed('a')).toBe(false);
  clock.pass(10_000);
  expect(gate.failed('a')).toBe(false);
  for (let tries = 2; tries < 10; tries++) expect(gate.failed('a')).toBe(false);
  expect(gate.failed('a')).toBe(true);
  expect([admits(gate, 'a'), admits(gate, 'b')]).toEqual([false, true]);
  clock.pass(59_999);
  expect(admits(gate, 'a')).toBe(false);
  clock.pass(1);
  expect(admits(gate, 'a')).toBe(true);
});

test('what has shown no token is bounded, of one address and in all', () => {
  const gate = new Gate(new FakeClock(), { ...gateLimits, unproven: 3, unprovenOfOne: 2 });
  expect(['a', 'a', 'a', 'b', 'c'].map((address) => admits(gate, address))).toEqual([true, true, false, true, false]);
  gate.proven('a');
  expect(['c', 'a'].map((address) => admits(gate, address))).toEqual([true, false]);
});

test('the oldest of many addresses is forgotten', () => {
  const gate = new Gate(new FakeClock(), { ...gateLimits, failures: 1, remembered: 2 });
  for (const address of ['a', 'b', 'c']) gate.failed(address);
  expect(['a', 'b', 'c'].map((address) => admits(gate, address))).toEqual([true, false, false]);
});

test('of IPv6 a network is one party, and IPv4 in IPv6 is IPv4', () => {
  expect(partyOf('::ffff:10.0.0.5')).toBe(partyOf('10.0.0.5'));
  expect(partyOf('10.0.0.6')).not.toBe(partyOf('10.0.0.5'));
  expect(partyOf('2001:db8:1:2::7')).toBe(partyOf('2001:db8:1:2:9:a:b:c'));
  expect(partyOf('2001:db8:1:3::7')).not.toBe(partyOf('2001:db8:1:2::7'));
  expect(ipBytes('fe80::1%eth0').toString('hex')).toBe('fe800000000000000000000000000001');
  expect(ipBytes('::1').toString('hex')).toBe('00000000000000000000000000000001');
});

test('the table of the system says whether the other end acknowledges', () => {
  const row = (from: string, to: string, retransmitted: string, probes: number): string =>
    `   1: ${from} ${to} 01 00000000:00000000 02:00000042 ${retransmitted}     0        ${probes} 4711 2 0 20 4 30 10 -1`;
  const ends = { localPort: 7000, remotePort: 8080, remoteAddress: '127.0.0.2' };
  const four = (...state: [string, number]): string => row('0100007F:1B58', '0200007F:1F90', ...state);
  expect(isAcknowledged(ends, four('00000000', 0))).toBe(true);
  expect(isAcknowledged(ends, four('00000001', 2))).toBe(true);
  expect(isAcknowledged(ends, four('00000002', 0))).toBe(false);
  expect(isAcknowledged(ends, four('00000000', 3))).toBe(false);
  expect(isAcknowledged({ ...ends, remotePort: 8081 }, four('00000000', 0))).toBe(false);
  expect(isAcknowledged(ends, '')).toBe(false);
  const zeros = '0'.repeat(16);
  const mapped = row(`${zeros}FFFF00000100007F:1B58`, `${zeros}FFFF00000200007F:1F90`, '00000000', 0);
  expect(isAcknowledged({ ...ends, remoteAddress: '::ffff:127.0.0.2' }, mapped)).toBe(true);
  const six = row(`${zeros}0000000001000000:1B58`, 'B80D0120000000000000000001000000:1F90', '00000000', 0);
  expect(isAcknowledged({ ...ends, remoteAddress: '2001:db8::1' }, six)).toBe(true);
});

const token = 'ab'.repeat(32);
const fingerprint = 'x'.repeat(43);

test.each([
  ['10.0.0.5', '10.0.0.5:7000'],
  ['build.local', 'build.local:7000'],
  ['2001:db8::1', '[2001:db8::1]:7000'],
  ['fe80::1%eth0', '[fe80::1%eth0]:7000'],
])('an address of %s is read as it was written', (host, shown) => {
  const address = { host, port: 7000, fingerprint, token };
  const text = formatAddress(address);
  expect(text).toBe(`carpool+tls://${shown}/#${token}.${fingerprint}`);
  expect(parseAddress(text)).toEqual(address);
  expect(placeName(address)).toBe(shown);
  const session = { ...address, token: `7-${token}` };
  expect(parseSessionAddress(formatSessionAddress(session))).toEqual(session);
});

test.each([
  `carpool+tls://10.0.0.5:0/#${token}.${fingerprint}`,
  `carpool+tls://10.0.0.5:65536/#${token}.${fingerprint}`,
  `carpool+tls://10.0.0.5/#${token}.${fingerprint}`,
  `carpool+tls://2001:db8::1:7000/#${token}.${fingerprint}`,
  `carpool+tls://10.0.0.5:7000/#${token}`,
  `carpool+tls://10.0.0.5:7000/#${token}.${fingerprint}x`,
  `carpool+tls://a b:7000/#${token}.${fingerprint}`,
])('%s is none, and the error shows no token', async (text) => {
  const error = await failure(() => parseAddress(text), 'HUB_UNREACHABLE');
  expect(error.message).not.toContain(token);
});

test('what a host on another machine answers is for the place where it was asked', () => {
  const place = { host: '10.0.0.5', port: 7000, fingerprint };
  expect(resolveAddress(`#${token}`, place)).toBe(formatAddress({ ...place, token }));
  const local = `carpool:/tmp/hub#${token}`;
  expect(resolveAddress(local, { path: '/tmp/other' })).toBe(local);
  expect(isRemote(parseAddress(local))).toBe(false);
});

test.each([
  ['0.0.0.0:7000', { host: '0.0.0.0', port: 7000 }],
  ['[::]:0', { host: '::', port: 0 }],
  ['7000', undefined],
  ['::1:7000', undefined],
  ['host:70000', undefined],
])('where to listen: %s', (text, place) => {
  expect(parseHostAndPort(text)).toEqual(place);
});
