import type { ReactNode } from 'react';
import styles from './ScenarioPicture.module.css';

/** What the pictures are drawn of; lengths are of their own frame of 320 by 128. */
export type Load = 'low' | 'high' | 'off' | 'waits';

/** A server as a box, with what is in it. */
export function Box({
  x,
  y,
  width,
  height,
  off = false,
  children,
}: {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly off?: boolean;
  readonly children?: ReactNode;
}) {
  return (
    <g transform={`translate(${x} ${y})`}>
      <rect className={off ? styles.boxOff : styles.box} width={width} height={height} rx={4} />
      {children}
    </g>
  );
}

export function Vm({
  x,
  y,
  width = 10,
  height = 10,
  load = 'low',
}: {
  readonly x: number;
  readonly y: number;
  readonly width?: number;
  readonly height?: number;
  readonly load?: Load;
}) {
  return <rect className={styles[load]} x={x} y={y} width={width} height={height} rx={2} />;
}

/** As many VMs in rows of so many, as a shelf is filled. */
export function Vms({
  x,
  y,
  count,
  across,
  size = 10,
  step = 14,
  load = 'low',
}: {
  readonly x: number;
  readonly y: number;
  readonly count: number;
  readonly across: number;
  readonly size?: number;
  readonly step?: number;
  readonly load?: Load;
}) {
  return Array.from({ length: count }, (_, index) => {
    const [left, top] = [x + (index % across) * step, y + Math.floor(index / across) * step];
    return <Vm key={`${left} ${top}`} x={left} y={top} width={size} height={size} load={load} />;
  });
}

/** A live migration, from one place to another in a bow. */
export function Move({
  from,
  to,
  rise = 14,
}: {
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  readonly rise?: number;
}) {
  const middle = [(from[0] + to[0]) / 2, Math.min(from[1], to[1]) - rise] as const;
  const angle = (Math.atan2(to[1] - middle[1], to[0] - middle[0]) * 180) / Math.PI;
  return (
    <>
      <path className={styles.move} d={`M${from.join(' ')} Q${middle.join(' ')} ${to.join(' ')}`} />
      <path
        className={styles.moveHead}
        d="M0 0 L-7 -4 L-7 4 Z"
        transform={`translate(${to.join(' ')}) rotate(${angle.toFixed(1)})`}
      />
    </>
  );
}

/** A fault at a place: the diamond that a failed state has everywhere. */
export function Fault({ x, y }: { readonly x: number; readonly y: number }) {
  return <path className={styles.fault} d={`M${x} ${y - 6} l6 6 l-6 6 l-6 -6 Z`} />;
}

/** What a cable hangs on. */
export function Line({ points, broken = false }: { readonly points: string; readonly broken?: boolean }) {
  return <polyline className={broken ? styles.lineBroken : styles.line} points={points} />;
}
