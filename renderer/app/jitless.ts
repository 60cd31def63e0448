import { z } from 'zod';

// The page's policy forbids code made at run time, which zod would otherwise write for speed. Schemas look at this
// when they are made, so this file is imported before any of them.
z.config({ jitless: true });
