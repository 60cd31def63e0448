import { version } from '../../package.json';

export const droverVersion: string = version;
