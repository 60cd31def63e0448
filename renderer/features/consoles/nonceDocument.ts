/**
 * The document as xterm.js makes elements of it: under the page's policy a style element needs the page's nonce, and a
 * style attribute is refused where a style property is not.
 */
export function nonceDocument(): Document {
  const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce;
  const createElement = (name: string): HTMLElement => {
    const element = document.createElement(name);
    if (name === 'style' && nonce !== undefined) element.nonce = nonce;
    const setAttribute = element.setAttribute.bind(element);
    element.setAttribute = (attribute, value) => {
      if (attribute === 'style') element.style.cssText = value;
      else setAttribute(attribute, value);
    };
    return element;
  };
  return new Proxy(document, {
    get(target, key) {
      if (key === 'createElement') return createElement;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
