/**
 * xterm.js makes style elements and style attributes, which the page's policy refuses: the one without the page's nonce,
 * the other always, where a style property is allowed. So it gets its elements from here.
 */
export function nonceDocument(): Document {
  const createElement = permitted();
  return new Proxy(document, {
    get(target, key) {
      if (key === 'createElement') return createElement;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** Its scroll bar asks the page's own document all the same, while it is opened. */
export function openUnderPolicy(open: () => void): void {
  Reflect.set(document, 'createElement', permitted());
  try {
    open();
  } finally {
    // The one of its class is what is left.
    Reflect.deleteProperty(document, 'createElement');
  }
}

function permitted(): (name: string) => HTMLElement {
  const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce;
  const create = document.createElement.bind(document);
  return (name) => {
    const element: HTMLElement = create(name);
    if (name === 'style' && nonce !== undefined) element.nonce = nonce;
    const setAttribute = element.setAttribute.bind(element);
    element.setAttribute = (attribute, value) => {
      if (attribute === 'style') element.style.cssText = value;
      else setAttribute(attribute, value);
    };
    return element;
  };
}
