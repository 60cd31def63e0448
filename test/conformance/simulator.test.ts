import { openSimulatedStage } from './simulatedStage.ts';
import { conformance } from './suites.ts';

conformance('the simulator', undefined, openSimulatedStage);
