/** Calls of nft's library; what does not work out is left to nft. */
export const nft = `
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
`
