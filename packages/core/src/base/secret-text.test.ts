import { afterEach, describe, expect, test } from 'vitest';
import { forgetRedaction, redactFor, redactPatterns, redactText, secrecyOfName } from './redact.ts';

const secret = 'h7Rk2pQ9x';

describe('names', () => {
  test.each([
    'password',
    'PASSWORD',
    'userPassword',
    'db_password',
    'PGPASSWORD',
    'MYSQL_ROOT_PASSWORD',
    'passwordHash',
    'password1',
    'passwd',
    'passphrase',
    'pwd',
    'secret',
    'clientSecret',
    'client-secret',
    'secrets',
    'apiKey',
    'api_key',
    'x-api-key',
    'X-API-KEY',
    'apikey',
    'APIKey',
    'OPENAI_API_KEY',
    'privateKey',
    'private_key_pem',
    'AWS_SECRET_ACCESS_KEY',
    'encryptionKey',
  ])('%s: all that it holds', (name) => {
    expect(secrecyOfName(name)).toBe('all');
  });

  test.each([
    'token',
    'accessToken',
    'access_token',
    'GITHUB_TOKEN',
    'csrftoken',
    'Authorization',
    'proxy-authorization',
  ])('%s: texts', (name) => {
    expect(secrecyOfName(name)).toBe('texts');
  });

  test.each(['cookie', 'Set-Cookie', 'cookies', 'jwt', 'OAuthToken', 'token2', 'credentials'])('%s: texts', (name) => {
    expect(secrecyOfName(name)).toBe('texts');
  });

  test.each([
    'tokenCount',
    'tokens',
    'maxTokens',
    'tokenize',
    'keyboard',
    'key',
    'keyPress',
    'monkey',
    'primaryKey',
    'publicKey',
    'passThrough',
    'passed',
    'pass',
    'compass',
    'secretary',
    'cookieConsent',
    'authorizationUrl',
    'author',
    'workDoneToken',
    'partialResultToken',
    'nextPageToken',
    'session',
    'id',
    '',
  ])('%s is none', (name) => {
    expect(secrecyOfName(name)).toBeUndefined();
  });
});

describe('text', () => {
  test.each([
    `password=${secret}`,
    `connecting with password=${secret} to db`,
    `DB_PASSWORD=${secret}`,
    `--password=${secret}`,
    `app --password ${secret} --port 80`,
    `--api-key "${secret}"`,
    `{"password": "${secret}"}`,
    `{"user":{"password":"${secret}","n":1}}`,
    `{"body":"{\\"password\\":\\"${secret}\\"}"}`,
    `{ user: 'a', password: '${secret}' }`,
    `password: ${secret}`,
    `  password: ${secret}`,
    `- token: ${secret}`,
    `"pin"\npassword = ${secret}`,
    `const token = "${secret}";`,
    `"password": 12345${'6'.repeat(4)}`,
    `login failed, password: ${secret}`,
    `{:password=>"${secret}"}`,
    `Authorization: Basic ${secret}`,
    `> authorization: ${secret} ${secret}`,
    `Set-Cookie: sid=${secret}; Path=/`,
    `first\\npassword=${secret}`,
    `\u001b[32mpassword\u001b[39m: \u001b[33m'${secret}'\u001b[39m`,
    `?user=a&token=${secret}&x=1`,
    `"cookies": ["a=${secret}", "b"]`,
    `"secrets": {"a": "${secret}"}`,
    `postgres://app:${secret}@db:5432/x`,
    `redis://:${secret}@localhost`,
    `https://a:p@${secret}@host/x`,
    `Bearer ${secret}`,
    `bearer ${'a'.repeat(24)}`,
    `ghp_${secret.repeat(4)}`,
    `key sk_live_${secret.repeat(3)} is`,
    'AKIAIOSFODNN7EXAMPLE',
    `xoxb-1234567890-${secret}`,
    `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.${secret}`,
    `eyJhbGciOiJIUzI1NiJ9eyJzdWIiOiIxIn0${secret}`,
    `a\\neyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.${secret}`,
    `-----BEGIN RSA PRIVATE KEY-----\nMIIE${secret}\nabc=\n-----END RSA PRIVATE KEY-----`,
    `"-----BEGIN PRIVATE KEY-----\\nMIIE${secret}\\n-----END PRIVATE KEY-----\\n"`,
    `-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl${secret}`,
    `${secret}\nabc\n-----END PRIVATE KEY-----\nafter`,
  ])('%j', (text) => {
    const shown = redactText(text);
    expect(shown).toContain('[redacted]');
    expect(shown).not.toContain(secret);
    expect(shown).not.toMatch(/123456666|IOSFODNN7|a{24}/);
    expect(redactText(shown), 'a second time').toBe(shown);
  });

  test.each([
    'SyntaxError: Unexpected token: }',
    'unexpected token: SEMICOLON',
    'Unexpected token \'<\', "<!DOCTYPE "... is not valid JSON',
    'password=undefined',
    '"password": null',
    '"password": ""',
    'password: true',
    'tokenCount=12',
    '"tokens": 512',
    '{"token": 17}',
    'wrong password: expected more characters',
    'use --token to log in',
    "    const token = req.headers.authorization.split(' ')[1];",
    'token = nextToken',
    'keyboard=us',
    'Basic authentication is off',
    'the Bearer scheme',
    'http://localhost:3000/path',
    'at file:///src/app.ts:12:7',
    'user@host: no such user',
    '-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----',
    'if (password === expected) fail()',
  ])('%j is shown', (text) => {
    expect(redactText(text)).toBe(text);
  });

  test.each(
    ['ghp', 'gho', 'ghr', 'ghs', 'ghu', 'github_pat', 'rk_live', 'sk_live', 'rk_test', 'sk_test', 'whsec', 'npm', 'hf']
      .map((issuer) => `${issuer}_`)
      .concat(['glpat-', 'sk-', 'AKIA', 'ASIA', 'AIza', 'ya29.', 'xoxb-', 'pypi-', 'SG.', 'dop_v1_'])
      .concat(['shpat_', 'shpca_', 'shppa_', 'shpss_']),
  )('what %s begins is one of its issuer', (issuer) => {
    const body = /^A[KS]IA/.test(issuer) ? 'A1B2C3D4E5F6A7B8' : 'a1b2c3d4e5f6a7b8a1b2c3d4e5f6a7b8';
    expect(redactText(`x ${issuer}${body} y`)).toBe('x [redacted] y');
  });

  test.each(['Bearer', 'BEARER', 'bearer', 'Basic', 'BASIC', 'bAsic'])('behind %s', (scheme) => {
    expect(redactText(`x ${scheme} A1b2c3d4e5f6 y`)).toBe(`x ${scheme} [redacted] y`);
  });

  test('what stands around a secret is shown', () => {
    expect(redactText('{"password": "abc", "port": 1}')).toBe('{"password": "[redacted]", "port": 1}');
    expect(redactText('a password=abc, b token="x y" c')).toBe('a password=[redacted], b token="[redacted]" c');
    expect(redactText('postgres://u:p@h/db refused')).toBe('postgres://u:[redacted]@h/db refused');
    expect(redactText('x\n-----BEGIN PRIVATE KEY-----\nAA\n-----END PRIVATE KEY-----\nError: y')).toBe(
      'x\n[redacted]\nError: y',
    );
  });

  test('of messages only what looks like a secret by itself', () => {
    expect(redactPatterns('password=abc')).toBe('password=abc');
    expect(redactPatterns('redis://:abc@h')).toBe('redis://:[redacted]@h');
  });

  const size = 1024 * 1024;
  test.each([
    'a',
    ' ',
    'a=',
    'password=',
    'password:{',
    'password:"',
    'password:\\"',
    '--password ',
    '\\',
    'eyJ',
    'eyJaaaaaaaaaaaa-',
    'eyJaaaaaaaaaaaa.',
    '-eyJ',
    '://',
    '://a:',
    '://a:b@',
    '@',
    ':',
    '-----BEGIN PRIVATE KEY-----',
    '-----BEGIN PRIVATE KEY-----\nMIIE\n',
    '-----END ',
    'AB-----END PRIVATE KEY-----',
    'Bearer ',
    'ghp_',
    'sk-',
    'SG.',
    'SG.aaaaaaaaaaaaaaaaaaaa.',
    '\u001b[32m',
    'token\u001b[32m',
    '\\npassword',
    'authorization: a',
    '\n',
    '[',
  ])('a megabyte of %j takes no more than its length', (piece) => {
    const text = piece.repeat(Math.ceil(size / piece.length));
    redactText(text.slice(0, 1000));
    const since = process.cpuUsage();
    redactText(text);
    const { user } = process.cpuUsage(since);
    // What is not linear takes minutes.
    expect(user / 1000).toBeLessThan(2_000);
  });
});

describe('the rules of a config', () => {
  const config = {};
  afterEach(() => forgetRedaction(config));

  test('more names and patterns', () => {
    redactFor(config, { keys: ['iban', 'cardPin'], patterns: [{ source: '\\bcust-\\d+', flags: 'g' }] });
    expect(redactText('iban=DE12 user_iban: "DE13" card_pin=1 cust-123 cust-4 password=x spin=1')).toBe(
      'iban=[redacted] user_iban: "[redacted]" card_pin=[redacted] [redacted] [redacted] password=[redacted] spin=1',
    );
    expect(redactPatterns('cust-1 iban=DE12')).toBe('[redacted] iban=DE12');
  });

  test('names that are shown', () => {
    redactFor(config, { shown: ['token'] });
    expect(redactText('accessToken=abc password=abc')).toBe('accessToken=abc password=[redacted]');
  });

  test('these alone', () => {
    redactFor(config, { keys: ['iban'], defaults: false });
    expect(redactText('iban=DE12 password=abc redis://:abc@h')).toBe('iban=[redacted] password=abc redis://:abc@h');
  });

  test('none', () => {
    redactFor(config, false);
    expect(redactText('password=abc redis://:abc@h')).toBe('password=abc redis://:abc@h');
    forgetRedaction(config);
    expect(redactText('password=abc')).toBe('password=[redacted]');
  });

  test('what one of several configs hides is not shown', () => {
    redactFor(config, false);
    redactFor('other', { keys: ['iban'] });
    expect(redactText('iban=DE12 password=abc')).toBe('iban=[redacted] password=[redacted]');
    forgetRedaction('other');
    expect(redactText('iban=DE12 password=abc')).toBe('iban=DE12 password=abc');
  });
});
