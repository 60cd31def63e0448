import { DroverError } from '#shared/contract/errors.ts';
import { parseDomainXml } from '../drivers/xml/domainXml.ts';

/** A definition as it was given, whole. */
export interface Definition {
  readonly uuid: string;
  readonly name: string;
  readonly xml: string;
}

/**
 * Definitions that are on their way to a host. In memory only: they may hold the password of a screen, which has no
 * place in a journal. A task that is taken up after a crash finds none, and says so.
 */
export class Definitions {
  readonly #held = new Map<string, Definition>();

  hold(definition: Definition): void {
    this.#held.set(definition.uuid, definition);
  }

  get(uuid: string): Definition | undefined {
    return this.#held.get(uuid);
  }

  drop(uuid: string): void {
    this.#held.delete(uuid);
  }
}

const domainTag = /<domain(?:\s+[^\s=>]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*>/;
const uuidText = /^[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$/;

/**
 * Reads name and UUID out of libvirt's domain XML; one without a UUID is given `freshUuid`, so that Drover can ask for
 * it afterwards. Throws `input-unusable`.
 */
export function readDefinition(xml: string, freshUuid: string): Definition {
  const { name, uuid } = parsed(xml);
  if (name === '') throw unusable('it has no <name>');
  if (uuid !== '') {
    if (!uuidText.test(uuid)) throw unusable(`its uuid "${uuid}" is none`);
    const digits = uuid.replaceAll('-', '');
    const parts = [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20)];
    return { name, uuid: [...parts, digits.slice(20)].join('-'), xml };
  }
  // A comment may speak of a domain, too: it is blanked while the tag is looked for.
  const bare = xml.replace(/<!--[\s\S]*?-->/g, (comment) => ' '.repeat(comment.length));
  const found = domainTag.exec(bare);
  if (found === null) throw unusable('its <domain> cannot be read');
  const end = found.index + found[0].length;
  return { name, uuid: freshUuid, xml: `${xml.slice(0, end)}<uuid>${freshUuid}</uuid>${xml.slice(end)}` };
}

function parsed(xml: string): { readonly name: string; readonly uuid: string } {
  try {
    return parseDomainXml(xml);
  } catch (thrown) {
    throw unusable(
      thrown instanceof Error ? thrown.message.replace(/^.*?: /, '') : 'it cannot be read',
      thrown,
    );
  }
}

function unusable(cause: string, source?: unknown): DroverError {
  return new DroverError({
    code: 'input-unusable',
    tried: "Read the definition as libvirt's domain XML",
    cause,
    next: 'Give what "virsh dumpxml" writes, with a <domain> around it',
    ...(source === undefined ? {} : { source }),
  });
}
