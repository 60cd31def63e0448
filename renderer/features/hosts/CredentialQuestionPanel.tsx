import TextField from '@mui/material/TextField';
import type { ErrorData } from '#shared/contract/errors.ts';
import { ErrorNotice, parts } from '../../ui/ErrorNotice.tsx';
import styles from './CredentialQuestionPanel.module.css';
import { type CredentialQuestion, hostKeyFile } from './credentialQuestions.ts';
import type { Connecting } from './useConnecting.ts';

/** How a try to connect was refused: as a question where an answer may help, else as an error. */
export function ConnectingRefusal({ connecting }: { readonly connecting: Connecting }) {
  const { error, question, again, texts, setTexts } = connecting;
  if (error === undefined) return null;
  if (question === undefined) return <ErrorNotice error={error} />;
  return (
    <CredentialQuestionPanel
      question={question}
      error={error}
      again={again}
      texts={texts}
      onTexts={setTexts}
    />
  );
}

/** Asks what the host wants to know, in the dialog that already holds the rest of the input. */
function CredentialQuestionPanel({
  question,
  error,
  again,
  texts,
  onTexts,
}: {
  readonly question: CredentialQuestion;
  readonly error: ErrorData;
  /** An answer was given before and was not taken. */
  readonly again: boolean;
  readonly texts: readonly string[];
  readonly onTexts: (texts: readonly string[]) => void;
}) {
  if (question.kind === 'fingerprint') return <Fingerprint question={question} />;
  const prompts = promptsOf(question);
  return (
    <div className={styles.panel}>
      {again ? <ErrorNotice error={error} /> : <p>{parts(error).said}</p>}
      {prompts.map((prompt, index) => (
        <TextField
          key={prompt}
          label={prompt}
          type="password"
          autoFocus={index === 0}
          autoComplete="off"
          value={texts[index] ?? ''}
          onChange={(event) =>
            onTexts(prompts.map((_, place) => (place === index ? event.target.value : (texts[place] ?? ''))))
          }
          helperText={index === 0 ? secretsPlace(question) : undefined}
        />
      ))}
    </div>
  );
}

function secretsPlace(question: CredentialQuestion): string {
  return question.kind === 'answers'
    ? 'Used once and kept nowhere.'
    : "Kept in memory; the desktop app also gives it to this system's key store, where there is one. Never in a log.";
}

function promptsOf(question: Exclude<CredentialQuestion, { kind: 'fingerprint' }>): readonly string[] {
  if (question.kind === 'password') return ['Password'];
  if (question.kind === 'passphrase') return ['Passphrase of the key'];
  return question.prompts;
}

function Fingerprint({
  question,
}: {
  readonly question: Extract<CredentialQuestion, { kind: 'fingerprint' }>;
}) {
  return (
    <section className={styles.panel} aria-label="Host key">
      <p>Drover has not met this machine before. It shows this {question.keyType ?? 'host'} key:</p>
      <code className={styles.fingerprint}>{question.fingerprint}</code>
      <p>
        Compare it with what this prints on the machine itself, at its own console:
        <code className={styles.command}>ssh-keygen -lf {hostKeyFile(question.keyType)}</code>
      </p>
      <p className={styles.quiet}>
        The same text: it is the right machine. Another: somebody else may be answering in its place, so
        cancel.
      </p>
    </section>
  );
}
