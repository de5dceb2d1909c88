/** Certificates as `openssl` makes them: authorities, and what they have signed. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { optionalProgram, type OptionalProgram } from '@carpool/test-harness/programs';

export const openssl: OptionalProgram = optionalProgram(['openssl']);

/** Paths. */
export interface Certified {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateOptions {
  /** Absent: it signs itself, and may sign others. */
  readonly by?: Certified;
  /** As of OpenSSL: `DNS:localhost,IP:127.0.0.1`. Absent: none. */
  readonly names?: string;
  /** It was over yesterday. */
  readonly expired?: boolean;
}

export class Certificates {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'certificates-'));
  #made = 0;

  make({ by, names, expired = false }: CertificateOptions = {}): Certified {
    const at = (end: string): string => join(this.folder, `${this.#made}.${end}`);
    this.#made++;
    const made = { cert: at('pem'), key: at('key') };
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    this.#run('req', '-new', ...curve, '-keyout', made.key, '-out', at('csr'), '-subj', `/CN=carpool ${this.#made}`);
    writeFileSync(
      at('ext'),
      by === undefined ? 'basicConstraints=critical,CA:TRUE' : names ? `subjectAltName=${names}` : '',
    );
    const signs = by === undefined ? ['-signkey', made.key] : ['-CA', by.cert, '-CAkey', by.key, '-CAcreateserial'];
    const days = expired ? '-1' : '30';
    this.#run('x509', '-req', '-in', at('csr'), ...signs, '-days', days, '-extfile', at('ext'), '-out', made.cert);
    return made;
  }

  /** @returns the path of a key with a passphrase */
  encrypted({ key }: Certified): string {
    const path = `${key}.encrypted`;
    this.#run('pkcs8', '-topk8', '-in', key, '-passout', 'pass:x', '-out', path);
    return path;
  }

  /** @returns the path */
  write(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text);
    return path;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #run(...args: string[]): void {
    execFileSync(openssl.path ?? 'openssl', args, { stdio: 'pipe' });
  }
}
