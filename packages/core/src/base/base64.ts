/** Bytes ⇄ base64, without Node. */

/** `String.fromCharCode` takes its characters as arguments, and the stack holds only so many. */
const piece = 8190;

export function base64(bytes: Uint8Array): string {
  let text = '';
  // A multiple of three, so that only the last piece is padded.
  for (let at = 0; at < bytes.length; at += piece) text += btoa(String.fromCharCode(...bytes.subarray(at, at + piece)));
  return text;
}

/** @throws Error if it is no base64 */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}
