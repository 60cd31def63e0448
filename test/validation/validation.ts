import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { validationDocument } from './document.ts';

// `npm run validation`: makes docs/validation.md anew.
writeFileSync(join(import.meta.dirname, '..', '..', 'docs', 'validation.md'), validationDocument());
