/** What a host says of itself to those that look for pools, as it travels. What comes from others may be anything. */

/** What the children of a pool are made from. */
export interface PoolMade {
  /** The digest of all of it: hosts may have another one under the same name. */
  readonly identity: string;
  /** Of its parts, by what they are called for people: a part → its digest. Absent: there was no room for it. */
  readonly parts?: Readonly<Record<string, string>> | undefined;
}

/** One pool of a host. */
export interface PoolOffer extends PoolMade {
  readonly slots: number;
  readonly free: number;
  readonly queued: number;
}

export interface HostOffer {
  /** Random: another one at each start. */
  readonly host: string;
  /** Of its machine, for people. Two may have the same. */
  readonly name: string;
  /** Where runs are opened on it, by TLS: the same one by each name that the machine has. From 1 to 16. */
  readonly addresses: readonly string[];
  readonly pools: Readonly<Record<string, PoolOffer>>;
  /** Of its processors, from 0: how many processes want one, for each that there is. */
  readonly load: number;
}

/** `asks`: one has come, and wants to hear of the others at once. */
export type Announcement =
  | { readonly says: 'asks' }
  | { readonly says: 'ends'; readonly host: string }
  /** `number` rises with each of the host. */
  | { readonly says: 'offers'; readonly number: number; readonly offer: HostOffer };

/** A pool → its identity. */
export function identitiesOf(made: ReadonlyMap<string, PoolMade>): Record<string, string> {
  return Object.fromEntries([...made].map(([pool, { identity }]) => [pool, identity]));
}

/**
 * Characters of an announcement, of one with the parts of its pools, and of the texts in it; entries of its lists. What is
 * over them is not heard.
 */
export const limits = {
  announcement: 65_536,
  withParts: 16_384,
  text: 300,
  pools: 256,
  addresses: 16,
  parts: 24,
} as const;
const partDigest = /^[0-9a-f]{8}$/;

/** @param version of the package: other versions do not understand each other, but for who offers something, and who asks */
export function writeAnnouncement(announcement: Announcement, version: string): string {
  const text = JSON.stringify({ version, ...announcement });
  if (announcement.says !== 'offers' || text.length <= limits.withParts) return text;
  const { offer } = announcement;
  const pools = Object.entries(offer.pools).map(([name, pool]) => [name, { ...pool, parts: undefined }] as const);
  return JSON.stringify({ version, ...announcement, offer: { ...offer, pools: Object.fromEntries(pools) } });
}

/** Why no other host hears of an offer, in half a sentence. Undefined: they do. */
export function whyUnheard(offer: HostOffer, version: string): string | undefined {
  const { addresses, pools } = offer;
  const names = Object.keys(pools);
  if (addresses.length === 0) return 'this host has no address';
  if (names.length > limits.pools) return `there are ${names.length} pools, and the limit is ${limits.pools}`;
  const long = names.find(({ length }) => length > limits.text);
  if (long !== undefined)
    return `the name of the pool ${long.slice(0, 20)}… has ${long.length} characters, and the limit is ${limits.text}`;
  const text = writeAnnouncement({ says: 'offers', number: Number.MAX_SAFE_INTEGER, offer }, version);
  if (text.length > limits.announcement)
    return `what is told of its ${names.length} pools has ${text.length} characters, and the limit is ${limits.announcement}: give them shorter names, or offer fewer`;
  return readAnnouncement(text, version) === undefined ? 'a text or a number in it is too large' : undefined;
}

/** A host that offers pools with another version. */
export interface OtherVersion {
  readonly host: string;
  readonly version: string;
}

const versionText = /^[\w.+-]{1,40}$/;

/** In what `readAnnouncement` does not read. Undefined: it is none of another version. */
export function readOtherVersion(text: string, version: string): OtherVersion | undefined {
  if (text.length > limits.announcement) return undefined;
  const said = parsed(text);
  const other = said?.['version'];
  if (said?.['says'] !== 'offers' || typeof other !== 'string' || other === version || !versionText.test(other))
    return undefined;
  const { host } = recordIn(said['offer']) ?? {};
  return isText(host) && host !== '' ? { host, version: other } : undefined;
}

/** Undefined: it is none of this version, or over the limits. One that asks is heard whatever its version is. */
export function readAnnouncement(text: string, version: string): Announcement | undefined {
  if (text.length > limits.announcement) return undefined;
  const said = parsed(text);
  if (said?.['says'] === 'asks') return { says: 'asks' };
  if (said?.['version'] !== version) return undefined;
  const { says, host, number, offer } = said;
  if (says === 'ends') return isText(host) ? { says, host } : undefined;
  if (says !== 'offers' || !isNumber(number)) return undefined;
  const read = offerIn(offer);
  return read && { says, number, offer: read };
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return recordIn(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function offerIn(value: unknown): HostOffer | undefined {
  const { host, name, addresses, pools, load } = recordIn(value) ?? {};
  if (!isText(host) || host === '' || !isText(name) || !isNumber(load)) return undefined;
  if (!isAddresses(addresses)) return undefined;
  const entries = Object.entries(recordIn(pools) ?? {});
  if (entries.length > limits.pools) return undefined;
  const read = entries.map(([pool, offer]) => [pool, poolIn(offer)] as const);
  if (!read.every((entry): entry is readonly [string, PoolOffer] => entry[1] !== undefined && isText(entry[0])))
    return undefined;
  return { host, name, addresses, load, pools: Object.fromEntries(read) };
}

/** Where there is none, nobody can come. */
function isAddresses(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.length <= limits.addresses && value.every(isText);
}

function poolIn(value: unknown): PoolOffer | undefined {
  const { identity, parts, slots, free, queued } = recordIn(value) ?? {};
  if (parts !== undefined && !isParts(parts)) return undefined;
  if (!isText(identity) || !isNumber(slots) || !isNumber(free) || !isNumber(queued)) return undefined;
  return { identity, slots, free: Math.min(free, slots), queued, ...(parts !== undefined && { parts }) };
}

function isParts(value: unknown): value is Readonly<Record<string, string>> {
  const entries = Object.entries(recordIn(value) ?? { none: value });
  if (entries.length > limits.parts) return false;
  return entries.every(([name, digest]) => isText(name) && typeof digest === 'string' && partDigest.test(digest));
}

function recordIn(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= limits.text;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER;
}
