import NativeSelect from '@mui/material/NativeSelect';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import { useLocation, useSearch } from 'wouter';
import { activityState } from '#shared/model/activity.ts';
import { SearchField } from '../../ui/SearchField.tsx';
import { useViewState } from '../../ui/useViewState.ts';
import { useScopeId, useTasks } from '../inventory.ts';
import styles from './ActivityFilters.module.css';
import {
  type ActivityView,
  type ActivityWishes,
  activityKinds,
  activityTimes,
  activityView,
  activityViews,
} from './activityView.ts';

/** What the address says of the view; so it is found again by going back, and can be handed on. */
export function useActivityWishes(): ActivityWishes & { readonly clear: () => void } {
  const [path, navigate] = useLocation();
  const words = new URLSearchParams(useSearch());
  const word = (name: string): string => words.get(name) ?? '';
  return {
    view: activityView(word('show')),
    kind: word('kind'),
    who: word('who'),
    time: word('time'),
    object: word('object'),
    text: word('filter'),
    cluster: useScopeId(),
    clear: () => navigate(path, { replace: true }),
  };
}

const counted = ['running', 'undecided', 'failed'] as const;

export function ViewSwitch() {
  const tasks = useTasks();
  const [text, setView] = useViewState('show');
  const view = activityView(text);
  const countOf = (each: ActivityView): number =>
    counted.some((state) => state === each) ? tasks.filter((task) => activityState(task) === each).length : 0;
  return (
    <ToggleButtonGroup
      exclusive
      size="small"
      value={view}
      aria-label="Which activity"
      onChange={(_, next: unknown) => {
        if (typeof next === 'string') setView(next === 'all' ? '' : next);
      }}
    >
      {(['all', 'running', 'undecided', 'failed', 'tasks', 'events'] as const).map((each) => {
        const count = countOf(each);
        return (
          <ToggleButton
            key={each}
            value={each}
            sx={{ textTransform: 'none', padding: '3px 10px', fontSize: 12, color: 'var(--text-2)' }}
          >
            {activityViews[each].name}
            {count > 0 && ` ${count}`}
          </ToggleButton>
        );
      })}
    </ToggleButtonGroup>
  );
}

export function ActivityFilters() {
  const [text, setText] = useViewState('filter');
  const [kind, setKind] = useViewState('kind');
  const [time, setTime] = useViewState('time');
  const [who, setWho] = useViewState('who');
  const [object, setObject] = useViewState('object');
  const askers = [...new Set(useTasks().map((task) => task.requestedBy.who))].sort();
  const shownAskers = who === '' || askers.includes(who) ? askers : [...askers, who];
  return (
    <div className={styles.filters} role="search" aria-label="Narrow the activity down">
      <SearchField
        label="Filter the activity"
        hint="Title, reason, log, who…"
        value={text}
        onChange={setText}
      />
      <Choice label="When" value={time} choices={Object.entries(activityTimes)} onChoose={setTime} />
      <Choice label="Kind" value={kind} choices={Object.entries(activityKinds)} onChoose={setKind} />
      <Choice
        label="Asked by"
        value={who}
        choices={[['', 'Anyone'], ...shownAskers.map((each) => [each, each] as const)]}
        onChoose={setWho}
      />
      <SearchField label="Of this VM or host" hint="VM or host" value={object} onChange={setObject} />
    </div>
  );
}

function Choice({
  label,
  value,
  choices,
  onChoose,
}: {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly (readonly [string, string])[];
  readonly onChoose: (value: string) => void;
}) {
  return (
    <NativeSelect
      value={value}
      disableUnderline
      inputProps={{ 'aria-label': label }}
      className={value === '' ? styles.choice : styles.chosen}
      onChange={(event) => onChoose(event.target.value)}
    >
      {choices.map(([key, words]) => (
        <option key={key} value={key}>
          {words}
        </option>
      ))}
    </NativeSelect>
  );
}
