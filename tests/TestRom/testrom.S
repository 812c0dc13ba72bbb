# The test ROM: a firmware image that is a whole guest. It talks on the serial ports and does on command what tests
# need of a guest; README.md describes the commands. It needs no BIOS, runs from where the image lies, just below 4 GiB,
# in 32-bit protected mode, and uses RAM below 640 KiB.

        .set ROM_BYTES, 4096
        .include "entry.inc"
        .include "devices.inc"

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

        .include "text.inc"
        .include "commands.inc"
        .include "endings.inc"

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
        .include "tables.inc"

        rom_reset_vector
