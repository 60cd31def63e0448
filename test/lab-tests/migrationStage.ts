import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Distance, type Lab, startDistance } from '../lab/startLab.ts';
import { DroverStage } from './droverStage.ts';

/** A lab and a Drover that knows its hosts, each host behind a distance of its own that can break. */
export class MigrationStage extends DroverStage {
  readonly lab: Lab;
  readonly distances: ReadonlyMap<string, Distance>;

  constructor(lab: Lab, dataFolder: string, distances: ReadonlyMap<string, Distance>) {
    super(dataFolder);
    this.lab = lab;
    this.distances = distances;
  }

  /** Adds every host of the lab to a fresh data folder. */
  static async open(lab: Lab): Promise<MigrationStage> {
    const distances = new Map<string, Distance>();
    for (const host of lab.description().hosts) {
      distances.set(host.name, await startDistance({ host: host.address, port: host.sshPort }));
    }
    const stage = new MigrationStage(lab, mkdtempSync(join(tmpdir(), 'drover-stage-')), distances);
    await stage.start();
    for (const host of lab.description().hosts) {
      await stage.client.hosts.add({
        address: `ssh://root@127.0.0.1:${stage.distance(host.name).port}`,
        clusterName: 'lab',
        name: host.name,
        credentials: { keyFile: host.keyFile, acceptHostKey: host.hostKeys[0]?.fingerprint ?? '' },
      });
    }
    return stage;
  }

  distance(host: string): Distance {
    const found = this.distances.get(host);
    if (found === undefined) throw new Error(`no host ${host} on this stage`);
    return found;
  }

  async close(): Promise<void> {
    await this.stop();
    for (const distance of this.distances.values()) await distance.stop();
    rmSync(this.dataFolder, { recursive: true, force: true });
  }

  /** Where virsh, asked on each host by itself, finds it: `host-b running`. */
  async sightings(guest: string): Promise<readonly string[]> {
    return await this.lab.places(guest);
  }
}
