import { XMLParser } from 'fast-xml-parser';
import { DroverError } from '#shared/contract/errors.ts';

/**
 * An element of a parsed document: its attributes, its text, and its children by name. Names that are asked for and
 * are not there give empty lists, so that optional parts of libvirt's documents read without ceremony.
 */
export interface XmlElement {
  readonly text: string;
  attribute(name: string): string | undefined;
  children(name: string): readonly XmlElement[];
  child(name: string): XmlElement | undefined;
}

const attributePrefix = '@';
const textName = '#text';
const unlimited = Number.MAX_SAFE_INTEGER;

// Everything stays text, and every element a list: libvirt's numbers exceed doubles and its lists may have one entry.
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: attributePrefix,
  textNodeName: textName,
  alwaysCreateTextNode: true,
  parseTagValue: false,
  parseAttributeValue: false,
  // A path may begin or end with a blank; text is trimmed where it is read.
  trimValues: false,
  // With no DOCTYPE these are the five of XML itself, which only ever shorten the text: however many there are.
  processEntities: { enabled: true, maxTotalExpansions: unlimited, maxExpandedLength: unlimited },
  isArray: (_name, _path, _isLeaf, isAttribute) => !isAttribute,
});

/** @throws DroverError `protocol-broken` where the text is no XML document with that root, or declares entities */
export function parseXml(text: string, root: string): XmlElement {
  const [found] = elementOf(documentOf(text, root)).children(root);
  if (found === undefined) throw unreadable(root, `it has no <${root}>`);
  return found;
}

function documentOf(text: string, root: string): unknown {
  // libvirt sends none; what one declares could make a short text endless.
  if (/<!DOCTYPE/i.test(text))
    throw unreadable(root, 'it declares a document type, which libvirt never does');
  try {
    return parser.parse(text, true);
  } catch (thrown) {
    throw unreadable(root, thrown instanceof Error ? thrown.message : String(thrown), thrown);
  }
}

function unreadable(root: string, cause: string, source?: unknown): DroverError {
  return new DroverError({
    code: 'protocol-broken',
    tried: `Read the <${root}> document that libvirt sent`,
    cause,
    next: 'Look at it with virsh on the host',
    ...(source === undefined ? {} : { source }),
  });
}

function elementOf(node: unknown): XmlElement {
  const entries =
    typeof node === 'object' && node !== null ? new Map<string, unknown>(Object.entries(node)) : undefined;
  const own = typeof node === 'string' ? node.trim() : textOf(entries?.get(textName));
  const children = (name: string): readonly XmlElement[] => {
    const list = entries?.get(name);
    return Array.isArray(list) ? list.map(elementOf) : [];
  };
  return {
    text: own,
    attribute(name) {
      const value = entries?.get(attributePrefix + name);
      return typeof value === 'string' ? value : undefined;
    },
    children,
    child: (name) => children(name)[0],
  };
}

function textOf(value: unknown): string {
  const [first] = Array.isArray(value) ? value : [value];
  return typeof first === 'string' ? first.trim() : '';
}
