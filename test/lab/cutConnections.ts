import { LabError } from './labError.ts';
import type { LabDescription, LabHost } from './labState.ts';
import { inNamespace, setLink } from './network.ts';
import { tryProgram } from './runProgram.ts';

/**
 * The host forgets its SSH connections while its cable is out, so that neither FIN nor RST reaches the workstation,
 * whose end stays open until its next packet is answered with a reset: what a stateful firewall's restart looks like.
 * New logins work at once; guests and connections between hosts stay. Returns how many were cut.
 */
export async function cutConnections(lab: LabDescription, host: LabHost): Promise<number> {
  await setLink(lab, host, 'down');
  try {
    const filter = ['state', 'established', `( sport = :${host.sshPort} and dst = ${lab.workstation} )`];
    const told = await tryProgram(inNamespace(host.namespace, ['ss', '-H', '-t', '-n', '-K', ...filter]));
    // ss prints what it has closed. It ends with 0 also where the kernel cannot do this (CONFIG_INET_DIAG_DESTROY).
    const left = await tryProgram(inNamespace(host.namespace, ['ss', '-H', '-t', '-n', ...filter]));
    if (told.exitCode !== 0 || left.exitCode !== 0 || left.stdout.trim() !== '')
      throw new LabError(
        `The SSH connections of ${host.name} could not be cut: ${told.stderr.trim() || 'this kernel does not let ss -K close them'}.`,
      );
    return told.stdout.split('\n').filter((line) => line.trim() !== '').length;
  } finally {
    await setLink(lab, host, 'up');
  }
}
