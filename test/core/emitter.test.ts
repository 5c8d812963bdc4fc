import { describe, expect, it } from 'vitest';
import { Emitter } from '../../src/core/emitter.js';

interface Events {
  rang: { times: number };
  error: { reason: string };
}

function anEmitter() {
  const failures: unknown[] = [];
  const emitter = new Emitter<Events>((error, event) => failures.push([event, String(error)]));
  return { emitter, failures };
}

describe('Emitter', () => {
  it('calls listeners with the payload, in the order they came', () => {
    const { emitter } = anEmitter();
    const heard: string[] = [];
    emitter.on('rang', ({ times }) => heard.push(`first ${times}`));
    emitter.on('rang', ({ times }) => heard.push(`second ${times}`));
    emitter.emit('rang', { times: 3 });
    expect(heard).toEqual(['first 3', 'second 3']);
  });

  it('goes on after a listener that throws, and reports it', () => {
    const { emitter, failures } = anEmitter();
    let heard = 0;
    emitter.on('rang', () => {
      throw new Error('broken');
    });
    emitter.on('rang', () => {
      heard += 1;
    });
    emitter.emit('rang', { times: 1 });
    expect(heard).toBe(1);
    expect(failures).toEqual([['rang', 'Error: broken']]);
  });

  it('reports a listener whose promise rejects', async () => {
    const { emitter, failures } = anEmitter();
    emitter.on('rang', () => Promise.reject(new Error('later')));
    emitter.emit('rang', { times: 1 });
    await Promise.resolve();
    expect(failures).toEqual([['rang', 'Error: later']]);
  });

  it('does not throw for an event that nobody hears, not even one named error', () => {
    const { emitter } = anEmitter();
    expect(() => emitter.emit('error', { reason: 'x' })).not.toThrow();
  });

  it('ends one registration of a listener, or all of them', () => {
    const { emitter } = anEmitter();
    let heard = 0;
    const listener = () => {
      heard += 1;
    };
    const end = emitter.on('rang', listener);
    emitter.on('rang', listener);
    emitter.on('rang', listener);
    end();
    end();
    emitter.emit('rang', { times: 1 });
    expect(heard).toBe(2);
    emitter.off('rang', listener);
    emitter.emit('rang', { times: 1 });
    expect(heard).toBe(2);
    expect(emitter.has('rang')).toBe(false);
  });

  it('knows whether anybody listens', () => {
    const { emitter } = anEmitter();
    const listener = () => {};
    expect(emitter.has('rang')).toBe(false);
    emitter.on('rang', listener);
    expect([emitter.has('rang'), emitter.has('error')]).toEqual([true, false]);
    emitter.off('rang', listener);
    expect(emitter.has('rang')).toBe(false);
  });

  it('forgets everybody when it is cleared', () => {
    const { emitter } = anEmitter();
    emitter.on('rang', () => {});
    emitter.on('error', () => {});
    emitter.clear();
    expect([emitter.has('rang'), emitter.has('error')]).toEqual([false, false]);
  });

  it('lets a listener leave while it is being called', () => {
    const { emitter } = anEmitter();
    const heard: string[] = [];
    const once = () => {
      heard.push('once');
      emitter.off('rang', once);
    };
    emitter.on('rang', once);
    emitter.on('rang', () => heard.push('always'));
    emitter.emit('rang', { times: 1 });
    emitter.emit('rang', { times: 2 });
    expect(heard).toEqual(['once', 'always', 'always']);
  });
});
