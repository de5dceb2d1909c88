/** Types for what people write by hand, which is JavaScript (support/relay.mjs, support/client.mjs). */

export interface Relay {
  readonly port: number;
  stop(): Promise<void>;
}

export interface ByHandSession {
  request(message: object): Promise<unknown>;
  end(): Promise<unknown>;
}

export interface ByHandClient {
  session(): ByHandSession;
  close(): void;
}

const support = (file: string): string => new URL(`./support/${file}`, import.meta.url).href;

export const childFile: URL = new URL('./support/child.mjs', import.meta.url);

export async function startRelay(program: string): Promise<Relay> {
  const { relay } = (await import(support('relay.mjs'))) as { relay(file: string): Promise<Relay> };
  return relay(program);
}

export async function connectByHand(port: number): Promise<ByHandClient> {
  const { connect } = (await import(support('client.mjs'))) as { connect(port: number): Promise<ByHandClient> };
  return connect(port);
}
