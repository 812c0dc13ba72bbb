# The test ROM: a firmware image that is a whole guest. It talks on the serial ports and does on command what tests
# need of a guest; README.md describes the commands. It needs no BIOS, runs from where the image lies, just below 4 GiB,
# in 32-bit protected mode, and uses RAM below 640 KiB.

        .set ROM_BYTES, 4096
        .include "entry.inc"

# ---- devices -------------------------------------------------------------------------------------------------------

        .set COM1, 0x3f8
        .set COM2, 0x2f8
        .set UART_LINE_STATUS, 5
        .set UART_RECEIVED, 0x01                # line status: a byte is waiting
        .set UART_FIFO_EMPTY, 0x20              #              room for FIFO_BYTES
        .set UART_IDLE, 0x40                    #              all bytes have left
        .set FIFO_BYTES, 16
        .set DEBUGCON, 0xe9                     # isa-debugcon. Its "line status" is an absent port: 0xff, always ready

        .set DEBUG_EXIT, 0xf4                   # isa-debug-exit
        .set PVPANIC, 0x505
        .set PCI_ADDRESS, 0xcf8
        .set PCI_DATA, 0xcfc
        .set I440FX, 0x12378086                 # host bridge ids: pc, q35
        .set Q35_MCH, 0x29c08086
        .set PM_BASE, 0x600                     # where the power management ports are put, as SeaBIOS does
        .set PM1_CONTROL, PM_BASE + 4
        .set SLEEP_ENABLE, 0x2000               # | type 0: soft off on both machine types
        .set GED_SLEEP, 0xfea00200              # microvm's generic event device: sleep control
        .set GED_RESET, 0xfea00202              #                                 reset
        .set FW_CFG, 0x510
        .set LOCAL_APIC, 0xfee00000
        .set TICK_HZ, 1000
        .set PIT_COUNT, 1193182 / TICK_HZ

        .set IRQ_BASE, 0x20                     # interrupt vector of IRQ 0

# ---- variables in RAM ----------------------------------------------------------------------------------------------

        .set boot_magic, 0x1000                 # BOOT_MAGIC from the first boot on: RAM outlives a reset
        .set boots, 0x1004
        .set port, 0x1008                       # I/O base of the port that output goes to
        .set ticks, 0x100c                      # milliseconds, counted while a command waits
        .set line_end, 0x1010                   # end of the line that is being obeyed
        .set number, 0x1020                     # digits being made
        .set flood_line, 0x1040                 # FLOOD_LINE bytes
        .set uart1, 0x1100                      # struct uart
        .set uart2, 0x1120
        .set line1, 0x20000                     # LINE_MAX bytes and a NUL
        .set line2, 0x30000

        .set BOOT_MAGIC, 0x4d4f5254             # "TROM"
        .set LINE_MAX, 0xffff
        .set FLOOD_LINE, 64

        # struct uart
        .set UART_BASE, 0                       # 0 if the port is absent
        .set UART_LINE, 4
        .set UART_LENGTH, 8

# ---- start ---------------------------------------------------------------------------------------------------------

        rom_entry
start32:
        lidtl   idt_pointer

        cmpl    $BOOT_MAGIC, boot_magic
        je      1f
        movl    $BOOT_MAGIC, boot_magic
        movl    $0, boots
1:      incl    boots

        # Interrupt controllers: IRQ 3 and 4 (serial ports) and IRQ 0 (timer, started when needed) of the first one,
        # through the local APIC's LINT0; NMI through LINT1.
        movl    $pic_setup, %esi
        movl    $(pic_setup_end - pic_setup) / 2, %ecx
        xorl    %edx, %edx
1:      lodsb
        movb    %al, %dl
        lodsb
        outb    %al, %dx
        loop    1b
        movl    $0x1ff, LOCAL_APIC + 0xf0
        movl    $0x700, LOCAL_APIC + 0x350
        movl    $0x400, LOCAL_APIC + 0x360

        movl    $uart1, %edi
        movl    $COM1, %edx
        movl    $line1, %eax
        call    uart_start
        movl    $uart2, %edi
        movl    $COM2, %edx
        movl    $line2, %eax
        call    uart_start

        inb     $DEBUGCON, %al
        cmpb    $DEBUGCON, %al                  # isa-debugcon answers with its own number
        jne     1f
        movl    $DEBUGCON, port
        movl    $text_ready, %esi
        call    puts
1:      movl    $COM1, port

# ---- main loop: collect lines, obey them, sleep in between -----------------------------------------------------------

main:
        cli
        movl    $uart1, %edi
        call    uart_poll
        jc      main
        movl    $uart2, %edi
        call    uart_poll
        jc      main
        sti                                     # takes effect after the next instruction: no wake-up is lost
        hlt
        jmp     main

# %edi = struct uart, %edx = I/O base, %eax = line buffer: sets the port up if it exists, and says hello on it.
uart_start:
        movl    $0, UART_BASE(%edi)
        movl    %eax, UART_LINE(%edi)
        movl    $0, UART_LENGTH(%edi)
        movl    %edx, %ebx
        addl    $7, %edx                        # scratch register
        movb    $0x5a, %al
        outb    %al, %dx
        inb     %dx, %al
        cmpb    $0x5a, %al
        jne     1f
        movl    %ebx, UART_BASE(%edi)
        movl    %ebx, port
        movl    $uart_setup, %esi
        movl    $(uart_setup_end - uart_setup) / 2, %ecx
2:      movl    %ebx, %edx
        lodsb
        addb    %al, %dl
        lodsb
        outb    %al, %dx
        loop    2b
        movl    $text_ready, %esi
        call    puts
1:      ret

# %edi = struct uart: takes one byte, if there is one (then carry is set), and obeys the line that it may end.
uart_poll:
        movl    UART_BASE(%edi), %edx
        testl   %edx, %edx
        jz      1f                              # carry clear
        addl    $UART_LINE_STATUS, %edx
        inb     %dx, %al
        testb   $UART_RECEIVED, %al
        jz      1f                              # carry clear
        subl    $UART_LINE_STATUS, %edx
        inb     %dx, %al

        movl    UART_LENGTH(%edi), %ecx
        movl    UART_LINE(%edi), %esi
        cmpb    $'\r', %al
        je      2f
        cmpb    $'\n', %al
        je      2f
        cmpl    $LINE_MAX, %ecx                 # what is too much is dropped
        je      3f
        movb    %al, (%esi,%ecx)
        incl    UART_LENGTH(%edi)
        jmp     3f
2:      jecxz   3f                              # no empty lines: CR LF is one end
        movl    %edx, port
        movl    $0, UART_LENGTH(%edi)
        addl    %esi, %ecx
        movl    %ecx, line_end
        movb    $0, (%ecx)
        pushl   %edi
        call    obey
        popl    %edi
3:      stc
1:      ret

# %esi = a command line that ends with a NUL at line_end. Calls its handler with %esi at the arguments.
# Handlers may change every register.
obey:
        movl    $commands, %ebx
1:      movl    %esi, %ecx
2:      movb    (%ebx), %al
        incl    %ebx
        testb   %al, %al
        jz      4f                              # the name is over
        cmpb    (%ecx), %al
        jne     3f
        incl    %ecx
        jmp     2b
3:      cmpb    $0, (%ebx)                      # no match: past the rest of the name
        leal    1(%ebx), %ebx
        jne     3b
        jmp     5f
4:      movb    (%ecx), %al                     # the word is over too?
        testb   %al, %al
        jz      6f
        cmpb    $' ', %al
        je      6f
5:      addl    $4, %ebx                        # past the handler
        cmpb    $0, (%ebx)
        jne     1b

        pushl   %esi                            # no command
        movl    $text_echo, %esi
        call    puts
        popl    %esi
        jmp     cmd_say

6:      movl    %ecx, %esi
        cmpb    $0, (%esi)
        je      7f
        incl    %esi
7:      jmp     *(%ebx)

# ---- output ----------------------------------------------------------------------------------------------------------

# %esi = text ending with a NUL
puts:
        xorl    %ecx, %ecx
1:      cmpb    $0, (%esi,%ecx)
        je      write
        incl    %ecx
        jmp     1b

# %esi = bytes, %ecx = how many. An empty FIFO takes a burst, and QEMU keeps the bytes there while its own other side
# is not read: none is lost, the guest waits.
write:
        jecxz   3f
        movl    port, %edx
        call    uart_wait_empty
        movl    %ecx, %eax
        cmpl    $FIFO_BYTES, %ecx
        jbe     2f
        movl    $FIFO_BYTES, %ecx
2:      subl    %ecx, %eax
        rep outsb
        movl    %eax, %ecx
        jmp     write
3:      ret

# %edx = I/O base; keeps all registers
uart_wait_empty:
        pushl   %eax
        addl    $UART_LINE_STATUS, %edx
1:      pause
        inb     %dx, %al
        testb   $UART_FIFO_EMPTY, %al
        jz      1b
        subl    $UART_LINE_STATUS, %edx
        popl    %eax
        ret

# Waits until every byte has left; what follows may end the machine.
flush:
        movl    port, %edx
        addl    $UART_LINE_STATUS, %edx
1:      pause
        inb     %dx, %al
        testb   $UART_IDLE, %al
        jz      1b
        ret

put_newline:
        movl    $text_newline, %esi
        jmp     puts

# %al = byte, as two hexadecimal digits
put_hex2:
        shll    $24, %eax
        movl    $2, %ecx
        jmp     put_hex

# %eax, as eight hexadecimal digits
put_hex8:
        movl    $8, %ecx
put_hex:
        movl    %ecx, %ebx
        movl    $number, %edi
1:      roll    $4, %eax
        call    hex_digit
        loop    1b
        movl    $number, %esi
        movl    %ebx, %ecx
        jmp     write

# The low four bits of %al as a digit to (%edi)+; keeps %eax
hex_digit:
        pushl   %eax
        andb    $0x0f, %al
        addb    $'0', %al
        cmpb    $'9', %al
        jbe     1f
        addb    $('a' - '9' - 1), %al
1:      stosb
        popl    %eax
        ret

# %eax, in decimal
put_decimal:
        movl    $10, %ebx
        movl    $(number + 15), %esi
        movb    $0, (%esi)
1:      xorl    %edx, %edx
        divl    %ebx
        addb    $'0', %dl
        decl    %esi
        movb    %dl, (%esi)
        testl   %eax, %eax
        jnz     1b
        jmp     puts

# ---- arguments -------------------------------------------------------------------------------------------------------

# Reads a number at %esi into %eax and steps over it and one space. Without a number the command ends here: the
# return address is dropped, so that these are called from handlers directly.
read_hex:
        movl    $16, %ebx
        jmp     read_number
read_decimal:
        movl    $10, %ebx
read_number:
        xorl    %eax, %eax
        movl    %esi, %ebp
1:      movzbl  (%esi), %ecx
        call    digit_value
        cmpl    %ebx, %ecx
        jae     2f
        mull    %ebx
        addl    %ecx, %eax
        incl    %esi
        jmp     1b
2:      cmpl    %ebp, %esi
        je      3f
        cmpb    $0, (%esi)
        je      4f
        cmpb    $' ', (%esi)
        jne     3f
        incl    %esi
4:      ret
3:      popl    %eax
        movl    $text_bad_number, %esi
        jmp     puts

# %ecx = character, becomes the value of the digit or something large
digit_value:
        subl    $'0', %ecx
        cmpl    $10, %ecx
        jb      1f
        orl     $0x20, %ecx                     # 'A' - '0' = 0x11 becomes 'a' - '0' = 0x31
        subl    $('a' - '0'), %ecx
        cmpl    $6, %ecx
        jae     2f
        addl    $10, %ecx
1:      ret
2:      orl     $-1, %ecx
        ret

# ---- commands --------------------------------------------------------------------------------------------------------

# say TEXT. Not ended by a NUL: the text may hold some.
cmd_say:
        movl    line_end, %ecx
        subl    %esi, %ecx
        call    write
        jmp     put_newline

# com2 TEXT
cmd_com2:
        movl    $COM2, port
        jmp     cmd_say

# on PORT COMMAND
cmd_on:
        call    read_hex
        movl    %eax, port
        jmp     obey

# after MILLISECONDS COMMAND
cmd_after:
        call    read_decimal
        call    sleep
        jmp     obey

# id
cmd_id:
        movl    $text_id_machine, %esi
        call    puts
        call    host_bridge
        movl    $text_pc, %esi
        cmpl    $I440FX, %eax
        je      1f
        movl    $text_q35, %esi
        cmpl    $Q35_MCH, %eax
        je      1f
        movl    $text_microvm, %esi
1:      call    puts
        movl    $text_id_boots, %esi
        call    puts
        movl    boots, %eax
        call    put_decimal
        movl    $text_id_memory, %esi
        call    puts
        movl    $3, %eax                        # FW_CFG_RAM_SIZE: 64 bits of bytes
        call    fw_cfg
        shrdl   $20, %edx, %eax
        call    put_decimal
        movl    $text_id_cpus, %esi
        call    puts
        movl    $5, %eax                        # FW_CFG_NB_CPUS: 16 bits
        call    fw_cfg
        movzwl  %ax, %eax
        call    put_decimal
        jmp     put_newline

# %eax = key: reads 64 bits into %edx:%eax
fw_cfg:
        movl    $FW_CFG, %edx
        outw    %ax, %dx
        incl    %edx
        movl    $number, %edi
        movl    $8, %ecx
        rep insb
        movl    number, %eax
        movl    number + 4, %edx
        ret

# raw HEX
cmd_raw:
        movl    %esi, %edi                      # overwrites the line with what it says
        movl    %esi, %ebp
1:      movzbl  (%esi), %ecx
        call    digit_value
        cmpl    $16, %ecx
        jae     2f
        movl    %ecx, %eax
        shll    $4, %eax
        movzbl  1(%esi), %ecx
        call    digit_value
        cmpl    $16, %ecx
        jae     2f
        orl     %ecx, %eax
        stosb
        addl    $2, %esi
        jmp     1b
2:      movl    %edi, %ecx
        subl    %ebp, %ecx
        movl    %ebp, %esi
        jmp     write

# flood N [COMMAND]
cmd_flood:
        call    read_decimal
        pushl   %esi
        movl    %eax, %ebp                      # bytes left
        xorl    %ebx, %ebx                      # line number
1:      testl   %ebp, %ebp
        jz      4f
        movl    $flood_line, %edi
        movl    %ebx, %eax
        movl    $8, %ecx
2:      roll    $4, %eax
        call    hex_digit
        loop    2b
        movb    $' ', %al
        stosb
        movl    %ebx, %eax                      # 'A' + (line + column) mod 26, column from 0
        xorl    %edx, %edx
        movl    $26, %ecx
        divl    %ecx
        movl    $(FLOOD_LINE - 11), %ecx
3:      leal    'A'(%edx), %eax
        stosb
        incl    %edx
        cmpl    $26, %edx
        jb      5f
        xorl    %edx, %edx
5:      loop    3b
        movl    $0x0a0d, %eax
        stosw
        incl    %ebx
        movl    $flood_line, %esi
        movl    $FLOOD_LINE, %ecx
        cmpl    %ecx, %ebp
        jae     6f
        movl    %ebp, %ecx
6:      subl    %ecx, %ebp
        call    write
        jmp     1b
4:      movl    $text_flood_done, %esi
        call    puts
        popl    %esi
        cmpb    $0, (%esi)
        jne     obey
        ret

# peek ADDRESS
cmd_peek:
        call    read_hex
        movzbl  (%eax), %eax
        call    put_hex2
        jmp     put_newline

# poke ADDRESS BYTE
cmd_poke:
        call    read_hex
        movl    %eax, %edi
        call    read_hex
        movb    %al, (%edi)
        jmp     put_ok

put_ok:
        movl    $text_ok, %esi
        jmp     puts

# long
cmd_long:
        call    long_mode
        movl    $text_long_unsupported, %esi
        cmpl    $LONG_UNSUPPORTED, %eax
        je      puts
        movl    $text_long_ok, %esi
        cmpl    $LONG_OK, %eax
        je      1f
        movl    $text_long_wrong, %esi
1:      call    puts
        movl    LONG_RESULT + 4, %eax
        call    put_hex8
        movl    LONG_RESULT, %eax
        call    put_hex8
        jmp     put_newline

# kernel-panic
cmd_kernel_panic:
        movl    $text_kernel_panic, %esi
        jmp     puts

# panic, crashload
cmd_panic:
        movb    $1, %bl                         # PVPANIC_PANICKED
        jmp     1f
cmd_crashload:
        movb    $2, %bl                         # PVPANIC_CRASH_LOADED
1:      call    flush
        movl    $PVPANIC, %edx
        inb     %dx, %al                        # the events that the device knows
        cmpb    $0xff, %al
        je      absent
        movb    %bl, %al
        outb    %al, %dx
        ret

# exit V
cmd_exit:
        call    read_decimal
        pushl   %eax
        call    flush
        popl    %eax
        movl    $DEBUG_EXIT, %edx
        outl    %eax, %dx
        # still here: there is no such device
absent:
        movl    $text_absent, %esi
        jmp     puts

# poweroff
cmd_poweroff:
        call    flush
        call    host_bridge
        cmpl    $I440FX, %eax
        je      1f
        cmpl    $Q35_MCH, %eax
        je      2f
        movb    $0x34, GED_SLEEP                # type 5, enable
        jmp     nothing_happened
1:      movl    $0x80000b40, %eax               # PIIX4 power management, 00:01.3: base
        movl    $(PM_BASE | 1), %ecx
        call    pci_write
        movl    $0x80000b80, %eax               #                                  on
        movl    $1, %ecx
        call    pci_write
        jmp     3f
2:      movl    $0x8000f840, %eax               # ICH9 LPC bridge, 00:1f.0: base
        movl    $(PM_BASE | 1), %ecx
        call    pci_write
        movl    $0x8000f844, %eax               #                           on
        movl    $0x80, %ecx
        call    pci_write
3:      movl    $PM1_CONTROL, %edx
        movl    $SLEEP_ENABLE, %eax
        outw    %ax, %dx
# QEMU stops the machine soon, not at once.
nothing_happened:
        movl    $1000, %eax
        call    sleep
        movl    $text_nothing_happened, %esi
        jmp     puts

# reset
cmd_reset:
        call    flush
        movl    $0xcf9, %edx                    # reset control: pc, q35
        movb    $0x02, %al
        outb    %al, %dx
        movb    $0x06, %al
        outb    %al, %dx
        call    host_bridge
        incl    %eax
        jnz     nothing_happened
        movb    $0x42, GED_RESET                # no PCI: microvm
        jmp     nothing_happened

# triple
cmd_triple:
        call    flush
        lidtl   idt_none
        int3

# hang
cmd_hang:
        hlt                                     # interrupts are off
        jmp     cmd_hang

# spin
cmd_spin:
        jmp     cmd_spin

# %eax becomes the id of the PCI host bridge, all ones without PCI
host_bridge:
        movl    $0x80000000, %eax
        movl    $PCI_ADDRESS, %edx
        outl    %eax, %dx
        movl    $PCI_DATA, %edx
        inl     %dx, %eax
        ret

# %eax = address, %ecx = value
pci_write:
        movl    $PCI_ADDRESS, %edx
        outl    %eax, %dx
        movl    $PCI_DATA, %edx
        movl    %ecx, %eax
        outl    %eax, %dx
        ret

# %eax = milliseconds. Sleeps in hlt, woken by the timer; keeps %esi.
sleep:
        movl    $0, ticks
        movl    %eax, %ecx
        movb    $0x34, %al                      # channel 0, rate generator
        outb    %al, $0x43
        movb    $(PIT_COUNT & 0xff), %al
        outb    %al, $0x40
        movb    $(PIT_COUNT >> 8), %al
        outb    %al, $0x40
        movb    $0xe6, %al                      # IRQ 0, 3, 4
        outb    %al, $0x21
1:      cli
        cmpl    %ecx, ticks
        jae     2f
        sti
        hlt
        jmp     1b
2:      movb    $0xe7, %al                      # IRQ 3, 4
        outb    %al, $0x21
        ret

# ---- interrupts ------------------------------------------------------------------------------------------------------

irq_timer:
        incl    ticks
irq_serial:                                     # only wakes the main loop
        pushl   %eax
        movb    $0x20, %al                      # end of interrupt
        outb    %al, $0x20
        popl    %eax
irq_spurious:
        iretl

nmi:
        pushal
        movl    $text_nmi, %esi
        call    puts
        popal
        iretl

        .include "long-mode.inc"

# ---- tables ----------------------------------------------------------------------------------------------------------

# The image lies at 0xffff0000 and the handlers in its last 4 KiB, so a gate's halves are known to the assembler.
        .macro  gate handler
        .word   \handler - rom_start + 0x10000 - ROM_BYTES
        .word   CODE32, 0x8e00, 0xffff
        .endm

        .balign 8
idt:    .quad   0, 0
        gate    nmi                             # 2
        .fill   IRQ_BASE - 3, 8, 0
        gate    irq_timer                       # IRQ 0
        .quad   0, 0
        gate    irq_serial                      # IRQ 3
        gate    irq_serial                      # IRQ 4
        .quad   0, 0
        gate    irq_spurious                    # IRQ 7
idt_pointer:
        .word   . - idt - 1
        .long   idt
idt_none:
        .word   0
        .long   0

# port, value
pic_setup:
        .byte   0x20, 0x11                      # edge triggered, cascaded
        .byte   0x21, IRQ_BASE
        .byte   0x21, 0x04
        .byte   0x21, 0x01
        .byte   0x21, 0xe7                      # IRQ 3, 4
        .byte   0xa1, 0xff
pic_setup_end:

# register, value
uart_setup:
        .byte   3, 0x80                         # divisor 1: 115200 baud
        .byte   0, 0x01
        .byte   1, 0x00
        .byte   3, 0x03                         # 8N1
        .byte   2, 0xc7                         # FIFOs on, cleared; interrupt at 14 bytes or after a pause
        .byte   4, 0x0b                         # DTR, RTS, interrupt enable
        .byte   1, 0x01                         # interrupt on received data
uart_setup_end:

        .macro  command name, handler
        .asciz  "\name"
        .long   \handler
        .endm

commands:
        command say, cmd_say
        command id, cmd_id
        command flood, cmd_flood
        command raw, cmd_raw
        command on, cmd_on
        command com2, cmd_com2
        command after, cmd_after
        command peek, cmd_peek
        command poke, cmd_poke
        command long, cmd_long
        command kernel-panic, cmd_kernel_panic
        command panic, cmd_panic
        command crashload, cmd_crashload
        command exit, cmd_exit
        command poweroff, cmd_poweroff
        command reset, cmd_reset
        command triple, cmd_triple
        command hang, cmd_hang
        command spin, cmd_spin
        .byte   0

text_ready:             .asciz  "TESTROM READY\r\n"
text_echo:              .asciz  "echo: "
text_newline:           .asciz  "\r\n"
text_ok:                .asciz  "ok\r\n"
text_bad_number:        .asciz  "error: a number is missing or malformed\r\n"
text_absent:            .asciz  "error: no such device\r\n"
text_nothing_happened:  .asciz  "error: nothing happened\r\n"
text_nmi:               .asciz  "NMI\r\n"
text_flood_done:        .asciz  "\r\nflood done\r\n"
text_id_machine:        .asciz  "machine="
text_pc:                .asciz  "pc"
text_q35:               .asciz  "q35"
text_microvm:           .asciz  "microvm"
text_id_boots:          .asciz  " boots="
text_id_memory:         .asciz  " memory="
text_id_cpus:           .asciz  " cpus="
text_long_ok:           .asciz  "LONG OK "
text_long_wrong:        .asciz  "LONG WRONG "
text_long_unsupported:  .asciz  "LONG UNSUPPORTED\r\n"
text_kernel_panic:
        .ascii  "[    1.234567] Kernel panic - not syncing: test\r\n"
        .ascii  "[    1.234570] CPU: 0 PID: 1 Comm: init Not tainted 6.1.0-test #1\r\n"
        .asciz  "[    1.234575] ---[ end Kernel panic - not syncing: test ]---\r\n"

        rom_reset_vector
