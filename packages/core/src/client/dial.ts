/** The socket to a host: a unix socket on this machine, TLS to another one. */
import { connect, type Socket } from 'node:net';
import { CarpoolError } from '../base/errors.ts';
import { isRemote, placeName, type Place, type RemotePlace } from '../wire/address.ts';
import { keepAliveDelay } from '../wire/remote-silence.ts';

export interface Dialled {
  readonly socket: Socket;
  /**
   * Nothing may be sent before. Rejects with what the system says; with HUB_REJECTED if another host than that of the
   * address answers.
   */
  readonly connected: Promise<void>;
}

export function dial(place: Place): Dialled {
  if (isRemote(place)) return dialRemote(place);
  const socket = connect(place.path);
  const connected = new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return { socket, connected };
}

/** For shared workers, by the paths of their sockets: one on another machine is behind its host, which passes all on. */
export function dialSharedWorker(place: Place): (path: string) => Dialled & { readonly through: boolean } {
  if (isRemote(place)) return () => ({ ...dialRemote(place), through: true });
  return (path) => ({ ...dial({ path }), through: false });
}

/** The certificate is the host's own, and nobody has signed it: its fingerprint stands in the address. */
function dialRemote(place: RemotePlace): Dialled {
  const { host, port, fingerprint } = place;
  // Loaded by those that need it alone.
  const { connect: connectSecurely } = process.getBuiltinModule('node:tls');
  const socket = connectSecurely({
    host,
    port,
    minVersion: 'TLSv1.3',
    maxVersion: 'TLSv1.3',
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
  });
  socket.setNoDelay(true);
  socket.setKeepAlive(true, keepAliveDelay);
  const connected = new Promise<void>((resolve, reject) => {
    socket.once('secureConnect', () => {
      const shown = socket.getPeerX509Certificate()?.fingerprint256.replaceAll(':', '') ?? '';
      if (Buffer.from(shown, 'hex').toString('base64url') === fingerprint) resolve();
      else reject(otherHost(place));
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('it ended the connection')));
  });
  return { socket, connected };
}

function otherHost(place: RemotePlace): CarpoolError {
  const message = `Cannot use the host at ${placeName(place)}: its certificate is not that of the address, and nothing was sent to it. It is another host, it was started again since, or the address was edited or cut: ask it for an address of today, by \`carpool address\` there`;
  return new CarpoolError('HUB_REJECTED', message, { context: { place: placeName(place) } });
}

const unresolved: ReadonlySet<string> = new Set(['ENOTFOUND', 'EAI_AGAIN']);

/** Why there is no connection to another machine, and what may be so. */
export function unreachable(thrown: unknown): string {
  const { code = '' } = (thrown ?? {}) as Partial<NodeJS.ErrnoException>;
  const cause = unresolved.has(code)
    ? 'It is what `carpool serve --name` of that machine says: give a name there that resolves here, or none, for its numeric address'
    : 'The host has ended, or the address is that of another machine';
  return `${whyNotRemote(thrown)}. ${cause}`;
}

/** Why there is no connection to another machine, in half a sentence. */
export function whyNotRemote(thrown: unknown): string {
  const { code = '', message = '' } = (thrown ?? {}) as Partial<NodeJS.ErrnoException>;
  if (unresolved.has(code)) return `its name does not resolve on this machine (${message})`;
  if (/^(?:EPROTO|ERR_SSL_)/.test(code)) return 'what listens there does not speak TLS 1.3';
  if (code === 'ECONNRESET' || code === 'EPIPE' || message === 'it ended the connection')
    return 'it ended the connection before it had shown who it is; it turns an address away for a minute after 10 wrong tokens in 10 s';
  return message;
}
