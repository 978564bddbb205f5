import { pythonPrelude } from './python.ts'

/**
 * The program of the hand (hand.ts): starts what it is asked for and passes on what that prints. To fork
 * Node, with its heap, costs 10 ms of a core where this one pays 2, and a python program is a fork of
 * this one instead of a python that starts, in 40 ms.
 *
 * It is asked by frames on stdin: a line of tab-separated words and lengths, then what has these lengths.
 * `NUMBER program LENGTHS…` is an argv and its input; `NUMBER python LENGTHS…` a text, its arguments and
 * its input; `NUMBER end` ends the process and all that it started. It answers on stdout, by frames
 * `NUMBER KIND LENGTH`: `pid`, of `out` and `err` as they come, at last `code`; 0 is `ready`. It ends with
 * stdin, and all that it started with it: another agent may begin the same work.
 */
export const handProgram = `${pythonPrelude}${String.raw`
import _io, select

# Nobody's stdin and stdout: those of whatever is started here are pipes.
asked, told = os.dup(0), os.dup(1)
nothing = os.open('/dev/null', os.O_RDWR | os.O_CLOEXEC)
os.dup2(nothing, 0)
os.dup2(nothing, 1)
poll, work, jobs, compiled = select.poll(), {}, {}, {}
# Python ignores SIGPIPE and SIGXFSZ, and children would inherit that.
heeded = (13, 25)

def tell(number, kind, body=b''):
    say(b'%d\t%s\t%d\n' % (number, kind, len(body)) + body, told)

def watch(descriptor, event, handler):
    work[descriptor] = handler
    poll.register(descriptor, event)

def forget(descriptor):
    poll.unregister(descriptor)
    del work[descriptor]
    os.close(descriptor)

class Job:
    def __init__(self, number, pid, ends, text):
        self.number, self.pid, self.code, self.ends, self.rest = number, pid, None, ends, memoryview(text)
        for end in ends:
            os.set_blocking(end, False)
        # Nothing is to be told to a fork: it has everything.
        *into, out, err = ends
        self.into = into[0] if into else None
        life = os.pidfd_open(pid)
        if into:
            watch(self.into, select.POLLOUT, self.feed)
        watch(out, select.POLLIN, lambda end: self.pass_on(end, b'out'))
        watch(err, select.POLLIN, lambda end: self.pass_on(end, b'err'))
        watch(life, select.POLLIN, self.bury)
        jobs[number] = self
        tell(number, b'pid', b'%d' % pid)

    def forget(self, end):
        self.ends = [other for other in self.ends if other != end]
        forget(end)

    def feed(self, end):
        try:
            self.rest = self.rest[os.write(end, self.rest[:1 << 16]):]
        except BlockingIOError:
            return
        except BrokenPipeError:
            self.rest = self.rest[:0]
        if not self.rest:
            self.forget(end)

    def pass_on(self, end, kind):
        try:
            chunk = os.read(end, 1 << 16)
        except BlockingIOError:
            return
        if chunk:
            tell(self.number, kind, chunk)
        else:
            self.forget(end)
            self.finish()

    def bury(self, end):
        # What was told may have been of a descriptor with this number that is closed by now.
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid == 0:
            return
        self.code = os.waitstatus_to_exitcode(status)
        forget(end)
        self.finish()

    # It has ended, and nothing holds what it printed to; what it did not read does not matter.
    def finish(self):
        if self.code is not None and not [end for end in self.ends if end != self.into]:
            for end in self.ends:
                forget(end)
            del jobs[self.number]
            tell(self.number, b'code', b'%d' % self.code)

    def kill(self):
        if self.code is None:
            try:
                os.killpg(self.pid, 9)
            except OSError:
                pass
            return
        # It has ended, and its number may be another's; somebody it started holds what it printed to.
        for end in list(self.ends):
            self.forget(end)
        self.finish()

def spawn(argv, theirs):
    actions = [(os.POSIX_SPAWN_DUP2, end, at) for at, end in enumerate(theirs)]
    return os.posix_spawnp(argv[0], argv, os.environ, file_actions=actions, setpgroup=0, setsigdef=heeded)

def fork(text, data, source, theirs, ours):
    if text not in compiled:
        compiled[text] = compile(text, 'agent', 'exec')
    if pid := os.fork():
        # Both do: whoever comes first, it can be killed from now on.
        try:
            os.setpgid(pid, pid)
        except OSError:
            pass
        return pid
    code = 1
    try:
        os.setpgid(0, 0)
        for at, end in enumerate(theirs, 1):
            os.dup2(end, at)
        sys.stdin = _io.TextIOWrapper(_io.BytesIO(source))
        # Whoever waits for their end would wait for this one's.
        for end in {told, *work, *theirs, *ours}:
            os.close(end)
        sys.argv = ['-c', *data]
        exec(compiled[text], globals())
        code = 0
    except SystemExit as end:
        code = end.code or 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(code)

def start(number, kind, words, text):
    made, pid = [], None
    try:
        for _ in range(3 if kind == 'program' else 2):
            made.extend(os.pipe())
        # Of the two for what is printed the first end is ours, of one for its input the second.
        *into, out, told_by, err, complains = made
        theirs, ours = (*into[:1], told_by, complains), (*into[1:], out, err)
        words = [os.fsdecode(word) for word in words]
        if kind == 'program':
            pid = spawn(words, theirs)
        else:
            pid = fork(words[0], words[1:], text, theirs, ours)
        for end in theirs:
            made.remove(end)
            os.close(end)
        Job(number, pid, ours, text)
    except Exception as error:
        for end in made:
            forget(end) if end in work else os.close(end)
        if pid is not None:
            os.kill(pid, 9)
            os.waitpid(pid, 0)
        name = words[0] if kind == 'program' else 'python'
        why = getattr(error, 'strerror', None) or error
        tell(number, b'err', f'{name} cannot be started: {why}\n'.encode(errors='replace'))
        tell(number, b'code', b'none')

heard = bytearray()

def listen(descriptor):
    chunk = os.read(descriptor, 1 << 20)
    if not chunk:
        for job in list(jobs.values()):
            job.kill()
        os._exit(0)
    heard.extend(chunk)
    while (at := heard.find(b'\n')) >= 0:
        number, kind, *lengths = heard[:at].decode().split('\t')
        ends = [at + 1]
        for length in lengths:
            ends.append(ends[-1] + int(length))
        if len(heard) < ends[-1]:
            return
        parts = [bytes(heard[begin:stop]) for begin, stop in zip(ends, ends[1:])]
        del heard[:ends[-1]]
        if kind == 'end':
            if int(number) in jobs:
                jobs[int(number)].kill()
        else:
            start(int(number), kind, parts[:-1], parts[-1])

# Whoever is forked has it then; without it they leave all to nft.
try:
    library()
except OSError:
    pass
watch(asked, select.POLLIN, listen)
tell(0, b'ready')
while True:
    for descriptor, _ in poll.poll():
        # One before it may have closed it.
        if descriptor in work:
            work[descriptor](descriptor)
`}`
