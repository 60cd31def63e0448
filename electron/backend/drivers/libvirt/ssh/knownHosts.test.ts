import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  fingerprintOf,
  judgeHostKey,
  knownHostText,
  knownKeyTypes,
  matchesName,
  parseKnownHosts,
} from './knownHosts.ts';

const ED = 'ssh-ed25519';
const RSA = 'ssh-rsa';
const OFFERED = [ED, RSA];

function key(type: string, body: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(type.length);
  return Buffer.concat([length, Buffer.from(type), Buffer.from(body)]);
}
function line(names: string, blob: Buffer, type = ED): string {
  return `${names} ${type} ${blob.toString('base64')} a comment`;
}
function hashed(name: string): string {
  const salt = Buffer.from('0123456789abcdefghij');
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
}
function judge(text: string, presented: Buffer, host = 'server-b', port = 22) {
  return judgeHostKey(parseKnownHosts(text, '/home/ann/.ssh/known_hosts'), {
    host,
    port,
    key: presented,
    offeredKeyTypes: OFFERED,
  });
}

const one = key(ED, 'one');
const two = key(ED, 'two');
const rsa = key(RSA, 'rsa');

describe('known hosts', () => {
  it('knows a plain name, a list of names and a name in another case', () => {
    expect(judge(line('server-b', one), one).kind).toBe('known');
    expect(judge(line('other,Server-B,10.0.0.2', one), one).kind).toBe('known');
    expect(judge(line('server-b', one), one, 'SERVER-B').kind).toBe('known');
    expect(judge(line('server-bb', one), one).kind).toBe('unknown');
  });

  it('knows a hashed name and [name]:port, hashed or not', () => {
    expect(judge(line(hashed('server-b'), one), one).kind).toBe('known');
    expect(judge(line(hashed('server-c'), one), one).kind).toBe('unknown');
    expect(judge(line('[server-b]:2222', one), one, 'server-b', 2222).kind).toBe('known');
    expect(judge(line(hashed('[server-b]:2222'), one), one, 'server-b', 2222).kind).toBe('known');
    expect(judge(line('[server-b]:2222', one), one, 'server-b', 22).kind).toBe('unknown');
  });

  it('takes the same key filed under the bare name on another port, and no other', () => {
    expect(judge(line('server-b', one), one, 'server-b', 2222).kind).toBe('known');
    expect(judge(line('server-b', two), one, 'server-b', 2222).kind).toBe('unknown');
  });

  it('reads wildcards and lets a negated pattern exclude the line', () => {
    const text = line('*.example.org,!bad.example.org', one);
    expect(judge(text, one, 'good.example.org').kind).toBe('known');
    expect(judge(text, one, 'bad.example.org').kind).toBe('unknown');
    expect(judge(line('server-?', one), one).kind).toBe('known');
    expect(judge(line('10.0.0.?', one), one, '10x0.0.1').kind).toBe('unknown');
    expect(judge(line('!server-b', one), one).kind).toBe('unknown');
  });

  it('says a key changed, and where the old line is', () => {
    const verdict = judge(`# mine\n\n${line('server-b', one)}\n`, two);
    expect(verdict).toMatchObject({
      kind: 'changed',
      lines: [{ file: '/home/ann/.ssh/known_hosts', lineNumber: 3 }],
    });
  });

  it('has a known one of two kinds of key win over the other', () => {
    const text = `${line('server-b', one)}\n${line('server-b', rsa, RSA)}`;
    expect(judge(text, rsa).kind).toBe('known');
    expect(knownKeyTypes(parseKnownHosts(text, 'f'), 'server-b', 22)).toEqual([ED, RSA]);
  });

  it('calls another kind of key a change when the known kind was asked for, and unknown when it could not be', () => {
    expect(judge(line('server-b', rsa, RSA), one).kind).toBe('changed');
    const dss = key('ssh-dss', 'old');
    expect(judge(line('server-b', dss, 'ssh-dss'), one)).toEqual({
      kind: 'unknown',
      otherKeyTypes: ['ssh-dss'],
    });
  });

  it('refuses a revoked key even where another line knows it', () => {
    const text = `${line('server-b', one)}\n@revoked ${line('*', one)}`;
    expect(judge(text, one)).toMatchObject({ kind: 'revoked', line: { lineNumber: 2 } });
    expect(judge(`${line('server-b', two)}\n@revoked ${line('*', one)}`, two).kind).toBe('known');
  });

  it('names a certificate authority only when nothing else matches', () => {
    const authority = `@cert-authority ${line('*', two)}`;
    expect(judge(authority, one).kind).toBe('certificate-only');
    expect(judge(`${authority}\n${line('server-b', one)}`, one).kind).toBe('known');
    // The authority's key is not a host's key.
    expect(judge(authority, two).kind).toBe('certificate-only');
  });

  it('skips what it cannot read', () => {
    const text = [
      'server-b',
      '@other server-b ssh-ed25519 AAAA',
      'server-b ssh-ed25519 !!!',
      '|2|a|b ssh-ed25519 AAAA',
      line('server-b', one, RSA),
    ];
    expect(parseKnownHosts(text.join('\n'), 'f')).toEqual([]);
  });

  it('writes a line it reads back', () => {
    const lines = parseKnownHosts(`${knownHostText('Server-B', 2222, one)}\n`, 'f');
    expect(lines).toHaveLength(1);
    expect(lines.every((each) => matchesName(each, '[server-b]:2222') && each.key.equals(one))).toBe(true);
  });

  it('prints fingerprints as ssh-keygen does', () => {
    expect(fingerprintOf(Buffer.from('x'))).toBe('SHA256:LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE');
  });
});
