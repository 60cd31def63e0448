import UploadFileOutlined from '@mui/icons-material/UploadFileOutlined';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import { type DragEvent, useRef, useState } from 'react';
import styles from './OwnFile.module.css';
import { type OwnScenario, readOwnScenario } from './ownScenario.ts';
import { ScenarioDetail } from './ScenarioDetail.tsx';
import { ScenarioProblems } from './ScenarioProblems.tsx';

/** Where a person's own scenario comes from: chosen, dropped, or named by its path where the backend runs. */
export function OwnFile({
  own,
  onRead,
  path,
  onPath,
}: {
  readonly own: OwnScenario;
  readonly onRead: (own: OwnScenario) => void;
  readonly path: string;
  readonly onPath: (path: string) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  const latest = useRef<File>(undefined);
  const [over, setOver] = useState(false);
  const read = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    latest.current = file;
    onPath('');
    onRead({ kind: 'reading', name: file.name });
    const answer = await readOwnScenario(file);
    // Another may have been chosen meanwhile.
    if (latest.current === file) onRead(answer);
  };
  const drag = (event: DragEvent, isOver: boolean) => {
    event.preventDefault();
    setOver(isOver);
  };
  return (
    <div className={styles.own}>
      {/* What is dropped can be chosen by the button just as well. */}
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions */}
      <div
        className={styles.drop}
        data-over={over}
        onDragOver={(event) => drag(event, true)}
        onDragLeave={(event) => drag(event, false)}
        onDrop={(event) => {
          drag(event, false);
          void read(event.dataTransfer.files[0]);
        }}
      >
        <Button variant="outlined" startIcon={<UploadFileOutlined />} onClick={() => input.current?.click()}>
          {own.kind === 'none' ? 'Choose a file…' : 'Choose again…'}
        </Button>
        <span>{own.kind === 'none' ? 'or drop a .yaml file here' : own.name}</span>
        <input
          ref={input}
          type="file"
          hidden
          aria-label="Scenario file"
          accept=".yaml,.yml,application/yaml"
          onChange={(event) => {
            void read(event.target.files?.[0]);
            // The same one may be chosen again, once it is mended.
            event.target.value = '';
          }}
        />
      </div>
      <div aria-live="polite">
        {own.kind === 'reading' && <p>Reading {own.name}…</p>}
        {own.kind === 'right' && <ScenarioDetail {...own} />}
        {own.kind === 'wrong' && <ScenarioProblems name={own.name} problems={own.problems} />}
      </div>
      <TextField
        label="Or its path"
        value={path}
        onChange={(event) => {
          latest.current = undefined;
          onRead({ kind: 'none' });
          onPath(event.target.value);
        }}
        helperText="Where Drover runs; needed only where traces lie beside the file."
        slotProps={{ htmlInput: { spellCheck: false } }}
      />
    </div>
  );
}
