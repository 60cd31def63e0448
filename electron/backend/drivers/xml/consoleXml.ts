import { parseXml, type XmlElement } from './xmlDocument.ts';

/** Where one graphical console of a running domain listens, as seen from its host. */
export type GraphicsListen =
  | { readonly kind: 'port'; readonly address: string; readonly port: number }
  | { readonly kind: 'socket'; readonly path: string }
  /** Nowhere: it has no instance that would, or only a process of its own host may look. */
  | { readonly kind: 'none' };

/** What a domain's document says of its consoles. */
export interface ConsoleDocument {
  readonly name: string;
  readonly serial: boolean;
  readonly graphics: readonly { readonly kind: string; readonly listen: GraphicsListen }[];
}

export function parseConsoles(xml: string): ConsoleDocument {
  const domain = parseXml(xml, 'domain');
  const devices = domain.child('devices');
  return {
    name: domain.child('name')?.text ?? '',
    serial: devices?.child('serial') !== undefined || devices?.child('console') !== undefined,
    graphics:
      devices?.children('graphics').map((each) => ({
        kind: each.attribute('type') ?? '',
        listen: listenOf(each),
      })) ?? [],
  };
}

function listenOf(graphics: XmlElement): GraphicsListen {
  const listen = graphics.child('listen');
  const path = listen?.attribute('socket') ?? graphics.attribute('socket');
  if (path !== undefined) return { kind: 'socket', path };
  const port = Number(graphics.attribute('port') ?? -1);
  if (!(port > 0)) return { kind: 'none' };
  return {
    kind: 'port',
    port,
    address: reachable(listen?.attribute('address') ?? graphics.attribute('listen') ?? ''),
  };
}

/** Where it listens at any address, the host's own loopback is one of them. */
function reachable(address: string): string {
  if (address === '' || address === '0.0.0.0') return '127.0.0.1';
  return address === '::' ? '::1' : address;
}
