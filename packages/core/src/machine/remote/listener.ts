/**
 * Where a host takes connections of other machines: TLS 1.3, with a key made at its start. A client knows the host by the
 * fingerprint of its certificate, and the host a client by its token, both from one address.
 *
 *   TCP ──not turned away──▶ handshake ──▶ greeting ──its token──▶ the hub that it opens, or a shared worker behind it
 *    └── too many failures ─▶ dropped         └── in 10 s, or dropped: nothing is done for what shows no token
 */
import { randomBytes } from 'node:crypto';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { createServer as createSecureServer, type Server as SecureServer, type TLSSocket } from 'node:tls';
import { systemClock, type Clock } from '../../base/clock.ts';
import { CarpoolError } from '../../base/errors.ts';
import { noop } from '../../base/noop.ts';
import { messageOf } from '../../base/thrown.ts';
import type { RemoteAccess, RemoteHub, RunEntrance } from '../../host/hub/remote-access.ts';
import { formatAddress, formatToken, hostAndPort } from '../../wire/address.ts';
import type { Listening } from '../../wire/control.ts';
import { wrongToken } from '../../wire/greeting.ts';
import type { InviteRequest, InviteResult } from '../../wire/machine-messages.ts';
import type { GreetRequest } from '../../wire/messages.ts';
import { keepAliveDelay } from '../../wire/remote-silence.ts';
import type { ListenStatus } from '../../wire/status.ts';
import { certify } from './certificate.ts';
import { Gate, gateLimits, type GateLimits } from './gate.ts';
import { readGreeting } from './greeting-reader.ts';
import { partyOf } from './ip.ts';
import { remoteRun, textOf } from './remote-run.ts';
import { SilenceWatch } from './silence.ts';
import { RemoteTokens, type Opens, type RemoteClient } from './tokens.ts';

export interface RemoteListenerOptions {
  readonly listening: Listening;
  /** Of the machine: runs are opened on it. */
  readonly hub: RemoteHub;
  readonly clock?: Clock | undefined;
  readonly limits?: Partial<GateLimits> | undefined;
  /** Milliseconds for the handshake and the greeting. Default 10,000, for networks that lose packets. */
  readonly proofTimeout?: number | undefined;
  /** For the log of the host. Default: stdout. */
  readonly print?: ((text: string) => void) | undefined;
}

const defaultProofTimeout = 10_000;

/** A connection that has not shown a token yet. */
interface Attempt {
  /** It was wrong. */
  fail(): void;
  /** It is one no more: it has shown what it has, or has ended. */
  end(): void;
}

export class RemoteListener {
  readonly #options: RemoteListenerOptions;
  readonly #clock: Clock;
  readonly #certified = certify();
  readonly #tokens: RemoteTokens;
  readonly #gate: Gate;
  readonly #silence: SilenceWatch;
  readonly #server: Server;
  readonly #secure: SecureServer;
  /** By the ports of the other side. */
  readonly #attempts = new Map<string, Attempt>();
  readonly #unproven = new Set<Socket>();
  /** Hubs of runs, whose sessions other processes may join. */
  readonly #runs = new Map<RemoteHub, Opens>();

  constructor(options: RemoteListenerOptions) {
    const { clock = systemClock, limits } = options;
    this.#options = options;
    this.#clock = clock;
    this.#tokens = new RemoteTokens(clock);
    this.#gate = new Gate(clock, { ...gateLimits, ...limits });
    this.#silence = new SilenceWatch(clock);
    const { key, cert } = this.#certified;
    this.#secure = createSecureServer({ key, cert, minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' });
    this.#secure.on('secureConnection', (socket) => this.#greeting(socket));
    this.#secure.on('tlsClientError', ({ code }: NodeJS.ErrnoException, socket) => {
      // One that only goes away has tried nothing.
      if (code !== 'ECONNRESET') this.#attempts.get(endsOf(socket))?.fail();
      socket.destroy();
    });
    this.#server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveDelay }, (socket) =>
      this.#connected(socket),
    );
  }

  /** @throws CarpoolError HUB_UNREACHABLE */
  async listen(): Promise<void> {
    const { host, port } = this.#options.listening;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error) => {
        const message = `Cannot listen on ${hostAndPort({ host, port })}: ${messageOf(error)}`;
        reject(new CarpoolError('HUB_UNREACHABLE', message, { context: { host, port }, cause: error }));
      });
      this.#server.listen({ host, port }, resolve);
    });
    this.#server.on('error', noop); // such as too many open files: the next connection may be taken
  }

  /** @throws CarpoolError HUB_REJECTED if too many are given out */
  invite({ name, expires }: Omit<InviteRequest, 'method'>): InviteResult {
    const end = typeof expires === 'number' ? this.#clock.now() + expires : undefined;
    const client: RemoteClient = { name: textOf(name) ?? 'unnamed', expires: end, connections: 0 };
    const { hub, listening } = this.#options;
    const opens = remoteRun(listening, this.#entrance(client));
    const access: RemoteAccess = { name: client.name, admitted: true, opens };
    const token = newToken();
    this.#tokens.add(token, { client, hub, access, ofRun: false });
    const { fingerprint } = this.#certified;
    const place = { port: this.#port, fingerprint, token };
    return { addresses: this.#names.map((host) => formatAddress({ host, ...place })) };
  }

  status(): ListenStatus {
    const { host } = this.#options.listening;
    return { at: hostAndPort({ host, port: this.#port }), clients: this.#tokens.clients() };
  }

  /** Takes no more connections. Those that are open are ended by the hubs. */
  close(): void {
    this.#server.close();
    for (const socket of this.#unproven) socket.destroy();
  }

  get #port(): number {
    return (this.#server.address() as AddressInfo | null)?.port ?? this.#options.listening.port;
  }

  /** What other machines may call this one. */
  get #names(): readonly string[] {
    const { host, name } = this.#options.listening;
    if (name !== undefined) return [name];
    if (host !== '0.0.0.0' && host !== '::') return [host];
    const all = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses);
    const usable = all.filter(
      ({ internal, family, address }) =>
        !internal && (family === 'IPv4' ? true : host === '::' && !address.startsWith('fe80')),
    );
    return usable.length === 0 ? ['127.0.0.1'] : usable.map(({ address }) => address);
  }

  #connected(socket: Socket): void {
    socket.on('error', noop); // `close` follows
    const { proofTimeout = defaultProofTimeout, print = (text) => process.stdout.write(text) } = this.#options;
    const { remoteAddress = '' } = socket;
    const party = partyOf(remoteAddress);
    if (!this.#gate.admits(party)) {
      socket.destroy();
      return;
    }
    const ends = endsOf(socket);
    const fail = (): void => {
      if (!this.#gate.failed(party)) return;
      print(
        `carpool: ${remoteAddress} is turned away for a minute, after too many wrong tokens or broken handshakes\n`,
      );
    };
    const deadline = this.#clock.after(proofTimeout, () => {
      fail();
      socket.destroy();
    });
    const end = (): void => {
      if (!this.#unproven.delete(socket)) return;
      deadline.cancel();
      this.#attempts.delete(ends);
      this.#gate.proven(party);
    };
    this.#unproven.add(socket);
    this.#attempts.set(ends, { fail, end });
    socket.once('close', end);
    this.#secure.emit('connection', socket);
  }

  #greeting(socket: TLSSocket): void {
    const attempt = this.#attempts.get(endsOf(socket));
    socket.on('error', noop); // `close` follows
    if (attempt === undefined) {
      socket.destroy();
      return;
    }
    readGreeting(socket, (greeting) => {
      attempt.end();
      this.#admit(socket, greeting, attempt);
    });
  }

  #admit(socket: TLSSocket, { token: shown, sharedWorker }: Partial<GreetRequest>, { fail }: Attempt): void {
    const token = typeof shown === 'string' ? shown : '';
    const known = this.#tokens.find(token);
    // Others send no pings: of them only the system knows whether their machine is there.
    if ((known !== undefined && sharedWorker === undefined) || process.platform === 'linux') this.#silence.add(socket);
    if (known === undefined) {
      // A process to which a test has handed its session.
      const hubs = [this.#options.hub, ...this.#runs.keys()];
      const hub = hubs.find(({ sessionTokens }) => sessionTokens.find(token) !== undefined);
      const of = hub && this.#runs.get(hub);
      if (of !== undefined) this.#count(socket, of);
      if (hub !== undefined) {
        hub.accept(socket, { name: '', ...of?.access, admitted: false });
        return;
      }
    }
    const fault =
      known === undefined
        ? wrongToken
        : this.#tokens.isExpired(known)
          ? `the address of ${JSON.stringify(known.client.name)} has expired; \`carpool address --for NAME\` on the machine of the host makes another one`
          : undefined;
    if (known === undefined || fault !== undefined) {
      fail();
      this.#options.hub.accept(socket, { name: '', admitted: false, fault });
      return;
    }
    this.#count(socket, known);
    if (sharedWorker === undefined) known.hub.accept(socket, known.access);
    else if (known.hub.sharedWorkers.listensAt(sharedWorker)) passOn(socket, sharedWorker);
    else known.hub.accept(socket, { ...known.access, fault: 'no shared worker of this run is at that place' });
  }

  #count(socket: TLSSocket, { client }: Opens): void {
    client.connections++;
    socket.once('close', () => client.connections--);
  }

  /** Two tokens for a run: one for its workers, and one with which they take what all runs of the machine share. */
  #entrance(client: RemoteClient): RunEntrance {
    const { name } = client;
    return {
      name,
      open: ({ hub, label, token }) => {
        const own = { client, hub, access: { name, admitted: true, run: label }, ofRun: true } as const;
        const shared = newToken();
        const forget = [this.#tokens.add(token, own), this.#tokens.add(shared, { ...own, hub: this.#options.hub })];
        this.#runs.set(hub, own);
        const close = (): void => {
          this.#runs.delete(hub);
          for (const one of forget) one();
        };
        return { address: formatToken(token), machine: formatToken(shared), close };
      },
    };
  }
}

/** All of the connection: the shared worker reads the greeting as that of any worker. */
function passOn(socket: TLSSocket, path: string): void {
  const inner = connect(path);
  inner.on('error', noop); // `close` follows
  socket.pipe(inner);
  inner.pipe(socket);
  inner.once('close', () => socket.destroySoon());
  socket.once('close', () => inner.destroy());
}

function newToken(): string {
  return randomBytes(32).toString('hex');
}

function endsOf({ remoteAddress, remotePort, localAddress }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress}`;
}
