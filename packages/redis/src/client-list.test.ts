import { expect, test } from 'vitest';
import { clientsOf, describeClient } from './client-list.ts';

const line = (fields: string): string => `id=3 addr=127.0.0.1:1 laddr=127.0.0.1:2 fd=8 age=1 ${fields} redir=-1 resp=2`;
const list = [
  line('name=shop idle=7 flags=N db=3 sub=0 psub=0 ssub=0 multi=-1 events=r cmd=config|get user=test-s1'),
  line('name= idle=0 flags=N db=0 sub=0 psub=0 multi=-1 cmd=NULL user=test-s1'),
  line('name= idle=0 flags=b db=0 sub=0 psub=0 multi=-1 cmd=blpop user=test-s1'),
  line('name= idle=0 flags=P db=0 sub=1 psub=1 multi=-1 cmd=psubscribe user=test-s1'),
  line('name= idle=2 flags=x db=0 sub=0 psub=0 multi=0 cmd=multi user=test-s1'),
  line('name= idle=0 flags=N db=0 sub=0 psub=0 multi=-1 cmd=get user=test-s11'),
  '',
].join('\n');

test('the connections of one user, in words', () => {
  expect(clientsOf('test-s1', list).map(describeClient)).toEqual([
    'of "shop", idle for 7 s, its last command: CONFIG GET',
    'idle for 0 s, its last command: none',
    'blocked in BLPOP',
    'subscribed to 2 channels',
    'in a transaction, its last command: MULTI',
  ]);
});
