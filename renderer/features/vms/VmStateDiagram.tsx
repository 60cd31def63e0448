import type { Vm, VmState } from '#shared/model/vm.ts';
import { ReasonedButton } from '../../ui/ReasonedButton.tsx';
import { type Shape, StateShape } from '../../ui/StateChip.tsx';
import styles from './VmStateDiagram.module.css';
import { actionOf, type OfferedAction, useVmActions, type VmActionId } from './vmActions.ts';
import { useVmWork } from './vmWork.ts';

type KnownState = Exclude<VmState, 'unknown'>;

/** Where the four states stand; pixels of a drawing of 392 x 190. */
const nodes: Readonly<
  Record<
    KnownState,
    { readonly word: string; readonly x: number; readonly y: number; readonly width: number }
  >
> = {
  inactive: { word: 'Inactive', x: 0, y: 62, width: 88 },
  active: { word: 'Active', x: 156, y: 62, width: 80 },
  paused: { word: 'Paused', x: 308, y: 62, width: 84 },
  suspended: { word: 'Suspended', x: 143, y: 156, width: 106 },
};

interface Move {
  readonly verb: VmActionId;
  readonly to: KnownState;
  /** One path for each state that it leads away from. */
  readonly paths: readonly { readonly from: KnownState; readonly d: string }[];
  /** Middle of its button. */
  readonly x: number;
  readonly y: number;
}

const moves: readonly Move[] = [
  { verb: 'start', to: 'active', paths: [{ from: 'inactive', d: 'M88 71H154' }], x: 122, y: 55 },
  { verb: 'shut-down', to: 'inactive', paths: [{ from: 'active', d: 'M156 83H90' }], x: 122, y: 102 },
  {
    verb: 'force-off',
    to: 'inactive',
    paths: [
      { from: 'active', d: 'M196 62V18H44V60' },
      { from: 'paused', d: 'M350 62V18H44V60' },
    ],
    x: 120,
    y: 18,
  },
  { verb: 'pause', to: 'paused', paths: [{ from: 'active', d: 'M236 71H306' }], x: 272, y: 55 },
  { verb: 'resume', to: 'active', paths: [{ from: 'paused', d: 'M308 83H238' }], x: 272, y: 102 },
  {
    verb: 'suspend',
    to: 'suspended',
    paths: [
      { from: 'active', d: 'M189 92V154' },
      { from: 'paused', d: 'M350 92V171H251' },
    ],
    x: 156,
    y: 130,
  },
  { verb: 'restore', to: 'active', paths: [{ from: 'suspended', d: 'M203 156V94' }], x: 236, y: 130 },
  { verb: 'discard', to: 'inactive', paths: [{ from: 'suspended', d: 'M143 171H44V94' }], x: 88, y: 171 },
];

/** The four states of a VM: where it is, and every move from there as a button; the others say why not. */
export function VmStateDiagram({ vm }: { readonly vm: Vm }) {
  const actions = useVmActions(vm);
  const { doing } = useVmWork(vm);
  const target = moves.find((move) => move.verb === doing)?.to;
  const isLit = (move: Move, from: KnownState) =>
    from === vm.state &&
    (move.verb === doing || (doing === undefined && actionOf(actions, move.verb).verdict.allowed));
  const paths = moves.flatMap((move) =>
    move.paths.map(({ from, d }) => ({ key: `${from} ${move.verb}`, d, lit: isLit(move, from) })),
  );
  return (
    <div
      className={styles.diagram}
      role="group"
      aria-label={`States of ${vm.name} and the moves between them`}
    >
      <svg className={styles.lines} viewBox="0 0 392 190" aria-hidden="true">
        <defs>
          {(['lit', 'dim'] as const).map((kind) => (
            <marker
              key={kind}
              id={`arrow-${kind}`}
              viewBox="0 0 8 8"
              refX="6.5"
              refY="4"
              markerWidth="7"
              markerHeight="7"
              orient="auto"
            >
              <path d="M1 1 7 4 1 7Z" className={styles[kind]} />
            </marker>
          ))}
        </defs>
        {/* What is lit lies above what is not. */}
        {paths
          .toSorted((a, b) => Number(a.lit) - Number(b.lit))
          .map(({ key, d, lit }) => (
            <path
              key={key}
              d={d}
              className={lit ? styles.litLine : styles.dimLine}
              markerEnd={`url(#arrow-${lit ? 'lit' : 'dim'})`}
            />
          ))}
      </svg>
      {Object.entries(nodes).map(([state, { word, x, y, width }]) => {
        const kind = state === vm.state ? 'here' : state === target ? 'next' : 'elsewhere';
        return (
          <span key={state} className={styles.node} data-kind={kind} style={{ left: x, top: y, width }}>
            <StateShape shape={shapeOf(state, kind)} />
            {word}
            {kind === 'here' && <span className="visually-hidden"> (where {vm.name} is now)</span>}
          </span>
        );
      })}
      {moves.map((move) => (
        <MoveButton key={move.verb} move={move} action={actionOf(actions, move.verb)} />
      ))}
    </div>
  );
}

function shapeOf(state: string, kind: string): Shape {
  if (kind === 'next') return 'moving';
  return state === 'active' || state === 'paused' || state === 'suspended' ? state : 'inactive';
}

function MoveButton({ move, action }: { readonly move: Move; readonly action: OfferedAction }) {
  return (
    <span className={styles.move} style={{ left: move.x, top: move.y }}>
      <ReasonedButton
        size="small"
        verdict={action.verdict}
        onClick={action.run}
        aria-label={action.name}
        className={action.verdict.allowed ? styles.legal : styles.refused}
      >
        {action.text}
      </ReasonedButton>
    </span>
  );
}
