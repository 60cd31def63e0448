import type { MigrationRequest } from '#shared/model/migration.ts';
import type { Plan } from '#shared/model/plan.ts';
import type { Recorder } from '../activity/recorder.ts';
import type { Clock } from '../clock/clock.ts';
import type { Consoles } from '../consoles/consoles.ts';
import type { HostRegistry } from '../hosts/registry.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Definitions } from '../lifecycle/definitions.ts';
import type { Monitoring } from '../monitoring/monitoring.ts';
import type { OwnerMode } from '../owner/owner.ts';
import type { SimulatedClusters } from '../simulation/simulatedClusters.ts';
import type { History } from '../store/history.ts';
import type { TaskRecords } from '../store/taskRecords.ts';
import type { TaskRunner } from '../tasks/runner.ts';
import type { Unfinished } from '../unfinished.ts';

/** What the handlers of the contract work with. */
export interface Services {
  readonly dataFolder: string;
  readonly mode: OwnerMode;
  readonly clock: Clock;
  readonly registry: HostRegistry;
  readonly simulated: SimulatedClusters;
  readonly inventory: Inventory;
  readonly monitoring: Monitoring;
  readonly history: History;
  readonly consoles: Consoles;
  readonly runner: TaskRunner;
  readonly records: TaskRecords;
  readonly definitions: Definitions;
  readonly unfinished: Unfinished;
  readonly recorder: Recorder;
  readonly planMigration: (request: MigrationRequest) => Promise<Plan>;
  /** undefined where no browser server runs. */
  readonly newAddress: () => (() => string) | undefined;
}
