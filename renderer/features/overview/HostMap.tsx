import { type KeyboardEvent, memo, useState } from 'react';
import { useLocation, useRouter } from 'wouter';
import type { Host } from '#shared/model/host.ts';
import { type HostId, hostId } from '#shared/model/ids.ts';
import { useDrawing, useLive, useSession } from '../../transport/hooks.ts';
import { ActionMenu, type MenuPlace, placeOf } from '../../ui/ActionMenu.tsx';
import { formatCount, formatShare } from '../../ui/format.ts';
import { loadLimit } from '../../ui/LoadBar.tsx';
import { type Shape, StateShape } from '../../ui/StateChip.tsx';
import { shownHostState, simulatedOf } from '../clusters/simulatedHosts.ts';
import { useHostMenu } from '../hosts/useHostMenu.ts';
import { hostHref } from '../inventory.ts';
import styles from './HostMap.module.css';

interface OpenMenu {
  readonly id: HostId;
  readonly place: MenuPlace;
}

/**
 * More hosts than anybody looks at one by one, in one look: a cell each, filled as its CPUs are busy. One that is not
 * simply well has the shape of its state instead. One stop for the keyboard; arrows go from cell to cell.
 */
export function HostMap({
  hosts,
  counts,
}: {
  readonly hosts: readonly Host[];
  readonly counts: ReadonlyMap<HostId, number>;
}) {
  const [, navigate] = useLocation();
  const menuOf = useHostMenu();
  const [menu, setMenu] = useState<OpenMenu>();
  const [stop, setStop] = useState<HostId>();
  const menuHost = menu && hosts.find(({ id }) => id === menu.id);
  const stopAt = hosts.some(({ id }) => id === stop) ? stop : hosts[0]?.id;
  return (
    <>
      <p className={styles.legend}>
        <span className={styles.sample} aria-hidden="true" />A cell is a host, filled as far as its CPUs are
        busy; above {formatShare(loadLimit).text} in red. Another shape says what is the matter with it.
      </p>
      {/* The cells are links and take the focus themselves; these only find out which of them is meant. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <ul
        className={styles.map}
        onClick={(event) => {
          const id = hostAt(event);
          if (id === undefined || event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          navigate(hostHref(id));
        }}
        onContextMenu={(event) => {
          const id = hostAt(event);
          if (id === undefined) return;
          event.preventDefault();
          setMenu({ id, place: placeOf(event) });
        }}
        onFocus={(event) => setStop(hostAt(event))}
        onKeyDown={moveBetweenCells}
      >
        <Cells hosts={hosts} counts={counts} stop={stopAt} />
      </ul>
      {menu !== undefined && menuHost !== undefined && (
        <ActionMenu menu={menuOf(menuHost)} place={menu.place} onClose={() => setMenu(undefined)} />
      )}
    </>
  );
}

function Cells({
  hosts,
  counts,
  stop,
}: {
  readonly hosts: readonly Host[];
  readonly counts: ReadonlyMap<HostId, number>;
  readonly stop: HostId | undefined;
}) {
  useDrawing();
  const { samples } = useSession();
  const clusters = useLive((model) => model.clusters);
  const { hrefs } = useRouter();
  return hosts.map((host) => {
    const { shape, word } = shownHostState(host, simulatedOf(host, clusters));
    const share = shape === 'active' ? samples.host(host.id)?.latest(0) : undefined;
    return (
      <Cell
        key={host.id}
        id={host.id}
        name={host.name}
        href={hrefs(hostHref(host.id))}
        shape={shape}
        word={word}
        percent={share === undefined ? undefined : Math.round(share * 100)}
        vms={counts.get(host.id) ?? 0}
        isStop={host.id === stop}
      />
    );
  });
}

/** Drawn anew only where what it says is another: of a thousand that is a part at each look. */
const Cell = memo(function Cell({
  id,
  name,
  href,
  shape,
  word,
  percent,
  vms,
  isStop,
}: {
  readonly id: HostId;
  readonly name: string;
  readonly href: string;
  readonly shape: Shape;
  readonly word: string;
  readonly percent: number | undefined;
  readonly vms: number;
  readonly isStop: boolean;
}) {
  const cpu = percent === undefined ? 'CPU not measured' : `CPU ${percent} %`;
  const words = `${name}: ${word}, ${cpu}, ${formatCount(vms, 'VM')}`;
  return (
    <li>
      <a href={href} className={styles.cell} title={words} data-host={id} tabIndex={isStop ? 0 : -1}>
        {shape === 'active' ? (
          <span
            className={styles.fill}
            style={{ height: `${percent ?? 0}%` }}
            data-over={percent !== undefined && percent > loadLimit * 100}
          />
        ) : (
          <StateShape shape={shape} />
        )}
        <span className="visually-hidden">{words}</span>
      </a>
    </li>
  );
});

function hostAt({ target }: { readonly target: EventTarget }): HostId | undefined {
  const cell = target instanceof Element ? target.closest<HTMLElement>('[data-host]') : null;
  const id = cell?.dataset['host'];
  return id === undefined ? undefined : hostId(id);
}

/** Left and right by one, up and down by a row as wide as the map is just now. */
function moveBetweenCells(event: KeyboardEvent<HTMLUListElement>): void {
  const cells = [...event.currentTarget.querySelectorAll<HTMLAnchorElement>('[data-host]')];
  const place = cells.findIndex((cell) => cell === document.activeElement);
  if (place === -1) return;
  const columns = getComputedStyle(event.currentTarget).gridTemplateColumns.split(' ').length;
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
    Home: -place,
    End: cells.length - 1 - place,
  };
  const step = steps[event.key];
  const next = step === undefined ? undefined : cells[place + step];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}
