import { expect, it } from 'vitest';
import { here, told } from './testing/soundHost.ts';
import { isOlder, versionFindings } from './versions.ts';

it.each([
  ['8.4.9', '8.5.0', true],
  ['8.5.0', '8.5.0', false],
  ['10.0.0', '9.0.0', false],
  ['7.2', '7.2.1', true],
])('%s before %s: %s', (version, than, older) => {
  expect(isOlder(version, than)).toBe(older);
});

it.each([
  ['x86_64', 'debian', 'Debian 9', 'sudo apt install --only-upgrade qemu-system-x86'],
  ['aarch64', 'debian', 'Debian 9', 'sudo apt install --only-upgrade qemu-system-arm'],
  ['ppc64le', 'debian', 'Ubuntu 16.04', 'sudo apt install --only-upgrade qemu-system-ppc'],
  ['s390x', 'debian', 'Ubuntu 16.04', 'sudo apt install --only-upgrade qemu-system-s390x'],
  ['s390x', 'debian', 'Debian 9', 'sudo apt install --only-upgrade qemu-system-misc'],
  ['riscv64', 'debian', 'Debian 9', 'sudo apt install --only-upgrade qemu-system-misc'],
  ['aarch64', 'fedora', 'CentOS 7', 'sudo dnf install qemu-kvm'],
  ['aarch64', 'suse', 'openSUSE Leap 42.3', 'sudo zypper install qemu-arm'],
  [undefined, 'debian', 'Debian 9', 'sudo apt install --only-upgrade qemu-system'],
  ['aarch64', 'other', 'Something', undefined],
] as const)(
  'an old QEMU of %s on %s (%s) is brought forward by: %s',
  (architecture, family, name, command) => {
    const { value } = told({ hypervisorVersion: '2.5.0', system: { name, family } });
    const { architecture: _usual, ...facts } = value;
    const asked = architecture === undefined ? facts : { ...facts, architecture };
    const qemu = versionFindings(here, [], asked).find(({ check }) => check === 'qemu');
    expect(qemu).toMatchObject({ level: 'warning' });
    expect(qemu?.fix?.command).toBe(command);
  },
);
