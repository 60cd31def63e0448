import fc from 'fast-check';

// The same cases each time, so that a red run is the change's own; the long run looks further, by other seeds.
if (process.env['DROVER_LONG'] === undefined) fc.configureGlobal({ seed: 20_261_125 });
