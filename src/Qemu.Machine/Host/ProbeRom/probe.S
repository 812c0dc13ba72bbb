# The accelerator probe: a guest that proves that 64-bit code with paging and SSE2 runs, and says so by its exit code.
#
# isa-debug-exit at 0xf4 turns the value v into the exit code (v << 1) | 1:
#   0x15 -> 43  proven: everything ran and the results are right
#   0x16 -> 45  it ran and computed wrongly
#   0x17 -> 47  the CPU model has no 64-bit mode: nothing is proven
# None of them is a code that QEMU itself uses. An accelerator that cannot run it hangs or stops the machine instead.

        .set ROM_BYTES, 1024
        .include "entry.inc"

        rom_entry
start32:
        call    long_mode
        addl    $0x15, %eax
        outl    %eax, $0xf4
1:      hlt                                     # without the device: an idle machine, not a busy one
        jmp     1b

        .include "long-mode.inc"

        rom_reset_vector
