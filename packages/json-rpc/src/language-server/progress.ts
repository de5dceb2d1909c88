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
