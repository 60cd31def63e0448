import type { Vm } from '#shared/model/vm.ts';
import { useVmSeries } from '../../transport/hooks.ts';
import { formatMiB, formatPart, formatShare, notMeasured } from '../../ui/format.ts';
import { LoadBar } from '../../ui/LoadBar.tsx';
import { Quantity } from '../../ui/Quantity.tsx';
import { sharesOf } from '../hosts/HostLoad.tsx';

const mib = 1024 * 1024;

export function VmCpu({ vm }: { readonly vm: Vm }) {
  const series = useVmSeries(vm.id);
  if (vm.state === 'inactive' || vm.state === 'suspended') return <Resting word="at rest" />;
  if (vm.state === 'paused') return <Resting word="not executing" />;
  const share = vm.current ? series?.latest(0) : undefined;
  return (
    <LoadBar
      share={share}
      text={share === undefined ? notMeasured : formatShare(share)}
      label={`CPU of ${vm.name}`}
      points={series?.points(0) ?? []}
    />
  );
}

export function VmMemory({ vm }: { readonly vm: Vm }) {
  const series = useVmSeries(vm.id);
  if (vm.state === 'inactive' || vm.state === 'suspended')
    return <Quantity value={formatMiB(vm.memoryMiB)} />;
  const used = vm.current ? series?.latest(1) : undefined;
  return (
    <LoadBar
      share={used === undefined ? undefined : used / vm.memoryMiB}
      text={used === undefined ? notMeasured : formatPart(used * mib, vm.memoryMiB * mib)}
      label={`Memory of ${vm.name}`}
      points={sharesOf(series?.points(1) ?? [], vm.memoryMiB)}
    />
  );
}

/** Uses none, by definition: neither a gap nor a measured zero. */
function Resting({ word }: { readonly word: string }) {
  return <span style={{ color: 'var(--text-3)' }}>{word}</span>;
}
