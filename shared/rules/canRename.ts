import type { Vm } from '../model/vm.ts';
import { allowed, refused, type Verdict } from './verdict.ts';

const mostBytes = 200;
const controls = /[\u0000-\u001f\u007f]/;

/** Whether a name may be given to a VM of this cluster; `self` is the VM itself, where there is one. */
export function canBeNamed(name: string, vms: readonly Vm[], self?: Vm): Verdict {
  if (self?.name === name) return refused(`${name} is called so already. Choose another name.`);
  const wrong = wrongWith(name);
  if (wrong !== undefined) return refused(wrong, 'input-unusable');
  const taken = vms.find((vm) => vm.name === name && vm.id !== self?.id);
  if (taken === undefined) return allowed;
  return refused(`A VM of this cluster is called ${name} already. Choose another name.`, 'already-exists');
}

/** libvirt keeps files under the name, so it may hold nothing that a file name may not. */
function wrongWith(name: string): string | undefined {
  if (name.trim() === '') return 'A VM needs a name. Write one.';
  if (name !== name.trim()) return 'A name has no blank at its ends. Take it away.';
  if (name.includes('/')) return 'A name has no slash in it. Write it without.';
  if (name.startsWith('.')) return 'A name does not begin with a full stop. Write it without.';
  if (controls.test(name)) {
    return 'A name is one line without control characters. Write it so.';
  }
  if (utf8Bytes(name) > mostBytes) {
    return `A name has at most ${mostBytes} bytes. Write a shorter one.`;
  }
  return undefined;
}

function utf8Bytes(text: string): number {
  let bytes = 0;
  for (const letter of text) {
    const point = letter.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x8_00 ? 2 : point < 0x1_00_00 ? 3 : 4;
  }
  return bytes;
}
