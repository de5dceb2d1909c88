// Never begins to listen.
for (;;);
