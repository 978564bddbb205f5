/**
 * A fixed program for python3 that does by library calls what took two programs in each namespace: to
 * start nft costs 17 ms of a core, what it then does inside a router namespace 1 ms; ip 9 ms and 0.2.
 * Python is among the packages of every host (frr-pythontools needs it, too); libnftables is what nft
 * itself is made of (libnftables(3)), and has had this number since nft 0.9.
 *
 * `_socket` is what the module socket is made of, which would take longer to load than all the others.
 *
 * For the program: `begin`, `enter`, `load_rules` (an nft transaction), `print_rules`, `carry_lines`
 * (lines of `ip -batch`), `announce` (ARP), `feed` (text to a program), `say` and `complain`. What can fail returns whether
 * it went well, and says on stderr what did not.
 */
export const pythonProgram = (text: string, data: readonly string[] = []): readonly string[] => [
  ...python,
  `${pythonPrelude}${text}`,
  ...data,
]

export const python = ['/usr/bin/python3', '-I', '-S', '-B', '-c'] as const

/** Text and data of a `pythonProgram`; null for any other argv. */
export function partsOf(argv: readonly string[]): readonly string[] | null {
  const text = argv[python.length] ?? ''
  if (argv[0] !== python[0] || !text.startsWith(pythonPrelude)) return null
  return [text.slice(pythonPrelude.length), ...argv.slice(python.length + 1)]
}

export const pythonPrelude = String.raw`
import _socket, ctypes, os, struct, sys
from struct import pack, unpack_from

def say(what, where=1):
    rest = what if isinstance(what, bytes) else what.encode()
    while rest:
        rest = rest[os.write(where, rest):]

def complain(what):
    say(f'{what}\n', 2)
    return False

# What follows is of this one, whatever says it.
def begin(name):
    for where in (1, 2):
        say(f'\x01{name}\0', where)

libc = ctypes.CDLL(None, use_errno=True)
home = os.open('/proc/self/ns/net', os.O_RDONLY | os.O_CLOEXEC)

# No name is the namespace it was started in.
def enter(name):
    try:
        space = os.open(f'/run/netns/{name}', os.O_RDONLY | os.O_CLOEXEC) if name else os.dup(home)
    except OSError as error:
        return complain(f'cannot open /run/netns/{name}: {error.strerror}')
    # CLONE_NEWNET
    entered = libc.setns(space, 0x40000000) == 0
    os.close(space)
    return entered or complain(f'cannot enter {name}: {os.strerror(ctypes.get_errno())}')

def library():
    nft = ctypes.CDLL('libnftables.so.1')
    nft.nft_ctx_new.restype = ctypes.c_void_p
    nft.nft_ctx_get_output_buffer.restype = ctypes.c_char_p
    for call in (nft.nft_ctx_buffer_error, nft.nft_ctx_buffer_output, nft.nft_ctx_get_output_buffer, nft.nft_ctx_free):
        call.argtypes = [ctypes.c_void_p]
    nft.nft_ctx_output_set_flags.argtypes = [ctypes.c_void_p, ctypes.c_uint]
    nft.nft_run_cmd_from_buffer.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
    return nft

# What nft prints, or None when it did not work out; told as JSON by 1 << 4.
def run_nft(text, flags=0):
    try:
        nft = library()
    except OSError:
        return None
    # Belongs to the namespace it is made in.
    context = nft.nft_ctx_new(0)
    nft.nft_ctx_output_set_flags(context, flags)
    nft.nft_ctx_buffer_error(context)
    nft.nft_ctx_buffer_output(context)
    failed = nft.nft_run_cmd_from_buffer(context, text.encode())
    output = nft.nft_ctx_get_output_buffer(context)
    nft.nft_ctx_free(context)
    return None if failed else output

def print_rules():
    rules = run_nft('list ruleset', 1 << 4)
    if rules is None:
        return feed('', 'nft', '-j', 'list', 'ruleset')
    say(rules)
    return True

# What does not work out by library is the program's, which says what is wrong with it.
def load_rules(text):
    return run_nft(text) is not None or feed(text, 'nft', '-f', '-')

# rtnetlink(7): type and body of what is asked for most; all else is left to ip.
acknowledged, made_or_replaced = 1 | 4, 0x400 | 0x100

def attribute(kind, value):
    return pack('=HH', 4 + len(value), kind) + value + bytes(-len(value) % 4)

def index(device):
    return _socket.if_nametoindex(device)

def link_up(device):
    return 16, pack('=BxHiII', 0, 0, index(device), 1, 1)

def address_of(kind, text, device):
    address, _, length = text.partition('/')
    head = pack('=BBBBi', _socket.AF_INET, int(length), 0, 0, index(device))
    packed = _socket.inet_aton(address)
    return kind, head + attribute(1, packed) + attribute(2, packed)

def neighbour_of(kind, address, device, is_proxy=False, mac='', number=''):
    head = pack('=BxHiHBB', _socket.AF_INET, 0, index(device), 0x80, 8 if is_proxy else 0, 0)
    body = head + attribute(1, _socket.inet_aton(address))
    body += attribute(2, bytes.fromhex(mac.replace(':', ''))) if mac else b''
    return kind, body + (attribute(12, pack('=B', int(number))) if number else b'')

def route_of(kind, destination, words):
    options = dict(zip(words[::2], words[1::2], strict=True))
    via, source = options.pop('via', None), options.pop('src', None)
    device, number = options.pop('dev'), options.pop('proto')
    if options:
        raise KeyError(*options)
    address, _, length = ('0.0.0.0/0' if destination == 'default' else destination).partition('/')
    # What is deleted may be of any scope and type.
    scope, form = (255, 0) if kind == 25 else (253 if via is None else 0, 1)
    size = int(length or 32)
    head = pack('=BBBBBBBBI', _socket.AF_INET, size, 0, 0, 254, int(number), scope, form, 0)
    body = head + attribute(4, pack('=i', index(device)))
    for code, value in ((1, address if size else None), (5, via), (7, source)):
        body += attribute(code, _socket.inet_aton(value)) if value else b''
    return kind, body

def request_of(line):
    match line.split():
        case ['link', 'set', 'dev', device, 'up']:
            return link_up(device)
        case ['address', 'replace', text, 'dev', device]:
            return address_of(20, text, device)
        case ['address', 'delete', text, 'dev', device]:
            return address_of(21, text, device)
        case ['neighbour', 'replace', 'proxy', address, 'dev', device, 'protocol', number]:
            return neighbour_of(28, address, device, True, number=number)
        case ['neighbour', 'replace', address, 'lladdr', mac, 'dev', device, 'nud', 'permanent', 'protocol', number]:
            return neighbour_of(28, address, device, mac=mac, number=number)
        case ['neighbour', 'delete', 'proxy', address, 'dev', device]:
            return neighbour_of(29, address, device, True)
        case ['neighbour', 'delete', address, 'dev', device]:
            return neighbour_of(29, address, device)
        case ['route', 'replace', destination, *words]:
            return route_of(24, destination, words)
        case ['route', 'delete', destination, *words]:
            return route_of(25, destination, words)
    raise ValueError

def is_done(link, line):
    try:
        kind, body = request_of(line)
    except (KeyError, ValueError, OSError, struct.error):
        return False
    flags = acknowledged | (made_or_replaced if kind in (20, 24, 28) else 0)
    link.sendall(pack('=LHHLL', 16 + len(body), kind, flags, 0, 0) + body)
    return unpack_from('=i', link.recv(1 << 16), 16) == (0,)

def carry_lines(text):
    link = _socket.socket(_socket.AF_NETLINK, _socket.SOCK_RAW | _socket.SOCK_CLOEXEC, 0)
    try:
        return all([is_done(link, line) or feed(f'{line}\n', 'ip', '-batch', '-') for line in text.splitlines()])
    finally:
        link.close()

# To be closed takes such a socket longer than what is sent through it.
announcers = {}

def announcer(device):
    if device not in announcers:
        announcers[device] = _socket.socket(_socket.AF_PACKET, _socket.SOCK_DGRAM | _socket.SOCK_CLOEXEC, 0)
        announcers[device].bind((device, 0))
    return announcers[device]

# Unasked, as a request for oneself (RFC 5227, 3), to all neighbours.
def announce(device, address):
    try:
        link, own = announcer(device), _socket.inet_aton(address)
        said = pack('!HHBBH', 1, 0x800, 6, 4, 1) + link.getsockname()[4] + own + bytes(6) + own
        link.sendto(said, (device, 0x806, 0, 1, b'\xff' * 6))
        return True
    except OSError as error:
        return complain(f'{address} cannot be announced on {device}: {error.strerror}')

def feed(text, *program):
    out, into = os.pipe()
    try:
        child = os.posix_spawnp(program[0], program, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, out, 0)])
    except OSError as error:
        os.close(into)
        return complain(f'{program[0]} cannot be started: {error.strerror}')
    finally:
        os.close(out)
    try:
        with open(into, 'w') as pipe:
            pipe.write(text)
    except BrokenPipeError:
        pass
    return os.waitpid(child, 0)[1] == 0
`
