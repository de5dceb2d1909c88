/** Tokens of progress, which sessions choose alike: the server gets each with its session before it. */
const prefix = 'carpool:';

/** Params with the tokens as the server gets them. */
export function withTokens(method: string, params: unknown, session: string): unknown {
  if (typeof params !== 'object' || params === null || Array.isArray(params)) return params;
  const names = method === 'window/workDoneProgress/cancel' ? ['token'] : ['workDoneToken', 'partialResultToken'];
  const tokens = Object.entries(params).filter(([name]) => names.includes(name));
  if (tokens.length === 0) return params;
  const own = tokens.map(([name, token]) => [name, `${prefix}${session}:${JSON.stringify(token)}`] as const);
  return { ...params, ...Object.fromEntries(own) };
}

/** The session of a token, and what that session calls it; undefined: it is the server's own. */
export function ownerOf(params: unknown): { readonly session: string; readonly params: object } | undefined {
  if (typeof params !== 'object' || params === null || !('token' in params)) return undefined;
  const { token } = params;
  if (typeof token !== 'string' || !token.startsWith(prefix)) return undefined;
  const end = token.indexOf(':', prefix.length);
  const session = token.slice(prefix.length, end);
  return { session, params: { ...params, token: JSON.parse(token.slice(end + 1)) as unknown } };
}

/** Work of which the server has reported the begin, and no end so far. */
interface Work {
  readonly title: string;
  /** Of a session; undefined: the server's own. */
  readonly session: string | undefined;
  detail: string;
}

const mostKept = 100;
const mostShown = 3;

/** What a server works on, as it reports with `$/progress`. */
export class Progress {
  /** By token, as the server has it. */
  readonly #works = new Map<unknown, Work>();

  /** @param params of a `$/progress` */
  reported(params: unknown): void {
    const { token, value } = (params ?? {}) as { readonly token?: unknown; readonly value?: unknown };
    // Partial results have tokens, too.
    if (typeof value !== 'object' || value === null || !('kind' in value)) return;
    const { kind, title, message, percentage } = value as Readonly<Record<string, unknown>>;
    if (kind === 'end') this.#works.delete(token);
    if (kind === 'begin')
      this.#works.set(token, { title: String(title), session: ownerOf(params)?.session, detail: '' });
    const work = this.#works.get(token);
    if (work === undefined) return;
    const parts = [typeof percentage === 'number' ? `${percentage} %` : undefined, message];
    const known = parts.filter((part) => typeof part === 'string' && part !== '');
    if (known.length > 0) work.detail = ` (${known.join(', ')})`;
    const [oldest] = this.#works.keys();
    if (this.#works.size > mostKept) this.#works.delete(oldest);
  }

  /** The session has ended: of its own work it learns no end. */
  forget(session: string): void {
    for (const [token, work] of this.#works) if (work.session === session) this.#works.delete(token);
  }

  /** A sentence; undefined: the server reports no work. */
  describe(): string | undefined {
    const works = [...this.#works.values()].map(({ title, detail }) => `"${title}"${detail}`);
    if (works.length === 0) return undefined;
    const more = works.length > mostShown ? `, and ${works.length - mostShown} more` : '';
    return `the server works on ${works.slice(0, mostShown).join(', ')}${more}`;
  }
}
