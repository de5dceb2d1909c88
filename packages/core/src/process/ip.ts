/** The bytes of an IP address, as the system writes it: 4, also of one of IPv4 that stands in one of IPv6; else 16. */
export function ipBytes(address: string): Buffer {
  const four = /^(?:::ffff:)?(\d+)\.(\d+)\.(\d+)\.(\d+)$/i.exec(address)?.slice(1).map(Number);
  if (four !== undefined) return Buffer.from(four);
  const [plain = ''] = address.split('%', 1);
  const [before = [], after = []] = plain.split('::').map((part) => (part === '' ? [] : part.split(':')));
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  const groups = [...before, ...zeros, ...after];
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

/** What one party has many of counts as one: of IPv6 the network. */
export function partyOf(address: string): string {
  const bytes = ipBytes(address);
  return bytes.subarray(0, 8).toString('hex');
}
