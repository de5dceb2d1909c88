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
import type { InviteRequest, InviteResult, RevokeResult } from '../../wire/machine-messages.ts';
import type { GreetRequest } from '../../wire/messages.ts';
import { keepAliveDelay } from '../../wire/remote-silence.ts';
import { tellRefused } from '../../wire/refused-connections.ts';
import type { ListenStatus } from '../../wire/status.ts';
import { certify } from './certificate.ts';
import { gateLimits, type GateLimits } from './gate.ts';
import { readGreeting } from './greeting-reader.ts';
import { RemoteClient } from './remote-client.ts';
import { remoteRun, textOf } from './remote-run.ts';
import { SilenceWatch } from './silence.ts';
import { RemoteTokens, type Opens } from './tokens.ts';
import { UnprovenConnections } from './unproven.ts';

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

/** Of the tokens of a run, and of its sessions. */
const runOver = 'the run of this address has ended';

export class RemoteListener {
  readonly #options: RemoteListenerOptions;
  readonly #clock: Clock;
  readonly #certified = certify();
  readonly #tokens: RemoteTokens;
  readonly #unproven: UnprovenConnections;
  readonly #silence: SilenceWatch;
  readonly #server: Server;
  readonly #secure: SecureServer;
  /** Hubs of runs, whose sessions other processes may join. */
  readonly #runs = new Map<RemoteHub, Opens>();

  constructor(options: RemoteListenerOptions) {
    const { clock = systemClock, limits, proofTimeout = defaultProofTimeout } = options;
    const { print = (text: string) => process.stdout.write(text) } = options;
    this.#options = options;
    this.#clock = clock;
    this.#tokens = new RemoteTokens(clock);
    const unproven = { clock, limits: { ...gateLimits, ...limits }, timeout: proofTimeout, print };
    this.#unproven = new UnprovenConnections(unproven);
    this.#silence = new SilenceWatch(clock);
    const { hub } = options;
    const client = new RemoteClient({ name: 'sessions' });
    this.#runs.set(hub, { client, hub, access: { name: '', admitted: false }, ofRun: true });
    const { key, cert } = this.#certified;
    this.#secure = createSecureServer({ key, cert, minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' });
    this.#secure.on('secureConnection', (socket) => this.#greeting(socket));
    this.#secure.on('tlsClientError', ({ code }: NodeJS.ErrnoException, socket) => {
      // One that only goes away has tried nothing.
      if (code !== 'ECONNRESET') {
        this.#unproven.find(socket)?.fail();
        tellRefused({ from: socket.remoteAddress, why: `its TLS handshake has failed (${code})` });
      }
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
        reject(
          new CarpoolError('HUB_UNREACHABLE', message, {
            context: { host, port, system: (error as NodeJS.ErrnoException).code },
            cause: error,
          }),
        );
      });
      this.#server.listen({ host, port }, resolve);
    });
    this.#server.on('error', noop); // such as too many open files: the next connection may be taken
  }

  /** @param revoked it was taken back @throws CarpoolError HUB_REJECTED if too many are given out */
  invite({ name, expires }: Omit<InviteRequest, 'method'>, revoked?: () => void): InviteResult {
    const end = typeof expires === 'number' ? this.#clock.now() + expires : undefined;
    const client = new RemoteClient({ name: textOf(name) ?? 'unnamed', expires: end, revoked });
    const { hub, listening } = this.#options;
    const entrance = this.#entrance(client);
    const opens: RemoteAccess['opens'] = (run, sessionsOnly) => {
      const fault = client.fault(this.#clock.now());
      if (fault !== undefined) throw new CarpoolError('HUB_REJECTED', `Cannot open a run: ${fault}`);
      return remoteRun(listening, { run, entrance, sessionsOnly });
    };
    const access: RemoteAccess = { name: client.name, admitted: true, opens, run: client.label };
    const token = newToken();
    this.#tokens.add(token, { client, hub, access, ofRun: false });
    const { fingerprint } = this.#certified;
    const place = { port: this.#port, fingerprint, token };
    return { addresses: this.#names.map((host) => formatAddress({ host, ...place })) };
  }

  /** Ends addresses, and the connections with them. @throws CarpoolError HUB_REJECTED if there is none of the name */
  revoke(name: string): RevokeResult {
    const revoked = this.#tokens.revoke(name);
    if (revoked.addresses > 0) return revoked;
    const message = `No address of ${JSON.stringify(name)} is given out; \`carpool ps\` lists those that are`;
    throw new CarpoolError('HUB_REJECTED', message, { scope: 'call', blame: 'setup', context: { name } });
  }

  status(): ListenStatus {
    const { host } = this.#options.listening;
    return { at: hostAndPort({ host, port: this.#port }), clients: this.#tokens.clients() };
  }

  /** Takes no more connections. Those that are open are ended by the hubs. */
  close(): void {
    this.#server.close();
    this.#unproven.close();
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
    if (this.#unproven.admit(socket)) this.#secure.emit('connection', socket);
  }

  #greeting(socket: TLSSocket): void {
    const attempt = this.#unproven.find(socket);
    socket.on('error', noop); // `close` follows
    if (attempt === undefined) {
      socket.destroy();
      return;
    }
    readGreeting(socket, (greeting) => {
      attempt.end();
      if (this.#admit(socket, greeting) === wrongToken) attempt.fail();
    });
  }

  /** Passes it on. @returns why it is refused, if it is */
  #admit(socket: TLSSocket, { token: shown, sharedWorker }: Partial<GreetRequest>): string | undefined {
    const token = typeof shown === 'string' ? shown : '';
    const known = this.#tokens.find(token);
    // Others send no pings: of them only the system knows whether their machine is there.
    if ((known !== undefined && sharedWorker === undefined) || process.platform === 'linux') this.#silence.add(socket);
    const { hub, client, access } = known ?? this.#sessionOf(token) ?? {};
    const fault =
      client === undefined
        ? (this.#tokens.whyOver(token) ?? wrongToken)
        : (client.fault(this.#clock.now(), known?.ofRun !== false) ?? (hub && client.full(hub)));
    if (hub === undefined || client === undefined || access === undefined || fault !== undefined) {
      this.#options.hub.accept(socket, { name: '', admitted: false, fault });
      return fault;
    }
    client.add(socket, hub);
    if (sharedWorker === undefined || known === undefined) hub.accept(socket, access);
    else if (hub.sharedWorkers.listensAt(sharedWorker)) passOn(socket, sharedWorker);
    else hub.accept(socket, { ...access, fault: 'no shared worker of this run is at that place' });
    return undefined;
  }

  /** Of a process to which a test has handed its session: the hub looks at its token again. */
  #sessionOf(token: string): Opens | undefined {
    for (const [hub, of] of this.#runs)
      if (hub.sessionTokens.find(token) !== undefined) return { ...of, access: { ...of.access, admitted: false } };
    return undefined;
  }

  /** Two tokens for a run: one for its workers, and one with which they take what all runs of the machine share. */
  #entrance(client: RemoteClient): RunEntrance {
    const { name } = client;
    return {
      name,
      open: ({ hub, label, token }) => {
        const own = { client, hub, access: { name, admitted: true, run: label }, ofRun: true } as const;
        const shared = newToken();
        const ends = [this.#tokens.add(token, own), this.#tokens.add(shared, { ...own, hub: this.#options.hub })];
        this.#runs.set(hub, own);
        const close = (): void => {
          this.#runs.delete(hub);
          // Its workers, and processes with its sessions, may go on trying: they are no strangers.
          const why = client.fault(this.#clock.now(), true) ?? runOver;
          for (const end of ends) end(why);
          for (const one of hub.sessionTokens.all()) this.#tokens.remember(one, why);
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
