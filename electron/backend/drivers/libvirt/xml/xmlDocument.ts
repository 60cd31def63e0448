import { XMLParser } from 'fast-xml-parser';

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

// Everything stays text, and every element a list: libvirt's numbers exceed doubles and its lists may have one entry.
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: attributePrefix,
  textNodeName: textName,
  alwaysCreateTextNode: true,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: true,
  processEntities: true,
  isArray: (_name, _path, _isLeaf, isAttribute) => !isAttribute,
});

/** @throws Error where the text is no XML document with that root */
export function parseXml(text: string, root: string): XmlElement {
  const document: unknown = parser.parse(text);
  const [found] = elementOf(document).children(root);
  if (found === undefined) throw new Error(`libvirt sent a document without <${root}>`);
  return found;
}

function elementOf(node: unknown): XmlElement {
  const entries =
    typeof node === 'object' && node !== null ? new Map<string, unknown>(Object.entries(node)) : undefined;
  const own = typeof node === 'string' ? node : textOf(entries?.get(textName));
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
  return typeof first === 'string' ? first : '';
}
