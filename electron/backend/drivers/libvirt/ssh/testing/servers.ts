import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A small server for tests that closes for good, with all its connections. */
export interface TestServer {
  readonly port: number;
  readonly connections: ReadonlySet<Socket>;
  stop(): Promise<void>;
}

/** Listens on a UNIX socket, or with a number on 127.0.0.1 (0: any port). */
export async function serve(where: string | number, answer: (socket: Socket) => void): Promise<TestServer> {
  const connections = new Set<Socket>();
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    connections.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => connections.delete(socket));
    answer(socket);
  });
  if (typeof where === 'string') server.listen(where);
  else server.listen(where, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    connections,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const each of connections) each.destroy();
      await closed;
    },
  };
}

export function echo(socket: Socket): void {
  socket.pipe(socket);
}

/** Answers each call as libvirtd answers REMOTE_PROC_AUTH_LIST (one way in: none). Calls must come whole. */
export function answerAsLibvirtd(socket: Socket): void {
  socket.on('data', (call) => {
    const reply = Buffer.alloc(36);
    call.copy(reply, 0, 0, 28);
    reply.writeUInt32BE(36, 0);
    reply.writeUInt32BE(1, 16);
    reply.writeUInt32BE(1, 28);
    socket.write(reply);
  });
  socket.on('end', () => socket.end());
}

/** A port that takes no more connections and refuses none, like a host behind a firewall that drops packets. */
export async function startDeafPort(): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const program =
    "const s=require('net').createServer().listen({port:0,host:'127.0.0.1',backlog:1},()=>console.log(s.address().port))";
  const child: ChildProcess = spawn(process.execPath, ['-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.stdout === null) throw new Error('the deaf port has no output');
  const [text] = await once(child.stdout, 'data');
  const port = Number(String(text));
  child.kill('SIGSTOP');
  // Its queue holds two; whatever comes after is not answered.
  const fillers = Array.from({ length: 6 }, () => connect({ port, host: '127.0.0.1' }).on('error', () => {}));
  await Promise.race(fillers.map((each) => once(each, 'connect')));
  return {
    port,
    stop: async () => {
      for (const each of fillers) each.destroy();
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}
