import { canReach, missingNetworks } from '../migrations/asking.ts';
import { begin } from '../migrations/beginning.ts';
import { confirm } from '../migrations/confirming.ts';
import {
  abort,
  completedJobOf,
  jobOf,
  pausePostCopy,
  setMaxDowntime,
  startPostCopy,
} from '../migrations/control.ts';
import { finish } from '../migrations/finishing.ts';
import { perform } from '../migrations/performing.ts';
import { prepare } from '../migrations/preparing.ts';
import { api } from './api.ts';

export const migration = {
  job: api.migration.job.handler(({ input, context: { simulation } }) =>
    simulation.sessions.ask(input.session, (host) => jobOf(simulation.world, host, input.uuid) ?? null),
  ),
  abort: api.migration.abort.handler(async ({ input, context: { simulation } }) => {
    await simulation.sessions.ask(input.session, (host) => abort(simulation.world, host, input.uuid));
    return {};
  }),
  startPostCopy: api.migration.startPostCopy.handler(async ({ input, context: { simulation } }) => {
    await simulation.sessions.ask(input.session, (host) => startPostCopy(simulation.world, host, input.uuid));
    return {};
  }),
  pausePostCopy: api.migration.pausePostCopy.handler(async ({ input, context: { simulation } }) => {
    await simulation.sessions.ask(input.session, (host) => pausePostCopy(simulation.world, host, input.uuid));
    return {};
  }),
  setMaxDowntime: api.migration.setMaxDowntime.handler(async ({ input, context: { simulation } }) => {
    await simulation.sessions.ask(input.session, (host) =>
      setMaxDowntime(simulation.world, host, input.uuid, input.milliseconds),
    );
    return {};
  }),
  missingNetworks: api.migration.missingNetworks.handler(({ input, context: { simulation } }) =>
    simulation.sessions.ask(input.session, (host) => missingNetworks(simulation.world, host, input.nics)),
  ),
  canReach: api.migration.canReach.handler(({ input, context: { simulation } }) =>
    simulation.sessions.request(input.session, (host, answer) =>
      canReach(simulation.world, host, input, answer),
    ),
  ),
  begin: api.migration.begin.handler(({ input, context: { simulation } }) =>
    simulation.sessions.request(input.session, (host, answer, session) =>
      begin(simulation.world, host, input, session, answer),
    ),
  ),
  prepare: api.migration.prepare.handler(({ input, context: { simulation } }) =>
    simulation.sessions.request(input.session, (host, answer, session) =>
      answer.ok(prepare(simulation.world, host, input, session)),
    ),
  ),
  perform: api.migration.perform.handler(({ input, context: { simulation } }) => {
    const { uuid, uri, settings } = input;
    return simulation.sessions.request(input.session, (host, answer) =>
      perform(simulation.world, host, { uuid, uri, resume: settings.resumePostCopy }, answer),
    );
  }),
  finish: api.migration.finish.handler(({ input, context: { simulation } }) =>
    simulation.sessions.request(input.session, (host, answer) =>
      finish(simulation.world, host, input, answer),
    ),
  ),
  confirm: api.migration.confirm.handler(async ({ input, context: { simulation } }) => {
    await simulation.sessions.ask(input.session, (host) => confirm(simulation.world, host, input));
    return {};
  }),
  completedJob: api.migration.completedJob.handler(({ input, context: { simulation } }) =>
    simulation.sessions.ask(input.session, (host) => completedJobOf(host, input.uuid) ?? null),
  ),
};
