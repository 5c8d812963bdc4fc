import type { Socket } from 'node:net';
import { type Command, nameOf, type ServerState } from './command.js';
import { type Fields, isFields, valueAt } from './documents.js';
import { type Course, strike, whenOf } from './faults.js';
import type { ActiveHook, Call } from './hooks.js';
import { encodeReply, MessageReader, parseRequest, type Request } from './message.js';
import { runCommand } from './run-command.js';

/** What a connection needs of its server. */
export interface Host {
  readonly state: ServerState;
  readonly hooks: Iterable<ActiveHook>;
  received(name: string): void;
  answered(reply: Fields): void;
}

/** Answers what comes over one socket, through the hooks that match. */
export function serve(socket: Socket, host: Host): void {
  const reader = new MessageReader();
  const hungUp = new AbortController();
  let appName: string | undefined;

  const answer = async (request: Request): Promise<void> => {
    const { command } = request;
    appName ??= appNameOf(command);
    host.received(nameOf(command));
    const reply = await throughHooks({ command, appName }, host, hungUp.signal);
    if (reply === 'close') socket.destroy();
    if (!isFields(reply)) return;
    host.answered(reply);
    if (request.wantsReply && !socket.destroyed) socket.write(encodeReply(request, reply));
  };

  // A client that goes away in the middle is nothing special here.
  socket.on('error', () => socket.destroy());
  socket.on('close', () => hungUp.abort());
  socket.on('data', (bytes) => {
    for (const message of reader.read(bytes)) {
      answer(parseRequest(message)).catch((error: unknown) => {
        process.emitWarning(error instanceof Error ? error : String(error));
        socket.destroy();
      });
    }
  });
}

async function throughHooks(
  call: Call,
  host: Host,
  hungUp: AbortSignal,
): Promise<Fields | 'close' | 'silence'> {
  const hooks = [...host.hooks].filter((hook) => hook.claim(call));
  for (const hook of hooks.filter(({ fault }) => whenOf(fault) === 'before')) {
    const course = await strike(hook, call);
    if (course.kind !== 'goOn') return end(course, {});
  }
  let reply = await runCommand(call.command as Command, host.state, hungUp);
  for (const hook of hooks.filter(({ fault }) => whenOf(fault) === 'after')) {
    const course = await strike(hook, call);
    if (course.kind === 'amend') reply = { ...reply, ...course.fields };
    else if (course.kind !== 'goOn') return end(course, reply);
  }
  return reply;
}

function end(course: Course, reply: Fields): Fields | 'close' | 'silence' {
  if (course.kind === 'answer') return course.reply;
  return course.kind === 'close' || course.kind === 'silence' ? course.kind : reply;
}

function appNameOf(command: Fields): string | undefined {
  const name = valueAt(command, 'client.application.name');
  return typeof name === 'string' ? name : undefined;
}
