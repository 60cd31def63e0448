import { create } from 'zustand';

/** What of the frame is open just now. */
export interface FrameState {
  readonly palette: boolean;
  readonly shortcuts: boolean;
  readonly taskPanel: boolean;
}

export const useFrame = create<FrameState>()(() => ({ palette: false, shortcuts: false, taskPanel: false }));

export function showInFrame(patch: Partial<FrameState>): void {
  useFrame.setState(patch);
}
