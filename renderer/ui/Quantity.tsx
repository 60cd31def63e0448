import type { Formatted } from './format.ts';

/** A figure with its unit; every digit of it on hover. */
export function Quantity({
  value,
  className,
}: {
  readonly value: Formatted;
  readonly className?: string | undefined;
}) {
  return (
    <span className={className} title={value.exact === value.text ? undefined : value.exact}>
      {value.text}
    </span>
  );
}
