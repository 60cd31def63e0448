/** Why a button cannot be pressed, as a screen reader is told; undefined where it can. */
export function reasonOf(button: HTMLElement): string | null | undefined {
  return document.getElementById(button.getAttribute('aria-describedby') ?? '')?.textContent;
}
