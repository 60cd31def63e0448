import type { Duplex } from 'node:stream';
import {
  type ConsoleAsked,
  type ConsolesDriver,
  consoleBusy,
  consoleMissing,
  notRunning,
  type OpenConsoleOptions,
} from '../consoles.ts';
import type { CallOptions } from '../drivers.ts';
import { type ConsoleDocument, parseConsoles } from '../xml/consoleXml.ts';
import { refOf } from './domains.ts';
import type { HostAccess } from './hostLink.ts';
import {
  domainGetXmlDesc,
  domainIsActive,
  domainOpenConsole,
  LibvirtError,
  libvirtErrorCodes,
} from './rpc/rpc.ts';

/** VIR_DOMAIN_CONSOLE_FORCE */
const force = 1;
/** virsh says the same to whoever comes second. */
const sessionExists = 'Active console session exists';

/** VNC through the host's SSH login, serial consoles as streams of libvirt's own. */
export function libvirtConsoles(link: HostAccess): ConsolesDriver {
  return {
    async open(uuid, kind, options = {}) {
      const [document, { active }] = await Promise.all([
        read(link, uuid, options),
        link.channels().control.call(domainIsActive, { dom: refOf(uuid) }, options),
      ]);
      const asked = { vm: document.name, host: link.name, kind };
      if (active === 0) throw notRunning(asked);
      return kind === 'screen'
        ? await openScreen(link, document, asked, options)
        : await openSerial(link, uuid, document, asked, options);
    },
  };
}

async function read(
  link: HostAccess,
  uuid: string,
  options: CallOptions | undefined,
): Promise<ConsoleDocument> {
  const { xml } = await link.channels().control.call(domainGetXmlDesc, { dom: refOf(uuid) }, options);
  return parseConsoles(xml);
}

async function openScreen(
  link: HostAccess,
  document: ConsoleDocument,
  asked: ConsoleAsked,
  options: CallOptions,
): Promise<Duplex> {
  const listens = document.graphics.flatMap(({ kind, listen }) =>
    kind === 'vnc' && listen.kind !== 'none' ? [listen] : [],
  );
  const [listen] = listens;
  if (listen === undefined) throw consoleMissing(asked, document);
  const login = link.login();
  const screen =
    listen.kind === 'socket'
      ? await login.openUnixSocket(listen.path, options)
      : await login.forwardTcp(listen.address, listen.port, options);
  // QEMU is gone, but sshd holds its end of the channel open for what might still be written to it.
  screen.once('end', () => screen.destroy());
  return screen;
}

/** Over a libvirt connection of its own: libvirt's streams have no window, so a slow reader holds its whole connection. */
async function openSerial(
  link: HostAccess,
  uuid: string,
  document: ConsoleDocument,
  asked: ConsoleAsked,
  options: OpenConsoleOptions,
): Promise<Duplex> {
  if (!document.serial) throw consoleMissing(asked, document);
  const connection = await link.open(options);
  try {
    const { stream } = await connection.openStream(
      domainOpenConsole,
      { dom: refOf(uuid), devName: null, flags: options.takeOver === true ? force : 0 },
      options,
    );
    stream.once('close', () => void connection.close());
    return stream;
  } catch (thrown) {
    await connection.close();
    throw isBusy(thrown) ? consoleBusy(asked, thrown) : thrown;
  }
}

function isBusy(thrown: unknown): boolean {
  return (
    thrown instanceof LibvirtError &&
    thrown.libvirt.code === libvirtErrorCodes.operationFailed &&
    thrown.libvirt.text.includes(sessionExists)
  );
}
