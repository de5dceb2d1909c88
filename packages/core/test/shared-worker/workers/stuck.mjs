// Never starts to listen.
for (;;);
