/** The code under test: accounts that make a log-in slow on purpose, as they should. */
import { createHmac, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string, string, number, { N: number; maxmem: number }, Buffer>(scrypt);
const users = new Map([['Ada', 'analytical']]);
const key = 'only for tests';

const sign = (text: string): string => createHmac('sha256', key).update(text).digest('base64url');

/** Takes a quarter of a second. */
export async function logIn(user: string, password: string): Promise<string> {
  const cost = { N: 2 ** 15, maxmem: 2 ** 26 };
  const [given, stored] = await Promise.all([password, users.get(user) ?? ''].map((it) => derive(it, key, 32, cost)));
  if (given === undefined || stored === undefined || !timingSafeEqual(given, stored)) throw new Error('Wrong password');
  const claim = Buffer.from(JSON.stringify({ user, at: Date.now() })).toString('base64url');
  return `${claim}.${sign(claim)}`;
}

/** The user whose token it is. */
export function whoIs(token: string): string {
  const [claim = '', signature] = token.split('.');
  if (signature !== sign(claim)) throw new Error('Not a token of ours');
  return (JSON.parse(Buffer.from(claim, 'base64url').toString()) as { readonly user: string }).user;
}
