import { BaseSequencer } from 'vitest/node';

/** What takes longest, longest first. Vitest itself goes by size where it has not run before, and these are short files. */
const longest = [
  'test/lab-tests/migrationFaults.test.ts',
  'test/conformance/libvirt.test.ts',
  'test/lab-tests/command.test.ts',
  'test/lab-tests/migration.test.ts',
  'test/lab-tests/lifecycle.test.ts',
  'test/lab-tests/inventory.test.ts',
  'test/lab-tests/refusals.test.ts',
  'test/lab-tests/migrationMeans.test.ts',
  'test/conformance/libvirtWalk.test.ts',
  'test/lab/labRemains.test.ts',
];

/** A long file that is begun last is waited for by all workers but one. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: Parameters<BaseSequencer['sort']>[0]): ReturnType<BaseSequencer['sort']> {
    const place = (moduleId: string): number => {
      const found = longest.findIndex((path) => moduleId.endsWith(`/${path}`));
      return found < 0 ? longest.length : found;
    };
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => place(one.moduleId) - place(other.moduleId));
  }
}
