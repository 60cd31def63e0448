import { api } from './implementer.ts';
import type { Services } from './services.ts';

export function diagnoseHandler(_services: Services) {
  return api.hosts.diagnose.handler(() => {
    throw new Error('not built on this branch');
  });
}
