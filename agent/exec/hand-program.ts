import { pythonPrelude } from './python.ts'

/**
 * The program of the hand (hand.ts): starts what it is asked for and passes on what that prints. To fork
 * Node, with its heap, costs 10 ms of a core where this one pays 2, and a python program is a fork of
 * this one instead of a python that starts, in 40 ms.
 *
 * It is asked by frames on stdin: a line of tab-separated words and lengths, then what has these lengths.
 * `NUMBER program LENGTHS…` is an argv and its input; `NUMBER python LENGTHS…` a text, its arguments and
 * its input; `NUMBER end` ends the process and all that it started. It answers on stdout, by frames
 * `NUMBER KIND LENGTH`: of `out` and `err` as they come, at last `code`; 0 is `ready`. It ends with stdin.
 */
export const handProgram = `${pythonPrelude}${String.raw`
import select

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
        self.number, self.pid, self.code, self.left = number, pid, None, 3
        into, out, err = ends
        os.set_blocking(into, False)
        self.rest = memoryview(text)
        watch(into, select.POLLOUT, self.feed)
        watch(out, select.POLLIN, lambda end: self.pass_on(end, b'out'))
        watch(err, select.POLLIN, lambda end: self.pass_on(end, b'err'))
        watch(os.pidfd_open(pid), select.POLLIN, self.bury)
        jobs[number] = self

    def feed(self, end):
        try:
            self.rest = self.rest[os.write(end, self.rest[:1 << 16]):]
        except BlockingIOError:
            return
        except BrokenPipeError:
            self.rest = self.rest[:0]
        if not self.rest:
            forget(end)

    def pass_on(self, end, kind):
        if chunk := os.read(end, 1 << 16):
            tell(self.number, kind, chunk)
        else:
            forget(end)
            self.finish()

    def bury(self, end):
        self.code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        forget(end)
        self.finish()

    # It has ended, and nothing holds what it printed to.
    def finish(self):
        self.left -= 1
        if self.left == 0:
            del jobs[self.number]
            tell(self.number, b'code', b'%d' % self.code)

def spawn(argv, theirs):
    actions = [(os.POSIX_SPAWN_DUP2, end, at) for at, end in enumerate(theirs)]
    return os.posix_spawnp(argv[0], argv, os.environ, file_actions=actions, setpgroup=0, setsigdef=heeded)

def fork(text, data, theirs, ours):
    if text not in compiled:
        compiled[text] = compile(text, 'agent', 'exec')
    if pid := os.fork():
        return pid
    code = 1
    try:
        os.setpgid(0, 0)
        for at, end in enumerate(theirs):
            os.dup2(end, at)
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
    pipes = [os.pipe() for _ in range(3)]
    (theirs0, ours0), (ours1, theirs1), (ours2, theirs2) = pipes
    theirs, ours = (theirs0, theirs1, theirs2), (ours0, ours1, ours2)
    words = [os.fsdecode(word) for word in words]
    try:
        pid = spawn(words, theirs) if kind == 'program' else fork(words[0], words[1:], theirs, ours)
    except OSError as error:
        for end in (*theirs, *ours):
            os.close(end)
        tell(number, b'err', os.fsencode(f'{words[0]} cannot be started: {error.strerror}\n'))
        tell(number, b'code', b'none')
        return
    for end in theirs:
        os.close(end)
    Job(number, pid, ours, text)

def end(number):
    # Not yet buried, so its number is still its own.
    if number in jobs and jobs[number].code is None:
        try:
            os.killpg(jobs[number].pid, 9)
        except OSError:
            pass

heard = bytearray()

def listen(descriptor):
    chunk = os.read(descriptor, 1 << 20)
    if not chunk:
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
            end(int(number))
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
