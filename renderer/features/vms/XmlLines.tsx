import TextField from '@mui/material/TextField';
import { useEffect, useMemo, useRef, useState } from 'react';
import { formatCount } from '../../ui/format.ts';
import styles from './VmXml.module.css';

/** A document to read: numbered lines, and a search that goes from one line to the next. */
export function XmlLines({ xml, name }: { readonly xml: string; readonly name: string }) {
  const lines = useMemo(() => xml.split('\n'), [xml]);
  const [wanted, setWanted] = useState('');
  const [turn, setTurn] = useState(0);
  const list = useRef<HTMLOListElement>(null);
  const word = wanted.trim().toLowerCase();
  const found = useMemo(
    () => (word === '' ? [] : lines.flatMap((line, at) => (line.toLowerCase().includes(word) ? [at] : []))),
    [lines, word],
  );
  const at = found.length === 0 ? undefined : found[turn % found.length];
  useEffect(() => {
    if (at !== undefined) list.current?.children[at]?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  return (
    <>
      <div className={styles.search}>
        <TextField
          size="small"
          type="search"
          placeholder="Find in the XML"
          value={wanted}
          onChange={(event) => {
            setWanted(event.target.value);
            setTurn(0);
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || found.length === 0) return;
            setTurn((before) => (before + (event.shiftKey ? found.length - 1 : 1)) % found.length);
          }}
          slotProps={{ htmlInput: { 'aria-label': `Find in the XML of ${name}` } }}
        />
        <span className={styles.quiet} role="status">
          {word !== '' && said(found.length, turn)}
        </span>
      </div>
      {/* It is wider than its place, and then the keyboard must reach it to scroll. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <ol className={styles.lines} ref={list} tabIndex={0} aria-label={`XML of ${name}`}>
        {lines.map((line, place) => (
          // Lines have no name but their place.
          // oxlint-disable-next-line react/no-array-index-key
          <li key={place} data-found={found.includes(place)} data-current={place === at}>
            <code>
              <Marked line={line} word={word} />
            </code>
          </li>
        ))}
      </ol>
    </>
  );
}

function said(count: number, turn: number): string {
  if (count === 0) return 'not there';
  return count === 1 ? '1 line' : `${(turn % count) + 1} of ${formatCount(count, 'line')}; Enter goes on`;
}

/** The words of a line, what is looked for marked, and what only holds it together paler. */
function Marked({ line, word }: { readonly line: string; readonly word: string }) {
  const at = word === '' ? -1 : line.toLowerCase().indexOf(word);
  if (at < 0) return <Coloured line={line} />;
  return (
    <>
      {line.slice(0, at)}
      <mark>{line.slice(at, at + word.length)}</mark>
      {line.slice(at + word.length)}
    </>
  );
}

function Coloured({ line }: { readonly line: string }) {
  let from = 0;
  return line.split(/('[^']*'|"[^"]*"|<\/?[\w:.-]+|\/?>)/).map((part) => {
    const key = from;
    from += part.length;
    if (/^['"]/.test(part)) return <span key={key}>{part}</span>;
    if (/^<|>$/.test(part)) {
      return (
        <span key={key} className={styles.element}>
          {part}
        </span>
      );
    }
    return part.endsWith('=') ? (
      <span key={key} className={styles.attribute}>
        {part}
      </span>
    ) : (
      part
    );
  });
}
