import styles from './FilterProblem.module.css';
import type { FilterTerm } from './filterLanguage.ts';

/**
 * What of the filter is left out, and why. Always in the document, so that a screen reader hears it come; beside the
 * count, so that nothing moves for it.
 */
export function FilterProblem<Row>({ terms }: { readonly terms: readonly FilterTerm<Row>[] }) {
  const last = terms.at(-1);
  // While its end is being typed, a term that may still become right is not called wrong.
  const problem = terms.find(
    (term) => term.problem !== undefined && !(term === last && term.unfinished),
  )?.problem;
  return (
    <span role="status" className={styles.problem} title={problem}>
      {problem}
    </span>
  );
}
