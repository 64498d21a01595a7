// placeholder
import type { Terminal } from '../cli/terminal.ts';
import type { Scene } from './scene.ts';

export async function playOn(_scene: Scene, _terminal: Terminal): Promise<void> {
  await Promise.resolve();
}
