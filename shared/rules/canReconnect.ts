import type { Host } from '../model/host.ts';
import { allowed, refused, type Verdict } from './verdict.ts';

export function canReconnect({ name, connection }: Host): Verdict {
  switch (connection.state) {
    case 'connected':
      return refused(`${name} is connected already.`);
    case 'connecting':
      return refused(`${name} is being connected just now.`);
    case 'unreachable':
    case 'needs-attention':
      return allowed;
    default:
      return connection satisfies never;
  }
}
