import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useDeferredValue,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react';
import { afterTyping, draftOf, type FilterDraft, reopened, settled, textOf } from './draft.ts';
import styles from './FilterBar.module.css';
import { FilterMenu } from './FilterMenu.tsx';
import type { FilterLanguage } from './filterLanguage.ts';
import { type Suggestion, suggest } from './suggestions.ts';

interface FilterBarProps<Row> {
  readonly label: string;
  readonly hint: string;
  /** The filter's text: what the address holds. Chips and typing are two faces of it. */
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly language: FilterLanguage<Row>;
  /** All of them: what occurs in them is suggested. */
  readonly rows: readonly Row[];
}

const nothing: readonly Suggestion[] = [];

export function FilterBar<Row>(props: FilterBarProps<Row>) {
  const { label, value, onChange, language, rows } = props;
  const input = useRef<HTMLInputElement>(null);
  const listId = useId();
  const [draft, setDraft] = useDraft(value, language);
  const [isOpen, setOpen] = useState(false);
  const [marked, setMarked] = useState(-1);
  const part = draft.typed.slice(draft.typed.search(/(?:"[^"]*$|[^\s"]|"[^"]*")*$/));
  // A little later than the rows: whoever types waits for those.
  const asked = useDeferredValue(isOpen ? part : undefined);
  const suggestions = useMemo(
    () => (asked === undefined ? nothing : suggest(asked, language, rows)),
    [asked, language, rows],
  );
  const isListed = isOpen && suggestions.length > 0;

  const change = (next: FilterDraft): void => {
    setDraft(next);
    onChange(textOf(next));
  };
  const close = (): void => {
    setOpen(false);
    setMarked(-1);
  };
  const accept = (suggestion: Suggestion): void => {
    const typed = draft.typed.slice(0, draft.typed.length - part.length) + suggestion.text;
    change(suggestion.whole ? afterTyping(draft, `${typed} `, language) : { ...draft, typed });
    setMarked(-1);
    setOpen(!suggestion.whole);
    input.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    const suggestion = suggestions[marked];
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!isListed) setOpen(true);
      else setMarked(around(marked + (event.key === 'ArrowDown' ? 1 : -1), suggestions.length));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      if (isListed && suggestion !== undefined) accept(suggestion);
      else {
        change(settled(draft, language));
        close();
      }
    } else if (event.key === 'Escape' && (isListed || textOf(draft) !== '')) {
      // It must not close the pane beside the list as well.
      event.preventDefault();
      event.stopPropagation();
      if (isListed) close();
      else change({ chips: [], typed: '' });
    } else if (event.key === 'Backspace' && draft.typed === '' && draft.chips.length > 0) {
      event.preventDefault();
      change(reopened(draft));
      setOpen(true);
    }
  };

  return (
    <search className={styles.bar}>
      <FilterMenu text={textOf(draft)} language={language} rows={rows} onChange={onChange} />
      <div className={styles.field}>
        <Chips
          chips={draft.chips}
          input={input}
          onRemove={(index) => change({ ...draft, chips: draft.chips.toSpliced(index, 1) })}
          onEdit={(index) => change(reopened(draft, index))}
        />
        <input
          ref={input}
          className={styles.input}
          value={draft.typed}
          placeholder={draft.chips.length === 0 ? props.hint : ''}
          spellCheck={false}
          autoComplete="off"
          role="combobox"
          aria-label={label}
          aria-autocomplete="list"
          aria-expanded={isListed}
          aria-controls={listId}
          aria-activedescendant={isListed && marked >= 0 ? `${listId}-${marked}` : undefined}
          onChange={(event) => {
            change(afterTyping(draft, event.target.value, language));
            setOpen(event.target.value.trim() !== '');
            setMarked(-1);
          }}
          onKeyDown={onKeyDown}
          onBlur={() => {
            close();
            const next = settled(draft, language);
            if (next.chips.length !== draft.chips.length) change(next);
          }}
        />
      </div>
      {textOf(draft) !== '' && (
        <button
          type="button"
          className={styles.clear}
          aria-label="Empty the filter"
          title="Empty the filter"
          onClick={() => {
            change({ chips: [], typed: '' });
            input.current?.focus();
          }}
        >
          <Cross />
        </button>
      )}
      <div id={listId} role="listbox" aria-label="Suggestions" className={styles.list} hidden={!isListed}>
        {suggestions.map((suggestion, index) => (
          // The input keeps the focus and has the keys of the list.
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
          <div
            key={suggestion.text}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === marked}
            className={styles.option}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => accept(suggestion)}
          >
            <code>{suggestion.text}</code>
            <span className={styles.note}>{suggestion.note}</span>
          </div>
        ))}
      </div>
    </search>
  );
}

const around = (place: number, count: number): number => (place < 0 ? count - 1 : place % count);

/** What is typed is kept here, so that a blank at its end is not lost on the way through the address. */
function useDraft<Row>(
  value: string,
  language: FilterLanguage<Row>,
): readonly [FilterDraft, (draft: FilterDraft) => void] {
  const [state, setState] = useState(() => ({ value, draft: draftOf(value, language) }));
  if (state.value !== value) {
    // The address was changed by another hand: by going back, or the menu.
    const draft = draftOf(value, language);
    setState({ value, draft });
    return [draft, (next) => setState({ value: textOf(next), draft: next })];
  }
  return [state.draft, (next) => setState({ value: textOf(next), draft: next })];
}

function Chips({
  chips,
  input,
  onRemove,
  onEdit,
}: {
  readonly chips: readonly string[];
  readonly input: RefObject<HTMLInputElement | null>;
  readonly onRemove: (index: number) => void;
  readonly onEdit: (index: number) => void;
}): ReactNode {
  if (chips.length === 0) return null;
  const remove = (index: number): void => {
    onRemove(index);
    input.current?.focus();
  };
  return (
    <ul className={styles.chips} aria-label="Filters">
      {chips.map((chip, index) => (
        // Two of the same are told apart by their places alone.
        // oxlint-disable-next-line react/no-array-index-key
        <li key={`${index} ${chip}`} className={styles.chip}>
          <button
            type="button"
            title={`Change ${chip}`}
            onClick={() => {
              onEdit(index);
              input.current?.focus();
            }}
            onKeyDown={(event) => {
              if (event.key !== 'Delete' && event.key !== 'Backspace') return;
              event.preventDefault();
              remove(index);
            }}
          >
            <ChipText chip={chip} />
          </button>
          <button
            type="button"
            aria-label={`Remove ${chip}`}
            title={`Remove ${chip}`}
            onClick={() => remove(index)}
          >
            <Cross />
          </button>
        </li>
      ))}
    </ul>
  );
}

function ChipText({ chip }: { readonly chip: string }) {
  const isNegated = chip.startsWith('-');
  const [key = '', ...values] = chip.slice(isNegated ? 1 : 0).split(':');
  return (
    <>
      <span className={styles.key}>
        {isNegated && <b>not </b>}
        {key}:
      </span>{' '}
      {values.join(':').replaceAll('"', '').replaceAll(',', ', ')}
    </>
  );
}

function Cross() {
  return (
    <svg viewBox="0 0 12 12" aria-hidden="true" className={styles.cross}>
      <path d="M2.5 2.5 9.5 9.5M9.5 2.5 2.5 9.5" fill="none" stroke="currentColor" strokeWidth="1.4" />
    </svg>
  );
}
