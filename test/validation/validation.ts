import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { validationDocument } from './document.ts';
import { measureLab } from './measureLab.ts';

// `npm run validation` makes docs/validation.md anew; with `-- --measure` the lab's runs first, which takes ten minutes.
if (process.argv.includes('--measure')) await measureLab((line) => console.log(line));
writeFileSync(join(import.meta.dirname, '..', '..', 'docs', 'validation.md'), validationDocument());
