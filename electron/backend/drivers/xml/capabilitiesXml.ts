import { parseXml } from './xmlDocument.ts';

export interface Capabilities {
  readonly hostUuid: string;
  readonly cpuModel: string;
  readonly architecture: string;
  /** True where guests of the host's own architecture can have KVM. */
  readonly kvm: boolean;
}

export function parseCapabilitiesXml(xml: string): Capabilities {
  const capabilities = parseXml(xml, 'capabilities');
  const host = capabilities.child('host');
  const cpu = host?.child('cpu');
  const architecture = cpu?.child('arch')?.text ?? '';
  return {
    hostUuid: (host?.child('uuid')?.text ?? '').toLowerCase(),
    cpuModel: [cpu?.child('vendor')?.text, cpu?.child('model')?.text].filter(Boolean).join(' '),
    architecture,
    kvm: capabilities
      .children('guest')
      .flatMap((guest) => guest.children('arch'))
      .some(
        (arch) =>
          arch.attribute('name') === architecture &&
          arch.children('domain').some((domain) => domain.attribute('type') === 'kvm'),
      ),
  };
}

/** Machine types that guests of the host's own architecture can have, their short names (`q35`) among them. */
export function parseMachineTypes(xml: string): readonly string[] {
  const capabilities = parseXml(xml, 'capabilities');
  const architecture = capabilities.child('host')?.child('cpu')?.child('arch')?.text;
  const named = capabilities
    .children('guest')
    .flatMap((guest) => guest.children('arch'))
    .filter((arch) => arch.attribute('name') === architecture)
    .flatMap((arch) => [arch, ...arch.children('domain')])
    .flatMap((holder) => holder.children('machine'))
    .map((machine) => machine.text);
  return [...new Set(named)];
}
