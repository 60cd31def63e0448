import { whyNoLab } from '../lab/startLab.ts';
import { openLibvirtStage } from './libvirtStage.ts';
import { conformance } from './suites.ts';

conformance('libvirt', process.env['DROVER_LAB_UNAVAILABLE'] ?? (await whyNoLab()), openLibvirtStage);
