import { XMLParser, XMLValidator } from 'fast-xml-parser';

/** An element of a TwiML document; names are case-sensitive. */
export interface TwimlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly TwimlElement[];
  /** The element's own text, white space at both ends removed. */
  readonly text: string;
}

/** Not a document at all: error 12100. */
export class TwimlParseError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TwimlParseError';
  }
}

const ATTRIBUTES = ':@';
const TEXT = '#text';

/** The validator lets these through, a real XML parser does not: `?a=1&b=2` in a URL is the usual mistake. */
const STRAY_AMPERSAND = /&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-f]+);).{0,20}/i;
const CDATA_OR_COMMENT = /<!\[CDATA\[[\s\S]*?\]\]>|<!--[\s\S]*?-->/g;

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  // For numeric references; HTML's own names are refused before.
  htmlEntities: true,
});

/** Reads a document and returns its verbs. */
export const parseTwiml = (xml: string): readonly TwimlElement[] => {
  const validity = XMLValidator.validate(xml, { allowBooleanAttributes: false });
  if (validity !== true) throw new TwimlParseError(`line ${validity.err.line}: ${validity.err.msg}`);
  const ampersand = STRAY_AMPERSAND.exec(xml.replace(CDATA_OR_COMMENT, ''));
  if (ampersand) throw new TwimlParseError(`"${ampersand[0]}" is no entity of XML`);
  let nodes: unknown;
  try {
    nodes = parser.parse(xml);
  } catch (error) {
    throw new TwimlParseError((error as Error).message);
  }
  const roots = elementsOf(nodes);
  const [root] = roots;
  if (roots.length !== 1 || !root) throw new TwimlParseError('the document must have one root element');
  if (root.name !== 'Response') throw new TwimlParseError(`the root must be Response, got ${root.name}`);
  return root.children;
};

const elementsOf = (nodes: unknown): TwimlElement[] =>
  (nodes as Record<string, unknown>[]).flatMap((node) => {
    const name = Object.keys(node).find((key) => key !== ATTRIBUTES);
    if (name === undefined || name === TEXT) return [];
    const content = node[name] as Record<string, unknown>[];
    const text = content.map((child) => String(child[TEXT] ?? '')).join('');
    const attributes = (node[ATTRIBUTES] ?? {}) as Record<string, string>;
    return [{ name, attributes, children: elementsOf(content), text: text.trim() }];
  });
